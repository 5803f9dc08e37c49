"""This module records what FastAPI's encoder gives: `python -m tests.encodings.record`, where 0.165 is installed."""

import json
from pathlib import Path

from fastapi.encoders import jsonable_encoder

from tests.encodings.cases import cases, outcome

RECORDED = Path(__file__).with_name("recorded.json")

if __name__ == "__main__":
    results = [outcome(jsonable_encoder, case) for case in cases()]
    RECORDED.write_text(json.dumps(results, indent=0) + "\n")
