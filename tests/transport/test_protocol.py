"""What a connection promises to the clients and to the server that runs it."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import ClientDisconnect
from uvicorn.server import ServerState

from zonda.seams import Head, Reply
from zonda.transport.limits import Limits

from .pipelines import NativeApp, asgi, echo, text
from .wires import Wire, converse, statuses

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def get(path: str, *fields: str) -> bytes:
    return "\r\n".join((f"GET {path} HTTP/1.1", "Host: a", *fields, "", "")).encode()


async def say_path(exchange: Any) -> Reply:
    return text(exchange.path)


BOTH = pytest.mark.parametrize("app", [NativeApp(say_path), asgi(say_path)], ids=["native", "asgi"])


def test_a_plain_reply_is_one_write() -> None:
    """A reply whose body is known leaves in one write, head and body together."""

    async def run() -> list[bytes]:
        wire = Wire(NativeApp(say_path))
        await wire.talk(get("/hello"))
        return wire.transport.writes

    assert asyncio.run(run()) == [b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\ncontent-type: text/plain\r\n\r\n/hello"]


@BOTH
def test_a_connection_answers_many_requests(app: Any) -> None:
    """A connection is kept open and serves one request after the other."""
    answer, is_closed = converse(app, get("/1"), get("/2"), get("/3"))

    assert statuses(answer) == [200, 200, 200]
    assert not is_closed


@BOTH
def test_pipelined_requests_are_answered_in_order(app: Any) -> None:
    """Requests that come in one piece are answered one after the other, in their order."""
    answer, _ = converse(app, b"".join(get(f"/{number}") for number in range(100)))

    assert [part.rpartition(b"\r\n\r\n")[2] for part in answer.split(b"HTTP/1.1 ")[1:]] == [
        b"/%d" % number for number in range(100)
    ]


def test_seven_hundred_pipelined_requests_behind_a_slow_one_are_all_answered() -> None:
    """A slow request does not lose those that queue behind it, however many there are."""

    async def run() -> bytes:
        gate = asyncio.Event()

        async def respond(exchange: Any) -> Reply:
            if exchange.path == "/slow":
                await gate.wait()
            return text(exchange.path)

        wire = Wire(NativeApp(respond))
        await wire.talk(get("/slow") + get("/fast") * 700)
        assert wire.take() == b""
        assert not wire.transport.is_reading
        gate.set()
        for _ in range(10):
            await wire.settle()
        assert wire.transport.is_reading
        return wire.take()

    assert len(statuses(asyncio.run(run()))) == 701


def test_requests_behind_a_slow_one_are_read_only_up_to_a_number() -> None:
    """However they arrive, one client cannot fill the memory with requests and bodies that nobody works on."""
    post = b"POST /fast HTTP/1.1\r\nHost: a\r\nContent-Length: 10000\r\n\r\n" + b"x" * 10000

    async def run() -> tuple[int, bytes, bool]:
        gate = asyncio.Event()

        async def respond(exchange: Any) -> Reply:
            if exchange.path == "/slow":
                await gate.wait()
            return text(str(len(await exchange.body())))

        wire = Wire(NativeApp(respond))
        await wire.talk(get("/slow"))
        sent = 0
        while wire.transport.is_reading and sent < 100:
            await wire.talk(post)
            sent += 1
        gate.set()
        for _ in range(10):
            await wire.settle()
        return sent, wire.take(), wire.transport.is_reading

    sent, answer, goes_on = asyncio.run(run())
    assert sent < 20
    assert len(statuses(answer)) == sent + 1
    assert goes_on


def test_one_connection_does_not_keep_the_others_waiting() -> None:
    """Pipelined requests are started within a budget, then other connections have their turn."""

    async def run() -> int:
        app = NativeApp(say_path)
        wire = Wire(app)
        wire.send(get("/") * 100)
        return len(statuses(wire.take()))

    assert asyncio.run(run()) <= 8


def test_context_variables_of_one_request_are_not_seen_by_the_next() -> None:
    """Each request runs in its own copy of the connection's clean context."""
    user: contextvars.ContextVar[str] = contextvars.ContextVar("user", default="nobody")

    async def respond(exchange: Any) -> Reply:
        seen = user.get()
        user.set(exchange.path)
        if exchange.path == "/wait":
            await asyncio.sleep(0)
        return text(seen)

    answer, _ = converse(NativeApp(respond), get("/1") + get("/wait") + get("/2"), get("/3"))

    assert answer.count(b"nobody") == 4


