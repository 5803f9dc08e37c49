"""Zonda: an API framework with FastAPI's interface whose routes are compiled at startup."""

from typing import TYPE_CHECKING

from zonda.late import late_names

if TYPE_CHECKING:
    from starlette import status

    from zonda.applications import FastAPI, Zonda
    from zonda.background import BackgroundTasks
    from zonda.datastructures import UploadFile
    from zonda.exceptions import HTTPException, WebSocketException
    from zonda.extensions import Drain, Observer, RouteOption, Step, StepPlace
    from zonda.param_functions import Body, Cookie, Depends, File, Form, Header, Path, Query, Security
    from zonda.requests import Request
    from zonda.responses import Response
    from zonda.routing import APIRouter
    from zonda.server import run
    from zonda.time_left import deadline
    from zonda.websockets import WebSocket, WebSocketDisconnect

__version__ = "0.1.0"

__all__ = [
    "APIRouter",
    "BackgroundTasks",
    "Body",
    "Cookie",
    "Depends",
    "Drain",
    "FastAPI",
    "File",
    "Form",
    "HTTPException",
    "Header",
    "Observer",
    "Path",
    "Query",
    "Request",
    "Response",
    "RouteOption",
    "Security",
    "Step",
    "StepPlace",
    "UploadFile",
    "WebSocket",
    "WebSocketDisconnect",
    "WebSocketException",
    "Zonda",
    "__version__",
    "deadline",
    "run",
    "status",
]

__getattr__, __dir__ = late_names(
    __name__,
    {
        "zonda.applications": "FastAPI Zonda",
        "zonda.background": "BackgroundTasks",
        "zonda.datastructures": "UploadFile",
        "zonda.exceptions": "HTTPException WebSocketException",
        "zonda.extensions": "Drain Observer RouteOption Step StepPlace",
        "zonda.param_functions": "Body Cookie Depends File Form Header Path Query Security",
        "zonda.requests": "Request",
        "zonda.responses": "Response",
        "zonda.routing": "APIRouter",
        "zonda.server": "run",
        "zonda.time_left": "deadline",
        "zonda.websockets": "WebSocket WebSocketDisconnect",
    },
    modules=(
        "applications background concurrency datastructures encoders exception_handlers exceptions extensions openapi "
        "param_functions params requests responses routing security server sse status telemetry types utils websockets"
    ),
)
