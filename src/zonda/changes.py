"""This module counts the changes of what was declared: routes, their attributes and their dependencies.

What was compiled remembers the count at which it was last found true, and asks again only when the count moved:
one comparison of two numbers a request.
"""

from __future__ import annotations


class Changes:
    """A number that grows; its owner decides what a change is."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0

    def note(self) -> None:
        self.count += 1


declared = Changes()
"""Every change to a route, a router's list of routes or a dependant, anywhere in the process."""

matched = Changes()
"""Changes of what a route matches after it was made, which are rare: its path or its methods."""
