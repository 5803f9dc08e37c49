"""This module draws dependencies, each of which may depend on those before it."""

from __future__ import annotations

from dataclasses import replace

from conformance.differential.dice import Dice
from conformance.differential.drawn_parameters import (
    SPECIAL,
    Declarations,
    dependency_parameter,
    draw_parameters,
    special_parameter,
)
from conformance.differential.shapes import Dependency, Parameter, Type

FORMS = (
    "def",
    "async def",
    "async def",
    "generator",
    "async generator",
    "async generator",
    "class",
    "instance",
    "async instance",
    "partial",
)
RAISES = (
    'raise HTTPException(404, "gone")',
    'raise HTTPException(status_code=409, detail={"why": [1, None]}, headers={"x-why": "because"})',
    'raise HTTPException(401, headers={"WWW-Authenticate": "Basic"})',
    "raise HTTPException(204)",
    'raise StarletteHTTPException(418, "teapot")',
    'raise Trouble("trouble")',
    'raise ValueError("wrong")',
    'raise KeyError("key")',
    'raise RequestValidationError([{"type": "custom", "loc": ["query", "x"], "msg": "own", "input": 1}])',
)
SCHEMES = {
    "APIKeyQuery": ('name="api_key"',),
    "APIKeyHeader": ('name="X-API-Key"',),
    "APIKeyCookie": ('name="session"',),
    "HTTPBasic": ("", 'realm="shop"'),
    "HTTPBearer": ("", 'bearerFormat="JWT"'),
    "HTTPDigest": ("",),
    "OAuth2PasswordBearer": ('tokenUrl="token"', 'tokenUrl="token", scopes={"read": "Read all"}'),
    "OAuth2AuthorizationCodeBearer": ('authorizationUrl="https://x.example/a", tokenUrl="token"',),
    "OpenIdConnect": ('openIdConnectUrl="https://x.example/oid"',),
}


def draw_raise(dice: Dice, where: str) -> str:
    dice.use(f"raise in {where}")
    statement = dice.pick(RAISES)
    kind = statement.removeprefix("raise ").partition("(")[0]
    dice.use(f"raise {kind}")
    return statement


def field_of_form(name: str, default: str | None = None) -> Parameter:
    return Parameter(name, "form", Type("str"), default=default)


PASSWORD_FORM = (
    field_of_form("username"),
    field_of_form("password"),
    field_of_form("scope", '""'),
    field_of_form("grant_type", "None"),
    field_of_form("client_id", "None"),
)
"""What OAuth2PasswordRequestForm asks for, for whoever draws the questions."""


def draw_scheme(dice: Dice) -> Dependency:
    if dice.chance(16, "OAuth2PasswordRequestForm"):
        return Dependency(dice.name("scheme"), "scheme", PASSWORD_FORM, expression="OAuth2PasswordRequestForm")
    kind = dice.pick(tuple(SCHEMES))
    dice.use("security scheme")
    dice.use(f"scheme {kind}")
    options = [dice.pick(SCHEMES[kind])]
    if dice.chance(35, "auto_error=False"):
        options.append("auto_error=False")
    if dice.chance(10):
        options.append('scheme_name="Own"')
    if dice.chance(10):
        options.append('description="How to sign in"')
    return Dependency(dice.name("scheme"), "scheme", expression=f"{kind}({', '.join(filter(None, options))})")


def draw_dependency(dice: Dice, declared: Declarations, earlier: list[Dependency]) -> Dependency:
    if dice.chance(20):
        return draw_scheme(dice)
    form = dice.pick(FORMS)
    dice.use(f"dependency {form}")
    payload = dice.pick(("json", "form")) if dice.chance(9, "body in a dependency") else ""
    parameters = draw_parameters(dice, declared, payload, 2)
    if earlier and dice.chance(55):
        dice.use("nested dependency")
        parameters += sub_dependencies(dice, earlier, 2)
    statements: list[str] = []
    if dice.chance(22):
        special = special_parameter(dice, (*SPECIAL, "SecurityScopes", "SecurityScopes"))
        parameters.append(special)
        statements += use_special(dice, special)
    dependency = Dependency(dice.name("dep"), form, tuple(parameters), tuple(statements))
    if dice.chance(7):
        dependency = replace(dependency, before=draw_raise(dice, "dependency"))
    if "generator" in form:
        if dice.chance(55):
            dice.use("yield with except")
            choice = dice.number(0, 9)
            dice.use("except raises" if choice < 6 else "except swallows" if choice < 8 else "except replaces")
            on_error = "raise" if choice < 6 else "swallow" if choice < 8 else dice.pick(RAISES)
            dependency = replace(dependency, on_error=on_error)
        if dice.chance(8):
            dependency = replace(dependency, after=draw_raise(dice, "exit"))
    return dependency


def sub_dependencies(dice: Dice, earlier: list[Dependency], most: int) -> list[Parameter]:
    forms = {one.name: one.form for one in earlier}
    names = list(forms)
    drawn = [dependency_parameter(dice, names, forms) for _ in range(dice.number(1, most))]
    receiving = {one.name for one in earlier if any(each.type.base == "SecurityScopes" for each in one.parameters)}
    drawn = [with_scopes(dice, one) if one.dependency in receiving else one for one in drawn]
    return [one if dice.chance(10) else without_function_scope(one) for one in drawn]


def with_scopes(dice: Dice, parameter: Parameter) -> Parameter:
    dice.use("Security scopes received")
    kept = tuple(option for option in parameter.options if option[0] == "use_cache")
    return replace(parameter, options=(("scopes", dice.pick(('["read"]', '["read", "write"]'))), *kept))


def without_function_scope(parameter: Parameter) -> Parameter:
    """A generator that lives for the request may not depend on one that lives for the function."""
    kept = tuple(option for option in parameter.options if option != ("scope", '"function"'))
    return replace(parameter, options=kept)


def use_special(dice: Dice, parameter: Parameter) -> list[str]:
    """What a function does with what was injected."""
    name = parameter.name
    match parameter.type.base:
        case "Response":
            actions = [
                f'{name}.headers["x-from-{name[-1]}"] = "{name}"',
                f'{name}.set_cookie("{name}", "1")',
                f"{name}.status_code = {dice.pick((201, 202, 404))}",
                f'{name}.headers.append("x-many", "{name}")',
                f'{name}.headers["content-type"] = "text/x-own"',
            ]
            return dice.some(actions, 2)
        case "BackgroundTasks":
            dice.use("background tasks")
            if dice.chance(20, "background task raises"):
                return [f'{name}.add_task(int, "not a number")', f'{name}.add_task(LOG.append, "never")']
            return [f'{name}.add_task(LOG.append, "task of {name}")']
        case "Request":
            actions = [
                f"LOG.append([{name}.method, {name}.url.path, dict({name}.query_params), {name}.path_params])",
                f'LOG.append({name}.headers.get("x-key"))',
                f"LOG.append(dict({name}.cookies))",
                f'LOG.append([{name}.scope["route"].path, {name}.scope.get("root_path")])',
                f"LOG.append(str({name}.base_url))",
                f'LOG.append(getattr({name}.state, "mark", None))',
            ]
            return dice.some(actions, 2)
        case "HTTPConnection":
            return [f"LOG.append(str({name}.url))"]
    return []