def test_a_request_that_never_waits_is_answered_at_once() -> None:
    """The answer is there when `data_received` returns, or, before Python 3.12, after one turn of the loop."""

    async def run() -> bytes:
        wire = Wire(NativeApp(say_path))
        wire.send(GET)
        if sys.version_info < (3, 12):  # eager tasks came with it
            await asyncio.sleep(0)
        return wire.take()

    assert statuses(asyncio.run(run())) == [200]


def test_a_task_factory_is_respected() -> None:
    """A loop with a task factory makes the request's task with it."""
    made: list[str] = []

    async def run() -> None:
        loop = asyncio.get_running_loop()

        def factory(loop: asyncio.AbstractEventLoop, coro: Any, **options: Any) -> asyncio.Task[Any]:
            made.append(coro.__qualname__)
            return asyncio.Task(coro, loop=loop, **options)

        loop.set_task_factory(factory)
        await Wire(NativeApp(say_path)).talk(GET)

    asyncio.run(run())
    assert made[0] == "answer_observed"  # by the access log


@BOTH
def test_http_1_0_gets_neither_chunks_nor_keep_alive(app: Any) -> None:
    """HTTP/1.0 clients get a body that ends with the connection, and never `100 Continue`."""

    async def stream(exchange: Any) -> Reply:
        async def parts() -> Any:
            yield b"one"
            yield b"two"

        await exchange.body()
        return Reply(Head(200), stream=parts())

    request = b"POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx"
    for streaming in (NativeApp(stream), asgi(stream)):
        answer, is_closed = converse(streaming, request)
        assert answer == b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nonetwo"
        assert is_closed
    assert converse(app, b"GET / HTTP/1.0\r\n\r\n")[1]


