"""This module tests `zonda run` and `zonda dev` as a person uses them."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from .conftest import Running, Start, free_port, running

HELLO = """
from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def hello() -> str:
    return "hello"
"""

RUN = ("zonda", "run", "--host", "127.0.0.1", "--port", "{port}")
DEV = ("zonda", "dev", "--port", "{port}")


def test_an_application_written_for_fastapi_is_served(tmp_path: Path, start: Start) -> None:
    """`zonda run` finds main.py, and `import fastapi` means Zonda there."""
    (tmp_path / "main.py").write_text(HELLO + "\nimport zonda\nassert FastAPI is zonda.Zonda\n")
    server = start(*RUN)
    server.answers()

    assert server.get() == (200, '"hello"')


def test_workers_load_the_application_under_the_alias(tmp_path: Path, start: Start) -> None:
    """Each worker process installs the alias before it imports the application."""
    (tmp_path / "main.py").write_text(HELLO + "\nimport zonda\nassert FastAPI is zonda.Zonda\n")
    server = start(*RUN, "--workers", "2")
    server.wait_for("serves")

    assert server.get() == (200, '"hello"')
    server.wait_for("serves")  # the other one


def test_a_change_is_served(tmp_path: Path, start: Start) -> None:
    """`zonda dev` serves the new code after a file was saved, also when the old code could not be loaded."""
    file = tmp_path / "main.py"
    file.write_text(HELLO.replace("return", "retrun"))
    server = start(*DEV)
    server.wait_for("SyntaxError")

    # The reloader begins to watch at its own time; a file may be saved twice.
    while not server.says("detected changes", seconds=3):
        file.write_text(HELLO)
    server.wait_for("startup complete")
    server.answers()

    assert server.get() == (200, '"hello"')


def test_development_is_said(tmp_path: Path, start: Start) -> None:
    """`zonda dev` sets FASTAPI_ENV, as `fastapi dev` does."""
    (tmp_path / "main.py").write_text(HELLO.replace('"hello"\n', '__import__("os").environ["FASTAPI_ENV"]\n'))
    server = start(*DEV)
    server.wait_for("startup complete")
    server.answers()

    assert server.get() == (200, '"development"')


def test_development_shows_the_users_line(tmp_path: Path, start: Start) -> None:
    """The log of an error in an endpoint ends with the user's file and line, without frames of libraries."""
    (tmp_path / "main.py").write_text(HELLO.replace('"hello"\n', "1 // 0\n"))
    server = start(*DEV)
    server.wait_for("startup complete")
    server.answers()

    assert server.get()[0] == 500
    server.wait_for("main.py:9 in hello")
    assert "site-packages" not in server.output()


CLEANUP = """
import asyncio
import time
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.responses import StreamingResponse


@asynccontextmanager
async def lifespan(app):
    yield
    print("lifespan ended", flush=True)


app = FastAPI(lifespan=lifespan)


@app.get("/")
async def wait_forever():
    print("endpoint waits", flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await asyncio.sleep(0.5)
        print("endpoint cleaned up", flush=True)


@app.get("/plain-generator")
async def stream_for_ever():
    def numbers():
        print("endpoint waits", flush=True)
        try:
            while True:
                yield "1"
                time.sleep(0.05)
        finally:
            print("endpoint cleaned up", flush=True)

    return StreamingResponse(numbers())
"""


@pytest.mark.parametrize("path", ["/", "/plain-generator"])
def test_cancelled_work_cleans_up_before_the_lifespan_ends(tmp_path: Path, start: Start, path: str) -> None:
    """At the deadline of a graceful shutdown, what still runs is cancelled and waited for, then the lifespan ends."""
    (tmp_path / "main.py").write_text(CLEANUP)
    server = start(*RUN, "--timeout-graceful-shutdown", "1")
    server.answers()
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        server.wait_for("endpoint waits")

        server.process.terminate()
        server.wait_for("endpoint cleaned up")
        server.wait_for("lifespan ended")


FRAGILE = (
    HELLO
    + """
import os


@app.get("/exit/{status}")
def end_the_process(status: int) -> None:
    os._exit(status)
"""
)


