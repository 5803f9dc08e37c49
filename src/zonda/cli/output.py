"""This module prints what commands say: results on standard output, complaints on standard error."""

from __future__ import annotations

import sys
from typing import NoReturn

import typer
from rich.console import Console

# What is piped into a file or another program is not to be cut at a width that nobody sees.
console = Console(width=None if sys.stdout.isatty() else 400)
errors = Console(stderr=True, highlight=False)


def fail(message: str, *, status: int = 1) -> NoReturn:
    """End the command with a message that says what to do."""
    errors.print("Error:", style="bold red", end=" ")
    errors.print(message, markup=False, soft_wrap=True)
    raise typer.Exit(status)