def test_a_stream_is_chunked_and_ends() -> None:
    """A stream of unknown length leaves in chunks, empty ones left out, with an end."""

    async def respond(exchange: Any) -> Reply:
        async def parts() -> Any:
            yield b"hello"
            yield b""
            yield b"world!"

        return Reply(Head(200), stream=parts())

    answer, is_closed = converse(NativeApp(respond), GET)

    assert answer == (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\nworld!\r\n0\r\n\r\n")
    assert not is_closed


@BOTH
def test_head_has_the_length_and_no_body(app: Any) -> None:
    """The answer to HEAD says how long the body would be and has none."""
    answer, _ = converse(app, b"HEAD /abc HTTP/1.1\r\nHost: a\r\n\r\n")

    assert b"content-length: 4\r\n" in answer
    assert answer.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("status", [204, 304])
def test_some_statuses_have_no_body(status: int) -> None:
    """204 and 304 never have a body, whatever the application says, so that no reader loses its place."""

    async def respond(exchange: Any) -> Reply:
        return Reply(Head(status), b"not sent")

    answer, is_closed = converse(NativeApp(respond), GET)

    assert answer.split(b"\r\n", 1)[1] == b"\r\n"
    assert not is_closed


def test_continue_is_sent_when_the_body_is_first_awaited() -> None:
    """`100 Continue` goes out when the application asks for the body, not before and only once."""

    async def run() -> list[bytes]:
        gate = asyncio.Event()

        async def respond(exchange: Any) -> Reply:
            await gate.wait()
            return text(await exchange.body())

        wire = Wire(NativeApp(respond))
        seen = [
            await wire.talk(b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"),
        ]
        gate.set()
        await wire.settle()
        seen.append(wire.take())
        seen.append(await wire.talk(b"ok"))
        return seen

    before, asked, answered = asyncio.run(run())
    assert before == b""
    assert asked == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert statuses(answered) == [200]


@BOTH
def test_a_refused_upload_is_never_asked_for(app: Any) -> None:
    """An answer without the body comes without `100 Continue` and closes: the body may or may not follow."""
    answer, is_closed = converse(
        app, b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 900\r\n\r\n"
    )

    assert statuses(answer) == [200]
    assert b"connection: close" in answer
    assert is_closed


def test_an_unread_body_is_dropped_and_the_next_request_answered() -> None:
    """What an application does not read of a body does not become the next request."""
    answer, is_closed = converse(
        NativeApp(say_path),
        b"POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 35\r\n\r\nGET /hidden ",
        b"HTTP/1.1\r\nHost: a\r\n\r\n.." + get("/2"),
    )

    assert statuses(answer) == [200, 200]
    assert b"hidden" not in answer
    assert not is_closed


def test_upgrades_to_unknown_protocols_are_ordinary_requests() -> None:
    """An upgrade that nobody offers is ignored, and the body is not lost."""
    answer, _ = converse(
        NativeApp(echo),
        b"POST /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nContent-Length: 4\r\n",
        b"\r\nbo",
        b"dy" + get("/next"),
    )

    assert statuses(answer) == [200, 200]
    assert b"upgrade=h2c" in answer
    assert b"\x00body" in answer


def test_a_websocket_gets_the_opening_request() -> None:
    """A websocket's opening request is replayed to the protocol class that the server chose for websockets."""
    received: list[bytes] = []

    class Websocket(asyncio.Protocol):
        def __init__(self, **options: Any) -> None:
            assert set(options) == {"config", "server_state", "app_state"}

        def data_received(self, data: bytes) -> None:
            received.append(data)

    opening = get("/chat?a=1", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: x")

    async def run() -> None:
        wire = Wire(NativeApp(echo), ws=Websocket)
        wire.send(opening[:30])
        wire.send(opening[30:])
        assert isinstance(wire.transport.protocol, Websocket)
        assert wire.protocol not in wire.state.connections

    asyncio.run(run())
    assert received[0].lower() == opening.lower()


@BOTH
def test_over_the_limit_of_concurrency_the_answer_is_503(app: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Requests beyond `limit_concurrency` get Uvicorn's 503 and one line in the log."""
    answer, is_closed = converse(app, GET, limit_concurrency=1)

    assert statuses(answer) == [503]
    assert answer.endswith(b"\r\n\r\nService Unavailable")
    assert is_closed
    assert "Exceeded concurrency limit." in caplog.text


def test_exchanges_in_progress_count_towards_the_limit() -> None:
    """A request that waits counts, whichever way its task was started."""

    async def run() -> bytes:
        async def respond(exchange: Any) -> Reply:
            await asyncio.Event().wait()
            return text("never")

        state = ServerState()
        first = Wire(NativeApp(respond), state=state, limit_concurrency=3)
        second = Wire(NativeApp(respond), state=state, limit_concurrency=3)
        await first.talk(GET)
        await second.talk(GET)
        state.connections.clear()
        assert len(state.tasks) == 2
        third = Wire(NativeApp(say_path), state=state, limit_concurrency=2)
        answer = await third.talk(GET)
        for task in list(state.tasks):
            task.cancel()
        await third.settle()
        return answer

    assert statuses(asyncio.run(run())) == [503]


@BOTH
def test_the_access_log_has_its_five_arguments(app: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Each response is one record of `uvicorn.access` that Uvicorn's formatter understands, with the path escaped."""
    with caplog.at_level(logging.INFO, logger="uvicorn.access"):
        converse(app, get("/a%0Ab?x=1"))

    (record,) = [record for record in caplog.records if record.name == "uvicorn.access"]
    assert record.args == ("127.0.0.1:5000", "GET", "/a%0Ab?x=1", "1.1", 200)


@BOTH
def test_the_servers_own_headers_are_sent(app: Any) -> None:
    """`server_state.default_headers` are in every response, and new ones from the moment they are set."""

    async def run() -> tuple[bytes, bytes]:
        wire = Wire(app)
        wire.state.default_headers = [(b"date", b"today")]
        first = await wire.talk(GET)
        wire.state.default_headers = [(b"date", b"tomorrow"), (b"server", b"zonda")]
        return first, await wire.talk(GET)

    first, second = asyncio.run(run())
    assert b"date: today\r\n" in first
    assert b"date: tomorrow\r\nserver: zonda\r\n" in second


async def say_origin(exchange: Any) -> Reply:
    return text(repr((exchange.scope["client"], exchange.scope["scheme"])))


@pytest.mark.parametrize("make", [NativeApp, asgi])
@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("1.2.3.4", "1.2.3.4:0"),
        ("fe80::1%eth0", "fe80::1%eth0:0"),
        ("\x9b31m", "%C2%9B31m:0"),
        ('a" 200 OK', "a%22%20200%20OK:0"),
    ],
)
def test_an_address_that_a_field_says_is_escaped_in_the_access_log(
    make: Any, said: str, logged: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever is believed to speak for a client can neither speak to a terminal nor make up the rest of a line."""
    request = b"GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: " + said.encode("latin-1") + b"\r\n\r\n"

    with caplog.at_level(logging.INFO, logger="uvicorn.access"):
        answer, _ = converse(make(say_origin), request, forwarded_allow_ips="127.0.0.1")

    assert statuses(answer) == [200]
    assert f'{logged} - "GET / HTTP/1.1" 200' in caplog.text


@pytest.mark.parametrize("make", [NativeApp, asgi])
def test_proxy_headers_count_from_trusted_proxies_only(make: Any) -> None:
    """A trusted proxy says who the client is and which scheme it used; nobody else can."""
    request = get("/", "X-Forwarded-For: 10.0.0.9, 1.2.3.4", "X-Forwarded-Proto: https")

    trusted, _ = converse(make(say_origin), request, forwarded_allow_ips="127.0.0.1")
    stranger, _ = converse(make(say_origin), request, client=("9.9.9.9", 5000), forwarded_allow_ips="127.0.0.1")
    without, _ = converse(make(say_origin), request, proxy_headers=False)

    assert trusted.endswith(b"(('1.2.3.4', 0), 'https')")
    assert stranger.endswith(b"(('9.9.9.9', 5000), 'http')")
    assert without.endswith(b"(('127.0.0.1', 5000), 'http')")


@BOTH
def test_the_root_path_stands_in_front_of_the_path(app: Any) -> None:
    """With `root_path` the path of the scope begins with it, as Uvicorn has it."""
    answer, _ = converse(app, get("/items"), root_path="/api")

    assert answer.endswith(b"/api/items")


def test_each_request_has_its_own_copy_of_the_state() -> None:
    """`scope["state"]` is a shallow copy of the lifespan's state for each request."""

    async def respond(exchange: Any) -> Reply:
        state = exchange.scope["state"]
        state["count"] = state["count"] + 1
        return text(str(state["count"]))

    answer, _ = converse(NativeApp(respond), GET, GET, app_state={"count": 1})

    assert answer.count(b"\r\n\r\n2") == 2


@BOTH
def test_completed_responses_are_counted(app: Any) -> None:
    """`server_state.total_requests`, by which the server ends after so many requests, counts completed bodies."""

    async def run() -> int:
        wire = Wire(app)
        await wire.talk(GET, GET + GET)
        return wire.state.total_requests

    assert asyncio.run(run()) == 3


def test_whether_the_path_is_native_is_asked_for_each_connection() -> None:
    """A tool that patches the application later is called from the next connection on."""
    app = NativeApp(say_path)

    async def run() -> tuple[bool, bool]:
        before = Wire(app).protocol.application is not None
        app.refuses = "`__call__` was replaced"
        return before, Wire(app).protocol.application is not None

    assert asyncio.run(run()) == (True, False)


def test_shutdown_closes_idle_connections_and_lets_requests_finish() -> None:
    """`shutdown()` closes what has long been idle; what is under way is answered, says `close`, and then closes."""

    async def run() -> tuple[bool, bool, bytes, bool]:
        gate = asyncio.Event()

        async def respond(exchange: Any) -> Reply:
            await gate.wait()
            return text("done")

        idle, busy = Wire(NativeApp(respond)), Wire(NativeApp(respond))
        await busy.talk(GET)
        idle.protocol.deadlines.idle_since -= 10
        idle.protocol.shutdown()
        busy.protocol.shutdown()
        was_open = not busy.transport.is_closed
        gate.set()
        await busy.settle()
        return idle.transport.is_closed, was_open, busy.take(), busy.transport.is_closed

    idle_closed, was_open, answer, busy_closed = asyncio.run(run())
    assert idle_closed
    assert was_open
    assert b"connection: close\r\n" in answer
    assert answer.endswith(b"done")
    assert busy_closed


@BOTH
def test_a_request_that_was_on_its_way_at_shutdown_is_answered(app: Any) -> None:
    """A connection that was just used has a last call: its request says `close`; without one, it closes, too."""

    async def run() -> tuple[bytes, bool]:
        used, silent = Wire(app), Wire(app)
        await used.talk(GET)
        used.protocol.shutdown()
        silent.protocol.shutdown()
        answer = await used.talk(GET)
        await asyncio.wait_for(silent.transport.closed.wait(), 10)
        return answer, used.transport.is_closed

    answer, is_closed = asyncio.run(run())
    assert statuses(answer) == [200]
    assert b"connection: close" in answer
    assert is_closed


def test_shutdown_answers_what_is_queued() -> None:
    """Pipelined requests that were read before `shutdown()` are answered, the last one says `close`."""

    async def run() -> tuple[bytes, bool]:
        gate = asyncio.Event()

        async def respond(exchange: Any) -> Reply:
            await gate.wait()
            return text(exchange.path)

        wire = Wire(NativeApp(respond))
        await wire.talk(get("/1") + get("/2"))
        wire.protocol.shutdown()
        gate.set()
        await wire.settle()
        return wire.take(), wire.transport.is_closed

    answer, is_closed = asyncio.run(run())
    assert statuses(answer) == [200, 200]
    assert answer.count(b"connection: close") == 1
    assert is_closed


@BOTH
def test_idle_connections_are_closed_after_the_keep_alive_timeout(app: Any) -> None:
    """A connection with nothing to do is closed when its time is over, by a sweep and not by a timer of its own."""

    async def run() -> None:
        wire = Wire(app, timeout_keep_alive=0.1)
        await wire.talk(GET)
        assert not wire.transport.is_closed
        await wire.transport.closed.wait()

    asyncio.run(asyncio.wait_for(run(), 5))


def test_a_head_that_never_ends_is_closed() -> None:
    """A client that drips its header cannot hold a connection: each byte does not buy more time."""

    async def run() -> None:
        wire = Wire(NativeApp(say_path), timeout_keep_alive=0.1)
        wire.protocol.limits = wire.protocol.recorder.limits = Limits(head_timeout=0.2)
        wire.send(b"GET / HTTP/1.1\r\n")
        while not wire.transport.is_closed:
            wire.send(b"a: b\r\n")
            await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(run(), 5))


def test_an_unhandled_error_is_answered_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    """An error that nothing handles is a 500 for the client, one traceback in the log, and the connection's end."""

    async def respond(exchange: Any) -> Reply:
        raise ValueError("wrong")

    app = NativeApp(respond)
    answer, is_closed = converse(app, GET)

    assert statuses(answer) == [500]
    assert b"connection: close" not in answer  # as under Uvicorn
    assert is_closed
    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert record.getMessage() == "Exception in ASGI application\n"
    assert record.exc_info is not None
    assert record.exc_info[1] is app.pipeline.server_errors[0]


def test_a_cancelled_error_raised_by_an_endpoint_is_answered() -> None:
    """Whatever an endpoint raises, the client is not left hanging."""

    async def respond(exchange: Any) -> Reply:
        raise asyncio.CancelledError

    answer, is_closed = converse(NativeApp(respond), GET)

    assert statuses(answer) == [500]
    assert is_closed


def test_an_error_in_a_stream_ends_the_connection() -> None:
    """A stream that fails ends with the connection, so that no client takes a part for the whole."""

    async def respond(exchange: Any) -> Reply:
        async def parts() -> Any:
            yield b"begun"
            raise ValueError("wrong")

        return Reply(Head(200), stream=parts())

    app = NativeApp(respond)
    answer, is_closed = converse(app, GET)

    assert answer.endswith(b"5\r\nbegun\r\n")
    assert is_closed
    assert isinstance(app.pipeline.late_errors[0], ValueError)


def test_a_body_that_does_not_fit_its_length_is_an_error() -> None:
    """A content-length that the body does not have is never sent with that body."""

    async def respond(exchange: Any) -> Reply:
        return Reply(Head(200, ((b"content-length", b"3"),)), b"four")

    app = NativeApp(respond)
    answer, _ = converse(app, GET)

    assert statuses(answer) == [500]
    assert str(app.pipeline.server_errors[0]) == "Response content longer than Content-Length"


def test_a_client_that_leaves_cancels_the_stream_and_finish_runs() -> None:
    """When the client leaves, only the iterator is cancelled; tasks and exits run as usual, and nothing is logged."""
    seen: list[str] = []

    async def respond(exchange: Any) -> Reply:
        async def parts() -> Any:
            try:
                yield b"begun"
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                seen.append("cancelled")
                raise
            finally:
                seen.append("closed")

        async def leave(kind: Any, error: Any, trace: Any) -> None:
            seen.append(f"left with {error}")

        async def task() -> None:
            seen.append("task")

        exchange.request_stack().push_async_exit(leave)
        exchange.background = task
        return Reply(Head(200), stream=parts())

    async def run() -> None:
        wire = Wire(NativeApp(respond))
        await wire.talk(GET)
        await wire.hang_up()
        assert not wire.state.tasks

    asyncio.run(run())
    assert seen == ["cancelled", "closed", "task", "left with None"]


def test_a_stream_that_never_waits_ends_with_its_client() -> None:
    """A generator without a single await cannot keep the loop busy after its client left."""

    async def run() -> None:
        async def respond(exchange: Any) -> Reply:
            async def parts() -> Any:
                while True:
                    yield b"x"

            return Reply(Head(200), stream=parts())

        wire = Wire(NativeApp(respond))
        wire.send(GET)
        await asyncio.sleep(0.01)
        await wire.hang_up()
        assert not wire.state.tasks

    asyncio.run(asyncio.wait_for(run(), 5))


def test_a_client_that_leaves_during_its_upload_is_no_traceback(caplog: pytest.LogCaptureFixture) -> None:
    """An aborted upload raises ClientDisconnect where the body is read, and leaves no traceback in the log."""
    raised: list[BaseException] = []

    async def respond(exchange: Any) -> Reply:
        try:
            await exchange.body()
        except ClientDisconnect as error:
            raised.append(error)
            raise
        return text("never")

    converse(NativeApp(respond), b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")

    assert len(raised) == 1
    assert not [record for record in caplog.records if record.exc_info]


def test_requests_behind_one_whose_client_left_are_not_run() -> None:
    """Nobody waits for the answers of queued requests once the client has left."""
    seen: list[str] = []

    async def run() -> None:
        gate = asyncio.Event()

        async def respond(exchange: Any) -> Reply:
            seen.append(exchange.path)
            await gate.wait()
            return text("")

        wire = Wire(NativeApp(respond))
        await wire.talk(get("/1") + get("/2"))
        await wire.hang_up()
        gate.set()
        await wire.settle()

    asyncio.run(run())
    assert seen == ["/1"]


def test_reading_stops_when_nobody_takes_the_body() -> None:
    """A body that is not read fills a buffer and then the socket, not the memory."""

    async def run() -> tuple[bool, int, bool]:
        gate = asyncio.Event()
        read: list[int] = []

        async def respond(exchange: Any) -> Reply:
            await gate.wait()
            message = await exchange.receive()
            read.append(len(message["body"]))
            return text("")

        wire = Wire(NativeApp(respond))
        wire.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 100_000)
        await wire.settle()
        stopped = not wire.transport.is_reading
        gate.set()
        await wire.settle()
        return stopped, read[0], wire.transport.is_reading

    assert asyncio.run(run()) == (True, 100_000, True)


def test_writing_waits_for_a_client_that_does_not_read() -> None:
    """A stream stops when the client's buffer is full and goes on when it is read; no new request starts meanwhile."""

    async def run() -> tuple[int, int]:
        produced: list[int] = []

        async def respond(exchange: Any) -> Reply:
            async def parts() -> Any:
                for number in range(20):
                    produced.append(number)
                    if number == 3:
                        wire.protocol.pause_writing()
                    yield b"x"

            return Reply(Head(200), stream=parts())

        wire = Wire(NativeApp(respond))
        await wire.talk(GET)
        paused_at = len(produced)
        wire.protocol.resume_writing()
        await wire.settle()
        await wire.settle()
        return paused_at, len(produced)

    assert asyncio.run(run()) == (4, 20)


EXITING = """
import asyncio
from tests_transport_wires import Wire
from tests_transport_pipelines import NativeApp

async def respond(exchange):
    await asyncio.sleep(0)
    raise SystemExit(3)

async def run():
    wire = Wire(NativeApp(respond))
    wire.protocol.write = lambda data: print(data[:12].decode(), flush=True)
    wire.send(b"GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n")
    await asyncio.Event().wait()

asyncio.run(run())
"""


def test_a_request_that_asks_the_process_to_end_is_answered_first() -> None:
    """SystemExit in an endpoint is answered like any error and then ends the server's process."""
    here = Path(__file__).parent
    program = EXITING.replace("tests_transport_", f"{here.name}.")
    command = [sys.executable, "-c", f"import sys; sys.path += {[str(here.parent), *sys.path]!r}\n{program}"]

    ended = subprocess.run(command, capture_output=True, text=True, timeout=30)

    assert ended.returncode == 3, ended.stderr
    assert ended.stdout == "HTTP/1.1 500\n"
