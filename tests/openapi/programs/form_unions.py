"""This program reads forms that are one of several models, beside other fields and files."""

from typing import Annotated, Literal

from pydantic import BaseModel

from zonda import File, Form, UploadFile, Zonda

app = Zonda()


class Person(BaseModel):
    kind: Literal["person"]
    name: str


class Company(BaseModel):
    kind: Literal["company"]
    company_name: str


@app.post("/union")
def union(contact: Annotated[Person | Company, Form(discriminator="kind")]): ...


@app.post("/beside")
def beside(
    contact: Annotated[Person | Company, Form()],
    access_token: Annotated[str, Form(alias="token")],
    company: Annotated[Company | None, Form()] = None,
    numbers: Annotated[list[int] | None, Form(validation_alias="n")] = None,
): ...


@app.post("/files")
def files(
    contact: Annotated[Person | Company | None, Form()],
    avatar: Annotated[UploadFile, File()],
    content: Annotated[bytes, File(alias="avatar")],
): ...
