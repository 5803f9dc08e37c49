"""This module writes how parameters are read from path, query, headers and cookies, and validated."""

from __future__ import annotations

import datetime
import decimal
import enum
import uuid
from dataclasses import dataclass
from typing import Any

from pydantic_core import PydanticUndefined, ValidationError

from zonda.analysis.fields import ModelField
from zonda.analysis.plan import CallPlan, ParameterPlan
from zonda.compiler import groups
from zonda.compiler.page import Page, literal, validates_default
from zonda.runtime.errors import invalid, missing
from zonda.runtime.extraction import first_choice, first_header, first_header_list, first_list, listed, listed_headers

UNCHANGING = (bytes, enum.Enum, float, datetime.date, datetime.time, datetime.timedelta, decimal.Decimal, uuid.UUID)


@dataclass(frozen=True, slots=True)
class Received:
    """What the page knows of a value that was read and not yet validated."""

    value: str
    """The local that holds it, and that holds the validated value later."""
    text: str
    """The expression that gives it as FastAPI validates it."""
    absent: str | None
    """The condition that says it is not there; None if it always is."""
    location: str
    """The expression of where it came from, for errors."""


def can_fail(page: Page, parameter: ParameterPlan) -> bool:
    """Whether some request makes this parameter a 422."""
    if parameter.model is not None or not takes_any_text(page, parameter):
        return True
    return parameter.is_required and parameter.source != "path"


def takes_any_text(page: Page, parameter: ParameterPlan) -> bool:
    """A plain string without constraints: what came is valid as it is."""
    if parameter.is_sequence or validates_default(parameter.field):
        return False
    if parameter.source == "path" and not is_text_in_path(page, parameter):
        return False
    schema: Any = parameter.field.adapter.core_schema
    while schema["type"] == "nullable":
        schema = schema["schema"]
    return bool(schema == {"type": "str"})


def is_text_in_path(page: Page, parameter: ParameterPlan) -> bool:
    convertor = page.path_convertors().get(parameter.request_names[0][0])
    return len(parameter.request_names) == 1 and convertor in ("str", "path")


def write_parameters(page: Page, call: CallPlan) -> dict[str, str]:
    """Write how the call's parameters are read; returns what the page calls each of them."""
    if not call.parameters:
        return {}
    fails = any(can_fail(page, parameter) for parameter in call.parameters)
    page.source.comment(
        f"Parameters of {call.name}" + (": what is wrong is noted for the 422 below." if fails else ".")
    )
    return {parameter.name: write_parameter(page, call, parameter) for parameter in call.parameters}


def write_defaults(page: Page, call: CallPlan) -> dict[str, str]:
    """Write the defaults of a call's parameters, where nothing else can fill them."""
    fields = [parameter.field for parameter in call.parameters]
    fields += [parameter.field for parameter in call.body_parameters]
    values: dict[str, str] = {}
    for field in fields:
        if not values:
            page.source.comment(f"Parameters of {call.name}: their defaults.")
        value = values[field.name] = page.source.name(field.name, f"{call.name}_{field.name}")
        page.source.line(f"{value} = {default_expression(page, field)}")
        if validates_default(field):
            page.source.line(f"{value} = {page.source.bind(f'validate_{value}', field.validator)}({value})")
    return values


def write_parameter(page: Page, call: CallPlan, parameter: ParameterPlan) -> str:
    value = page.source.name(parameter.name, f"{call.name}_{parameter.name}")
    if parameter.model is not None:
        groups.write_parameter_model(page, parameter, value)
        return value
    write_value(page, parameter.field, write_read(page, parameter, value), takes_any=takes_any_text(page, parameter))
    return value


