"""This module is the command: `python -m conformance.differential --programs N --seed S`."""

from __future__ import annotations

import argparse
import sys

from conformance.differential.run import Run, plant_all


def main() -> int:
    parser = argparse.ArgumentParser(prog="conformance.differential", description=__doc__)
    parser.add_argument("--programs", type=int, default=2000)
    parser.add_argument("--questions", type=int, default=20, help="to each program")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plant", action="store_true", help="put known deviations into Zonda, and find each")
    parser.add_argument("--native", action="store_true", help="over sockets: `zonda run` and Uvicorn")
    parser.add_argument("--most", type=int, default=20, help="different differences, after which to stop")
    parser.add_argument("--show", type=int, help="print the program of that number, and what it is asked")
    options = parser.parse_args()
    if options.plant:
        return plant_all(options.programs, options.questions, options.seed)
    run = Run(options.programs, options.questions, options.seed, is_native=options.native, most=options.most)
    return run.show(options.show) if options.show is not None else run.execute()


if __name__ == "__main__":
    sys.exit(main())
