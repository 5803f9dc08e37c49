"""This module names the packages that are tried, and their versions."""

from __future__ import annotations

from pathlib import Path

from ecosystem.environments import REQUIREMENTS

TESTS = Path(__file__).parent / "tests"

# Where the package on the index is not called as its test module.
OTHERWISE = {
    "fastapi_cache": "fastapi-cache2",
    "opentelemetry_fastapi": "opentelemetry-instrumentation-fastapi",
    "sentry": "sentry-sdk",
    "strawberry": "strawberry-graphql",
    "tortoise": "tortoise-orm",
}


def names() -> list[str]:
    """The modules in `programs/`, and `test_*` in `tests/`."""
    return sorted(path.stem.removeprefix("test_") for path in TESTS.glob("test_*.py"))


def distribution(name: str) -> str:
    return OTHERWISE.get(name, name.replace("_", "-"))


def versions() -> dict[str, str]:
    """By names in lower case with `-`, from the lock."""
    pins = (line.partition("==") for line in REQUIREMENTS.read_text().splitlines())
    return {name.lower().replace("_", "-"): version for name, _, version in pins}
