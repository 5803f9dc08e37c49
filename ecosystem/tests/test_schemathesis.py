"""What schemathesis promises: requests made from the document, which find an operation that fails."""

import subprocess
import sys
from pathlib import Path

from conftest import Served


def ask(served: Served, path: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "schemathesis"), "run", f"{served.url}/openapi.json"]
    command += ["--include-path", path, "--max-examples", "20", "--phases", "examples,fuzzing"]
    command += ["--seed", "1", "--checks", "not_a_server_error,response_schema_conformance"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_true_operations_pass(served: Served) -> None:
    for path in ("/items/{item_id}", "/items"):
        done = ask(served, path)

        assert done.returncode == 0, done.stdout


def test_a_failing_operation_is_found(served: Served) -> None:
    done = ask(served, "/broken")

    assert done.returncode == 1
    assert "Server error" in done.stdout
    assert '{"number": 0}' in done.stdout
