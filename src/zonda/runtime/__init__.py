"""This package holds the plain functions that generated code and the interpreter call at a request."""
