"""This module says of each program how many of its routes take the native path, and why the others do not."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence

from conformance.environments import CHECKOUT, Environment

LOOK = """
import json, sys
import zonda.compat
zonda.compat.install()
from importlib import import_module
from zonda.inspection import inspect_routes
routes = inspect_routes(import_module("ecosystem.programs." + sys.argv[1]).app)
print(json.dumps([route.why_not_native for route in routes if route.kind != "page"]))
"""


def path_of(environment: Environment, name: str) -> str:
    """`3 of 4 routes native; a mount is answered through ASGI`"""
    variables = {**os.environ, "PYTHONPATH": str(CHECKOUT), "PORT": "1"}
    command = [environment.python, "-c", LOOK, name]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return f"cannot be imported: {done.stderr.strip().rpartition(chr(10))[2]}"
    return described(json.loads(done.stdout.splitlines()[-1]))


def described(reasons: Sequence[str | None]) -> str:
    native = sum(reason is None for reason in reasons)
    others = list(dict.fromkeys(reason for reason in reasons if reason is not None))
    return "; ".join([f"{native} of {len(reasons)} routes native", *others])
