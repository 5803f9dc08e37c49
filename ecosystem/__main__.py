"""This module is the command: `python -m ecosystem [package ...]`."""

from __future__ import annotations

import argparse
import sys
import time

from conformance.suite import Outcomes
from ecosystem.environments import CACHE, environments
from ecosystem.packages import distribution, names, versions
from ecosystem.paths import path_of
from ecosystem.trial import baseline, belongs, try_on


def main() -> int:
    parser = argparse.ArgumentParser(prog="ecosystem", description="Try packages built on FastAPI on both frameworks.")
    parser.add_argument("packages", nargs="*", metavar="package", help="modules in programs/; all without it")
    parser.add_argument("--baseline", action="store_true", help="try them on FastAPI again, too")
    parser.add_argument("--paths", action="store_true", help="say which routes take the native path, and why not")
    options = parser.parse_args()
    began = time.monotonic()
    chosen = options.packages or names()
    stock, ours = environments()

    if options.paths:
        for name in chosen:
            print(f"{distribution(name):40} {path_of(ours, name)}", flush=True)
        return 0

    fastapi = baseline(stock, chosen, again=options.baseline)
    zonda = try_on(ours, "zonda", chosen)
    verdicts = [verdict(name, fastapi, zonda) for name in chosen]
    print(f"Details: {CACHE}/zonda-*.log and stock-*.log")
    # As pytest says it, for those that add up.
    failed = verdicts.count(False)
    print(f"{verdicts.count(True)} passed, {failed} failed in {time.monotonic() - began:.2f}s")
    return 1 if failed or True not in verdicts else 0


def verdict(name: str, fastapi: Outcomes, zonda: Outcomes) -> bool | None:
    """Print the line of one package; None if it does not count, since nothing of it works on FastAPI either."""
    expected = {test: outcome for test, outcome in fastapi.items() if belongs(test, name)}
    counted = [test for test, outcome in expected.items() if outcome.outcome == "passed"]
    broken = {
        test: zonda[test].reason if test in zonda else "did not run" for test in counted if not passes(test, zonda)
    }
    left_out = [f"{test.partition('::')[2]}: {it.reason}" for test, it in expected.items() if it.outcome != "passed"]

    package = distribution(name)
    result = f"{len(counted) - len(broken)} of {len(counted)}" if counted else "not counted"
    print(f"{package:40} {versions().get(package, '?'):10} {result}", flush=True)
    for test, reason in broken.items():
        print(f"    fails on Zonda: {test.partition('::')[2]}: {reason}")
    for reason in left_out:
        print(f"    fails on FastAPI, too: {reason}")
    return not broken if counted else None


def passes(test: str, outcomes: Outcomes) -> bool:
    return test in outcomes and outcomes[test].outcome == "passed"


if __name__ == "__main__":
    sys.exit(main())
