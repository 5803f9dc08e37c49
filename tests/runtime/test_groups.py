"""Models spread over a source: what is theirs, what is not, and how errors speak of it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from starlette.datastructures import FormData, Headers, UploadFile

from zonda.runtime.forms import (
    each_file_bytes,
    file_bytes,
    first_form_value,
    first_form_values,
    form_value,
    form_values,
)
from zonda.runtime.groups import Group, GroupField, branch_reader, collected, read_group, spread


class Filters(BaseModel):
    model_config = ConfigDict(extra="allow")

    limit: int
    tags: list[str] = []
    token: str = Field("", alias="x_token")


FIELDS = (
    GroupField((("limit", "limit"), ("max", "max")), False),
    GroupField((("tags", "tags"),), True),
    GroupField((("x_token", "x-token"),), False),
)
GROUP = Group("query", FIELDS, TypeAdapter(Filters).validator.validate_python, True, renamed=(("x_token", "x-token"),))


def test_own_fields_and_others() -> None:
    """Fields come first under Pydantic's names, as one value or a list; then all else that was sent."""
    pairs = [("more", "1"), ("limit", "1"), ("limit", "2"), ("tags", "a"), ("x-token", "t"), ("more", "2")]

    values = spread(collected(pairs), "query", FIELDS)

    assert values == {"limit": "2", "tags": ["a"], "x_token": "t", "more": ["1", "2"]}
    assert list(values) == ["limit", "tags", "x_token", "more"]


def test_first_choice_wins() -> None:
    """The second name counts when the first is absent, and is something else when it is not."""
    assert spread(collected([("max", "1")]), "query", FIELDS) == {"max": "1"}
    assert spread(collected([("max", "1"), ("limit", "2")]), "query", FIELDS) == {"limit": "2", "max": "1"}


def test_headers_count_once() -> None:
    """Of repeated headers the first counts; a spelling with an underscore is nothing."""
    pairs = [("limit", "1"), ("limit", "2"), ("x_token", "no")]

    assert spread(collected(pairs), "header", FIELDS) == {"limit": "1"}


def test_errors_speak_of_what_was_sent() -> None:
    """Locations have the names of the request."""
    value, errors = read_group([("tags", "a")], GROUP, None)

    assert value is None
    assert errors is not None
    assert [(error["type"], error["loc"]) for error in errors] == [("missing", ("query", "limit"))]
    _, errors = read_group([("limit", "1"), ("x-token", "t")], GROUP, None)
    assert errors is None


@pytest.mark.parametrize(
    ("counts_all", "pairs", "is_read"),
    [(False, [], False), (False, [("more", "1")], False), (True, [("more", "1")], True), (False, [("tags", "")], True)],
)
def test_optional_groups(counts_all: bool, pairs: list[tuple[str, str]], is_read: bool) -> None:
    """An optional model is absent until one of its fields is sent, or anything if it takes anything."""
    group = Group("query", FIELDS, lambda *_, **__: "read", counts_all, is_optional=True, default=lambda: "default")

    assert read_group(pairs, group, None) == ("read" if is_read else "default", None)


def test_required_optional_group() -> None:
    """Without a default it is missing as a whole."""
    group = Group("query", FIELDS, lambda *_, **__: "read", False, is_optional=True, is_required=True)

    _, errors = read_group([], group, None)
    assert errors == [{"type": "missing", "loc": ("query",), "msg": "Field required", "input": None}]


def test_branches_read_for_themselves() -> None:
    """A branch of a union takes lists where it wants lists, and what a validator gave it."""
    read = branch_reader(FIELDS)

    assert read({"tags": "a", "limit": ["1", "2"]}) == {"tags": ["a"], "limit": "2"}
    assert read({"limit": "", "tags": [], "x-token": None}) == {"tags": [], "x_token": None}
    assert read("no form") == "no form"


def empty_upload() -> UploadFile:
    return UploadFile(file=None, size=0, filename="", headers=Headers())  # type: ignore[arg-type]


def test_empty_form_fields_are_absent() -> None:
    """An empty text field and a file input that was left alone are as if they were not there."""
    form = FormData([("text", ""), ("file", empty_upload()), ("files", empty_upload()), ("files", "a")])

    assert form_value(form, "text") is form_value(form, "file") is form_value(form, "none") is None
    assert form_values(form, "files") == ["a"]
    assert first_form_value(FormData([("a", ""), ("b", "1")]), (("a", "A"), ("b", "B"))) == ("1", "B")
    assert first_form_value(FormData(), (("a", "A"),)) == (None, "A")
    assert first_form_values(FormData([("b", "1")]), (("a", "A"), ("b", "B"))) == (["1"], "B")
    assert first_form_values(FormData(), (("a", "A"),)) == ([], "A")
    fields: Any = (GroupField((("text", "text"),), False), GroupField((("file", "file"),), False))
    assert spread(collected(form.multi_items()), "body", fields) == {"files": [form.multi_items()[2][1], "a"]}


@pytest.mark.anyio
async def test_bytes_of_a_file() -> None:
    """Reading a file as bytes leaves it where it stood."""
    from io import BytesIO

    upload = UploadFile(file=BytesIO(b"content"), filename="a")
    await upload.seek(2)

    assert await file_bytes(upload) == b"ntent"
    assert await each_file_bytes([upload, "text"]) == [b"ntent", "text"]
