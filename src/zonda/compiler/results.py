"""This module writes what becomes of the endpoint's result: validated, filtered, encoded, put into a reply."""

from __future__ import annotations

from typing import Any, Literal

from pydantic_core import ValidationError
from starlette.responses import JSONResponse, Response

from zonda.analysis.fields import ModelField
from zonda.analysis.kinds import CallKind, Injection
from zonda.analysis.plan import CallPlan, ResponsePlan
from zonda.compiler.calls import run_expression
from zonda.compiler.page import Arguments, Page
from zonda.encoders import jsonable_encoder
from zonda.runtime.corrections import response_without_type, without_type
from zonda.runtime.encoding import encode_content, encode_json, encode_text, finite, writes_finite_numbers
from zonda.runtime.errors import response_errors
from zonda.runtime.results import call_and_validate, reply_from, reply_with, respond_as
from zonda.seams import Head, RawHeaders, Reply, WholeReply
from zonda.utils import is_body_allowed_for_status_code

NO_FILTERS: dict[str, Any] = {
    "include": None,
    "exclude": None,
    "exclude_unset": False,
    "exclude_defaults": False,
    "exclude_none": False,
}
"""What a response model may filter, with the values that filter nothing."""


def filters(plan: ResponsePlan) -> dict[str, Any]:
    """The options of Pydantic's serialiser for what the route declared."""
    chosen = {name: getattr(plan, name) for name, nothing in NO_FILTERS.items() if getattr(plan, name) != nothing}
    return {"by_alias": plan.by_alias, **chosen}


def write_value(page: Page, call: CallPlan, plan: ResponsePlan, arguments: Arguments) -> None:
    """Write the endpoint's call and how its result is sent."""
    source, result = page.source, page.source.name("result")
    if call.kind is CallKind.FUNCTION and plan.field is not None:
        source.comment("Endpoint, in a worker thread, with the validation of its result: 500 if that does not fit.")
        source.bound[page.function(call)] = call_and_validate(call.call, plan.field.validator, page.context)
    else:
        source.comment("Endpoint, in a worker thread." if call.kind is CallKind.FUNCTION else "Endpoint.")
    page.call(f"{result} = await {run_expression(page, call)}", arguments)

    source.comment("Result: a Response is sent as it is.")
    values = source.bind("plain_types", value_types(plan))
    with source.block(f"if type({result}) not in {values} and isinstance({result}, {source.use(Response)})"):
        source.line(f"return {source.use(reply_with)}({page.connection}, {result})")
    if plan.field is not None and call.kind is not CallKind.FUNCTION:
        source.comment("Result: validated as the response model says, 500 if it does not fit.")
        write_validation(page, plan.field, result)
    content = known_content(plan.response_class)
    if content == "json" or (content == "text" and plan.field is None):
        write_reply(page, plan, result, content)
    else:
        write_response(page, plan, result)


_PLAIN_TYPES = frozenset((dict, list, tuple, str, int, float, bool, type(None)))


def value_types(plan: ResponsePlan) -> frozenset[type]:
    """Types whose instances are no Response.

    PERF: to ask the type of a result is cheaper than to ask what it is an instance of (benchmark `hello`).
    """
    declared = None if plan.field is None else plan.field.field_info.annotation
    if isinstance(declared, type) and not issubclass(declared, Response):
        return _PLAIN_TYPES | {declared}
    return _PLAIN_TYPES


def write_validation(page: Page, field: ModelField, result: str) -> None:
    source = page.source
    validate = source.bind(f"validate_{result}", field.validator)
    with source.block("try"):
        source.line(f"{result} = {validate}({result}, from_attributes=True)")
    with source.block(f"except {source.use(ValidationError)} as error"):
        place = page.endpoint_context()
        source.line(f"raise {source.use(response_errors)}(error, {result}, {place}) from error")


