"""This module compares two runs of the suite and says what they mean."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from conformance.suite import Outcomes

NOT_APPLICABLE = Path(__file__).parent / "not_applicable.toml"
MOST_NOT_APPLICABLE = 75

# The first pattern that is found in a test file's path names its area.
AREAS = {
    "telemetry": r"telemetry|otel|logfire|sentry",
    "security": r"security|oauth|http_basic|http_bearer|api_key",
    "websockets": r"test_ws|websocket",
    "streaming": r"stream|sse|server_sent|json_lines",
    "OpenAPI": r"openapi|schema|callback|webhook|swagger|redoc|docs|extending|operation|_tags|metadata|examples",
    "dependencies": r"depend",
    "routing": r"rout|frontend|include|bigger|mount|sub_app|redirect|static|url",
    "errors": r"exception|error|validation",
    "middleware": r"middleware|cors|wsgi|proxy",
    "responses": r"response|serial|json_encoder|encoder|background|template|status_code|union",
    "parameters": r"param|query|header|cookie|path|form|file|body|multi|enum|annotated|extra_data|request|data",
    "lifespan and settings": r"lifespan|event|settings|testing|sql_databases|async",
}


@dataclass(frozen=True)
class Verdict:
    passed: list[str]
    failed: list[str]
    not_applicable: list[str]
    fails_on_fastapi: list[str]
    skipped: list[str]
    wrong_entries: list[str]
    """Entries of the list that pass, or that name no test."""

    @property
    def is_good(self) -> bool:
        return not self.failed and not self.wrong_entries and len(self.not_applicable) <= MOST_NOT_APPLICABLE


def judge(fastapi: Outcomes, zonda: Outcomes, excused: dict[str, str], *, is_part: bool = False) -> Verdict:
    """Sort the tests that FastAPI passes; a part of the suite is judged by the tests that ran."""
    asked = [test for test, it in fastapi.items() if it.outcome in {"passed", "xfailed"}]
    if is_part:
        asked = [test for test in asked if test in zonda or test.partition("::")[0] in zonda]
    passes = {test for test in asked if test in zonda and zonda[test].outcome in {"passed", "xfailed"}}
    return Verdict(
        passed=[test for test in asked if test in passes],
        failed=[test for test in asked if test not in passes and test not in excused],
        not_applicable=[test for test in asked if test not in passes and test in excused],
        fails_on_fastapi=[test for test, it in fastapi.items() if it.outcome == "failed"],
        skipped=[test for test, it in fastapi.items() if it.outcome == "skipped"],
        wrong_entries=[test for test in excused if test in passes or (test not in asked and not is_part)],
    )


def excuses(path: Path = NOT_APPLICABLE) -> dict[str, str]:
    """Test → the reason why it does not apply."""
    entries: dict[str, str] = tomllib.loads(path.read_text())
    return entries


def area(test: str) -> str:
    path = test.partition("::")[0].removeprefix("tests/").lower()
    return next((name for name, pattern in AREAS.items() if re.search(pattern, path)), "other")


def text(verdict: Verdict, zonda: Outcomes, excused: dict[str, str]) -> str:
    """The report: a table by area, then every test that is not as it should be with what it said."""
    columns = (verdict.passed, verdict.failed, verdict.not_applicable)
    counts = [Counter(map(area, column)) for column in columns]
    lines = [f"{'area':<24}{'passed':>8}{'failed':>8}{'not applicable':>16}"]
    lines += [
        f"{name:<24}{counts[0][name]:>8}{counts[1][name]:>8}{counts[2][name]:>16}" for name in sorted({*AREAS, "other"})
    ]
    lines.append(f"{'all':<24}{len(columns[0]):>8}{len(columns[1]):>8}{len(columns[2]):>16}")
    lines.append("")
    lines.append(f"Kept apart: {len(verdict.fails_on_fastapi)} tests fail on FastAPI itself in this environment:")
    lines += [f"  {test}" for test in verdict.fails_on_fastapi]
    lines.append(f"Kept apart: {len(verdict.skipped)} tests are skipped on FastAPI itself.")
    lines.append("")
    lines += [
        f"FAILED {test}: {zonda[test].reason if test in zonda else missing(test, zonda)}" for test in verdict.failed
    ]
    lines += [f"WRONG ENTRY {test}: it passes, or there is no such test; remove it." for test in verdict.wrong_entries]
    lines += [f"not applicable {test}: {excused[test]}" for test in verdict.not_applicable]
    if len(verdict.not_applicable) > MOST_NOT_APPLICABLE:
        lines.append(f"More than {MOST_NOT_APPLICABLE} tests are called not applicable.")
    return "\n".join(lines) + "\n"


def missing(test: str, zonda: Outcomes) -> str:
    file = zonda.get(test.partition("::")[0])
    return f"its file could not be imported: {file.reason}" if file else "it was not found"


def summary(verdict: Verdict, *, on: str) -> str:
    asked = len(verdict.passed) + len(verdict.failed)
    share = 100 * len(verdict.passed) / asked if asked else 0.0
    return (
        f"{on}: {len(verdict.passed)} passed, {len(verdict.failed)} failed, "
        f"{len(verdict.not_applicable)} not applicable ({share:.1f} %)"
    )
