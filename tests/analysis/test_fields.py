"""Tests of fields: validation, serialisation, and what is shared between them."""

from typing import Annotated, Any, Union

import pytest
from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from zonda.analysis.fields import ModelField, create_model_field, get_cached_model_fields, serialize_sequence_value
from zonda.params import Query


class Item(BaseModel):
    name: str
    price: Annotated[float, Field(alias="cost")] = 0.0


class Row:
    def __init__(self) -> None:
        self.name = "lamp"
        self.cost = 3


def query(annotation: Any, **options: Any) -> ModelField:
    return ModelField(field_info=Query(annotation=annotation, **options), name="value")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (query(int), query(int, description="other", default=3, alias="other")),
        (query(list[int | str], max_length=3), query(list[int | str], max_length=3)),
        (query(str, pattern="a+"), query(str, pattern="a+")),
    ],
)
def test_equal_annotations_share_one_adapter(first: ModelField, second: ModelField) -> None:
    """Names, defaults and documentation do not change what is valid, so they make no adapter of their own."""
    assert first.adapter is second.adapter


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (query(Union[int, str]), query(Union[str, int])),  # noqa: UP007  (equal to Python, not to Pydantic)
        (query(int, gt=1), query(int, gt=True)),
        (query(int, strict=True), query(int)),
        (query(list[int]), query(tuple[int, ...])),
        (query(str, pattern="a+"), query(str, pattern="b+")),
    ],
)
def test_what_validates_otherwise_shares_nothing(first: ModelField, second: ModelField) -> None:
    """Equality of annotations is Pydantic's, which is stricter than Python's."""
    assert first.adapter is not second.adapter


def test_fields_that_are_documented_alike_share_what_documents_them() -> None:
    """A field's own name does not show in its schema, so a thousand routes with the same parameters make it once."""
    assert query(int, default=3, alias="one")._type_adapter is query(int, default=3, alias="two")._type_adapter


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"default": 1}, {"default": True}),
        ({"default": 1}, {}),
        ({"description": "How many"}, {"description": "How much"}),
        ({"title": "One"}, {"title": "Two"}),
        ({"examples": [1]}, {"examples": [2]}),
        ({"ge": 1}, {"ge": 2}),
        ({"json_schema_extra": {"a": 1}}, {"json_schema_extra": {"a": 2}}),
        ({"deprecated": True}, {}),
    ],
)
def test_what_shows_in_a_schema_is_not_shared(first: dict[str, Any], second: dict[str, Any]) -> None:
    """Fields that differ in what a reader of the document sees are documented apart."""
    assert query(int, **first)._type_adapter is not query(int, **second)._type_adapter


def test_errors_stand_below_their_location() -> None:
    """Errors are Pydantic's, without links, each with the field's place in front."""
    field = create_model_field("item", Item)

    value, errors = field.validate({"cost": "x"}, {}, loc=("body", "item"))

    assert value is None
    assert [(error["type"], error["loc"]) for error in errors] == [
        ("missing", ("body", "item", "name")),
        ("float_parsing", ("body", "item", "cost")),
    ]
    assert all("url" not in error for error in errors)


def test_attributes_are_read_from_objects() -> None:
    """A result may be any object with the model's attributes."""
    field = create_model_field("item", Item)

    value, errors = field.validate(Row())

    assert (value, errors) == (Item(name="lamp", cost=3), [])
    assert field.validator(Row(), from_attributes=True) == value


def test_serialisation_has_all_filters() -> None:
    """JSON bytes and JSON values come from the model's serialiser, by alias unless told otherwise."""
    field = create_model_field("item", Item, mode="serialization")
    item = Item(name="lamp")

    assert field.serialize_json(item) == b'{"name":"lamp","cost":0.0}'
    assert field.serialize(item, by_alias=False) == {"name": "lamp", "price": 0.0}
    assert field.serialize(item, exclude_unset=True) == {"name": "lamp"}
    assert field.serialize(item, include={"price"}) == {"cost": 0.0}


def test_defaults() -> None:
    """A required field has none; a factory is called each time."""
    assert create_model_field("value", int).default is PydanticUndefined
    assert query(list[int], default_factory=list).get_default() == []
    assert query(int, default=3).required is False


def test_model_fields_keep_the_models_configuration() -> None:
    """A field of a model is validated as the model would."""

    class Strict(BaseModel):
        model_config = ConfigDict(strict=True)
        count: int
        item: Item

    count, item = get_cached_model_fields(Strict)

    assert count.validate("3")[1][0]["type"] == "int_type"
    assert item.config is None


def test_documentation_is_in_the_schema() -> None:
    """OpenAPI sees the description and the default, which validation does not need."""
    schema = query(int, description="How many", default=3)._type_adapter.json_schema()

    assert schema == {"type": "integer", "description": "How many", "default": 3}


@pytest.mark.parametrize(
    ("annotation", "made"),
    [(list[int], [1]), (set[int] | None, {1}), (tuple[int, ...], (1,)), (frozenset[int], frozenset({1}))],
)
def test_sequences_are_made_as_annotated(annotation: Any, made: Any) -> None:
    """A list of values becomes the kind of sequence that was asked for."""
    field = ModelField(field_info=FieldInfo(annotation=annotation), name="value")

    assert serialize_sequence_value(field=field, value=[1]) == made