@pytest.mark.parametrize("status", [0, 1, 3])
def test_a_worker_is_replaced_whatever_its_status(tmp_path: Path, start: Start, status: int) -> None:
    """A worker that ends is replaced, also with the status that means a failed start."""
    (tmp_path / "main.py").write_text(FRAGILE)
    server = start(*RUN, "--workers", "2")
    server.wait_for("serves")

    with pytest.raises(ConnectionError):
        server.get(f"/exit/{status}")
    server.wait_for(f"ended with status {status}")
    server.wait_for("startup complete")
    server.answers()

    assert server.get() == (200, '"hello"')


BUSY = """
import sys
import time

sys.setswitchinterval(1000)
ready = time.monotonic() + 4
while time.monotonic() < ready:
    pass
sys.setswitchinterval(0.005)
"""


def test_a_worker_that_is_busy_starting_is_waited_for(tmp_path: Path, start: Start) -> None:
    """An import that leaves no time to answer the supervisor for seconds is no reason to end the worker."""
    (tmp_path / "main.py").write_text(BUSY + HELLO)
    server = start(*RUN, "--workers", "2", "--timeout-worker-healthcheck", "1")

    server.wait_for("serves")
    server.wait_for("serves")

    assert server.get() == (200, '"hello"')
    assert "ended with status" not in server.output()


def test_a_broken_application_ends_all_workers(tmp_path: Path, start: Start) -> None:
    """When no worker ever served, the command gives up, so that whoever started it knows."""
    (tmp_path / "main.py").write_text("app = undefined")
    server = start(*RUN, "--workers", "2")

    assert server.wait() == 3
    assert "Could not load main (main.py, line 1):" in server.output()
    assert server.output().count("NameError: name 'undefined' is not defined") == 1


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_taken_port_is_explained(tmp_path: Path, start: Start, workers: str) -> None:
    """The message names the address and what to do; nothing is loaded."""
    (tmp_path / "main.py").write_text("print('loaded')")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        server = start(*RUN, "--workers", workers, port=port)
        status = server.wait()

    assert status == 3
    assert f"Cannot listen on 127.0.0.1, port {port}: Address already in use" in server.output()
    assert f"--port {port + 1}" in server.output()
    assert "loaded" not in server.output()


def test_an_import_error_is_shown_at_its_line(tmp_path: Path, start: Start) -> None:
    """The message names the user's file and line; the traceback has no frame of ours."""
    (tmp_path / "main.py").write_text("import shop")
    (tmp_path / "shop.py").write_text("x = 1\nimport nowhere\n")
    server = start(*RUN)

    assert server.wait() == 3
    output = server.output()
    assert "Could not load main (shop.py, line 2):" in output
    assert output.count("ModuleNotFoundError: No module named 'nowhere'") == 1
    assert "zonda/server" not in output
    assert "importlib" not in output


def test_nothing_to_serve_is_explained(start: Start) -> None:
    """Without any application the command says where it looked."""
    server = start(*RUN)

    assert server.wait() == 1
    assert "none of main.py, app.py, api.py" in server.output()


def test_options_that_exclude_each_other(tmp_path: Path, start: Start) -> None:
    """Reload and workers together are a mistake, and said to be."""
    (tmp_path / "main.py").write_text(HELLO)
    server = start(*RUN, "--reload", "--workers", "2")

    assert server.wait() == 1
    assert "exclude each other" in server.output()


PROGRAM = """
import zonda

app = zonda.Zonda()


@app.get("/")
def hello() -> str:
    return "from a program"


zonda.run(app, port={port})
"""


def test_run_as_a_function(tmp_path: Path, start: Start) -> None:
    """`zonda.run(app)` serves the application of a program."""
    (tmp_path / "program.py").write_text("import sys\n" + PROGRAM.replace("{port}", "int(sys.argv[1])"))
    server = start("program", "{port}")
    server.answers()

    assert server.get() == (200, '"from a program"')


def test_workers_need_an_import_string() -> None:
    """A program that wants workers is told to pass the application's name."""
    code = "import zonda; zonda.run(zonda.Zonda(), workers=2)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 3
    assert "pass it as an import string" in done.stderr


def test_importing_zonda_imports_no_command() -> None:
    """The framework costs a program nothing of the command line or the server."""
    code = "import sys, zonda; print(*{'typer', 'rich', 'uvicorn', 'click'} & sys.modules.keys())"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == []


