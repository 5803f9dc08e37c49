"""This module tests what is said about options of the server that cannot work."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

import zonda
from zonda.server import options
from zonda.server.options import OptionError, check_options
from zonda.server.start import reason


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"port": 80000}, "--port 80000: ports go from 1 to 65535"),
        ({"workers": 0}, "--workers 0: at least one process"),
        ({"limit_head_size": 0}, "--limit-head-size 0: no request could be within it"),
        ({"limit_parsed_body": -1}, "--limit-parsed-body -1: a limit is a number above 0, and 0 is no limit"),
        ({"timeout_head": float("nan")}, "--timeout-head nan: a limit is a number above 0"),
        ({"env_file": "nowhere.env"}, "--env-file nowhere.env: No such file or directory"),
        ({"log_config": "nowhere.json"}, "--log-config nowhere.json: No such file or directory"),
        ({"uds": "nowhere/s.sock"}, "--uds nowhere/s.sock: there is no folder nowhere"),
        ({"fd": 12345}, "--fd 12345: Bad file descriptor"),
        ({"ssl_keyfile": "nowhere.pem"}, "--ssl-keyfile nowhere.pem: No such file or directory"),
        ({"ssl_keyfile": __file__}, "--ssl-keyfile needs --ssl-certfile"),
        ({"ssl_certfile": __file__}, "cannot be used"),
        ({"http": "foo"}, "--http takes auto, .*, or a class as module:Class, which 'foo' is not"),
        ({"ws": "nowhere:Protocol"}, "--ws takes auto, .*'nowhere:Protocol' is not"),
        ({"loop": "foo"}, "--loop takes .*uvloop.*'foo' is not"),
    ],
)
def test_values_that_cannot_work_are_named(given: dict[str, object], said: str) -> None:
    """The message names the option as it is written on the command line, and the value."""
    with pytest.raises(OptionError, match=f"^{said}" if said.startswith("--") else said):
        check_options(given)


def test_what_usual_options_say_is_accepted(tmp_path: Path) -> None:
    """Names that Uvicorn knows, absent options and a file that is there pass."""
    file = tmp_path / "log.json"
    file.write_text("{}")

    check_options({"port": 8000, "workers": None, "http": "h11", "ws": "none", "loop": "none", "log_config": str(file)})


def test_a_configuration_that_is_not_json(tmp_path: Path) -> None:
    """The message names the file, not only a place in it."""
    file = tmp_path / "log.json"
    file.write_text("{")

    with pytest.raises(OptionError, match=r"log\.json is not JSON: "):
        check_options({"log_config": str(file)})


@pytest.mark.parametrize(
    ("name", "file", "package"), [("env_file", ".env", "python-dotenv"), ("log_config", "log.yaml", "PyYAML")]
)
def test_missing_packages_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, file: str, package: str
) -> None:
    """An option that needs a package says which, and how to install it."""
    (tmp_path / file).touch()
    monkeypatch.setattr(options, "find_spec", lambda name: None)

    with pytest.raises(OptionError, match=rf"needs {package}: pip install 'zonda\[standard\]'"):
        check_options({name: str(tmp_path / file)})


@pytest.mark.parametrize("arguments", [["--port", "80000"], ["--header", "X-Shop"], ["--workers", "0"]])
def test_commands_end_with_one_line(tmp_path: Path, arguments: list[str]) -> None:
    """No traceback: the message, and a status that says that it did not work."""
    (tmp_path / "main.py").touch()
    command = [sys.executable, "-m", "zonda", "run", "main.py", *arguments]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert f"Error: {arguments[0]} " in done.stderr
    assert "Traceback" not in done.stderr


def test_programs_get_an_exception() -> None:
    """`zonda.run` raises ValueError, so that a program learns of its mistake at its own line."""
    with pytest.raises(ValueError, match="--port 80000"):
        zonda.run(zonda.Zonda(), port=80000)


def test_addresses_of_others_are_not_called_taken() -> None:
    """Only a port that a program holds is said to be held."""
    with socket.socket() as probe, pytest.raises(OSError, match="assign") as raised:
        probe.bind(("192.0.2.1", 8000))

    assert "does not have that address" in reason(raised.value, 8000)
    assert "no such host name" in reason(socket.gaierror(-2, "Name or service not known"), 8000)
