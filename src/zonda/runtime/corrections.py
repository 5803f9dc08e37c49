"""This module puts right what FastAPI has wrong about responses: `Zonda(corrections=True)`."""

from __future__ import annotations

from starlette.responses import Response

from zonda.seams import Head, Reply
from zonda.utils import is_body_allowed_for_status_code


def without_type(reply: Reply) -> Reply:
    """The reply, which says nothing about its content where its status allows none."""
    head = reply.head
    if is_body_allowed_for_status_code(head.status):
        return reply
    return Reply(Head(head.status, tuple(pair for pair in head.headers if pair[0] != b"content-type")), reply.body)


def response_without_type(response: Response) -> Response:
    """The response, which says nothing about its content where its status allows none."""
    if not is_body_allowed_for_status_code(response.status_code):
        response.raw_headers[:] = [pair for pair in response.raw_headers if pair[0] != b"content-type"]
    return response