def test_many_requests_during_shutdown(tmp_path: Path, start: Start) -> None:
    """Requests that run when the signal comes are answered."""
    (tmp_path / "main.py").write_text(
        HELLO.replace("def hello", "async def hello").replace(
            'return "hello"',
            'print("waits", flush=True)\n    await __import__("asyncio").sleep(0.5)\n    return "late"',
        )
    )
    server = start(*RUN)
    server.answers()
    answers: list[tuple[int, str]] = []
    threads = [threading.Thread(target=lambda: answers.append(server.get())) for _ in range(5)]
    for thread in threads:
        thread.start()
    for _ in threads:
        server.wait_for("waits")

    server.end()
    for thread in threads:
        thread.join()

    assert answers == [(200, '"late"')] * 5


THREADS = """
import anyio.to_thread
from fastapi import FastAPI

app = FastAPI(threads=7)

@app.get("/")
async def tokens() -> int:
    return int(anyio.to_thread.current_default_thread_limiter().total_tokens)
"""


def test_the_number_of_threads_is_set_without_a_lifespan(tmp_path: Path, start: Start) -> None:
    """An application that is served without its lifespan has the threads that it asks for."""
    (tmp_path / "main.py").write_text(THREADS)
    server = start(*RUN, "--lifespan", "off")

    server.answers()

    assert server.get() == (200, "7")


UNASKED = """
import linecache

from fastapi import FastAPI

app = FastAPI()

@app.get("/pages")
def pages() -> list[str]:
    return [page for page in linecache.cache if page.startswith("<")]

@app.get("/items/{item_id}")
def read_item() -> str:
    return "nobody asks"
"""


def test_routes_are_compiled_before_anybody_asks(tmp_path: Path, start: Start) -> None:
    """`zonda run` compiles every route as soon as it has time to."""
    (tmp_path / "main.py").write_text(UNASKED)
    server = start(*RUN)
    server.answers()

    for _ in range(100):
        if "<GET /items/{item_id}>" in server.get("/pages")[1]:
            return
    pytest.fail(server.get("/pages")[1])


def test_development_tells_what_is_odd_once(tmp_path: Path, start: Start) -> None:
    """`zonda dev` says at its start what FastAPI accepts in silence, with the line; `zonda run` does not."""
    (tmp_path / "main.py").write_text(UNASKED)
    server = start(*DEV)
    server.answers()
    server.wait_for("The path has `{item_id}`, and nothing reads it")
    server.wait_for("Where: GET /items/{item_id}, read_item(), main.py, line 12")
    server.end()

    assert server.output().count("nothing reads it") == 1


ENDLESS = """
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse


@asynccontextmanager
async def lifespan(app):
    yield
    print("lifespan ended", flush=True)


async def resource() -> AsyncIterator[None]:
    yield
    print("dependency closed", flush=True)


app = FastAPI(lifespan=lifespan)


@app.get("/events", response_class=EventSourceResponse, dependencies=[Depends(resource)])
async def events() -> AsyncIterator[int]:
    try:
        while True:
            yield 1
            await asyncio.sleep(0.05)
    finally:
        print("generator closed", flush=True)


@app.get("/silent", dependencies=[Depends(resource)])
async def silent() -> StreamingResponse:
    async def numbers():
        try:
            yield "1"
            await asyncio.Event().wait()
        finally:
            print("generator closed", flush=True)

    return StreamingResponse(numbers())


@app.get("/asgi", dependencies=[Depends(resource)])
async def asgi() -> StreamingResponse:
    class Streamed(StreamingResponse):
        pass

    async def numbers():
        try:
            yield "1"
            await asyncio.Event().wait()
        finally:
            print("generator closed", flush=True)

    return Streamed(numbers())


@app.get("/finite")
async def finite() -> StreamingResponse:
    async def numbers():
        for _ in range(10):
            yield "x"
            await asyncio.sleep(0.3)

    return StreamingResponse(numbers())


@app.get("/slow")
async def slow() -> str:
    print("waits", flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        print("endpoint left", flush=True)
"""


def open_stream(server: Running, path: str) -> socket.socket:
    """A connection that has received the first bytes of a stream's body."""
    client = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    received = b""
    while b"1" not in received.partition(b"\r\n\r\n")[2]:
        received += client.recv(4096)
    return client


def read_all(client: socket.socket) -> bytes:
    return b"".join(iter(lambda: client.recv(4096), b""))


