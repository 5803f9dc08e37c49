"""This module names the stacks of a request in its scope, and knows whether a package may ask for them.

Who solves dependencies by hand, as some packages do with `solve_dependencies`, needs them in the scope of a compiled
route too. Nobody else does, so routes are compiled with them only once that function was handed out.
"""

from zonda.changes import Changes, declared

FILES_KEY = "fastapi_middleware_astack"
REQUEST_KEY = "fastapi_inner_astack"
FUNCTION_KEY = "fastapi_function_astack"

wanted = Changes()
"""Counts from zero to one when the function is handed out."""


def want() -> None:
    """Let compiled routes that take their request have the stacks from now on."""
    if not wanted.count:
        wanted.note()
        declared.note()
