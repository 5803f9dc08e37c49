"""Tests of unions of form models: each branch reads the form for itself."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict
from starlette.datastructures import FormData

from zonda.analysis.dependencies import get_dependant
from zonda.analysis.fields import ModelField
from zonda.param_functions import Form


class Text(BaseModel):
    kind: Literal["text"]
    value: str


class Listed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["list"]
    value: list[str]


def field_of(declared: Any) -> ModelField:
    def endpoint(data: Annotated[Text | Listed, declared]) -> None: ...

    (field,) = get_dependant(path="/", call=endpoint).body_params
    return field


@pytest.mark.parametrize("declared", [Form(), Form(discriminator="kind"), Form(union_mode="left_to_right")])
def test_each_branch_takes_what_its_fields_want(declared: Any) -> None:
    """The same keys are one value for one branch, and a list for another."""
    field = field_of(declared)

    text = field.validate(FormData([("kind", "text"), ("value", "a"), ("value", "b")]))
    listed = field.validate(FormData([("kind", "list"), ("value", "a"), ("value", "b")]))

    assert text == (Text(kind="text", value="b"), [])
    assert listed == (Listed(kind="list", value=["a", "b"]), [])


def test_errors_name_the_branch() -> None:
    """What is wrong is reported for each branch under its model's name; an empty text is missing."""
    _, errors = field_of(Form()).validate(FormData([("kind", "text"), ("value", "")]), loc=("body",))

    assert [(error["type"], error["loc"]) for error in errors] == [
        ("missing", ("body", "Text", "value")),
        ("literal_error", ("body", "Listed", "kind")),
    ]


def test_a_branch_sees_all_that_was_sent() -> None:
    """The `extra` policy of a branch counts for everything that is not its own."""
    _, errors = field_of(Form(discriminator="kind")).validate(
        FormData([("kind", "list"), ("value", "a"), ("other", "b")]), loc=("body",)
    )

    assert [(error["type"], error["loc"]) for error in errors] == [("extra_forbidden", ("body", "list", "other"))]


def test_what_is_no_form_is_left_alone() -> None:
    """A model that is validated directly is as before."""
    text = Text(kind="text", value="")

    assert field_of(Form()).validate(text) == (text, [])
