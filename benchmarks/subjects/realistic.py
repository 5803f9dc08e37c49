"""This module is an operation as many have it: CORS, gzip, a middleware function, a token check, a parameter."""

from typing import Annotated, Any

from benchmarks.subject import Subject, json_answer

SUBJECT = Subject(
    "realistic: CORS, gzip, middleware, token, parameter",
    "/items/42",
    json_answer(
        b'{"item_id":42,"owner":"ada"}',
        x_app="bench",
        vary="Origin",
        access_control_allow_origin="https://shop.example",
        access_control_allow_credentials="true",
    ),
    headers={
        "Origin": "https://shop.example",
        "Authorization": "Bearer secret",
        "Accept-Encoding": "gzip",
    },
)


def fastapi() -> Any:
    from fastapi import Depends, FastAPI, HTTPException
    from fastapi.middleware.cors import CORSMiddleware
    from fastapi.middleware.gzip import GZipMiddleware
    from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

    app = FastAPI()
    bearer = HTTPBearer()

    app.add_middleware(GZipMiddleware)
    app.add_middleware(CORSMiddleware, allow_origins=["https://shop.example"], allow_credentials=True)

    @app.middleware("http")
    async def name_app(request, call_next):
        response = await call_next(request)
        response.headers["x-app"] = "bench"
        return response

    async def get_owner(credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]) -> str:
        if credentials.credentials != "secret":
            raise HTTPException(401)
        return "ada"

    @app.get("/items/{item_id}")
    async def read_item(item_id: int, owner: Annotated[str, Depends(get_owner)]):
        return {"item_id": item_id, "owner": owner}

    return app
