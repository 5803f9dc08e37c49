"""This package writes a plan down as Python source and compiles it: one function for each route."""

from zonda.compiler.callers import caller_source, compile_caller
from zonda.compiler.responders import compile_responder, responder_source
from zonda.compiler.websockets import compile_websocket, websocket_source

__all__ = [
    "caller_source",
    "compile_caller",
    "compile_responder",
    "compile_websocket",
    "responder_source",
    "websocket_source",
]
