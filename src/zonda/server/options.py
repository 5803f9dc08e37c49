"""This module looks at the server's options before anything is loaded, and says in one line what cannot work."""

from __future__ import annotations

import json
import os
import ssl
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from uvicorn.config import HTTP_PROTOCOLS, LOOP_FACTORIES, WS_PROTOCOLS
from uvicorn.importer import ImportFromStringError, import_from_string

LAST_PORT = 65535
IMPLEMENTATIONS: Mapping[str, Mapping[str, str | None]] = {
    "http": HTTP_PROTOCOLS,
    "ws": WS_PROTOCOLS,
    "loop": LOOP_FACTORIES,
}


class OptionError(ValueError):
    """An option has a value that cannot work; the text names both and says what to do."""


def check_options(options: Mapping[str, Any]) -> None:
    """Raise OptionError for the first option that cannot work."""
    for name, check in CHECKS.items():
        value = options.get(name)
        if value is not None:
            try:
                check(name, value)
            except OSError as error:
                raise OptionError(f"{flag(name)} {value}: {error.strerror or error}.") from error
    check_certificate(options)


def flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def check_port(name: str, value: int) -> None:
    if not 0 <= value <= LAST_PORT:
        raise OptionError(f"{flag(name)} {value}: ports go from 1 to {LAST_PORT}, and 0 takes a free one.")


def check_workers(name: str, value: int) -> None:
    if value < 1:
        raise OptionError(f"{flag(name)} {value}: at least one process has to serve.")


def check_size(name: str, value: float) -> None:
    if value < 1:
        raise OptionError(f"{flag(name)} {value}: no request could be within it. Leave it out for Zonda's own limit.")


def check_not_negative(name: str, value: float) -> None:
    if not value >= 0:
        raise OptionError(f"{flag(name)} {value}: a limit is a number above 0, and 0 is no limit.")


def check_env_file(name: str, value: str | os.PathLike[str]) -> None:
    check_file(name, value)
    if find_spec("dotenv") is None:
        raise OptionError(f"{flag(name)} needs python-dotenv: pip install 'zonda[standard]'")


def check_file(name: str, value: str | os.PathLike[str]) -> None:
    with Path(value).open("rb"):
        pass


def check_log_config(name: str, value: Any) -> None:
    if not isinstance(value, str | os.PathLike):
        return
    check_file(name, value)
    path = Path(value)
    if path.suffix in {".yaml", ".yml"} and find_spec("yaml") is None:
        raise OptionError(f"{flag(name)} {value} needs PyYAML: pip install 'zonda[standard]'")
    if path.suffix == ".json":
        try:
            json.loads(path.read_bytes())
        except ValueError as error:
            raise OptionError(f"{flag(name)} {value} is not JSON: {error}") from error


def check_socket_path(name: str, value: str) -> None:
    folder = Path(value).parent
    if not folder.is_dir():
        raise OptionError(f"{flag(name)} {value}: there is no folder {folder}.")


def check_descriptor(name: str, value: int) -> None:
    os.fstat(value)


def check_implementation(name: str, value: Any) -> None:
    """One of Uvicorn's names, or an import string of a class."""
    known = IMPLEMENTATIONS[name]
    if not isinstance(value, str):
        return
    place = known.get(value, value)
    if place is None:
        return
    try:
        import_from_string(place)
    except ModuleNotFoundError as error:
        raise OptionError(f"{flag(name)} {value} needs the package {error.name}, which is not installed.") from error
    except ImportFromStringError as error:
        names = ", ".join(known)
        raise OptionError(
            f"{flag(name)} takes {names}, or a class as module:Class, which {value!r} is not. ({error})"
        ) from error


def check_certificate(options: Mapping[str, Any]) -> None:
    certificate, key = options.get("ssl_certfile"), options.get("ssl_keyfile")
    if key and not certificate and options.get("ssl_context_factory") is None:
        raise OptionError("--ssl-keyfile needs --ssl-certfile, the certificate that belongs to the key.")
    if not certificate:
        return
    password = options.get("ssl_keyfile_password")
    try:
        # Without the password, a key that wants one would ask the terminal.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, lambda: password or "")
    except OSError as error:
        raise OptionError(f"--ssl-certfile {certificate} cannot be used: {error.strerror or error}") from error


CHECKS: Mapping[str, Callable[[str, Any], None]] = {
    "port": check_port,
    "workers": check_workers,
    "limit_line_size": check_size,
    "limit_head_size": check_size,
    "limit_head_fields": check_size,
    "limit_chunk_extensions": check_not_negative,
    "limit_parsed_body": check_not_negative,
    "limit_body_rate": check_not_negative,
    "timeout_head": check_not_negative,
    "timeout_body_grace": check_not_negative,
    "timeout_send": check_not_negative,
    "env_file": check_env_file,
    "log_config": check_log_config,
    "uds": check_socket_path,
    "fd": check_descriptor,
    "ssl_keyfile": check_file,
    "ssl_certfile": check_file,
    "ssl_ca_certs": check_file,
    "http": check_implementation,
    "ws": check_implementation,
    "loop": check_implementation,
}
