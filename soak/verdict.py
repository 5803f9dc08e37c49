"""This module says of each promise whether it was kept."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Verdict:
    passed: int = 0
    failed: int = 0

    def check(self, what: str, figure: object, *, is_good: bool) -> None:
        print(f"{'ok    ' if is_good else 'FAILED'} {what}: {figure}", flush=True)
        self.passed += is_good
        self.failed += not is_good
