"""This module describes the shop's errors: one shape for all of them."""

from typing import Any

from pydantic import BaseModel


class Problem(BaseModel):
    code: str
    message: str
    details: Any = None


class ErrorBody(BaseModel):
    error: Problem
