"""This module answers every error in the shop's own shape."""

from http import HTTPStatus

from starlette.exceptions import HTTPException

from zonda import Request, Zonda
from zonda.encoders import jsonable_encoder
from zonda.exceptions import RequestValidationError
from zonda.responses import JSONResponse

from .dependencies import NotAllowed
from .schemas.errors import ErrorBody, Problem
from .services.errors import EmailTaken, NotAnImage, NotAuthenticated, NotFound, OutOfStock, ShopError

STATUS: dict[type[ShopError], int] = {
    NotFound: 404,
    OutOfStock: 409,
    EmailTaken: 409,
    NotAnImage: 415,
    NotAuthenticated: 401,
    NotAllowed: 403,
}


def install(app: Zonda) -> None:
    app.add_exception_handler(ShopError, answer_shop_error)
    app.add_exception_handler(HTTPException, answer_http_exception)
    app.add_exception_handler(RequestValidationError, answer_validation_error)


def answer(status: int, problem: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse(jsonable_encoder(ErrorBody(error=problem), exclude_none=True), status, headers)


async def answer_shop_error(request: Request, error: ShopError) -> JSONResponse:
    challenge = {"WWW-Authenticate": "Bearer"} if isinstance(error, NotAuthenticated) else None
    problem = Problem(code=error.code, message=error.message, details=error.facts or None)
    return answer(STATUS.get(type(error), 400), problem, challenge)


async def answer_http_exception(request: Request, error: HTTPException) -> JSONResponse:
    code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "_")
    return answer(error.status_code, Problem(code=code, message=str(error.detail)), dict(error.headers or {}))


async def answer_validation_error(request: Request, error: RequestValidationError) -> JSONResponse:
    wrong = [{"where": ".".join(map(str, item["loc"])), "what": item["msg"]} for item in error.errors()]
    return answer(422, Problem(code="invalid_request", message="The request is not right.", details=wrong))