@pytest.mark.parametrize("path", ["/events", "/silent", "/asgi"])
def test_open_streams_do_not_hold_the_server_up(tmp_path: Path, start: Start, path: str) -> None:
    """A stream without an end is ended soon after the signal, with all its clean-up and without a traceback."""
    (tmp_path / "main.py").write_text(ENDLESS)
    server = start(*RUN, "--timeout-graceful-shutdown", "60")
    server.answers()
    with open_stream(server, path) as client:
        server.process.terminate()
        rest = read_all(client)
        server.wait_for("Ended 1 open stream.")
        server.wait_for("lifespan ended")
    server.wait()

    assert "generator closed" in server.output()
    assert "dependency closed" in server.output()
    assert "Traceback" not in server.output()
    # Whoever reads something else than events is to see that it is not whole.
    assert rest.endswith(b"0\r\n\r\n") == (path == "/events")


def test_streams_that_flow_are_sent_to_their_end(tmp_path: Path, start: Start) -> None:
    """A download under way at the signal keeps the graceful time."""
    (tmp_path / "main.py").write_text(ENDLESS.replace('"x"', '"1"'))
    server = start(*RUN)
    server.answers()
    with open_stream(server, "/finite") as client:
        server.process.terminate()
        rest = read_all(client)

    assert rest.endswith(b"0\r\n\r\n")
    assert "Ended" not in server.output()


def test_cancelled_requests_have_no_tracebacks(tmp_path: Path, start: Start) -> None:
    """What a shutdown cancels at its deadline is counted, not shown as an error of the application."""
    (tmp_path / "main.py").write_text(ENDLESS)
    server = start(*RUN, "--timeout-graceful-shutdown", "1")
    server.answers()
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
        server.wait_for("waits")
        server.process.terminate()
        server.wait_for("Cancel 1 running task(s)")
        server.wait_for("endpoint left")
        server.wait_for("lifespan ended")
    server.wait()

    assert "Traceback" not in server.output()


def test_a_second_interrupt_ends_everything_at_once(tmp_path: Path, start: Start) -> None:
    """Whoever presses Ctrl+C twice waits for no request, but functions and the lifespan clean up."""
    (tmp_path / "main.py").write_text(ENDLESS)
    server = start(*RUN, "--timeout-graceful-shutdown", "60")
    server.answers()
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
        server.wait_for("waits")
        server.process.send_signal(signal.SIGINT)
        server.wait_for("Waiting for connections to close")
        server.process.send_signal(signal.SIGINT)
        server.wait_for("endpoint left")
        server.wait_for("lifespan ended")
    server.wait()

    assert "Traceback" not in server.output()


@pytest.mark.parametrize("arguments", [RUN, DEV, ("zonda", "routes", "main.py")])
def test_a_syntax_error_is_shown_alone(tmp_path: Path, start: Start, arguments: tuple[str, ...]) -> None:
    """What Python cannot read has no frame of the import system in front, and is told once."""
    (tmp_path / "main.py").write_text("x = 1\napp = (")
    server = start(*arguments)
    server.wait_for("SyntaxError: '(' was never closed")
    server.end()

    assert "importlib" not in server.output()
    assert server.output().count("was never closed") == 1


@pytest.mark.parametrize("arguments", [RUN, DEV])
def test_the_address_of_the_documentation_is_told(tmp_path: Path, start: Start, arguments: tuple[str, ...]) -> None:
    """Who starts the server need not know where the pages are."""
    (tmp_path / "main.py").write_text(HELLO)
    server = start(*arguments)

    server.wait_for(f"Documentation at http://127.0.0.1:{server.port}/docs")


def test_no_documentation_is_not_told(tmp_path: Path, start: Start) -> None:
    """An application without its document has no pages."""
    (tmp_path / "main.py").write_text(HELLO.replace("FastAPI()", "FastAPI(openapi_url=None)"))
    server = start(*RUN)
    server.answers()
    server.end()

    assert "Documentation" not in server.output()


def test_the_folder_of_the_application_is_watched(tmp_path: Path, start: Start) -> None:
    """`zonda dev ../notes/main.py` watches that folder and the current one."""
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "main.py").write_text(HELLO)
    here = tmp_path / "here"
    here.mkdir()
    with running(here, ("zonda", "dev", "../notes/main.py", "--port", "{port}"), free_port()) as server:
        server.wait_for("Will watch for changes in these directories")
        assert str(notes) in server.seen[-1]
        assert str(here) in server.seen[-1]
        server.wait_for("startup complete")
        while not server.says("detected changes", seconds=3):
            (notes / "main.py").write_text(HELLO)
