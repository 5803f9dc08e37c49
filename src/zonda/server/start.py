"""This module starts the server that a configuration asks for."""

from __future__ import annotations

import errno
import logging
import os
import socket
import sys
from typing import Any

from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import ChangeReload

from zonda.server.config import Config
from zonda.server.lifecycle import Server
from zonda.server.options import LAST_PORT, check_options
from zonda.server.supervisor import Supervisor
from zonda.server.target import Target

logger = logging.getLogger("uvicorn.error")


def serve(app: Any, **options: Any) -> None:
    """Serve until a signal ends it. Ends the process with status 3 when nothing could be served.

    Raises ValueError for an option that cannot work.
    """
    check_options(options)
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
    if isinstance(error, socket.gaierror):
        return "there is no such host name. --host 0.0.0.0 takes all addresses of this machine"
    text = os.strerror(error.errno) if error.errno else str(error)
    advice = {
        errno.EACCES: "Ports below 1024 need rights; choose one above: --port 8000",
        errno.EADDRNOTAVAIL: "This machine does not have that address; --host 0.0.0.0 takes all that it has",
        errno.EADDRINUSE: f"End the program that holds it, or choose another port: --port {other_port(port)}",
    }
    return f"{text}. {advice[error.errno]}" if error.errno in advice else text


def other_port(port: int) -> int:
    return port + 1 if port < LAST_PORT else port - 1


def give_up(message: str) -> None:
    logger.error(message)
    sys.exit(STARTUP_FAILURE)
