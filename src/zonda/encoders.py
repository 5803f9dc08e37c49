"""This module turns any value into what `json` can write: dicts, lists, strings, numbers, booleans and None.

Each type has a writer, found once and kept:

    str, int, float, None (and subclasses)      as they are
    models                                      `model_dump(mode="json")`
    dataclasses, objects with attributes        written as the dict of their fields
    dict                                        key by key, without SQLAlchemy's `_sa...`
    list, tuple, set, deque, generator          a list
    Enum, paths                                 their value, their text
    others                                      ENCODERS_BY_TYPE, to which applications may add
"""

from __future__ import annotations

import dataclasses
import datetime
import sys
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from decimal import Decimal
from enum import Enum
from importlib import import_module
from importlib.util import find_spec
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network
from math import isinf
from pathlib import Path, PurePath
from re import Pattern
from types import GeneratorType
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from pydantic.color import Color
from pydantic.networks import AnyUrl, NameEmail
from pydantic.types import SecretBytes, SecretStr
from pydantic_core import PydanticUndefinedType, Url

from zonda.exceptions import PydanticV1NotSupportedError
from zonda.types import IncEx

__all__ = [
    "ENCODERS_BY_TYPE",
    "decimal_encoder",
    "encoders_by_class_tuples",
    "generate_encoders_by_class_tuples",
    "isoformat",
    "jsonable_encoder",
]

Encoder = Callable[[Any], Any]


def isoformat(o: datetime.date | datetime.time) -> str:
    return o.isoformat()


_MOST_DIGITS = 4300
"""Python's own limit for the text of an int."""


def decimal_encoder(dec_value: Decimal) -> int | float | str:
    """An int if there is no decimal point, so that `Numeric(x, 0)` columns used as keys come back equal.

    A number too large for both is text, as with Pydantic: `1E+1000000`, few bytes for a client who sends it, would take
    a minute as an int, and then fail.
    """
    exponent = dec_value.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= 0:
        return int(dec_value) if dec_value.adjusted() < _MOST_DIGITS else str(dec_value)
    number = float(dec_value)
    return str(dec_value) if isinf(number) and dec_value.is_finite() else number


def _decoded(value: bytes) -> str:
    return value.decode()


def _total_seconds(value: datetime.timedelta) -> float:
    return value.total_seconds()


def _enum_value(value: Enum) -> Any:
    return value.value


def _source(value: Pattern[Any]) -> Any:
    return value.pattern


ENCODERS_BY_TYPE: dict[type[Any], Encoder] = {
    bytes: _decoded,
    Color: str,
    datetime.date: isoformat,
    datetime.datetime: isoformat,
    datetime.time: isoformat,
    datetime.timedelta: _total_seconds,
    Decimal: decimal_encoder,
    Enum: _enum_value,
    frozenset: list,
    deque: list,
    GeneratorType: list,
    IPv4Address: str,
    IPv4Interface: str,
    IPv4Network: str,
    IPv6Address: str,
    IPv6Interface: str,
    IPv6Network: str,
    NameEmail: str,
    Path: str,
    Pattern: _source,
    SecretBytes: str,
    SecretStr: str,
    set: list,
    UUID: str,
    Url: str,
    AnyUrl: str,
}
"""Looked up at each value of a type that has no shape of its own, so that what an application adds counts at once."""

if find_spec("pydantic_extra_types") is not None:
    ENCODERS_BY_TYPE[import_module("pydantic_extra_types.color").Color] = str


def generate_encoders_by_class_tuples(type_encoder_map: dict[Any, Encoder]) -> dict[Encoder, tuple[Any, ...]]:
    """The classes of each encoder, for `isinstance`."""
    classes: dict[Encoder, tuple[Any, ...]] = defaultdict(tuple)
    for cls, encoder in type_encoder_map.items():
        classes[encoder] += (cls,)
    return classes


encoders_by_class_tuples = generate_encoders_by_class_tuples(ENCODERS_BY_TYPE)


def jsonable_encoder(
    obj: Any,
    include: IncEx | None = None,
    exclude: IncEx | None = None,
    by_alias: bool = True,
    exclude_unset: bool = False,
    exclude_defaults: bool = False,
    exclude_none: bool = False,
    custom_encoder: dict[Any, Encoder] | None = None,
    sqlalchemy_safe: bool = True,
) -> Any:
    """Convert to what `json.dumps` can write.

    ```python
    jsonable_encoder(Item(id=uuid4(), at=now))  # {"id": "9c…", "at": "2026-01-01T…"}
    ```

    `include`, `exclude` and the other filters are those of `model_dump`. `custom_encoder` maps classes to functions
    that come before all else. `sqlalchemy_safe` leaves out keys that begin with `_sa`.
    """
    filters = (include, exclude, exclude_unset, exclude_defaults, exclude_none, custom_encoder)
    if filters == _NO_FILTERS and by_alias and sqlalchemy_safe:
        return _write(obj, _PLAIN)
    options = _Options(by_alias, exclude_unset, exclude_defaults, exclude_none, custom_encoder, sqlalchemy_safe)
    return _write(obj, options.selecting(_as_keys(include), _as_keys(exclude)))


