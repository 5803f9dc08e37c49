"""This package runs routes step by step, where something stands in for what would be compiled.

    replacements    which of these functions a tool has replaced
    sessions        a handler as an ASGI application, with its stacks
    handlers        the handler of a route: all steps in order
    ├── requests    reading the body
    ├── dependencies, extraction, bodies    what the endpoint is called with
    └── results, streams                    what becomes of what it returns

Routes with a handler of their own run here, and so do those whose functions a monitoring tool replaced; everything
else is compiled. Both must give the same answers, and a test compares them on random programs.
"""

from typing import TYPE_CHECKING

from zonda.interpreter.replacements import current, replaced_names
from zonda.late import late_names

if TYPE_CHECKING:
    from zonda.interpreter.dependencies import SolvedDependency, solve_dependencies
    from zonda.interpreter.handlers import get_request_handler, get_websocket_app
    from zonda.interpreter.results import run_endpoint_function, serialize_response
    from zonda.interpreter.sessions import request_response, websocket_session

__all__ = [
    "SolvedDependency",
    "current",
    "get_request_handler",
    "get_websocket_app",
    "replaced_names",
    "request_response",
    "run_endpoint_function",
    "serialize_response",
    "solve_dependencies",
    "websocket_session",
]

__getattr__, __dir__ = late_names(
    __name__,
    {
        "zonda.interpreter.dependencies": "SolvedDependency solve_dependencies",
        "zonda.interpreter.handlers": "get_request_handler get_websocket_app",
        "zonda.interpreter.results": "run_endpoint_function serialize_response",
        "zonda.interpreter.sessions": "request_response websocket_session",
    },
)
