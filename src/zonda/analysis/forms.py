"""This module lets each branch of a union of form models read the form for itself.

One branch may want a list where another wants one value, so the form is handed to Pydantic as it came, and every
branch takes from it what its own fields ask for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, Tag
from starlette.datastructures import FormData, UploadFile

from zonda.analysis.annotations import alternatives, lenient_issubclass, without_metadata
from zonda.analysis.models import model_fields

if TYPE_CHECKING:
    from zonda.analysis.plan import ModelFieldPlan

NoneType = type(None)


def with_reading_branches(annotation: Any) -> Any:
    """The annotation of a form parameter; a union of models gets branches that read the form, all else stays."""
    members = alternatives(annotation)
    branches = [item for item in members if item is not NoneType]
    if len(branches) < 2 or not all(lenient_issubclass(without_metadata(item), BaseModel) for item in branches):
        return annotation
    return Union[tuple(item if item is NoneType else _reading(item) for item in members)]  # noqa: UP007  (made from a tuple)


def _reading(branch: Any) -> Any:
    """The branch with its reader; a tag names it in the location of errors and must come last."""
    metadata = get_args(branch)[1:] if get_origin(branch) is Annotated else ()
    model = without_metadata(branch)
    tags = [item for item in metadata if isinstance(item, Tag)]
    tag = tags[-1] if tags else Tag(model.__name__)
    return Annotated[(model, *metadata, BeforeValidator(_reader(model)), tag)]


@lru_cache(maxsize=1024)
def _reader(model: type[BaseModel]) -> Callable[[Any], Any]:
    return partial(read_form_model, model=model)


def read_form_model(value: Any, *, model: type[BaseModel]) -> Any:
    """What `model` validates of a form, or of the dict that a validator of the user's made of it."""
    received: dict[str, list[Any]] = {}
    if isinstance(value, FormData):
        for name, item in value.multi_items():
            received.setdefault(name, []).append(item)
    elif isinstance(value, dict):
        received = {name: item if isinstance(item, list) else [item] for name, item in value.items()}
    else:
        return value
    taken: set[str] = set()
    found: dict[str, Any] = {}
    for field in _fields(model):
        for name, key in field.request_names:
            if name not in received:
                continue
            taken.add(name)
            if received[name] in ([None], []):  # no form says this: a validator of the user's did
                found[key] = value[name]
                break
            item = _filled_in(received[name], is_sequence=field.is_sequence)
            if item is not None:
                found[key] = item
                break
    others = {name: items for name, items in received.items() if name not in taken}
    return {**found, **{name: items[0] if len(items) == 1 else items for name, items in others.items()}}


@lru_cache(maxsize=1024)
def _fields(model: type[BaseModel]) -> tuple[ModelFieldPlan, ...]:
    from zonda.analysis.sources import plan_model_fields

    return plan_model_fields(model_fields(model))


def _filled_in(items: list[Any], *, is_sequence: bool) -> Any:
    """What was sent for a field; None if it was left empty."""
    sent = [item for item in items if not is_empty_upload(item)]
    if is_sequence:
        return sent or None
    return None if not sent or sent[-1] == "" else sent[-1]


def is_empty_upload(value: Any) -> bool:
    """What a browser sends for a file input that was left alone."""
    return isinstance(value, UploadFile) and not value.filename and not value.size
