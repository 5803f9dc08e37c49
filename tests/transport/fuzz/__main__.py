"""This module is the command of the fuzzer."""

from __future__ import annotations

import argparse
import secrets
import sys

from .compare import differences

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--inputs", type=int, default=4000)
parser.add_argument("--seed", default=secrets.token_hex(4))
options = parser.parse_args()
compared, found = differences(options.inputs, options.seed)
for difference in found:
    print(difference)
print(f"{compared} streams compared with seed {options.seed}: {len(found)} differences")
sys.exit(bool(found))