def _as_keys(keys: Any) -> Any:
    return keys if keys is None or isinstance(keys, (set, dict)) else set(keys)


Writer = Callable[[Any, "_Options"], Any]


class _Options:
    """The arguments of one call, worked out for all the values in it."""

    __slots__ = (
        "custom", "exclude", "exclude_defaults", "exclude_none", "include", "inner", "model_filters",
        "sqlalchemy_safe", "unchanged", "writers",
    )  # fmt: skip

    def __init__(
        self,
        by_alias: bool = True,
        exclude_unset: bool = False,
        exclude_defaults: bool = False,
        exclude_none: bool = False,
        custom: dict[Any, Encoder] | None = None,
        sqlalchemy_safe: bool = True,
    ) -> None:
        self.model_filters: dict[str, Any] = {
            "by_alias": by_alias,
            "exclude_unset": exclude_unset,
            "exclude_defaults": exclude_defaults,
            "exclude_none": exclude_none,
        }
        self.exclude_defaults = exclude_defaults
        self.exclude_none = exclude_none
        self.sqlalchemy_safe = sqlalchemy_safe
        self.custom = custom
        # A custom encoder comes before every shape, so nothing may be looked up past it.
        self.unchanged = frozenset() if custom else _UNCHANGED
        self.writers: dict[type[Any], Writer] = {} if custom else _WRITERS
        self.include: Any = None
        self.exclude: Any = None
        self.inner = self
        """What holds for the values of a dict: `include` and `exclude` name its own keys only."""

    def selecting(self, include: Any, exclude: Any) -> _Options:
        if include is None and exclude is None:
            return self
        selecting = _Options(custom=self.custom, sqlalchemy_safe=self.sqlalchemy_safe)
        selecting.model_filters = self.model_filters
        selecting.exclude_defaults = self.exclude_defaults
        selecting.exclude_none = self.exclude_none
        selecting.include = include
        selecting.exclude = exclude
        selecting.inner = self
        return selecting


def _write(obj: Any, options: _Options) -> Any:
    if options.custom:
        encoder = options.custom.get(type(obj))
        if encoder is not None:
            return encoder(obj)
        for cls, encoder in options.custom.items():
            if isinstance(obj, cls):
                return encoder(obj)
    return (_WRITERS.get(type(obj)) or _writer_of(obj))(obj, options)


def _write_unchanged(obj: Any, options: _Options) -> Any:
    return obj


def _write_undefined(obj: Any, options: _Options) -> None:
    return None


def _write_enum(obj: Enum, options: _Options) -> Any:
    return obj.value


def _write_path(obj: PurePath, options: _Options) -> str:
    return str(obj)


def _write_mapping(obj: Any, options: _Options) -> dict[Any, Any]:
    # PERF: one frame a level and no call for plain values; the encoder benchmark notices.
    items: Iterable[tuple[Any, Any]] = obj.items()
    if options.inner is not options:
        items = _selected(obj, options)
        options = options.inner
    unchanged, writers = options.unchanged, options.writers
    safe, exclude_none = options.sqlalchemy_safe, options.exclude_none
    written: dict[Any, Any] = {}
    for key, value in items:
        if exclude_none and value is None:
            continue
        if safe and isinstance(key, str) and key.startswith("_sa"):
            continue
        name = key if type(key) in unchanged else _write(key, options)
        kind = type(value)
        written[name] = value if kind in unchanged else writers.get(kind, _write)(value, options)
    return written


def _selected(obj: Any, options: _Options) -> list[tuple[Any, Any]]:
    keys = set(obj.keys())
    if options.include is not None:
        keys &= set(options.include)
    if options.exclude is not None:
        keys -= set(options.exclude)
    return [(key, value) for key, value in obj.items() if key in keys]


def _write_sequence(obj: Iterable[Any], options: _Options) -> list[Any]:
    unchanged, writers = options.unchanged, options.writers
    written: list[Any] = []
    for item in obj:
        kind = type(item)
        written.append(item if kind in unchanged else writers.get(kind, _write)(item, options))
    return written


