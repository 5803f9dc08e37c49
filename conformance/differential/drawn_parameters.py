"""This module draws parameters: of an endpoint, of a dependency, of a websocket."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.differential.dice import Dice
from conformance.differential.drawn_types import (
    constraints,
    deep,
    draw_model,
    flat,
    is_model,
    scalar,
    value,
)
from conformance.differential.shapes import Model, Options, Parameter, Type

ALIASES = ("a", "item-name", "X-Key", "two words", "naïve")
SPECIAL = ("Request", "Response", "BackgroundTasks", "HTTPConnection", "SecurityScopes")


class Declarations:
    """The models of a program; flat ones are for parameter models."""

    def __init__(self) -> None:
        self.models: list[Model] = []
        self.flat_models: list[Model] = []

    @property
    def all(self) -> list[Model]:
        return [*self.models, *self.flat_models]

    def flat_model(self, dice: Dice) -> Model:
        if not self.flat_models or dice.chance(60):
            self.flat_models.append(draw_model(dice, (), is_flat=True))
        return dice.pick(self.flat_models)


def draw_parameters(dice: Dice, declared: Declarations, payload: str, most: int) -> list[Parameter]:
    """Parameters from everywhere but the path; `payload` says what the body is."""
    sources = ["query", "query", "header", "cookie"]
    sources += {"json": ["body", "body", "body"], "form": ["form"] * 3, "files": ["form", "file", "file"], "": []}[
        payload
    ]
    parameters = [draw_parameter(dice, declared, dice.pick(sources)) for _ in range(dice.number(0, most))]
    if payload == "json" and not any(one.source == "body" for one in parameters):
        parameters.append(draw_parameter(dice, declared, "body"))
    if payload == "files" and not any(one.source == "file" for one in parameters):
        parameters.append(draw_parameter(dice, declared, "file"))
    if payload == "form" and not any(one.source == "form" for one in parameters):
        parameters.append(draw_parameter(dice, declared, "form"))
    return parameters


def draw_parameter(dice: Dice, declared: Declarations, source: str) -> Parameter:
    dice.use(f"source {source}")
    if source == "body":
        return body_parameter(dice, declared)
    if source == "file":
        return file_parameter(dice)
    if source == "form" and dice.chance(7, "union of form models"):
        kind = Type(dice.pick(("pet", "either")))
        return Parameter(dice.name(source), source, kind, default="None" if dice.chance(30) else None)
    if dice.chance(14):
        return parameter_model(dice, declared, source)
    kind = flat(dice, lists=source != "cookie")
    options = [*constraints(dice, kind), *naming(dice, source), *documentation(dice)]
    default = None
    if dice.chance(45, "parameter default"):
        default = "None" if kind.base == "optional" else value(dice, kind, declared.all)
    elif dice.chance(5, "parameter default_factory"):
        options.append(("default_factory", f"lambda: {value(dice, kind, declared.all)}"))
    style = style_of(dice, source)
    if style == "bare":
        options = []
    if style != "annotated" and any(name == "default_factory" for name, _ in options):
        style = "annotated"
    is_untyped = style != "annotated" and dice.chance(6, "parameter without a type")
    return Parameter(
        dice.name(source),
        source,
        Type("str") if is_untyped else kind,
        tuple(options),
        default,
        style,
        is_untyped=is_untyped,
    )


def style_of(dice: Dice, source: str) -> str:
    choice = dice.number(0, 99)
    if source == "query" and choice < 35:
        dice.use("style bare")
        return "bare"
    if choice < 55:
        dice.use("style assigned")
        return "assigned"
    return "annotated"


def naming(dice: Dice, source: str) -> Options:
    choice = dice.number(0, 99)
    if choice < 14:
        dice.use("alias")
        return (("alias", repr(dice.pick(ALIASES))),)
    if choice < 20:
        dice.use("validation_alias")
        return (("validation_alias", repr(dice.pick(ALIASES))),)
    if choice < 25:
        dice.use("alias choices")
        return (("validation_alias", f"AliasChoices({', '.join(map(repr, dice.some(ALIASES, 3)))})"),)
    if choice < 28:
        dice.use("serialization_alias")
        return (("serialization_alias", repr(dice.pick(ALIASES))),)
    if source == "header" and choice < 42:
        dice.use("convert_underscores")
        return (("convert_underscores", "False"),)
    return ()


def documentation(dice: Dice) -> Options:
    choice = dice.number(0, 99)
    table = {
        0: ("title", '"Its title"'),
        1: ("description", '"What it is"'),
        2: ("deprecated", "True"),
        3: ("include_in_schema", "False"),
        4: ("examples", '["one", 2]'),
        5: ("openapi_examples", '{"first": {"summary": "A", "value": "a"}}'),
        6: ("json_schema_extra", '{"x-more": 1}'),
        7: ("strict", "True"),
    }
    if choice // 2 not in table:
        return ()
    option = table[choice // 2]
    dice.use(f"option {option[0]}")
    return (option,)


def parameter_model(dice: Dice, declared: Declarations, source: str) -> Parameter:
    dice.use(f"model in {source}")
    model = Type("model", model=declared.flat_model(dice).name)
    options: Options = (("convert_underscores", "False"),) if source == "header" and dice.chance(15) else ()
    if dice.chance(15, "optional parameter model"):
        return Parameter(dice.name(source), source, Type("optional", (model,)), options, "None")
    return Parameter(dice.name(source), source, model, options)


def body_parameter(dice: Dice, declared: Declarations) -> Parameter:
    kind = deep(dice, declared.models)
    options: list[tuple[str, str]] = []
    if dice.chance(15, "body embed"):
        options.append(("embed", "True"))
    options += [*constraints(dice, kind), *naming(dice, "body"), *documentation(dice)]
    if dice.chance(4, "body media type"):
        options.append(("media_type", '"application/vnd.x+json"'))
    default = None
    if dice.chance(25, "body default"):
        default = "None" if kind.base == "optional" else value(dice, kind, declared.models)
    style = "annotated"
    if is_model(kind) and dice.chance(50, "body bare model"):
        style, options = "bare", []
    elif dice.chance(20):
        style = "assigned"
    return Parameter(dice.name("body"), "body", kind, tuple(options), default, style)


def file_parameter(dice: Dice) -> Parameter:
    base = dice.pick(("file", "files", "filebytes", "optfile"))
    dice.use(f"file as {base}")
    default = "None" if base == "optfile" and dice.chance(70) else None
    options = naming(dice, "file")
    style = "annotated" if base == "filebytes" else dice.pick(("annotated", "assigned", "bare"))
    return Parameter(dice.name("file"), "file", Type(base), () if style == "bare" else options, default, style)


def path_parameter(dice: Dice, segment: str, *, converter: str) -> Parameter:
    dice.use("source path")
    fitting = {"int": "int", "float": "float", "uuid": "uuid", "path": "str"}
    kind = Type(fitting[converter]) if converter else scalar(dice)
    options: Options = () if converter else constraints(dice, kind)
    if not converter and dice.chance(6, "union in path"):
        kind = Type("union", (kind, scalar(dice)))
        options = ()
    style = "bare" if not options and dice.chance(60) else "annotated"
    if dice.chance(8) and style == "annotated":
        dice.use("alias in path")
        return Parameter(dice.name("path"), "path", kind, (*options, ("alias", repr(segment))), None, style)
    return Parameter(segment, "path", kind, options, None, style)


def special_parameter(dice: Dice, kinds: Sequence[str] = SPECIAL) -> Parameter:
    base = dice.pick(kinds)
    dice.use(f"inject {base}")
    return Parameter(dice.name(base.lower()), "special", Type(base))


def dependency_parameter(dice: Dice, names: Sequence[str], forms: dict[str, str]) -> Parameter:
    name = dice.pick(names)
    options: list[tuple[str, str]] = []
    if dice.chance(12, "Security scopes"):
        options.append(("scopes", dice.pick(('["read"]', '["read", "write"]', "[]"))))
    if dice.chance(12, "use_cache=False"):
        options.append(("use_cache", "False"))
    is_generator = "generator" in forms[name]
    if is_generator and not any(key == "scopes" for key, _ in options) and dice.chance(45):
        scope = dice.pick(("function", "function", "request"))
        dice.use(f"scope {scope}")
        options.append(("scope", f'"{scope}"'))
    elif dice.chance(5, "max_concurrency") and not options:
        options.append(("max_concurrency", "2"))
    style = dice.pick(("annotated", "assigned", "class"))
    if style == "class" and forms[name] == "class" and not options:
        dice.use("Depends of the annotation")
    elif style == "class":
        style = "annotated"
    return Parameter(dice.name("dep"), "depends", Type("any"), tuple(options), None, style, dependency=name)
