"""This module offers Starlette's test client."""

from starlette.testclient import TestClient

__all__ = ["TestClient"]