def _write_model(obj: BaseModel, options: _Options) -> Any:
    dumped = obj.model_dump(
        mode="json", include=options.include, exclude=options.exclude, **options.model_filters
    )  # fmt: skip
    if obj.__class__.model_dump is BaseModel.model_dump:
        _drop_unwanted(dumped, options)
        return dumped
    remaining = _Options(
        exclude_defaults=options.exclude_defaults,
        exclude_none=options.exclude_none,
        sqlalchemy_safe=options.sqlalchemy_safe,
    )
    return _write(dumped, remaining)


def _drop_unwanted(dumped: Any, options: _Options) -> None:
    """Take the keys that are left out from Pydantic's JSON values, which are ours; nothing else in them could change.

    PERF: in place, and the rule is asked only where a key could be one of them (the OpenAPI document in
    benchmarks/measures/start.py).
    """
    kind = type(dumped)
    if kind is list:
        for item in dumped:
            if type(item) in _CONTAINERS:
                _drop_unwanted(item, options)
    elif kind is dict:
        if (options.exclude_none and None in dumped.values()) or (
            options.sqlalchemy_safe and "_sa" in "\n".join(dumped)
        ):
            for key in [key for key, value in dumped.items() if _is_unwanted(key, value, options)]:
                del dumped[key]
        for value in dumped.values():
            if type(value) in _CONTAINERS:
                _drop_unwanted(value, options)


def _is_unwanted(key: str, value: Any, options: _Options) -> bool:
    return (value is None and options.exclude_none) or (options.sqlalchemy_safe and key.startswith("_sa"))


def _dataclass_writer(cls: type[Any]) -> Writer:
    names = [field.name for field in dataclasses.fields(cls)]

    def write_dataclass(obj: Any, options: _Options) -> Any:
        if options.custom:
            # A custom encoder never sees the dataclasses inside this one.
            return _write(dataclasses.asdict(obj), options)
        return _write_mapping({name: getattr(obj, name) for name in names}, options)

    return write_dataclass


def _write_other(obj: Any, options: _Options) -> Any:
    encoder = ENCODERS_BY_TYPE.get(type(obj))
    if encoder is not None:
        return encoder(obj)
    for encoder, classes in encoders_by_class_tuples.items():
        if isinstance(obj, classes):
            return encoder(obj)
    _refuse_pydantic_v1(obj)
    return _write(_attributes(obj), options)


def _attributes(obj: Any) -> Any:
    try:
        return dict(obj)
    except Exception as not_iterable:  # noqa: BLE001  (whatever the methods of a user's class raise)
        try:
            return vars(obj)
        except Exception as no_attributes:
            raise ValueError([not_iterable, no_attributes]) from no_attributes


def _refuse_pydantic_v1(obj: Any) -> None:
    v1 = sys.modules.get("pydantic.v1.main")
    if v1 is not None and isinstance(obj, v1.BaseModel):
        raise PydanticV1NotSupportedError(
            f"pydantic.v1 models are no longer supported by FastAPI. Please update the model {obj!r}."
        )


_UNCHANGED: frozenset[type[Any]] = frozenset({str, int, float, bool, type(None)})
_CONTAINERS: frozenset[type[Any]] = frozenset({dict, list})

_SHAPES: tuple[tuple[type[Any] | tuple[type[Any], ...], Writer], ...] = (
    (Enum, _write_enum),
    (PurePath, _write_path),
    ((str, int, float, type(None)), _write_unchanged),
    (PydanticUndefinedType, _write_undefined),
    (dict, _write_mapping),
    ((list, set, frozenset, GeneratorType, tuple, deque), _write_sequence),
)

_WRITERS: dict[type[Any], Writer] = {}
_MOST_WRITERS = 4096
"""Applications that make classes as they run must not fill the memory."""


def _writer_of(obj: Any) -> Writer:
    writer = _shape(obj)
    # A proxy whose `__class__` differs may stand for something else next time.
    if obj.__class__ is type(obj):
        if len(_WRITERS) >= _MOST_WRITERS:
            _WRITERS.clear()
        _WRITERS[type(obj)] = writer
    return writer


def _shape(obj: Any) -> Writer:
    if isinstance(obj, BaseModel):
        return _write_model
    if dataclasses.is_dataclass(obj) and not isinstance(obj, type):
        return _dataclass_writer(type(obj))
    for classes, writer in _SHAPES:
        if isinstance(obj, classes):
            return writer
    return _write_other


_NO_FILTERS = (None, None, False, False, False, None)
_PLAIN = _Options()
