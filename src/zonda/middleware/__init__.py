"""This package holds the middleware: Starlette's classes, and for each the form that knows exchanges.

A middleware works in two forms with the same answers. As an ASGI application it stands in the application's
walkable stack, for websockets and behind anything unknown. As a wrap it takes an exchange and the dispatch that it
wraps, and gives a reply: no messages, no tasks, no memory streams. `wraps.wrap_of` finds the second form.
"""

from starlette.middleware import Middleware

__all__ = ["Middleware"]
