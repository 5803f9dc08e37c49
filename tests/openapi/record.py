"""This script records the documents of the programs from FastAPI, for `test_golden.py` to compare with.

Run it with a Python that has FastAPI 0.165.0, and nothing of Zonda, installed:

    python tests/openapi/record.py

A program imports `zonda`; here that name means FastAPI.
"""

import importlib
import json
import pkgutil
import sys
from pathlib import Path

HERE = Path(__file__).parent
MODULES = ("", ".responses", ".routing", ".security", ".sse")


def main() -> None:
    import fastapi

    if fastapi.__version__ != "0.165.0":
        sys.exit(f"This is FastAPI {fastapi.__version__}; the documents are those of 0.165.0.")
    fastapi.Zonda = fastapi.FastAPI
    for name in MODULES:
        sys.modules[f"zonda{name}"] = importlib.import_module(f"fastapi{name}")
    sys.path.insert(0, str(HERE))
    for module in pkgutil.iter_modules([str(HERE / "programs")]):
        app = importlib.import_module(f"programs.{module.name}").app
        text = json.dumps(app.openapi(), indent=1, ensure_ascii=False)
        (HERE / "golden" / f"{module.name}.json").write_text(text + "\n")
        print(module.name, len(text))


if __name__ == "__main__":
    main()
