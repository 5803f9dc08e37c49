"""This program takes bodies: one, several, embedded, optional, unions, forms and uploads."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from zonda import Body, File, Form, UploadFile, Zonda

app = Zonda()


class Part(BaseModel):
    """A thing that is in another."""

    name: str
    weight: Annotated[float, Field(gt=0)] = 1.0


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = 9


class Dog(BaseModel):
    kind: Literal["dog"]
    barks: bool = True


class Login(BaseModel):
    username: str
    password: str = Field(json_schema_extra={"format": "password"})


@app.post("/one")
def one(part: Part):
    return None


@app.put("/several/{part_id}")
def several(part_id: int, part: Part, other: Part | None = None, amount: Annotated[int, Body(ge=1)] = 1):
    return None


@app.patch("/embedded")
def embedded(part: Annotated[Part, Body(embed=True, description="Inside")]):
    return None


@app.post("/optional")
def optional(part: Annotated[Part | None, Body(media_type="application/vnd.part+json")] = None):
    return None


@app.post("/examples")
def examples(
    part: Annotated[
        Part,
        Body(
            title="A part",
            examples=[{"name": "a"}],
            openapi_examples={"light": {"summary": "Light", "value": {"name": "b", "weight": 0.1}}},
        ),
    ],
):
    return None


@app.post("/union")
def union(pet: Annotated[Cat | Dog, Body(discriminator="kind")], others: list[Cat | Dog]):
    return None


@app.post("/scalars")
def scalars(values: dict[str, list[int]]):
    return None


@app.delete("/delete")
def delete(reasons: Annotated[list[str], Body()]):
    return None


@app.post("/form")
def form(username: Annotated[str, Form(description="Who")], remember: Annotated[bool, Form()] = False):
    return None


@app.post("/form-model")
def form_model(login: Annotated[Login, Form()]):
    return None


@app.post("/upload")
def upload(
    file: UploadFile,
    raw: Annotated[bytes, File(description="Small")] = b"",
    more: list[UploadFile] | None = None,
    note: Annotated[str, Form()] = "",
):
    return None
