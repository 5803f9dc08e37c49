"""This module writes how the body is read before anything else runs, and how its parameters are validated."""

from __future__ import annotations

from zonda.analysis.bodies import should_embed_body_fields
from zonda.analysis.plan import BodyParameterPlan, BodyPlan, CallPlan
from zonda.compiler import forms
from zonda.compiler.extraction import Received, write_absent_value, write_value
from zonda.compiler.page import Arguments, Page
from zonda.runtime.bodies import ABSENT, all_missing, first_key, keys_of, read_json


def write_reading(page: Page, body: BodyPlan) -> None:
    """Write how the body is read and parsed; a syntax error ends the request here."""
    source = page.source
    if page.body_is_form:
        forms.write_reading(page, body)
        return
    before = "the dependencies run" if page.has_early_steps() else "anything else runs"
    source.comment(f"Body: read and parsed before {before}; 422 if it is not JSON.")
    page.body = source.name("body", "request_body")
    strict = "" if body.strict_content_type else ", strict_content_type=False"
    source.line(f"{page.body} = await {source.use(read_json)}({page.connection}, {page.endpoint_context()}{strict})")
    if body.is_embedded:
        page.body_keys = source.name("body_keys")
        source.line(f"{page.body_keys} = {source.use(keys_of)}({page.body})")


def write_parameters(page: Page, call: CallPlan) -> Arguments:
    """Write how the call's body parameters are found in the body and validated."""
    if not call.body_parameters:
        return {}
    if not page.body:
        return write_absent_parameters(page, call)
    page.source.comment(f"Body of {call.name}: what is wrong is noted for the 422 below.")
    if page.body_is_form:
        return forms.write_parameters(page, call)
    return write_json_parameters(page, call)


def write_absent_parameters(page: Page, call: CallPlan) -> Arguments:
    """Write that a websocket has no body: a dependency has its defaults, or is refused."""
    own = [parameter.field for parameter in call.body_parameters]
    are_keys = page.embeds_body or should_embed_body_fields(own) or call.body_parameters[0].is_form
    page.source.comment(f"Body of {call.name}: a websocket has none.")
    values = {}
    for parameter in call.body_parameters:
        value = values[parameter.name] = page.source.name(parameter.name, f"{call.name}_{parameter.name}")
        place = ("body", parameter.request_names[0][1]) if are_keys else ("body",)
        write_absent_value(page, parameter.field, value, repr(place))
    return values


def write_json_parameters(page: Page, call: CallPlan) -> Arguments:
    values = {item.name: page.source.name(item.name, f"{call.name}_{item.name}") for item in call.body_parameters}
    keys = page.body_keys
    if not keys and should_embed_body_fields([item.field for item in call.body_parameters]):
        # Only a call that overrides another asks for keys where the route takes the body whole.
        keys = page.once("keys", f"{page.source.use(keys_of)}({page.body})")
    if not keys:
        parameter = call.body_parameters[0]
        received = Received(values[parameter.name], page.body, f"{page.body} is {absent(page)}", repr(("body",)))
        write_value(page, parameter.field, received, attributes=True)
        return values
    with page.source.block(f"if {keys} is None"):
        names = tuple(parameter.request_names[0][1] for parameter in call.body_parameters)
        page.source.line(f"errors = {page.source.use(all_missing)}(errors, {names!r})")
    with page.source.block("else"):
        for parameter in call.body_parameters:
            received = write_key_reading(page, keys, parameter, values[parameter.name])
            write_value(page, parameter.field, received, attributes=True)
    return values


def write_key_reading(page: Page, keys: str, parameter: BodyParameterPlan, value: str) -> Received:
    """Write how one key of the body is read; null is a value, a key that is not there is absent."""
    source, names = page.source, parameter.request_names
    if len(names) == 1:
        source.line(f"{value} = {keys}.get({names[0][0]!r}, {absent(page)})")
        return Received(value, value, f"{value} is {absent(page)}", repr(("body", names[0][1])))
    error_name = source.name(f"{value}_name")
    choices = source.bind(f"{value}_choices", names)
    source.line(f"{value}, {error_name} = {source.use(first_key)}({keys}, {choices})")
    return Received(value, value, f"{value} is {absent(page)}", f"('body', {error_name})")


def absent(page: Page) -> str:
    return page.source.bind("ABSENT", ABSENT)
