"""This package runs FastAPI's own tests and tutorial applications on Zonda and compares."""
