"""Users who log in, with a token in a header or in a cookie, and a middleware that knows them."""

from fastapi import Depends, FastAPI, Request, Security
from fastapi.responses import JSONResponse
from fastapi.security import OAuth2PasswordRequestForm
from fastapi_login import LoginManager
from fastapi_login.exceptions import InvalidCredentialsException

manager = LoginManager("a secret of more than thirty-two letters", "/login", use_cookie=True)
users = {"ada": {"name": "ada", "password": "hunter2"}}


@manager.user_loader()
async def load(name: str):
    return users.get(name)


app = FastAPI()
manager.attach_middleware(app)


@app.post("/login")
async def login(form: OAuth2PasswordRequestForm = Depends()):
    user = users.get(form.username)
    if user is None or user["password"] != form.password:
        raise InvalidCredentialsException
    token = manager.create_access_token(data={"sub": user["name"]}, scopes=form.scopes)
    answer = JSONResponse({"access_token": token, "token_type": "bearer"})
    manager.set_cookie(answer, token)
    return answer


@app.get("/me")
async def me(request: Request, user=Depends(manager)):
    return [user["name"], request.state.user["name"]]


@app.get("/admin")
def admin(user=Security(manager, scopes=["admin"])):
    return user["name"]
