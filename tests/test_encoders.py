"""`jsonable_encoder` gives what FastAPI's gives."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import json
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from tests.encodings.cases import cases, outcome
from zonda import encoders
from zonda.encoders import ENCODERS_BY_TYPE, generate_encoders_by_class_tuples, jsonable_encoder
from zonda.exceptions import PydanticV1NotSupportedError

RECORDED = Path(__file__).with_name("encodings") / "recorded.json"


@pytest.fixture
def restored_encoders() -> Iterator[None]:
    before = dict(ENCODERS_BY_TYPE)
    yield
    ENCODERS_BY_TYPE.clear()
    ENCODERS_BY_TYPE.update(before)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_every_value_is_encoded_as_fastapi_does() -> None:
    """Over sixteen hundred values, with every option: equal results of equal types, or the same kind of error."""
    recorded = json.loads(RECORDED.read_text())

    for number, (case, expected) in enumerate(zip(cases(), recorded, strict=True)):
        assert outcome(jsonable_encoder, case) == expected, (number, case)


@pytest.mark.usefixtures("restored_encoders")
def test_an_encoder_that_an_application_adds_counts_at_once() -> None:
    """ENCODERS_BY_TYPE is looked up live, for new types and for those that are in it."""

    class Money:
        amount = 5

    assert jsonable_encoder(Money()) == {}
    ENCODERS_BY_TYPE[Money] = lambda money: f"{money.amount} €"
    ENCODERS_BY_TYPE[datetime.date] = lambda day: day.year

    assert jsonable_encoder([Money(), {"day": datetime.date(2026, 1, 2)}]) == ["5 €", {"day": 2026}]


def test_the_classes_of_each_encoder() -> None:
    """The table for `isinstance` groups classes by encoder, in the order of the table by type."""
    assert generate_encoders_by_class_tuples({int: str, bytes: len, float: str}) == {str: (int, float), len: (bytes,)}
    assert uuid.UUID in encoders.encoders_by_class_tuples[str]


def test_the_small_encoders() -> None:
    """Dates are written as ISO 8601, decimals as the number that they are."""
    assert encoders.isoformat(datetime.date(2026, 1, 2)) == "2026-01-02"
    assert [encoders.decimal_encoder(decimal.Decimal(text)) for text in ("2", "2.0", "3E2")] == [2, 2.0, 300]
    assert type(encoders.decimal_encoder(decimal.Decimal(2))) is int


@pytest.mark.parametrize("text", ["1E+4300", "1E+999999999", "-1E+999999999", "9" * 400 + ".5"])
def test_a_decimal_too_large_for_a_number_is_text(text: str) -> None:
    """A minute of work and a 500 for a client who sends ten bytes; the largest that can be written are numbers."""
    assert encoders.decimal_encoder(decimal.Decimal(text)) == text

    assert encoders.decimal_encoder(decimal.Decimal("1E+4299")) == 10**4299
    assert encoders.decimal_encoder(decimal.Decimal("1" + "0" * 308 + ".5")) == 1e308
    assert encoders.decimal_encoder(decimal.Decimal("-Infinity")) == float("-inf")


@pytest.mark.filterwarnings("ignore:Core Pydantic V1 functionality:UserWarning")
def test_a_pydantic_v1_model_is_refused_by_name() -> None:
    """The message shows the model, which has to be moved to Pydantic 2."""
    from pydantic import v1

    class Old(v1.BaseModel):
        a: int = 1

    with pytest.raises(PydanticV1NotSupportedError, match=r"update the model Old\(a=1\)"):
        jsonable_encoder([Old()])


def test_values_that_cannot_be_copied_are_encoded_in_dataclasses() -> None:
    """The fields of a dataclass are read, not copied: a generator in one works."""

    @dataclasses.dataclass
    class Page:
        items: Any

    assert jsonable_encoder(Page(number for number in range(2))) == {"items": [0, 1]}
    with pytest.raises(ValueError, match="lock"):
        jsonable_encoder(Page(threading.Lock()))


def test_deep_values_take_one_frame_a_level() -> None:
    """Nesting that FastAPI encodes within Python's default recursion limit is encoded here too."""
    nested: Any = "deep"
    for _ in range(400):
        nested = {"in": [nested]}

    assert json.dumps(jsonable_encoder(nested)) == json.dumps(nested)


def test_a_proxy_is_what_it_stands_for_each_time() -> None:
    """Objects that claim another class are looked at one by one: the next may stand for something else."""

    class Proxy:
        def __init__(self, target: Any) -> None:
            object.__setattr__(self, "_target", target)

        @property
        def __class__(self) -> Any:
            return type(self._target)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._target, name)

        def __iter__(self) -> Iterator[Any]:
            return iter(self._target)

    class Item(BaseModel):
        a: int = 1

    assert jsonable_encoder([Proxy({"a": 1}), Proxy([1]), Proxy(Item())]) == [{"a": 1}, [1], {"a": 1}]


def test_the_memory_of_types_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Classes made while the application runs are forgotten again."""
    monkeypatch.setattr(encoders, "_MOST_WRITERS", len(encoders._WRITERS) + 5)

    for number in range(20):
        jsonable_encoder(type(f"Made{number}", (), {})())

    assert len(encoders._WRITERS) <= encoders._MOST_WRITERS
