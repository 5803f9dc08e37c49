"""This module says in how many ways a callable is run, and what its parameters may receive by annotation."""

from __future__ import annotations

from enum import Enum


class CallKind(Enum):
    """How a callable is run."""

    FUNCTION = "def"
    """In a worker thread."""
    COROUTINE = "async def"
    GENERATOR = "def with yield"
    """Each step in a worker thread."""
    ASYNC_GENERATOR = "async def with yield"


GENERATORS = frozenset({CallKind.GENERATOR, CallKind.ASYNC_GENERATOR})


class Injection(Enum):
    """What a parameter receives because of its annotation alone."""

    REQUEST = "request"
    WEBSOCKET = "websocket"
    HTTP_CONNECTION = "http connection"
    RESPONSE = "response"
    BACKGROUND_TASKS = "background tasks"
    SECURITY_SCOPES = "security scopes"


CONNECTIONS = frozenset({Injection.REQUEST, Injection.WEBSOCKET, Injection.HTTP_CONNECTION})
