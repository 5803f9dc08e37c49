"""This module draws random steps of batteries: where they stand, how they run, what they do to the answer."""

import inspect
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from hypothesis import strategies as st
from starlette.background import BackgroundTask
from starlette.responses import PlainTextResponse, StreamingResponse

from tests.interpreter.programs import Item, Journal
from zonda import BackgroundTasks, Depends, Header, HTTPException, Request, Response
from zonda.extensions import Call, Exchange, Head, Reply, Step, StepPlace

KEPT = Reply(Head(203, ((b"content-type", b"text/plain"), (b"x-kept", b"yes"))), b"kept")

DOES = {
    StepPlace.BEFORE_DEPENDENCIES: ("nothing", "answers", "replies", "streams", "refuses", "fails", "adds a task"),
    StepPlace.AFTER_DEPENDENCIES: (
        "nothing",
        "answers",
        "sends by itself",
        "replies",
        "streams",
        "refuses",
        "fails",
        "adds a task",
    ),
    StepPlace.AROUND_ENDPOINT: ("nothing", "answers", "replies", "fails", "catches", "yields", "swallows"),
    StepPlace.ON_REPLY: (
        "nothing",
        "sends by itself",
        "replies",
        "adds a field",
        "answers",
        "fails",
        "returns nothing",
    ),
}


class OwnWay(PlainTextResponse):
    """A response that only it can send, as a file is."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await super().__call__(scope, receive, send)


@dataclass(frozen=True)
class DrawnStep:
    """A route option; its journal is that of the program which it stands in."""

    name: str
    place: StepPlace
    does: str
    is_async: bool
    is_inline: bool
    journal: Journal

    def analyse(self, route: Any, /) -> Step:
        return Step(self.name, self.place, function_of(self), inline=self.is_inline)


@st.composite
def drawn_steps(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    """The facts of some steps, without a journal."""
    found = []
    for index in range(draw(st.integers(1, 4))):
        place = draw(st.sampled_from(StepPlace))
        does = draw(st.just("nothing") | st.sampled_from(DOES[place]))
        found.append((f"s{index}", place, does, draw(st.booleans()), draw(st.booleans())))
    return found


async def read_number(number: Annotated[int | None, Header()] = None) -> int | None:
    """What all steps share: it is read once, and wrong once."""
    return number


def function_of(step: DrawnStep) -> Callable[..., Any]:
    async def shared(number: Annotated[int | None, Depends(read_number)]) -> AsyncIterator[int | None]:
        step.journal.append(f"{step.name} opens")
        yield number
        step.journal.append(f"{step.name} closes")

    def act(values: dict[str, Any]) -> Any:
        step.journal.append(f"{step.name} {step.does} {sorted(key for key in values)}")
        match step.does:
            case "answers":
                return PlainTextResponse("step", 202, background=BackgroundTask(step.journal.append, "step's task"))
            case "sends by itself":
                return OwnWay("its own way", 203, background=BackgroundTask(step.journal.append, "its own task"))
            case "replies":
                return KEPT
            case "streams":
                return StreamingResponse(iter(["a", "b"]))
            case "refuses":
                raise HTTPException(429, step.name)
            case "fails":
                raise ValueError(step.name)
            case "adds a task":
                values["tasks"].add_task(step.journal.append, "added task")
                values["response"].headers["x-step"] = step.name
            case "adds a field":
                reply = values["reply"]
                head = Head(reply.head.status, (*reply.head.headers, (b"x-field", b"1")))
                return Reply(head, reply.body, stream=reply.stream, application=reply.application)
            case "returns nothing":
                return None
        return values.get("reply")

    if step.place is StepPlace.BEFORE_DEPENDENCIES:

        async def early(
            exchange: Exchange, request: Request, tasks: BackgroundTasks, response: Response, n: int | None = None
        ) -> Any:
            return act({"exchange": exchange, "tasks": tasks, "response": response, "n": n})

        return early if step.is_async else plain(early)
    if step.place is StepPlace.AFTER_DEPENDENCIES:

        async def late(
            tasks: BackgroundTasks,
            response: Response,
            value: Annotated[int | None, Depends(shared, scope="function")],
            item: Item | None = None,
        ) -> Any:
            return act({"tasks": tasks, "response": response, "value": value, "item": item})

        return late
    if step.place is StepPlace.ON_REPLY:

        async def on_reply(reply: Reply, value: Annotated[int | None, Depends(shared)]) -> Any:
            return act({"reply": reply, "value": value})

        return on_reply if step.is_async else plain(on_reply)
    if step.does in ("yields", "swallows"):

        async def around_with_yield(many: list[str] | None = None) -> AsyncIterator[None]:
            act({})
            try:
                yield
            except Exception as error:
                step.journal.append(f"{step.name} sees {type(error).__name__}")
                if step.does == "yields":
                    raise
            step.journal.append(f"{step.name} ends")

        return around_with_yield

    async def around(call: Call) -> Any:
        answer = act({})
        if answer is not None:
            return answer
        try:
            return await call()
        except Exception as error:
            step.journal.append(f"{step.name} sees {type(error).__name__}")
            if step.does == "catches":
                return PlainTextResponse("caught", 500)
            raise

    return around


def plain(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same as a `def`: coroutines that never wait end at their first step."""

    def call(**values: Any) -> Any:
        coroutine = function(**values)
        try:
            coroutine.send(None)
        except StopIteration as ended:
            return ended.value
        raise AssertionError("it waited")

    call.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    return call
