"""This module finds templates whose only parameter is their last segment, as `/items/{item_id}`, without a search.

Where nothing before such a template can match the same paths, what stands before the last slash says all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from zonda.compiler.templates import Template, Tree

Tails = dict[str, dict[str, tuple[Any, str]]]
"""Method and path before its last slash → what answers, and the name of the parameter that the rest is."""


def tails_of(templates: Iterable[Template], tree: Tree, excluded: frozenset[str]) -> Tails:
    """The tails among the templates of a tree, but for beginnings that are `excluded`."""
    tails: Tails = {}
    for template in templates:
        beginning = _beginning(template)
        if beginning is None or beginning in excluded or template.methods is None:
            continue
        rivals = tree.candidates(template.segments)
        if rivals is None:
            continue
        for method in template.methods:
            if not any(_comes_before(rival, template, method) for rival in rivals):
                tails.setdefault(method, {})[beginning] = template.entry.target, template.values[0][0]
    return tails


def _beginning(template: Template) -> str | None:
    """What stands before the last slash; None if the parameter after it is not any text."""
    *literals, last = template.segments
    if template.is_open or last is not None or None in literals:
        return None
    beginning = "/".join(literal for literal in literals if literal is not None)
    is_text = template.values[0][2] is None and template.pattern == f"{re.escape(beginning)}/([^/]+)$"
    return beginning if is_text else None


def _comes_before(rival: Template, template: Template, method: str) -> bool:
    """The rival was registered earlier and may match a path that the template matches, too."""
    if rival.index >= template.index or not rival.allows(method):
        return False
    if not rival.is_open and len(rival.segments) != len(template.segments):
        return False
    pairs = zip(rival.segments, template.segments, strict=False)
    return all(one is None or other is None or one == other for one, other in pairs)
