"""This package is the command `zonda`; nothing of it is imported with the framework."""

from __future__ import annotations


def main() -> None:
    from zonda.cli.commands import application

    application(prog_name="zonda")
