"""This module writes the table of a measure: FastAPI, Zonda, and Zonda's part of FastAPI's figure."""

from __future__ import annotations

from collections.abc import Iterable

Row = tuple[str, float, float, str]
"""(what, FastAPI's, Zonda's, unit)."""


def comparison(rows: Iterable[Row]) -> str:
    lines = ["| | FastAPI | Zonda | Zonda / FastAPI |", "| --- | ---: | ---: | ---: |"]
    for what, fastapi, zonda, unit in rows:
        ratio = f"{zonda / fastapi:.2f}" if fastapi else "-"
        lines.append(f"| {what} | {_figure(fastapi)} {unit} | {_figure(zonda)} {unit} | {ratio} |")
    return "\n".join(lines) + "\n"


def _figure(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.3g}"
