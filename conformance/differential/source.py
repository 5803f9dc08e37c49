"""This module writes a program down as Python source that a person can read and run."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from textwrap import indent

from conformance.differential.shapes import (
    Dependency,
    Field,
    Model,
    Options,
    Parameter,
    Program,
    Route,
    Router,
    Type,
    WebSocketRoute,
)
from conformance.differential.tables import DEFINITIONS, IMPORTS, MODULES, SCALARS, WIDE

LOG_AND_SHOW = '''\
LOG: list[Any] = []


def show(value: Any) -> Any:
    """What was received, in words that are the same in every process."""
    if isinstance(value, UploadFile):
        content = value.file.read()
        return ["file", value.filename, value.content_type, value.size, content.decode("latin-1")]
    if isinstance(value, SecurityScopes):
        return ["scopes", value.scopes, value.scope_str]
    if isinstance(value, list | tuple):
        return [show(one) for one in value]
    if hasattr(value, "username") and hasattr(value, "client_secret"):
        return ["form", value.grant_type, value.username, value.password, value.scopes, value.client_id]
    return repr(value)


def describe(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
'''

FUNCTIONS = {
    "path": "Path",
    "query": "Query",
    "header": "Header",
    "cookie": "Cookie",
    "form": "Form",
    "file": "File",
    "body": "Body",
}
SIMPLE = {
    "any": "Any",
    "object": "dict[str, Any]",
    "file": "UploadFile",
    "files": "list[UploadFile]",
    "filebytes": "bytes",
    "optfile": "UploadFile | None",
}


def source(program: Program) -> str:
    body = "\n\n".join(paragraphs(program))
    return f"{imports(body)}\n\n{body}"


def imports(body: str) -> str:
    words = set(re.findall(r"\b\w+\b", body))
    modules = defaultdict(list)
    for name in sorted(words & IMPORTS.keys()):
        modules[IMPORTS[name]].append(name)
    lines = [f"import {module}" for module in MODULES if f"{module}." in body]
    for module in sorted(modules):
        names = ", ".join(
            "HTTPException as StarletteHTTPException" if name == "StarletteHTTPException" else name
            for name in modules[module]
        )
        lines.append(f"from {module} import {names}")
    return "\n".join(lines) + "\n"


def paragraphs(program: Program) -> list[str]:
    later = list(declarations(program))
    text = "\n".join(later)
    needed = [definition for name, definition in DEFINITIONS.items() if re.search(rf"\b{name}\b", text)]
    return [LOG_AND_SHOW, *needed, *later]


def declarations(program: Program) -> Iterator[str]:
    for model in program.models:
        yield write_model(program, model)
    for dependency in program.dependencies:
        yield write_dependency(program, dependency)
    options = dict(program.options)
    if names := present(program, program.application_dependencies):
        options["dependencies"] = depends_list(names)
    yield f"app = FastAPI({call(tuple(options.items()))})\n"
    for router in program.routers:
        yield write_router(program, router)
    for router in program.routers:
        if router.is_included_first:
            yield write_inclusion(program, router)
    for block in program.blocks:
        yield block.text
    for route in program.routes:
        yield write_route(program, route)
    for websocket in program.websockets:
        yield write_websocket(program, websocket)
    # The innermost first: a router is complete when it is included.
    for router in reversed(program.routers):
        if not router.is_included_first:
            yield write_inclusion(program, router)
    for block in program.tail:
        yield block.text


def present(program: Program, names: Iterable[str]) -> list[str]:
    return [name for name in names if program.dependency(name)]


def depends_list(names: Iterable[str]) -> str:
    return f"[{', '.join(f'Depends({name})' for name in names)}]"


def call(options: Options) -> str:
    return ", ".join(f"{name}={value}" for name, value in options)


def annotation(program: Program, kind: Type) -> str:
    args = [annotation(program, arg) for arg in kind.args]
    match kind.base:
        case "list" | "set" | "tuple" | "frozenset":
            return f"{kind.base}[{', '.join(args)}]"
        case "vartuple":
            return f"tuple[{args[0]}, ...]"
        case "dict":
            return f"dict[str, {args[0]}]"
        case "optional":
            return f"{args[0]} | None"
        case "union":
            return " | ".join(args)
        case "model":
            return kind.model if program.model(kind.model) else "dict"
        case "constrained":
            return args[0]
    return SIMPLE.get(kind.base) or (SCALARS | WIDE)[kind.base].annotation


def write_model(program: Program, model: Model) -> str:
    fields = [write_field(program, model, field) for field in model.fields] or ["pass"]
    if model.form == "dataclass":
        return "@dataclass\n" + f"class {model.name}:\n" + indent("\n".join(fields), "    ") + "\n"
    base = model.base if model.base and program.model(model.base) else model.form
    lines = []
    if model.config:
        lines.append(f"model_config = ConfigDict({call(model.config)})")
    return f"class {model.name}({base}):\n" + indent("\n".join([*lines, *fields, *model.members]), "    ") + "\n"


def write_field(program: Program, model: Model, field: Field) -> str:
    text = f"{field.name}: {annotation(program, field.type)}"
    if model.form == "TypedDict" or (model.form == "dataclass" and field.default is None):
        return text
    if model.form == "dataclass":
        return f"{text} = field(default_factory=lambda: {field.default})"
    if not field.options:
        return text if field.default is None else f"{text} = {field.default}"
    options = field.options if field.default is None else (("default", field.default), *field.options)
    return f"{text} = Field({call(options)})"


def write_parameter(program: Program, parameter: Parameter) -> str | None:
    """None: what it needs was cut away."""
    name = parameter.name
    if parameter.source == "special":
        return f"{name}: {parameter.type.base}"
    if parameter.source == "depends":
        return write_depends(program, parameter)
    function = FUNCTIONS[parameter.source]
    text = annotation(program, parameter.type)
    if parameter.style == "bare":
        typed = name if parameter.is_untyped else f"{name}: {text}"
        return typed if parameter.default is None else f"{typed} = {parameter.default}"
    if parameter.style == "assigned":
        options = call(parameter.options)
        first = "" if parameter.default is None else parameter.default
        typed = name if parameter.is_untyped else f"{name}: {text}"
        return f"{typed} = {function}({', '.join(part for part in (first, options) if part)})"
    text = f"{name}: Annotated[{text}, {function}({call(parameter.options)})]"
    return text if parameter.default is None else f"{text} = {parameter.default}"


def write_depends(program: Program, parameter: Parameter) -> str | None:
    dependency = program.dependency(parameter.dependency)
    if dependency is None:
        return None
    options = dict(parameter.options)
    function = "Security" if "scopes" in options else "Depends"
    made = f"{function}({', '.join(part for part in (dependency.name, call(parameter.options)) if part)})"
    if parameter.style == "class" and dependency.form == "class":
        return f"{parameter.name}: Annotated[{dependency.name}, Depends()]"
    if parameter.style == "assigned":
        return f"{parameter.name}={made}"
    return f"{parameter.name}: Annotated[Any, {made}]"


def signature(program: Program, parameters: Iterable[Parameter], *, keyword_only: bool = False) -> str:
    written = [text for text in (write_parameter(program, parameter) for parameter in parameters) if text]
    if keyword_only and written:
        return ", ".join(["*", *written])
    return ", ".join(sorted(written, key=has_default))


def has_default(written: str) -> bool:
    """Whether the parameter has a default of Python's: an equal sign outside of brackets."""
    depth = 0
    for character in written:
        depth += (character in "([{") - (character in ")]}")
        if character == "=" and depth == 0:
            return True
    return False


