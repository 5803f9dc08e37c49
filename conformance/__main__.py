"""This module is the command: `python -m conformance [suite | applications]`."""

from __future__ import annotations

import argparse
import sys
import time

from conformance.archive import CACHE
from conformance.environments import PYTHON, environments
from conformance.report import excuses, judge, summary, text
from conformance.suite import baseline, run_suite


def main() -> int:
    parser = argparse.ArgumentParser(prog="conformance", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    suite = commands.add_parser("suite", help="FastAPI's own test suite under the alias")
    suite.add_argument("--baseline", action="store_true", help="run it on FastAPI again, too")
    suite.add_argument("tests", nargs="*", help="a part of it, in pytest's words: tests/test_query.py")
    commands.add_parser("applications", help="FastAPI's tutorial applications on both servers")
    options = parser.parse_args(sys.argv[1:] or ["suite"])

    if options.command == "applications":
        from conformance.applications import compare_all

        return compare_all()
    return suite_command(options.tests, again=options.baseline)


def suite_command(tests: list[str], *, again: bool) -> int:
    began = time.monotonic()
    stock, ours = environments()
    fastapi = baseline(stock, again=again)
    zonda = run_suite(ours, alias=True, arguments=tests or ("tests",))
    excused = excuses()
    verdict = judge(fastapi, zonda, excused, is_part=bool(tests))

    report = text(verdict, zonda, excused)
    path = CACHE / f"report-{PYTHON}.txt"
    path.write_text(report)
    lines = report.splitlines()
    print("\n".join(lines[:200]))
    if len(lines) > 200:
        print(f"... {len(lines) - 200} more lines")
    print(f"Report: {path}")
    seconds = time.monotonic() - began
    print(f"{summary(verdict, on=f'Python {PYTHON}')} in {seconds:.0f} s")
    print(f"{len(verdict.passed)} passed, {len(verdict.failed)} failed in {seconds:.2f}s")
    return 0 if verdict.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
