"""This module joins the stages: what was declared becomes what the transport calls.

routers ──▶ Search (finder, targets) ──┐
middleware, handlers ──────────────────┴──▶ Stack ──▶ Pipeline, or a chain of plain ASGI
"""

from zonda.startup.anywhere import DependenciesAnywhere
from zonda.startup.overriding import Overriding
from zonda.startup.resolving import Resolver
from zonda.startup.search import Search
from zonda.startup.stack import Stack, build_stack, why_not_native
from zonda.startup.surroundings import Surroundings
from zonda.startup.threads import sizing
from zonda.startup.warming import compile_when_idle
from zonda.startup.websockets import WebSocketSearch

__all__ = [
    "DependenciesAnywhere",
    "Overriding",
    "Resolver",
    "Search",
    "Stack",
    "Surroundings",
    "WebSocketSearch",
    "build_stack",
    "compile_when_idle",
    "sizing",
    "why_not_native",
]
