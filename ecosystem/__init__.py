"""This package tries packages built on FastAPI: the same programs and tests on FastAPI and on Zonda."""
