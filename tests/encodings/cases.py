"""This module makes the values whose encoding is compared with FastAPI's; each run makes the same ones."""

from __future__ import annotations

import collections
import copy
import dataclasses
import datetime
import decimal
import enum
import ipaddress
import pathlib
import random
import re
import types
import typing
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pydantic
from pydantic import AnyUrl, BaseModel, ConfigDict, Field, RootModel, SecretBytes, SecretStr
from pydantic_core import PydanticUndefined


class Colour(enum.Enum):
    RED = "red"
    NONE = None
    PAIR = (1, 2)


class Word(str, enum.Enum):  # noqa: UP042  (what people write)
    ONE = "one"


class Number(enum.IntEnum):
    ONE = 1


class Text(str):
    __slots__ = ()


class Items(list[Any]): ...


class Mapping(dict[Any, Any]): ...


class Point(typing.NamedTuple):
    x: int
    y: Any


@dataclasses.dataclass
class Leaf:
    a: int = 1
    b: Any = None
    _sa_state: int = 3


@dataclasses.dataclass
class Branch:
    leaf: Any
    leaves: list[Any] = dataclasses.field(default_factory=list)


class Item(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    a: int = 1
    b: str | None = None
    c_: float = Field(2.5, alias="cAlias")
    any: typing.Any = None


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")


class Root(RootModel[list[Any]]): ...


class Computed(BaseModel):
    @pydantic.computed_field  # type: ignore[prop-decorator]
    @property
    def two(self) -> int:
        return 2


class Overridden(BaseModel):
    def model_dump(self, **options: Any) -> dict[str, Any]:
        return {"day": datetime.date(2026, 1, 2), "none": None, "filters": sorted(options)}


class Object:
    def __init__(self, **attributes: Any) -> None:
        vars(self).update(attributes)


class Pairs:
    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return iter([("a", 1), ("b", None)])


class NotPairs:
    def __init__(self) -> None:
        self.z = 1

    def __iter__(self) -> Iterator[int]:
        return iter([1, 2])


class Slotted:
    __slots__ = ("a",)


class Amount(decimal.Decimal): ...


NOON = datetime.datetime(2026, 1, 2, 12, 30, 1, 5)
EAST = datetime.timezone(datetime.timedelta(hours=2))

LEAVES: list[Callable[[], Any]] = [
    lambda: None,
    lambda: True,
    lambda: 7,
    lambda: 10**30,
    lambda: 1e-7,
    lambda: float("inf"),
    lambda: "text",
    lambda: "\ud800",
    lambda: b"bytes",
    lambda: b"\xff",
    lambda: bytearray(b"a"),
    lambda: 1j,
    lambda: Colour.RED,
    lambda: Colour.NONE,
    lambda: Colour.PAIR,
    lambda: Word.ONE,
    lambda: Number.ONE,
    lambda: Text("subclass"),
    lambda: NOON,
    lambda: NOON.replace(tzinfo=EAST),
    lambda: NOON.replace(tzinfo=datetime.UTC),
    lambda: NOON.date(),
    lambda: NOON.time(),
    lambda: datetime.timedelta(days=1, microseconds=5),
    lambda: decimal.Decimal(1),
    lambda: decimal.Decimal("1.0"),
    lambda: decimal.Decimal("1E+3"),
    lambda: decimal.Decimal("NaN"),
    lambda: decimal.Decimal("sNaN"),
    lambda: decimal.Decimal("-Infinity"),
    lambda: Amount("2.5"),
    lambda: uuid.UUID(int=5),
    lambda: pathlib.PurePosixPath("a/b"),
    lambda: pathlib.PureWindowsPath("a\\b"),
    lambda: re.compile("a+"),
    lambda: re.compile(b"a+"),
    lambda: ipaddress.ip_address("1.2.3.4"),
    lambda: ipaddress.ip_network("::/64"),
    lambda: ipaddress.ip_interface("10.0.0.1/8"),
    lambda: SecretStr("hidden"),
    lambda: SecretBytes(b"hidden"),
    lambda: AnyUrl("http://example.com/a"),
    lambda: PydanticUndefined,
    lambda: range(3),
    lambda: iter([1]),
    lambda: {Colour.RED},
    lambda: frozenset([1]),
    lambda: (number for number in (1, Colour.RED)),
    lambda: {"a": 1}.items(),
    lambda: types.MappingProxyType({"a": Colour.RED}),
    lambda: collections.ChainMap({"a": 1}),
    lambda: collections.UserDict(a=1),
    lambda: Pairs(),
    lambda: NotPairs(),
    lambda: Slotted(),
    lambda: object(),
    lambda: ...,
    lambda: ValueError("a"),
    lambda: Computed(),
    lambda: Overridden(),
]

KEYS: list[Any] = [
    *("a", "b", "c", "d", "_sa_instance_state", "_saved", Text("_sa"), None, True, 1, 2.5, Colour.RED, Word.ONE),
    *(uuid.UUID(int=1), NOON, b"key", decimal.Decimal(1), (1, 2), pathlib.PurePosixPath("a"), SecretStr("a")),
]

CUSTOM: list[dict[Any, Callable[[Any], Any]]] = [
    {int: lambda value: f"int {value}"},
    {str: str.upper},
    {datetime.date: lambda value: "date"},
    {Item: lambda value: "item"},
    {BaseModel: lambda value: value},
    {enum.Enum: lambda value: value.name},
    {dict: len},
    {Leaf: lambda value: "leaf", float: str},
    {object: lambda value: type(value).__name__},
]

OPTIONS: list[dict[str, Any]] = [
    *({} for _ in range(6)),
    {"include": {"a", "leaf", "any"}},
    {"exclude": {"a"}},
    {"include": ["a", "b"], "exclude": ["b"]},
    {"include": {"any": {"a"}}, "exclude": {"leaf": True}},
    {"include": set()},
    {"by_alias": False},
    {"exclude_unset": True},
    {"exclude_defaults": True},
    {"exclude_none": True},
    {"sqlalchemy_safe": False},
    {"exclude_none": True, "sqlalchemy_safe": False},
    *({"custom_encoder": custom} for custom in CUSTOM),
]


def cases(count: int = 1500) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Each leaf by itself, then random values with random options."""
    for leaf in LEAVES:
        yield leaf(), {}
    chance = random.Random(20260102)
    for _ in range(count):
        yield value(chance, 3), chance.choice(OPTIONS)


def value(chance: random.Random, depth: int) -> Any:
    if depth == 0 or chance.random() < 0.3:
        return chance.choice(LEAVES[:7] if chance.random() < 0.5 else LEAVES)()
    parts = [value(chance, depth - 1) for _ in range(chance.randrange(4))]
    return chance.choice(SHAPES)(chance, parts)


def keyed(chance: random.Random, parts: list[Any]) -> dict[Any, Any]:
    names = KEYS[:6] if chance.random() < 0.8 else KEYS
    return {chance.choice(names): part for part in parts}


def branch(parts: list[Any]) -> Branch:
    return Branch(first(parts), [Leaf(b=part) for part in parts])


def can_be_copied(part: Any) -> bool:
    """FastAPI copies what is in a dataclass and fails where that cannot be done."""
    try:
        copy.deepcopy(part)
    except TypeError:
        return False
    return True


def first(parts: list[Any]) -> Any:
    return parts[0] if parts else None


SHAPES: list[Callable[[random.Random, list[Any]], Any]] = [
    keyed,
    keyed,
    lambda chance, parts: parts,
    lambda chance, parts: tuple(parts),
    lambda chance, parts: Mapping(keyed(chance, parts)),
    lambda chance, parts: collections.OrderedDict(keyed(chance, parts)),
    lambda chance, parts: Items(parts),
    lambda chance, parts: collections.deque(parts),
    lambda chance, parts: Point(1, parts),
    lambda chance, parts: Item(any=parts),
    lambda chance, parts: Item(a=2, c_=3, any=keyed(chance, parts)),
    lambda chance, parts: Open(first=first(parts), _sa_state=1),
    lambda chance, parts: Root(parts),
    lambda chance, parts: Object(a=first(parts), _sa_state=2, b=None),
    lambda chance, parts: branch([part for part in parts if can_be_copied(part)]),
]


def shown(result: Any) -> str:
    """A value with the types that `==` does not tell apart."""
    if isinstance(result, dict):
        return "{" + ", ".join(f"{shown(key)}: {shown(item)}" for key, item in result.items()) + "}"
    if isinstance(result, (list, tuple)):
        return type(result).__name__ + "[" + ", ".join(map(shown, result)) + "]"
    name = type(result).__name__
    return repr(result) if name in ("str", "int", "float", "bool", "NoneType") else name


def outcome(encode: Callable[..., Any], case: tuple[Any, dict[str, Any]]) -> str:
    """What the encoder gives, or the name of what it raises."""
    try:
        return shown(encode(case[0], **case[1]))
    except Exception as error:  # noqa: BLE001
        return f"! {type(error).__name__}"