def names_of(program: Program, parameters: Iterable[Parameter]) -> list[str]:
    shown = (one for one in parameters if one.source != "special" or one.type.base == "SecurityScopes")
    return [one.name for one in shown if write_parameter(program, one)]


def write_dependency(program: Program, dependency: Dependency) -> str:
    name, form = dependency.name, dependency.form
    if form == "scheme":
        return f"{name} = {dependency.expression}\n"
    arguments = signature(program, dependency.parameters)
    received = ", ".join(f"show({one})" for one in names_of(program, dependency.parameters))
    log = f'LOG.append(["{name}", {received}])' if received else f'LOG.append(["{name}"])'
    value = f'["{name}", {received}]' if received else f'["{name}"]'
    lines = [log, *dependency.statements]
    if form in {"generator", "async generator"}:
        lines += [dependency.before] if dependency.before else []
        lines += generator_body(dependency, value)
        word = "async def" if form == "async generator" else "def"
        return f"{word} {name}({arguments}):\n" + indent("\n".join(lines), "    ") + "\n"
    lines += [dependency.before] if dependency.before else [f"return {value}"]
    body = "\n".join(lines)
    if form == "class":
        body = "\n".join([*lines[:-1], f"self.value = {value}"] if not dependency.before else lines)
        head = f"class {name}:\n    def __init__({', '.join(part for part in ('self', arguments) if part)}):\n"
        tail = f'\n    def __repr__(self):\n        return "{name} " + repr(getattr(self, "value", None))\n'
        return head + indent(body, "        ") + "\n" + tail
    if form in {"instance", "async instance"}:
        word = "async def" if form == "async instance" else "def"
        head = f"class {name.title()}:\n    {word} __call__({', '.join(p for p in ('self', arguments) if p)}):\n"
        return head + indent(body, "        ") + f"\n\n\n{name} = {name.title()}()\n"
    if form == "partial":
        extra = ", ".join(part for part in ("marker", arguments) if part)
        head = f"def {name}_of({extra}):\n"
        return head + indent(body, "    ") + f'\n\n\n{name} = partial({name}_of, "marker")\n'
    word = "async def" if form == "async def" else "def"
    return f"{word} {name}({arguments}):\n" + indent(body, "    ") + "\n"


