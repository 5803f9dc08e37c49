"""This module draws types and models, and values that fit them or do not."""

from __future__ import annotations

import json
from collections.abc import Sequence

from hypothesis import strategies as st

from conformance.differential.dice import Dice
from conformance.differential.shapes import Field, Model, Options, Type
from conformance.differential.tables import SCALARS, WIDE

COMMON = ("int", "str", "bool", "float", "int", "str", *SCALARS)
HASHABLE = ("int", "str", "bool", "date", "uuid", "enum", "literal", "decimal")
JSON_TEXT = st.text(max_size=5).map(json.dumps)
ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 300)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
).map(json.dumps)


def scalar(dice: Dice, names: Sequence[str] = COMMON) -> Type:
    name = dice.pick(names)
    dice.use(f"type {name}")
    return Type(name)


def flat(dice: Dice, *, lists: bool = True) -> Type:
    """What fits into a query, header or form."""
    choice = dice.number(0, 99)
    if choice < 50 or (not lists and choice < 70):
        return scalar(dice)
    if choice < 64:
        dice.use("type optional")
        inner = flat_list(dice) if lists and dice.chance(25) else scalar(dice)
        return Type("optional", (inner,))
    if choice < 74 or not lists:
        dice.use("type union")
        return Type("union", (scalar(dice), scalar(dice)))
    return flat_list(dice)


def flat_list(dice: Dice) -> Type:
    if dice.chance(25):
        dice.use("type set")
        return Type("set", (scalar(dice, HASHABLE),))
    if dice.chance(20):
        dice.use("type tuple")
        return Type("tuple", (scalar(dice), scalar(dice))) if dice.chance(50) else Type("vartuple", (scalar(dice),))
    dice.use("type list")
    return Type("list", (scalar(dice),))


def deep(dice: Dice, models: Sequence[Model], depth: int = 2) -> Type:
    """What fits into a JSON body or a field of a model."""
    choice = dice.number(0, 99)
    if depth == 0 or choice < 40:
        return scalar(dice)
    if choice < 58 and models:
        return model_type(dice, models)
    if choice < 68:
        dice.use("type list")
        return Type("list", (deep(dice, models, depth - 1),))
    if choice < 75:
        dice.use("type optional")
        return Type("optional", (deep(dice, models, depth - 1),))
    if choice < 81:
        dice.use("type dict")
        return Type("dict", (deep(dice, models, depth - 1),))
    if choice < 87:
        dice.use("type union")
        return Type("union", (deep(dice, models, depth - 1), deep(dice, models, depth - 1)))
    if choice < 90:
        return flat_list(dice)
    base = dice.pick(("any", "object", *WIDE))
    dice.use(f"type {base}")
    return Type(base)


def model_type(dice: Dice, models: Sequence[Model]) -> Type:
    model = dice.pick(models)
    dice.use(f"type {model.form}")
    return Type("model", model=model.name)


def is_model(kind: Type) -> bool:
    return kind.base == "model"


def constraints(dice: Dice, kind: Type) -> Options:
    table = SCALARS.get(kind.base)
    if table is None or not table.constraints or not dice.chance(35):
        return ()
    chosen = dice.some(table.constraints, 2)
    for name, _ in chosen:
        dice.use(f"constraint {name}")
    return tuple(chosen)


VALIDATOR = """\
@field_validator("{name}", mode="{mode}")
@classmethod
def check_{name}(cls, value: Any) -> Any:
    if value in ("abc", 7):
        raise ValueError("not this one")
    return value"""
ROOT_VALIDATOR = """\
@model_validator(mode="after")
def check_all(self) -> "{model}":
    if getattr(self, "{name}", None) in ("abc", 0):
        raise ValueError("not together")
    return self"""
COMPUTED = '''\
@computed_field
@property
def double_name(self) -> str:
    return "computed"'''


