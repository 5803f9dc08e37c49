"""This module writes what becomes of an endpoint that yields: JSON Lines, server-sent events, or a raw stream."""

from __future__ import annotations

from functools import partial

from starlette.responses import StreamingResponse

from zonda.analysis.kinds import CallKind, Injection
from zonda.analysis.plan import CallPlan, ResponsePlan, ResultKind
from zonda.compiler.page import Arguments, Page
from zonda.compiler.results import filters
from zonda.concurrency import iterate_in_threadpool
from zonda.runtime.encoding import encode_item
from zonda.runtime.results import reply_from, reply_with, respond_as
from zonda.runtime.streams import item_encoder, json_lines, open_events
from zonda.seams import Head, Reply

HEADERS = {
    ResultKind.JSON_LINES: ((b"content-type", b"application/jsonl"),),
    ResultKind.SERVER_SENT_EVENTS: (
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-cache"),
        (b"x-accel-buffering", b"no"),
    ),
}


def write_stream(page: Page, call: CallPlan, plan: ResponsePlan, arguments: Arguments) -> None:
    """Write the call, which only makes the generator, and how what it yields is sent."""
    source = page.source
    items = source.name("items")
    in_thread = call.kind is CallKind.GENERATOR
    source.comment("Endpoint: a generator that starts when the reply is written" + (", in threads." * in_thread or "."))
    page.call(f"{items} = {page.function(call)}(", arguments)
    if in_thread and (plan.kind is not ResultKind.RAW_STREAM or issubclass(plan.response_class, StreamingResponse)):
        source.line(f"{items} = {source.use(iterate_in_threadpool)}({items})")
    if plan.kind is ResultKind.RAW_STREAM:
        write_raw_stream(page, plan, items)
    elif plan.kind is ResultKind.SERVER_SENT_EVENTS:
        source.comment("Reply: server-sent events, with a ping in long silences.")
        stack = page.stack("request")
        encode = write_encoder(page, plan)
        write_stream_reply(page, plan, f"await {source.use(open_events)}({stack}, {items}, {encode})")
    else:
        source.comment("Reply: JSON Lines.")
        write_stream_reply(page, plan, f"{source.use(json_lines)}({items}, {write_encoder(page, plan)})")


def write_raw_stream(page: Page, plan: ResponsePlan, items: str) -> None:
    source = page.source
    source.comment(f"Reply: what it yields, in a {plan.response_class.__name__}.")
    response_class = source.bind(plan.response_class.__name__, plan.response_class)
    status = "" if plan.status_code is None else f", status={plan.status_code}"
    answer = source.name("answer")
    source.line(f"{answer} = {source.use(respond_as)}({page.connection}, {response_class}, content={items}{status})")
    source.line(f"return {source.use(reply_with)}({page.connection}, {answer})")


def write_stream_reply(page: Page, plan: ResponsePlan, stream: str) -> None:
    source = page.source
    head = source.bind("head", Head(plan.status_code or 200, HEADERS[plan.kind]))
    if page.injects(Injection.RESPONSE):
        source.line(f"return {source.use(reply_from)}({page.connection}, {head}, stream={stream})")
    else:
        source.line(f"return {source.use(Reply)}({head}, stream={stream})")


def write_encoder(page: Page, plan: ResponsePlan) -> str:
    """The name of what encodes one item."""
    if plan.item_field is None:
        return page.source.use(encode_item)
    dump = partial(plan.item_field.adapter.serializer.to_json, **filters(plan))
    return page.source.bind("encode_typed_item", item_encoder(plan.item_field.validator, dump, page.context))
