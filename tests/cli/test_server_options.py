"""This module tests that our commands take Uvicorn's options."""

from __future__ import annotations

import inspect
from dataclasses import asdict, fields
from pathlib import Path

import pytest
import uvicorn

from zonda.cli.server_options import LEFT_OUT, for_uvicorn
from zonda.cli.serving import dev, run
from zonda.server.config import GRACEFUL_SECONDS, LIMITS, PROTOCOL, Config
from zonda.server.options import CHECKS
from zonda.transport.limits import Limits


@pytest.mark.parametrize("command", [dev, run])
def test_uvicorns_names_are_kept(command: object) -> None:
    """Each option of Uvicorn's command is one of ours, under its name."""
    names = {option.name for option in uvicorn.main.params} - LEFT_OUT.keys()

    assert names <= inspect.signature(command).parameters.keys()  # type: ignore[arg-type]


def test_every_option_reaches_the_server() -> None:
    """The options of `zonda run` are arguments of the server's configuration, but those about the target."""
    taken = inspect.signature(run).parameters
    about_the_target = {"target", "app", "entrypoint", "alias", "app_dir", "factory"}
    options = {name: item.default for name, item in taken.items() if name not in about_the_target}

    config = Config("main:app", **for_uvicorn(options))

    assert config.timeout_graceful_shutdown == GRACEFUL_SECONDS
    assert config.http == PROTOCOL


def test_headers_are_pairs() -> None:
    """--header takes `Name: value`."""
    assert for_uvicorn({"headers": ["X-Shop: open: late"]})["headers"] == [("X-Shop", "open: late")]


def test_limits_of_the_protocol() -> None:
    """The protocol's own limits are options, too."""
    limits = Config("main:app", limit_head_size=100, timeout_head=3.0).limits

    assert (limits.head_size, limits.head_timeout, limits.head_fields) == (100, 3.0, 256)


@pytest.mark.parametrize("command", [dev, run])
def test_every_limit_is_an_option_with_its_default(command: object) -> None:
    """Each limit has one option of the commands and of `zonda.run`, is checked, and is on without being asked for."""
    parameters = inspect.signature(command).parameters  # type: ignore[arg-type]

    assert sorted(LIMITS.values()) == sorted(item.name for item in fields(Limits))
    assert {LIMITS[name]: parameters[name].default for name in LIMITS} == asdict(Limits())
    assert LIMITS.keys() <= CHECKS.keys()


def test_every_limit_is_in_the_documentation() -> None:
    """docs/limits.md lists each option."""
    page = (Path(__file__).parents[2] / "docs" / "limits.md").read_text()

    assert [name for name in LIMITS if f"`--{name.replace('_', '-')}`" not in page] == []


def test_unknown_options_are_refused() -> None:
    """A misspelt option of `zonda.run` is an error."""
    with pytest.raises(TypeError, match="limit_concurency"):
        Config("main:app", limit_concurency=3)
