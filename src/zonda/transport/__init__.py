"""This module gathers the serving stage: bytes or ASGI messages on one side, responders on the other."""
