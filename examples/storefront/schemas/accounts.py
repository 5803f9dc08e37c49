"""This module describes people and their tokens as clients see them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, EmailStr, Field


class AccountIn(BaseModel):
    email: EmailStr
    password: Annotated[str, Field(min_length=8, max_length=200)]


class AccountOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    email: str
    is_staff: bool


class Token(BaseModel):
    access_token: str
    token_type: Literal["bearer"] = "bearer"
