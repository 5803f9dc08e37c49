"""This package holds the contenders that are not written in Python, each with all of its subjects in one program."""

_PLAIN = frozenset({"hello", "parameters", "body", "not_found", "invalid", "models"})

PROGRAMS = {
    "node": _PLAIN | {"hello_browser", "hello_proxied", "parameters_browser", "body_browser"},
    "go": _PLAIN | {"hello_proxied"},
}
"""The subjects that each program answers."""
