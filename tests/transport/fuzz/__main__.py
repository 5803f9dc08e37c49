"""This module is the command of the fuzzer: python -m tests.transport.fuzz --inputs 4000 --seed 7 --processes 2"""

from __future__ import annotations

import argparse
import secrets
import sys

from .search import search


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Compare random streams, send hostile requests, and let things happen."
    )
    parser.add_argument("--inputs", type=int, default=4000)
    parser.add_argument("--seed", help="by default another at each run")
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args()
    seed = options.seed or secrets.token_hex(4)
    print(f"seed {seed}", flush=True)
    compared, found = search(options.inputs, seed, options.processes)
    for finding in found:
        print(finding)
    print(f"{compared} streams compared, as many hostile requests sent, with seed {seed}: {len(found)} findings")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
