"""This module joins the stages: what was declared becomes what the transport calls.

routers ──▶ Search (finder, targets) ──┐
middleware, handlers ──────────────────┴──▶ Stack ──▶ Pipeline, or a chain of plain ASGI
"""