def draw_model(dice: Dice, earlier: Sequence[Model], *, is_flat: bool = False, form: str = "") -> Model:
    name = dice.name("Model").replace("_", "")
    if not form:
        choice = dice.number(0, 99)
        form = "BaseModel" if is_flat or choice < 76 else "dataclass" if choice < 90 else "TypedDict"
    drawn = [draw_field(dice, earlier, form, is_flat=is_flat) for _ in range(dice.number(1, 3))]
    fields = list({field.name: field for field in drawn}.values())
    if form == "dataclass":
        fields.sort(key=lambda field: field.default is not None)
    if form != "BaseModel":
        return Model(name, form, tuple(fields))
    config: list[tuple[str, str]] = []
    if dice.chance(30):
        extra = dice.pick(("forbid", "allow", "ignore"))
        dice.use(f"model extra {extra}")
        config.append(("extra", f'"{extra}"'))
    if dice.chance(8, "model populate_by_name"):
        config.append(("populate_by_name", "True"))
    if dice.chance(8, "model from_attributes"):
        config.append(("from_attributes", "True"))
    if dice.chance(5, "model alias_generator"):
        config.append(("alias_generator", "str.upper"))
    if dice.chance(5, "model strict"):
        config.append(("strict", "True"))
    members = []
    if fields and dice.chance(12, "model field validator"):
        members.append(VALIDATOR.format(name=dice.pick(fields).name, mode=dice.pick(("before", "after"))))
    if fields and dice.chance(8, "model validator"):
        members.append(ROOT_VALIDATOR.format(name=dice.pick(fields).name, model=name))
    if not is_flat and dice.chance(12, "model computed field"):
        members.append(COMPUTED)
    parents = [model.name for model in earlier if model.form == "BaseModel"]
    base = dice.pick(parents) if parents and not is_flat and dice.chance(25, "model inheritance") else ""
    return Model(name, "BaseModel", tuple(fields), base, tuple(config), tuple(members))


def draw_field(dice: Dice, earlier: Sequence[Model], form: str, *, is_flat: bool) -> Field:
    kind = flat(dice) if is_flat else deep(dice, earlier)
    name = dice.pick(("name", "size", "tags", "owner_id", "note")) + f"_{dice.number(1, 3)}{len(earlier)}"
    options = list(constraints(dice, kind)) if form == "BaseModel" else []
    if form == "BaseModel" and dice.chance(15, "field alias"):
        key = dice.pick(("alias", "alias", "validation_alias", "serialization_alias"))
        options.append((key, repr(dice.pick(("someAlias", "x-other", "two words")) + name[-2:])))
    if form == "BaseModel" and dice.chance(6, "field description"):
        options.append(("description", '"What it is"'))
    if form == "BaseModel" and dice.chance(4, "field exclude"):
        options.append(("exclude", "True"))
    default = value(dice, kind, earlier) if form != "TypedDict" and dice.chance(35, "field default") else None
    if default is None and kind.base == "optional" and form != "TypedDict" and dice.chance(60):
        default = "None"
    return Field(name, kind, tuple(options), default)


def fields_of(model: Model, models: Sequence[Model]) -> list[Field]:
    base = next((other for other in models if other.name == model.base), None)
    inherited = fields_of(base, models) if base else []
    own = {field.name for field in model.fields}
    return [*[field for field in inherited if field.name not in own], *model.fields]


def find(models: Sequence[Model], name: str) -> Model | None:
    return next((model for model in models if model.name == name), None)


def value(dice: Dice, kind: Type, models: Sequence[Model]) -> str:
    """A Python expression of that type."""
    inner = [value(dice, arg, models) for arg in kind.args]
    match kind.base:
        case "list":
            return f"[{', '.join(inner * dice.number(0, 2))}]"
        case "set":
            return f"{{{inner[0]}}}"
        case "tuple":
            return f"({', '.join(inner)},)"
        case "vartuple":
            return f"({inner[0]},)"
        case "dict":
            return f'{{"k": {inner[0]}}}'
        case "optional":
            return dice.pick(("None", inner[0]))
        case "union":
            return dice.pick(inner)
        case "model":
            model = find(models, kind.model)
            return instance(dice, model, models) if model else "{}"
        case "any" | "object":
            return dice.pick(('{"a": [1, None]}', '{"b": {"c": 1.5}}'))
    table = (SCALARS | WIDE).get(kind.base)
    return dice.pick(table.values) if table else "None"


