"""This module names the stacks of a request in its scope, which FastAPI's packages look for."""

FILES_KEY = "fastapi_middleware_astack"
REQUEST_KEY = "fastapi_inner_astack"
FUNCTION_KEY = "fastapi_function_astack"
