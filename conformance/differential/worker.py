"""This module is the program of both workers: it imports programs and asks them questions in its own process.

It runs in an environment with FastAPI or in one with Zonda, so it imports nothing but the standard library:

    python worker.py stock | zonda [--plant NAME]

A line of JSON comes in, a line of JSON goes out.
"""

from __future__ import annotations

import asyncio
import gc
import importlib.util
import json
import os
import sys
import tempfile
import traceback
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import unquote

SECONDS = 5.0
"""What takes longer is said to hang."""

Answer = dict[str, Any]


class Lifespan:
    """The lifespan of one program, run in a task as servers run it."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.state: dict[str, Any] = {}
        self.said: list[str] = []
        self.stop = asyncio.Event()
        self.ready = asyncio.Event()
        self.started = False

    async def receive(self) -> dict[str, str]:
        if not self.started:
            self.started = True
            return {"type": "lifespan.startup"}
        await self.stop.wait()
        return {"type": "lifespan.shutdown"}

    async def send(self, message: dict[str, Any]) -> None:
        self.said.append(f"{message['type']} {message.get('message', '')[:0]}")
        self.ready.set()

    async def run(self) -> None:
        try:
            await self.app({"type": "lifespan", "asgi": ASGI, "state": self.state}, self.receive, self.send)
        except BaseException as error:  # noqa: BLE001  (it is compared)
            self.said.append(describe(error))
        finally:
            self.ready.set()


ASGI = {"version": "3.0", "spec_version": "2.3"}


def describe(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def scope_of(question: dict[str, Any], state: dict[str, Any]) -> dict[str, Any]:
    raw_path, _, query = question["target"].partition("?")
    websocket = question["kind"] == "websocket"
    scope = {
        "type": question["kind"],
        "asgi": ASGI,
        "http_version": "1.1",
        "scheme": "ws" if websocket else "http",
        "path": unquote(raw_path),
        "raw_path": raw_path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "root_path": "",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in question["headers"]],
        "client": ("127.0.0.1", 50000),
        "server": ("testserver", 80),
        "state": dict(state),
        "extensions": {"websocket.http.response": {}} if websocket else {},
    }
    if websocket:
        scope["subprotocols"] = ["one"]
    else:
        scope["method"] = question["method"]
    return scope


async def ask_http(module: Any, question: dict[str, Any], state: dict[str, Any]) -> Answer:
    log = getattr(module, "LOG", [])
    chunks = [chunk.encode("latin-1") for chunk in question["chunks"]] or [b""]
    complete = asyncio.Event()
    answer: Answer = {"status": None, "headers": [], "body": "", "raised": None, "order": ""}
    body: list[bytes] = []

    async def receive() -> dict[str, Any]:
        if chunks:
            chunk = chunks.pop(0)
            return {"type": "http.request", "body": chunk, "more_body": bool(chunks)}
        await complete.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answer["order"] += "s"
            log.append("-- the response starts")
            answer["status"] = message["status"]
            answer["headers"] = [[n.decode("latin-1"), v.decode("latin-1")] for n, v in message.get("headers", [])]
        elif message["type"] == "http.response.body":
            if not answer["order"].endswith("b"):
                answer["order"] += "b"
            body.append(message.get("body", b""))
            if not message.get("more_body", False):
                answer["order"] += "."
                log.append("-- the response ends")
                complete.set()
        else:
            answer["order"] += f"[{message['type']}]"

    try:
        await module.app(scope_of(question, state), receive, send)
    except BaseException as error:
        answer["raised"] = describe(error)
        if not isinstance(error, Exception | asyncio.CancelledError):
            raise
    if question["method"] != "HEAD":
        answer["body"] = b"".join(body).decode("latin-1")
    return answer


async def ask_websocket(module: Any, question: dict[str, Any], state: dict[str, Any]) -> Answer:
    incoming: list[dict[str, Any]] = [{"type": "websocket.connect"}]
    incoming += [{"type": "websocket.receive", "text": chunk} for chunk in question["chunks"]]
    incoming.append({"type": "websocket.disconnect", "code": 1001})
    answer: Answer = {"frames": [], "raised": None}

    async def receive() -> dict[str, Any]:
        return incoming.pop(0) if len(incoming) > 1 else incoming[0]

    async def send(message: dict[str, Any]) -> None:
        answer["frames"].append(plain(message))

    try:
        await module.app(scope_of(question, state), receive, send)
    except BaseException as error:
        answer["raised"] = describe(error)
        if not isinstance(error, Exception | asyncio.CancelledError):
            raise
    return answer


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value.decode("latin-1") if isinstance(value, bytes) else value


class Worker:
    def __init__(self, framework: str) -> None:
        self.framework = framework
        self.loop = asyncio.new_event_loop()
        self.loop.set_exception_handler(lambda loop, context: None)
        asyncio.set_event_loop(self.loop)
        self.count = 0

    def run(self, command: dict[str, Any]) -> Answer:
        module_name = "program"
        self.count += 1
        # A relative name, which is the same in every process: texts of errors name files.
        path = Path("program.py")
        path.write_text(command["source"])
        spec = importlib.util.spec_from_file_location(module_name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[module_name] = module
        try:
            # No cached byte code: the file has the same name and size as others.
            exec(compile(command["source"], str(path), "exec"), module.__dict__)
        except Exception as error:  # noqa: BLE001  (it is compared)
            kinds = [kind.__name__ for kind in type(error).__mro__]
            text = f"{describe(error)}\n{traceback.format_exc(limit=-3)}"
            return {"import_error": kinds, "text": text, "answers": [], "document": None, "lifespan": []}
        else:
            return self.loop.run_until_complete(self.converse(module, command))
        finally:
            sys.modules.pop(module_name, None)
            if self.count % 25 == 0:
                gc.collect()

    async def converse(self, module: Any, command: dict[str, Any]) -> Answer:
        lifespan = Lifespan(module.app)
        task = asyncio.create_task(lifespan.run())
        await lifespan.ready.wait()
        asked = command.get("questions", [])
        if command.get("native"):
            from socket_client import serve_and_ask  # type: ignore[import-not-found]  # it stands next to this file

            answers = await serve_and_ask(
                module,
                asked,
                lifespan.state,
                self.framework,
                lambda question: self.guarded(module, ask_of(question)(module, question, lifespan.state)),
                take,
            )
        else:
            answers = [
                await self.guarded(module, ask_of(question)(module, question, lifespan.state)) for question in asked
            ]
        document = None
        if command.get("document", True):
            document = await self.guarded(module, ask_http(module, DOCUMENT, lifespan.state))
        lifespan.stop.set()
        await task
        return {"answers": answers, "document": document, "lifespan": [*lifespan.said, *take(module)]}

    async def guarded(self, module: Any, asking: Any) -> Answer:
        """The answer with what the program wrote into its log, or that it hangs."""
        try:
            answer: Answer = await asyncio.wait_for(asking, SECONDS)
        except TimeoutError:
            answer = {"hangs": True}
        answer["log"] = take(module)
        return answer


def ask_of(question: dict[str, Any]) -> Any:
    return ask_websocket if question["kind"] == "websocket" else ask_http


def take(module: Any) -> list[Any]:
    log = list(getattr(module, "LOG", []))
    if log:
        module.LOG.clear()
    return json.loads(json.dumps(log, default=repr))  # type: ignore[no-any-return]


DOCUMENT = {
    "kind": "http",
    "method": "GET",
    "target": "/openapi.json",
    "headers": [["host", "testserver"]],
    "chunks": [],
}


def main(arguments: list[str]) -> None:
    # What programs print must not disturb the answers.
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    if arguments[0] == "zonda":
        import zonda.compat

        zonda.compat.install()
    if "--plant" in arguments:
        import plants  # type: ignore[import-not-found]  # it stands next to this file

        plants.PLANTS[arguments[arguments.index("--plant") + 1]]()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        worker = Worker(arguments[0])
        for line in sys.stdin:
            print(json.dumps(worker.run(json.loads(line))), file=channel, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
