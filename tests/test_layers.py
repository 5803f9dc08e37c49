"""This module holds the architecture: who may import whom, and the test that enforces it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "src"

VOCABULARY = (
    "requests responses websockets datastructures exceptions exception_handlers default_handlers params "
    "param_functions security types late late_signature clock time_left validation_errors body_limit own_options "
    "overrides extensions changes declarations fastapi_version seams background encoders concurrency telemetry sse "
    "server_sent_event logger status utils staticfiles templating domain_errors problem_details"
)

# From the top down. In one layer, words may import each other; a bar keeps those on its sides apart.
LAYERS = (
    "kit cli __main__",
    "__init__ applications testclient testing compat server",
    "startup inspection controllers",
    "documented",
    "routing operations",
    "transport | compiler | interpreter | openapi | middleware",
    "runtime",
    "analysis",
    VOCABULARY,
)
NOT_USED = {"transport": "analysis"}
"""The transport knows functions, not plans."""

PLACES = {
    name: (depth, side)
    for depth, layer in enumerate(LAYERS)
    for side, names in enumerate(layer.split("|"))
    for name in names.split()
}


def test_every_module_has_a_layer() -> None:
    """A new module gets its place in the diagram together with its file."""
    assert {part(module) for module in modules()} - PLACES.keys() == set()


def test_imports_go_down_only() -> None:
    """No module imports a layer above its own, or across a bar, not even inside a function."""
    assert [
        f"{importer} imports {imported}" for importer, imported in imports() if not allowed(importer, imported)
    ] == []


def test_there_are_no_import_cycles() -> None:
    """The modules can be put into an order in which each imports only earlier ones."""
    sorter = TopologicalSorter[str]()
    for importer, imported in imports():
        sorter.add(importer, imported)

    try:
        sorter.prepare()
        cycle = []
    except CycleError as error:
        cycle = error.args[1]

    assert cycle == []


def allowed(importer: str, imported: str) -> bool:
    upper, lower = part(importer), part(imported)
    if upper not in PLACES or lower not in PLACES or upper == lower:
        return True
    (depth, side), (other_depth, other_side) = PLACES[upper], PLACES[lower]
    return NOT_USED.get(upper) != lower and (depth < other_depth or (depth, side) == (other_depth, other_side))


def part(module: str) -> str:
    """The word of the diagram: `zonda.compiler.source` → `compiler`."""
    return module.split(".")[1] if "." in module else "__init__"


@cache
def modules() -> dict[str, Path]:
    found = {}
    for path in (SOURCE / "zonda").rglob("*.py"):
        name = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        found[name.removesuffix(".__init__")] = path
    return found


@cache
def imports() -> tuple[tuple[str, str], ...]:
    return tuple(
        (importer, imported)
        for importer, path in modules().items()
        for imported in imported_names(importer, path)
        if imported.split(".")[0] == "zonda" and imported != importer
    )


def imported_names(importer: str, path: Path) -> Iterator[str]:
    """The modules that a file names in imports, lazy ones too; those only for the type checker are left out."""
    package = importer if path.name == "__init__.py" else importer.rpartition(".")[0]
    for node in nodes_that_run(ast.parse(path.read_text())):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom():
                parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
                source = ".".join([*parents, *([node.module] if node.module else [])])
                for alias in node.names:
                    inner = f"{source}.{alias.name}"
                    yield inner if inner in modules() else source
            case ast.Call(func=ast.Name("import_module") | ast.Attribute(attr="import_module")):
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value
            case ast.Call(func=ast.Name("late_names"), args=[_, ast.Dict(keys=places)]):
                yield from (place.value for place in places if isinstance(place, ast.Constant))


def nodes_that_run(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for statement in child.orelse:
                yield from nodes_that_run(statement)
            continue
        yield child
        yield from nodes_that_run(child)
