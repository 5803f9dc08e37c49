"""This module takes what the functions of steps return, and opens those that yield around the endpoint."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from zonda.exceptions import FastAPIError
from zonda.runtime.dependencies import opener
from zonda.runtime.results import reply_with
from zonda.seams import Exchange, Reply

open_step = opener


def step_reply(exchange: Exchange, step: str, answer: Any) -> Reply:
    """The reply that a step returned, or that its Response describes.

    Raises WrongAnswer for anything else: a 500.
    """
    if isinstance(answer, Reply):
        return answer
    if isinstance(answer, Response):
        return reply_with(exchange, answer)
    raise WrongAnswer(step, answer)


class WrongAnswer(FastAPIError, TypeError):
    """A step returned what cannot be sent."""

    def __init__(self, step: str, answer: Any) -> None:
        super().__init__(
            f"The step {step!r} returned {answer!r}, which is no reply. "
            "Return a `Reply` or a `Response`; a step before or after the dependencies returns None to go on."
        )


class StepSwallowed(FastAPIError):
    """A step around the endpoint caught at its `yield` what was raised, and raised nothing."""

    def __init__(self, step: str) -> None:
        super().__init__(
            f"The step {step!r} caught at its `yield` what the endpoint raised and let it end there, so that there is "
            "no reply. Let the `except` block finish with `raise`, or make the step a function that takes `call: Call` "
            "and returns a reply of its own."
        )
