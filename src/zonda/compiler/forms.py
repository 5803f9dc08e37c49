"""This module writes how a form is read, and its fields and files."""

from __future__ import annotations

from zonda.analysis.plan import BodyParameterPlan, BodyPlan, CallPlan
from zonda.compiler import groups
from zonda.compiler.extraction import Received, write_value
from zonda.compiler.page import Arguments, Page
from zonda.runtime.forms import (
    each_file_bytes,
    file_bytes,
    first_form_value,
    first_form_values,
    form_value,
    form_values,
    read_form,
)


def write_reading(page: Page, body: BodyPlan) -> None:
    """Write how the form is read and parsed; its files are closed at the end of the exchange."""
    page.source.comment("Body: a form, read before anything else runs; 400 if it is none.")
    page.body = page.source.name("form", "form_data")
    limits = "".join(f", {name}={value}" for name, value in body.form_limits.items())
    page.source.line(f"{page.body} = await {page.source.use(read_form)}({page.connection}{limits})")


def write_parameters(page: Page, call: CallPlan) -> Arguments:
    return {parameter.name: write_parameter(page, call, parameter) for parameter in call.body_parameters}


def write_parameter(page: Page, call: CallPlan, parameter: BodyParameterPlan) -> str:
    value = page.source.name(parameter.name, f"{call.name}_{parameter.name}")
    if parameter.form_models:
        groups.write_form_model(page, parameter, value)
    else:
        write_value(page, parameter.field, write_field_reading(page, parameter, value), attributes=True)
    return value


def write_field_reading(page: Page, parameter: BodyParameterPlan, value: str) -> Received:
    """Write how one field of the form is read; one that was left empty is absent."""
    source, names, is_list = page.source, parameter.request_names, parameter.is_sequence
    if len(names) == 1:
        read = source.use(form_values if is_list else form_value)
        source.line(f"{value} = {read}({page.body}, {names[0][0]!r})")
        location = repr(("body", names[0][1]))
    else:
        error_name = source.name(f"{value}_name")
        read = source.use(first_form_values if is_list else first_form_value)
        choices = source.bind(f"{value}_choices", names)
        source.line(f"{value}, {error_name} = {read}({page.body}, {choices})")
        location = f"('body', {error_name})"
    text = value
    if parameter.reads_bytes:
        text = f"await {source.use(each_file_bytes if is_list else file_bytes)}({value})"
    return Received(value, text, f"not {value}" if is_list else f"{value} is None", location)
