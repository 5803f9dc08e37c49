"""A login at a provider that the program plays itself."""

import os

from authlib.integrations.starlette_client import OAuth, OAuthError
from fastapi import FastAPI, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.middleware.sessions import SessionMiddleware

provider = f"http://127.0.0.1:{os.environ['PORT']}/provider"
app = FastAPI()
app.add_middleware(SessionMiddleware, secret_key="not secret")
oauth = OAuth()
oauth.register(
    name="shop",
    client_id="client",
    client_secret="not secret",
    access_token_url=f"{provider}/token",
    authorize_url=f"{provider}/authorize",
    api_base_url=f"{provider}/",
)


@app.get("/login")
async def login(request: Request):
    return await oauth.shop.authorize_redirect(request, str(request.url_for("auth")))


@app.get("/auth")
async def auth(request: Request):
    try:
        token = await oauth.shop.authorize_access_token(request)
    except OAuthError as error:
        return JSONResponse({"error": error.error}, 400)
    answer = await oauth.shop.get("me", token=token)
    request.session["user"] = answer.json()
    return RedirectResponse("/")


@app.get("/")
async def home(request: Request):
    return request.session.get("user")


@app.get("/provider/authorize")
async def authorize(redirect_uri: str, state: str):
    return RedirectResponse(f"{redirect_uri}?code=code&state={state}")


@app.post("/provider/token")
async def token(code: str = Form(), grant_type: str = Form()):
    return {"access_token": f"token for {code}", "token_type": "Bearer", "expires_in": 3600}


@app.get("/provider/me")
async def me(request: Request):
    return {"name": "Ada", "authorization": request.headers["authorization"]}
