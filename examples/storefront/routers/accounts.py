"""This module registers people and logs them in."""

from typing import Annotated

from zonda import APIRouter, Depends
from zonda.concurrency import run_in_threadpool
from zonda.security import OAuth2PasswordRequestForm

from ..dependencies import AccountsDep, CurrentUser, ShopDep, UsersDep
from ..schemas.accounts import AccountIn, AccountOut, Token
from ..services.accounts import check_password, hash_password

router = APIRouter(tags=["accounts"])


@router.post("/accounts", status_code=201)
async def register(account: AccountIn, accounts: AccountsDep) -> AccountOut:
    password_hash = await run_in_threadpool(hash_password, account.password)
    return AccountOut.model_validate(await accounts.register(account.email, password_hash))


@router.post("/login")
async def log_in(form: Annotated[OAuth2PasswordRequestForm, Depends()], users: UsersDep, shop: ShopDep) -> Token:
    user = await run_in_threadpool(check_password, await users.by_email(form.username), form.password)
    return Token(access_token=shop.tokens.issue(user))


@router.get("/me")
async def who_am_i(user: CurrentUser) -> AccountOut:
    return AccountOut.model_validate(user)
