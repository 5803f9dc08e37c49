"""This module starts the server that a configuration asks for."""

from __future__ import annotations

import logging
import os
import socket
import sys
from typing import Any

from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import ChangeReload

from zonda.server.config import Config
from zonda.server.lifecycle import Server
from zonda.server.supervisor import Supervisor
from zonda.server.target import Target

logger = logging.getLogger("uvicorn.error")


def serve(app: Any, **options: Any) -> None:
    """Serve until a signal ends it. Ends the process with status 3 when nothing could be served."""
    config = Config(app, **options)
    if (config.reload or config.workers > 1) and not isinstance(app, Target):
        give_up("Workers and reload load the application themselves: pass it as an import string, `module:app`.")
    explain_taken_port(config)
    try:
        has_served = start(config)
    except KeyboardInterrupt:
        return
    finally:
        if config.uds and os.path.exists(config.uds):  # noqa: PTH110 Uvicorn's option is a string
            os.remove(config.uds)  # noqa: PTH107
    if not has_served:
        sys.exit(STARTUP_FAILURE)


def start(config: Config) -> bool:
    """Run until the end; False if nothing was served."""
    server = Server(config)
    if config.should_reload:
        ChangeReload(config, target=server.run, sockets=[config.bind_socket()]).run()
        return True
    if config.workers > 1:
        supervisor = Supervisor(config, sockets=[config.bind_socket()])
        supervisor.run()
        return not supervisor.failed
    config.load()
    server.run()
    return server.started


def explain_taken_port(config: Config) -> None:
    """End with a message a person can act on, before the application is loaded."""
    if config.uds or config.fd is not None or config.port == 0:
        return
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, config.port))
        except OSError as error:
            give_up(f"Cannot listen on {config.host}, port {config.port}: {reason(error, config.port)}")


def reason(error: OSError, port: int) -> str:
    text = os.strerror(error.errno) if error.errno else str(error)
    if isinstance(error, PermissionError):
        return f"{text}. Ports below 1024 need rights; choose one above: --port 8000"
    return f"{text}. End the program that holds it, or choose another port: --port {port + 1}"


def give_up(message: str) -> None:
    logger.error(message)
    sys.exit(STARTUP_FAILURE)
