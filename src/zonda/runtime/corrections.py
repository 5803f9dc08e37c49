"""This module puts right what FastAPI has wrong about responses: `Zonda(corrections=True)`."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from zonda.encoders import jsonable_encoder
from zonda.runtime.encoding import encode_content, encode_json, finite
from zonda.seams import Head, Reply
from zonda.utils import is_body_allowed_for_status_code


def encode_finite_json(value: Any) -> bytes:
    """The bytes of a value without a model, in which infinity and NaN are null, as they are with one."""
    try:
        return encode_json(value)
    except ValueError:  # also what jsonable_encoder raises, which it then raises again
        return encode_content(finite(jsonable_encoder(value)))


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