def write_value(
    page: Page, field: ModelField, received: Received, *, takes_any: bool = False, attributes: bool = False
) -> None:
    """Write what becomes of a value that was read: missing, default or validated.

    `attributes`: a model may be read from an object's attributes, as FastAPI lets bodies be.
    """
    source, value, absent = page.source, received.value, received.absent

    def write_present() -> None:
        if not takes_any:
            write_validation(page, field, received, attributes)
        elif received.text != value:
            source.line(f"{value} = {received.text}")

    nothing_to_do = takes_any and received.text == value
    if absent is None:
        write_present()
        return
    if field.required:
        absent_line = f"errors = {source.use(missing)}(errors, {received.location})"
    else:
        default = default_expression(page, field)
        absent_line = f"{value} = {default}"
        if validates_default(field):
            source.line(f"{value} = {default} if {absent} else {received.text}")
            write_validation(page, field, Received(value, value, None, received.location), attributes)
            return
        if default == "None" and absent == f"{value} is None":
            if not nothing_to_do:
                with source.block(f"if {value} is not None"):
                    write_present()
            return
    with source.block(f"if {absent}"):
        source.line(absent_line)
    if not nothing_to_do:
        with source.block("else"):
            write_present()


def write_absent_value(page: Page, field: ModelField, value: str, location: str) -> None:
    """Write what becomes of a value that is never there: missing, or its default."""
    source = page.source
    if field.required:
        source.line(f"errors = {source.use(missing)}(errors, {location})")
        return
    source.line(f"{value} = {default_expression(page, field)}")
    if validates_default(field):
        write_validation(page, field, Received(value, value, None, location))


def write_validation(page: Page, field: ModelField, received: Received, attributes: bool = False) -> None:
    """Write the validation of a value; its errors are noted."""
    source = page.source
    validate = source.bind(f"validate_{received.value}", field.validator)
    options = ", from_attributes=True" if attributes else ""
    with source.block("try"):
        source.line(f"{received.value} = {validate}({received.text}{options})")
    with source.block(f"except {source.use(ValidationError)} as error"):
        source.line(f"errors = {source.use(invalid)}(errors, error, {received.location})")


def write_read(page: Page, parameter: ParameterPlan, value: str) -> Received:
    """Write how the value is read, as the request has it."""
    source, place, names = page.source, parameter.source, parameter.request_names
    keys = tuple(header_key(name) if place == "header" else name for name, _ in names)
    location, target = repr((place, names[0][1])), value
    if len(names) > 1:
        error_name = source.name(f"{value}_name")
        location, target = f"({place!r}, {error_name})", f"{value}, {error_name}"
        choices = source.bind(f"{value}_choices", tuple(zip(keys, (name for _, name in names), strict=True)))

    if parameter.is_sequence and place in ("query", "header"):
        of_query = place == "query"
        values = page.query_pairs() if of_query else f"{page.connection}.headers"
        if len(names) > 1:
            read = source.use(first_list if of_query else first_header_list)
            source.line(f"{target} = {read}({values}, {choices})")
        else:
            read = source.use(listed if of_query else listed_headers)
            source.line(f"{target} = {read}({values}, {keys[0]!r})")
        return Received(value, value, f"not {value}", location)

    # One value that ought to be several is no value when it is empty.
    absent = f"not {value}" if parameter.empty_is_absent else f"{value} is None"
    text = f'{value}.decode("latin-1")' if place == "header" else value
    if place == "header" and page.reads_one_header():
        source.line(f"{value} = {source.use(first_header)}({page.connection}.headers, {keys[0]!r})")
        return Received(value, text, absent, location)

    values = {"path": Page.path_values, "query": Page.query, "header": Page.headers, "cookie": Page.cookies}[place](
        page
    )
    if len(names) > 1:
        source.line(f"{target} = {source.use(first_choice)}({values}, {choices})")
    elif place == "path" and keys[0] in page.path_convertors():
        return Received(value, f"{values}[{keys[0]!r}]", None, location)
    else:
        source.line(f"{target} = {values}.get({keys[0]!r})")
    return Received(value, text, absent, location)


def header_key(name: str) -> bytes:
    return name.lower().encode("latin-1", "replace")


def default_expression(page: Page, field: ModelField) -> str:
    """An expression of the default: a literal, a shared object that cannot change, or a fresh copy."""
    default = field.field_info.default
    if default is not PydanticUndefined and default is not Ellipsis and field.field_info.default_factory is None:
        text = literal(default)
        if text is not None:
            return text
        if isinstance(default, (*UNCHANGING, str, int)):
            return page.source.bind(f"default_{field.name}", default)
    return page.source.bind(f"default_{field.name}", field.get_default) + "()"