def known_content(response_class: type[Response]) -> Literal["json", "text"] | None:
    """What the class makes of its content, if that is all it does: then it need not be made."""
    for known, content in _KNOWN_CONTENTS.items():
        if all(getattr(response_class, name) is getattr(known, name) for name in _WHAT_A_CLASS_DOES):
            return content
    return None


_KNOWN_CONTENTS: dict[type[Response], Literal["json", "text"]] = {JSONResponse: "json", Response: "text"}
_WHAT_A_CLASS_DOES = ("__init__", "__call__", "init_headers", "render", "charset")


def write_reply(page: Page, plan: ResponsePlan, result: str, content: str) -> None:
    """Write a reply whose head is known at startup."""
    source = page.source
    status = plan.status_code or 200
    has_body = is_body_allowed_for_status_code(status)
    has_type = has_body or not plan.is_corrected or page.injects(Injection.RESPONSE)
    head = source.bind("head", Head(status, content_headers(plan.response_class, status) if has_type else ()))
    kind: type[Reply] = WholeReply
    if has_body or page.injects(Injection.RESPONSE):
        source.comment(f"Reply: {'JSON' if content == 'json' else 'text'}, under a head made at startup.")
        body = f", {encoding(page, plan, result, content)}"
    else:
        kind, body = Reply, ""
        source.comment(f"Reply: status {status} has no body, but what cannot be one is a 500.")
        with source.block(f"if {result} is not None"):
            source.line(encoding(page, plan, result, content))
    if page.injects(Injection.RESPONSE):
        source.line("# Status and headers of the injected Response are merged into it.")
        reply = f"{source.use(reply_from)}({page.connection}, {head}{body})"
        source.line(f"return {source.use(without_type)}({reply})" if plan.is_corrected else f"return {reply}")
    else:
        source.line(f"return {source.use(kind)}({head}{body})")


def content_headers(response_class: type[Response], status: int) -> RawHeaders:
    """What the class itself says about its content."""
    headers = Response(status_code=status, media_type=response_class.media_type).raw_headers
    return tuple((name, value) for name, value in headers if name != b"content-length")


def encoding(page: Page, plan: ResponsePlan, result: str, content: str) -> str:
    """The expression of the bytes of the result."""
    source = page.source
    if plan.field is None:
        return f"{source.use(encode_json if content == 'json' else encode_text)}({result})"
    if plan.is_default_class:
        return f"{serialiser(page, plan, result, 'to_json')})"
    return f"{source.use(encode_content)}({serialiser(page, plan, result, 'to_python')}, mode='json'))"


def serialiser(page: Page, plan: ResponsePlan, result: str, method: str) -> str:
    """A call of Pydantic's serialiser, still open, with what the response model filters."""
    assert plan.field is not None
    dump = page.source.bind(f"dump_{result}", getattr(plan.field.adapter.serializer, method))
    options = [
        f"{name}={value if isinstance(value, bool) else page.source.bind(name, value)}"
        for name, value in filters(plan).items()
    ]
    return f"{dump}({result}, {', '.join(options)}"


def write_response(page: Page, plan: ResponsePlan, result: str) -> None:
    """Write a reply by way of the class that the route names, which has a mind of its own."""
    source = page.source
    source.comment(f"Reply: in a {plan.response_class.__name__}.")
    response_class = source.bind(plan.response_class.__name__, plan.response_class)
    if plan.field is None:
        content = f"{source.use(jsonable_encoder)}({result})"
    else:
        content = f"{serialiser(page, plan, result, 'to_python')}, mode='json')"
    if writes_finite_numbers(plan.response_class):
        content = f"{source.use(finite)}({content})"
    status = "" if plan.status_code is None else f", status={plan.status_code}"
    response = source.name("answer")
    source.line(f"{response} = {source.use(respond_as)}({page.connection}, {response_class}, {content}{status})")
    if plan.is_corrected:
        source.line(f"{source.use(response_without_type)}({response})")
    source.line(f"return {source.use(reply_with)}({page.connection}, {response})")