def generator_body(dependency: Dependency, value: str) -> list[str]:
    name = dependency.name
    after = [dependency.after] if dependency.after else []
    exit_line = f'LOG.append("{name} exit")'
    if not dependency.on_error:
        return [f"yield {value}", exit_line, *after]
    caught = [f'LOG.append(["{name} caught", describe(error)])']
    if dependency.on_error != "swallow":
        caught.append(dependency.on_error)
    return [
        "try:",
        f"    yield {value}",
        "except Exception as error:",
        *[f"    {line}" for line in caught],
        "finally:",
        f"    {exit_line}",
        *after,
    ]


def write_router(program: Program, router: Router) -> str:
    options = dict(router.options)
    if router.prefix:
        options = {"prefix": repr(router.prefix), **options}
    if names := present(program, router.dependencies):
        options["dependencies"] = depends_list(names)
    return f"{router.name} = APIRouter({call(tuple(options.items()))})\n"


def write_inclusion(program: Program, router: Router) -> str:
    parent = router.parent if program.router(router.parent) else "app"
    options = dict(router.include_options)
    if router.include_prefix:
        options = {"prefix": repr(router.include_prefix), **options}
    if names := present(program, router.include_dependencies):
        options["dependencies"] = depends_list(names)
    arguments = ", ".join(part for part in (router.name, call(tuple(options.items()))) if part)
    return f"{parent}.include_router({arguments})\n"


def owner(program: Program, name: str) -> str:
    return name if program.router(name) else "app"


def write_route(program: Program, route: Route) -> str:
    options = dict(route.options)
    if names := present(program, route.dependencies):
        options["dependencies"] = depends_list(names)
    if len(route.methods) == 1 and route.methods[0] != "QUERY":
        decorator = f"@{owner(program, route.router)}.{route.methods[0].lower()}"
    else:
        decorator = f"@{owner(program, route.router)}.api_route"
        options = {"methods": repr(list(route.methods)), **options}
    arguments = ", ".join(part for part in (repr(route.path), call(tuple(options.items()))) if part)
    returns = "" if route.returns is None else f" -> {route.returns}"
    word = "async def" if route.is_async else "def"
    received = signature(program, route.parameters, keyword_only=route.is_keyword_only)
    shown = [f'"{one}": show({one})' for one in names_of(program, route.parameters)]
    lines = [f'LOG.append("{route.name}")', *route.statements]
    lines += [f"return {{{', '.join(shown)}}}" if line == "echo" else line for line in route.ending]
    return (
        f"{decorator}({arguments})\n{word} {route.name}({received}){returns}:\n"
        + indent("\n".join(lines), "    ")
        + "\n"
    )


def write_websocket(program: Program, route: WebSocketRoute) -> str:
    names = present(program, route.dependencies)
    arguments = repr(route.path) + (f", dependencies={depends_list(names)}" if names else "")
    received = signature(program, route.parameters)
    shown = ", ".join(f"show({one})" for one in names_of(program, route.parameters))
    extra = ", ".join(part for part in ("websocket: WebSocket", received) if part)
    lines = [f'LOG.append(["{route.name}", {shown}])', *route.statements]
    return (
        f"@{owner(program, route.router)}.websocket({arguments})\nasync def {route.name}({extra}):\n"
        + indent("\n".join(lines), "    ")
        + "\n"
    )
