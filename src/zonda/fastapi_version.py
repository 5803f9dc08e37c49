"""This module says which FastAPI's interface Zonda offers."""

FASTAPI_VERSION = "0.165.0"
