"""This module registers people, checks their passwords and signs their tokens."""

from datetime import UTC, datetime, timedelta

import jwt
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from ..models import User
from ..repositories.users import Users
from .errors import EmailTaken, NotAuthenticated

ALGORITHM = "HS256"
_passwords = PasswordHash((Argon2Hasher(),))
_nobody = _passwords.hash("the password of nobody")


def hash_password(password: str) -> str:
    return _passwords.hash(password)


class Accounts:
    def __init__(self, users: Users) -> None:
        self.users = users

    async def register(self, email: str, password_hash: str) -> User:
        if await self.users.by_email(email):
            raise EmailTaken("There is an account with this address already.", email=email)
        return await self.users.add(User(email=email, password_hash=password_hash))


def check_password(user: User | None, password: str) -> User:
    """Return the user; an unknown address takes as long as a wrong password, so that neither is given away."""
    is_right = _passwords.verify(password, user.password_hash if user else _nobody)
    if user is None or not is_right:
        raise NotAuthenticated("Wrong address or password.")
    return user


class Tokens:
    """Signed tokens that name a user for a while."""

    def __init__(self, key: str, minutes: int) -> None:
        self.key = key
        self.lifetime = timedelta(minutes=minutes)

    def issue(self, user: User) -> str:
        claims = {"sub": str(user.id), "exp": datetime.now(UTC) + self.lifetime}
        return jwt.encode(claims, self.key, ALGORITHM)

    def user_id(self, token: str) -> int:
        """The user whom a token names. Raises NotAuthenticated for any token that is not ours or is too old."""
        try:
            claims = jwt.decode(token, self.key, [ALGORITHM], options={"require": ["exp", "sub"]})
            return int(claims["sub"])
        except (jwt.InvalidTokenError, ValueError) as error:
            raise NotAuthenticated("This token is not valid, or not any more.") from error
