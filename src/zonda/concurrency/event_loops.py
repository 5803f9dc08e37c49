"""This module tells event loops apart."""

import sys


def runs_on_asyncio() -> bool:
    """The running event loop is asyncio's (or one that looks like it) and not trio's."""
    trio = sys.modules.get("trio")
    return trio is None or not trio.lowlevel.in_trio_run()
