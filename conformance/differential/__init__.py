"""This package asks random programs random questions, under FastAPI and under Zonda, and compares the answers."""
