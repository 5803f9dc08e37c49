"""This module runs the steps of batteries around a route that is run step by step."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from zonda.analysis.dependant import get_cache_key
from zonda.analysis.kinds import CallKind
from zonda.analysis.plan import FIRST, StepInput
from zonda.analysis.steps import BoundStep
from zonda.background import tasks_of
from zonda.concurrency import run_in_threadpool
from zonda.extensions import StepPlace
from zonda.interpreter.dependencies import SolvedDependency
from zonda.runtime.results import reply_of
from zonda.runtime.steps import StepSwallowed, WrongAnswer
from zonda.seams import Exchange, Head, Message, Receive, Reply, Scope, Send

stepped_exchange: ContextVar[Exchange | None] = ContextVar("zonda_stepped_exchange", default=None)
"""The exchange that a route is run for; a router that runs alone has none."""

MakeResponse = Callable[[], Awaitable[Response]]


class Session:
    """The steps of one request. Steps speak of replies, what is run step by step of responses."""

    def __init__(self, steps: Sequence[BoundStep], request: Request) -> None:
        self.steps = steps
        self.request = request
        self.shared: dict[str, Any] = {}
        """What early steps were given and all others are given too: the injected Response, background tasks."""
        self._tasks: BackgroundTask | None = None
        """Those of the last response, which run whatever reply takes its place."""
        self._made: tuple[Reply, Response] | None = None

    def _at(self, place: StepPlace) -> list[BoundStep]:
        return [item for item in self.steps if item.step.place is place]

    async def early(self, solve: Callable[..., Awaitable[SolvedDependency]], stack: Any) -> Response | None:
        """Run the steps before the dependencies; the answer of the first that gives one.

        What is wrong with their parameters is found again, and told, with all the rest.
        """
        for item in self._at(FIRST):
            solved = await solve(self.request, stack, dependant=item.dependant, **self.shared)
            self.shared = {"response": solved.response, "background_tasks": solved.background_tasks}
            self._tasks = solved.background_tasks
            if not solved.errors:
                answer = await self._run(item, solved.values)
                if answer is not None:
                    return self._response(self._reply(item, answer))
        return None

    async def answer(self, solved: SolvedDependency, respond: MakeResponse) -> Response:
        """The response of a route: what `respond` gives, inside all its steps."""
        if not self.steps:
            return await respond()
        self._tasks = solved.background_tasks
        arguments = {
            id(item): solved.dependency_cache[get_cache_key(dependant=item.dependant)]
            for item in self.steps
            if item.step.place is not FIRST
        }
        reply = await self._inner_reply(arguments, respond)
        for item in reversed(self._at(StepPlace.ON_REPLY)):
            reply = self._reply(item, await self._run(item, arguments[id(item)], reply=reply))
        return self._response(reply)

    async def _inner_reply(self, arguments: dict[int, Any], respond: MakeResponse) -> Reply:
        for item in self._at(StepPlace.AFTER_DEPENDENCIES):
            answer = await self._run(item, arguments[id(item)])
            if answer is not None:
                return self._reply(item, answer)
        return await self._around(self._at(StepPlace.AROUND_ENDPOINT), arguments, respond)

    async def _around(self, steps: Sequence[BoundStep], arguments: dict[int, Any], respond: MakeResponse) -> Reply:
        if not steps:
            return self._reply_to(await respond())
        item, *inner = steps

        async def call() -> Reply:
            return await self._around(inner, arguments, respond)

        if item.kind is CallKind.ASYNC_GENERATOR:
            async with asynccontextmanager(item.step.call)(**self._arguments(item, arguments[id(item)])):
                return await call()
            raise StepSwallowed(item.step.name)
        return self._reply(item, await self._run(item, arguments[id(item)], call=call))

    async def _run(self, item: BoundStep, arguments: dict[str, Any], **given: Any) -> Any:
        call, all_arguments = item.step.call, self._arguments(item, arguments, **given)
        if item.kind is CallKind.COROUTINE:
            return await call(**all_arguments)
        return call(**all_arguments) if item.step.inline else await run_in_threadpool(call, **all_arguments)

    def _arguments(self, item: BoundStep, arguments: dict[str, Any], **given: Any) -> dict[str, Any]:
        return arguments | {name: self._received(item, kind, given) for name, kind in item.received}

    def _received(self, item: BoundStep, kind: StepInput, given: dict[str, Any]) -> Any:
        if kind is not StepInput.EXCHANGE:
            return given[kind.value]
        exchange = stepped_exchange.get()
        if exchange is None:
            raise RuntimeError(
                f"The step {item.step.name!r} takes the exchange, and a router that runs without an application has "
                "none. Include the router in a Zonda application, or let the step take the Request."
            )
        return exchange

    # Replies and responses

    def _reply(self, item: BoundStep, answer: Any) -> Reply:
        if isinstance(answer, Reply):
            return answer
        if isinstance(answer, Response):
            return self._reply_to(answer)
        raise WrongAnswer(item.step.name, answer)

    def _reply_to(self, response: Response) -> Reply:
        self._tasks = response.background = tasks_of(response, self._tasks)
        reply = reply_of(response)
        if reply.application is not None:
            reply = Reply(Head(response.status_code, tuple(response.raw_headers)), application=response)
        self._made = reply, response
        return reply

    def _response(self, reply: Reply) -> Response:
        """The response that a reply was made of, or a new one that says the same."""
        if self._made is not None:
            made, response = self._made
            if made is reply:
                return response
            if reply.application is response:
                return _Application(reply, made.head, None)  # it runs the tasks itself
        return response_of(reply, self._tasks)


def response_of(reply: Reply, tasks: BackgroundTask | None) -> Response:
    head = reply.head
    if reply.application is not None:
        return _Application(reply, head, tasks)
    headers = list(head.headers)
    if reply.stream is not None:
        response: Response = StreamingResponse(_closed(reply.stream), head.status, background=tasks)
    else:
        response = Response(reply.body, head.status, background=tasks)
        is_said = any(name.lower() == b"content-length" for name, _ in headers)
        headers += [item for item in response.raw_headers if item[0] == b"content-length" and not is_said]
    response.raw_headers = headers
    return response


async def _closed(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    try:
        async for chunk in stream:
            yield chunk
    finally:
        aclose = getattr(stream, "aclose", None)
        if aclose is not None:
            await aclose()


class _Application(Response):
    """What an ASGI application sends, with what steps changed in the head that they were shown."""

    def __init__(self, reply: Reply, shown: Head, tasks: BackgroundTask | None) -> None:
        super().__init__(status_code=reply.head.status, background=tasks)
        self._reply = reply
        self._shown = shown

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        shown, changed = self._shown, self._reply.head
        assert self._reply.application is not None, "made of a reply that has one"

        async def send_changed(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [item for item in message["headers"] if item in changed.headers or item not in shown.headers]
                added = [item for item in changed.headers if item not in shown.headers]
                status = message["status"] if changed.status == shown.status else changed.status
                message = {**message, "status": status, "headers": [*kept, *added]}
            await send(message)

        await self._reply.application(scope, receive, send_changed)
        if self.background is not None:
            await self.background()
