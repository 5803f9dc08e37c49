"""Tests of the body as a whole: the field, its media type, and the schema of forms with models."""

from typing import Annotated, Any

import pytest
from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from zonda.analysis.bodies import get_body_field, get_flat_body_params, should_embed_body_fields
from zonda.analysis.dependencies import get_dependant
from zonda.analysis.fields import ModelField
from zonda.datastructures import UploadFile
from zonda.param_functions import Body, Depends, File, Form
from zonda.params import Body as BodyParam
from zonda.params import File as FileParam
from zonda.params import Form as FormParam


class Item(BaseModel):
    name: str


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")
    code: Annotated[int, Field(validation_alias=AliasChoices("code", "no"))]


def needs_item(item: Item) -> None: ...


def body_of(call: Any) -> ModelField:
    params = get_flat_body_params(get_dependant(path="/", call=call))
    embed = should_embed_body_fields(params)
    field = get_body_field(body_params=params, name="test", embed_body_fields=embed)
    assert field is not None
    return field


def schema_of(call: Any) -> dict[str, Any]:
    schema = body_of(call)._type_adapter.json_schema()
    schema.pop("$defs", None)
    return schema


def test_a_single_parameter_is_the_body() -> None:
    """The parameter's own field is the body's, also when several places need it under one name."""

    def endpoint(item: Item) -> None: ...

    def twice(item: Item, value: str = Depends(needs_item)) -> None: ...

    assert [(body_of(call).name, body_of(call).field_info.annotation) for call in (endpoint, twice)] == [
        ("item", Item),
        ("item", Item),
    ]


@pytest.mark.parametrize(
    ("first", "second", "kind", "media_type"),
    [
        (Body(), Body(), BodyParam, "application/json"),
        (Body(media_type="x/y"), Body(media_type="x/y"), BodyParam, "x/y"),
        (Body(media_type="x/y"), Body(), BodyParam, "application/json"),
        (Form(), Body(), FormParam, "application/x-www-form-urlencoded"),
        (Form(media_type="multipart/form-data"), Form(), FormParam, "multipart/form-data"),
        (Form(media_type="x/y"), Form(), FormParam, "application/x-www-form-urlencoded"),
        (Form(media_type="x/y"), File(), FileParam, "multipart/form-data"),
    ],
)
def test_class_and_media_type_come_from_all(first: Any, second: Any, kind: type[Any], media_type: str) -> None:
    """A file makes a multipart form, a form field a form; the media type is the one that all have."""

    def endpoint(a: Annotated[str, first], b: Annotated[str, second]) -> None: ...

    info = body_of(endpoint).field_info

    assert (type(info), info.media_type) == (kind, media_type)


def test_a_form_joins_models_and_fields() -> None:
    """A model is no key of the form: its schema is joined, and any name of a required field will do."""

    def endpoint(item: Annotated[Item, Form()], strict: Annotated[Strict, Form()], photo: UploadFile) -> None: ...

    schema = schema_of(endpoint)

    assert schema["properties"].keys() == {"photo"}
    assert schema["required"] == ["photo"]
    item, strict = schema["allOf"]
    assert item == {"$ref": "#/$defs/Item"}
    assert strict["allOf"] == [{"anyOf": [{"required": ["code"]}, {"required": ["no"]}]}]
    assert strict["required"] == []


def test_an_optional_group_is_absent_or_complete() -> None:
    """What may be absent as a whole is described by the absence of all its names."""

    def ignoring(item: Annotated[Item | None, Form()] = None) -> None: ...

    def forbidding(strict: Annotated[Strict | None, Form()] = None, token: Annotated[str, Form()] = "") -> None: ...

    def required(item: Annotated[Item | None, Form()]) -> None: ...

    absent, present = body_of(ignoring).field_info.annotation.model_json_schema()["allOf"][0]["anyOf"]  # type: ignore[union-attr]
    assert absent == {"not": {"anyOf": [{"required": ["name"]}]}}
    assert present == {"anyOf": [{"$ref": "#/$defs/Item"}], "title": "Item"}
    assert "maxProperties" in body_of(forbidding).field_info.annotation.model_json_schema()["allOf"][0]["anyOf"][0]  # type: ignore[union-attr]
    assert schema_of(required)["allOf"][0] == {"not": {"not": {"anyOf": [{"required": ["name"]}]}}}