def instance(dice: Dice, model: Model, models: Sequence[Model]) -> str:
    """An expression that makes the model without validation, so that it exists whatever was drawn."""
    given = [f for f in fields_of(model, models) if f.default is None or dice.chance(50)]
    arguments = ", ".join(f"{field.name}={value(dice, field.type, models)}" for field in given)
    if model.form == "BaseModel":
        return f"{model.name}.model_construct({arguments})"
    return f"{model.name}({arguments})"


def mapping(dice: Dice, model: Model, models: Sequence[Model]) -> str:
    """A dict for the model as an endpoint would return it."""
    given = [f for f in fields_of(model, models) if f.default is None or dice.chance(50)]
    pairs = [f"{wire_name(field)!r}: {value(dice, field.type, models)}" for field in given]
    if dice.chance(30):
        pairs.append('"unknown": 1')
    return "{" + ", ".join(pairs) + "}"


def wire_name(field: Field) -> str:
    options = dict(field.options)
    text = options.get("validation_alias", options.get("alias"))
    return field.name if text is None else text.strip("\"'")


def json_text(dice: Dice, kind: Type, models: Sequence[Model], wrong: int) -> str:
    """JSON of that type, each part of it wrong with that many percent."""
    if wrong and dice.chance(wrong // 4):
        return str(dice.draw(ANY_JSON))
    match kind.base:
        case "list" | "set" | "vartuple":
            items = [json_text(dice, kind.args[0], models, wrong) for _ in range(dice.number(0, 2))]
            return f"[{', '.join(items)}]"
        case "tuple":
            return f"[{', '.join(json_text(dice, arg, models, wrong) for arg in kind.args)}]"
        case "dict":
            return f'{{"k": {json_text(dice, kind.args[0], models, wrong)}}}'
        case "optional":
            return "null" if dice.chance(25) else json_text(dice, kind.args[0], models, wrong)
        case "union":
            return json_text(dice, dice.pick(kind.args), models, wrong)
        case "model":
            model = find(models, kind.model)
            return json_object(dice, model, models, wrong) if model else "{}"
        case "any":
            return str(dice.draw(ANY_JSON))
        case "object":
            return '{"a": 1}'
    table = (SCALARS | WIDE).get(kind.base)
    if table is None:
        return "null"
    if dice.chance(wrong) and table.wrong_json:
        return dice.pick(table.wrong_json)
    if kind.base == "str" and dice.chance(10):
        return str(dice.draw(JSON_TEXT))
    return dice.pick(table.json)


def json_object(dice: Dice, model: Model, models: Sequence[Model], wrong: int) -> str:
    pairs = []
    for field in fields_of(model, models):
        if dice.chance(40 if field.default is not None else wrong // 2):
            continue
        name = field.name if dice.chance(wrong // 4) else wire_name(field)
        pairs.append(f"{json.dumps(name)}: {json_text(dice, field.type, models, wrong)}")
    if dice.chance(5 + wrong // 4):
        pairs.append('"extra": 1')
    if pairs and dice.chance(wrong // 8):
        pairs.append(dice.pick(pairs))
    return "{" + ", ".join(pairs) + "}"


def text(dice: Dice, kind: Type, wrong: int) -> str:
    """What a client writes into a query, a path, a header or a form."""
    if kind.base in {"list", "set", "tuple", "vartuple", "optional", "union"}:
        return text(dice, dice.pick(kind.args), wrong)
    table = SCALARS.get(kind.base)
    if table is None:
        return "abc"
    if wrong and dice.chance(wrong // 5):
        return str(dice.draw(st.text(max_size=4)))
    if dice.chance(wrong) and table.wrong:
        return dice.pick(table.wrong)
    return dice.pick(table.texts)
