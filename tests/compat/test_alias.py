"""Tests of the name `fastapi`: what it means, when it may be installed, what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.compat.programs import make_package, run_program

INSTALL = "import zonda.compat\nzonda.compat.install()\n"


def test_the_alias_means_zonda(tmp_path: Path) -> None:
    """After install(), a class imported from `fastapi` is Zonda's class."""
    program = INSTALL + (
        "import fastapi.exceptions, zonda.exceptions\n"
        "print(fastapi.exceptions.HTTPException is zonda.exceptions.HTTPException)"
    )

    assert run_program(program, directory=tmp_path) == "True"


def test_the_alias_wins_over_an_installed_fastapi(tmp_path: Path) -> None:
    """A FastAPI that is installed beside Zonda is not touched, not even for modules that the alias does not have."""
    site = make_package(tmp_path, "fastapi", extra="")
    program = INSTALL + (
        "import fastapi\n"
        "print(fastapi.__version__)\n"
        "try: import fastapi.extra\n"
        "except ModuleNotFoundError as error: print(error)"
    )

    assert run_program(program, directory=tmp_path, path=(site,)) == "0.165.0\nNo module named 'fastapi.extra'"


def test_an_alias_module_has_the_file_of_what_it_stands_for(tmp_path: Path) -> None:
    """Code that looks for a module's file finds that of Zonda's module."""
    program = INSTALL + (
        "import fastapi.encoders, fastapi.dependencies.utils, zonda.encoders\n"
        "print(fastapi.encoders.__file__ == zonda.encoders.__file__)\n"
        "print(fastapi.__file__.endswith('__init__.py'), 'zonda' in fastapi.dependencies.utils.__file__)"
    )

    assert run_program(program, directory=tmp_path) == "True\nTrue True"


def test_importing_the_alias_imports_what_tools_wait_for(tmp_path: Path) -> None:
    """A tool that waits for the import of `fastapi.routing`, or looks for it, finds it once `fastapi` was imported."""
    program = INSTALL + (
        "import sys\n"
        "seen = []\n"
        "class Waiting:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        seen.append(name)\n"
        "sys.meta_path.insert(0, Waiting())\n"
        "from fastapi import FastAPI\n"
        "print('fastapi.routing' in seen, 'fastapi.dependencies.utils' in sys.modules)"
    )

    assert run_program(program, directory=tmp_path) == "True True"


def test_installing_twice_changes_nothing(tmp_path: Path) -> None:
    """install() is idempotent: there is one finder, and modules stay the same objects."""
    program = INSTALL + (
        "import sys, fastapi\n"
        "before = sys.meta_path[:]\n"
        "zonda.compat.install()\n"
        "print(sys.meta_path == before, sys.modules['fastapi'] is fastapi, zonda.compat.is_installed())"
    )

    assert run_program(program, directory=tmp_path) == "True True True"


def test_too_late_names_the_importer(tmp_path: Path) -> None:
    """When FastAPI is loaded already, the error names the module, file and line that imported it first."""
    site = make_package(tmp_path, "fastapi", __init__="class FastAPI: ...\n")
    shop = make_package(tmp_path / "more", "shop", main="import os\n\nfrom fastapi import FastAPI\n")
    program = (
        "import shop.main, zonda.compat\n"
        "try: zonda.compat.install()\n"
        "except zonda.compat.ImportedTooEarlyError as error: print(error.importers[0]); print(error)"
    )

    output = run_program(program, directory=tmp_path, path=(site, shop)).splitlines()

    assert output[0] == f"shop.main ({shop / 'shop' / 'main.py'}, line 3)"
    assert output[1] == "FastAPI was imported before `zonda.compat.install()`, so the program would run on both."
    assert output[-1].strip().startswith("Call `zonda.compat.install()` before that import")


def test_the_first_importer_is_named_first(tmp_path: Path) -> None:
    """Of several importers, the one that caused the import stands before those that found it loaded."""
    site = make_package(tmp_path, "fastapi", __init__="class FastAPI: ...\n")
    shop = make_package(tmp_path / "more", "shop", first="import fastapi\n", second="import fastapi\n")
    program = (
        "import shop.first, shop.second, zonda.compat\n"
        "try: zonda.compat.install()\n"
        "except zonda.compat.ImportedTooEarlyError as error: print(*[i.split()[0] for i in error.importers])"
    )

    assert run_program(program, directory=tmp_path, path=(site, shop)) == "shop.first shop.second"


def test_the_version_of_the_distribution(tmp_path: Path) -> None:
    """Packages that ask which FastAPI is installed hear the version that the alias offers."""
    program = INSTALL + (
        "from importlib.metadata import distribution, version\n"
        "print(version('fastapi'), version('FastAPI'), distribution('fastapi').metadata['Name'])\n"
        "print(version('starlette')[0])"
    )

    assert run_program(program, directory=tmp_path) == "0.165.0 0.165.0 fastapi\n1"


def test_other_distributions_are_left_alone(tmp_path: Path) -> None:
    """The list of all distributions has `fastapi` once and everything else as before."""
    program = (
        "from importlib.metadata import distributions\n"
        "before = {d.name for d in distributions()}\n" + INSTALL + "after = [d.name for d in distributions()]\n"
        "print(before <= set(after), set(after) - before - {'fastapi'}, after.count('fastapi'))"
    )

    assert run_program(program, directory=tmp_path) == "True set() 1"


def test_star_import_takes_public_names(tmp_path: Path) -> None:
    """`from fastapi.exceptions import *` takes what is public there, and no private name."""
    program = INSTALL + (
        "from fastapi.exceptions import *\nprint(RequestValidationError.__name__, [n for n in dir() if n == '_x'])"
    )

    assert run_program(program, directory=tmp_path) == "RequestValidationError []"


@pytest.mark.parametrize(
    "change",
    [
        "setattr(fastapi.sse, '_PING_INTERVAL', 0.1)",
        "unittest.mock.patch('fastapi.sse._PING_INTERVAL', 0.1).start()",
    ],
)
def test_replacing_a_name_replaces_what_is_used(tmp_path: Path, change: str) -> None:
    """A name replaced in an alias module is replaced where Zonda reads it."""
    program = INSTALL + f"import unittest.mock, fastapi.sse, zonda.sse\n{change}\nprint(zonda.sse._PING_INTERVAL)"

    assert run_program(program, directory=tmp_path) == "0.1"


def test_a_patch_is_taken_back(tmp_path: Path) -> None:
    """`mock.patch` on an alias module leaves everything as it was."""
    program = INSTALL + (
        "import unittest.mock, fastapi.sse, zonda.sse\n"
        "with unittest.mock.patch('fastapi.sse._PING_INTERVAL', 0.1): pass\n"
        "print(zonda.sse._PING_INTERVAL, fastapi.sse._PING_INTERVAL)"
    )

    assert run_program(program, directory=tmp_path) == "15.0 15.0"


def test_the_pytest_plugin_installs_before_collection(tmp_path: Path) -> None:
    """`pytest -p zonda.compat.pytest_plugin` has the alias ready for a conftest that imports `fastapi`."""
    (tmp_path / "conftest.py").write_text("import fastapi.exceptions\n")
    (tmp_path / "test_it.py").write_text(
        "import fastapi.exceptions\n\n"
        "def test_it():\n    assert fastapi.exceptions.HTTPException.__module__ == 'zonda.exceptions'\n"
    )
    program = "import pytest\nprint(int(pytest.main(['-q', '-p', 'zonda.compat.pytest_plugin', 'test_it.py'])))"

    assert run_program(program, directory=tmp_path).endswith("\n0")


def test_importing_the_alias_imports_little_else(tmp_path: Path) -> None:
    """`from fastapi import FastAPI` leaves what the other names stand for to those who ask for them."""
    program = INSTALL + (
        "import sys\n"
        "from fastapi import FastAPI\n"
        "before = {'zonda.openapi.models', 'zonda.interpreter.handlers'} & sys.modules.keys()\n"
        "import fastapi.openapi.models as models\n"
        "print(before, 'OpenAPI' in dir(models), models.OpenAPI.__module__)"
    )

    assert run_program(program, directory=tmp_path) == "set() True zonda.openapi.models"


@pytest.mark.parametrize("name", ["run_endpoint_function", "get_request_handler"])
def test_a_patch_of_a_name_that_nobody_asked_for(tmp_path: Path, name: str) -> None:
    """A function that is imported late can be replaced before, and comes back after."""
    program = INSTALL + (
        "import unittest.mock, fastapi.routing, zonda.routing\n"
        "from zonda.interpreter.replacements import replaced_names\n"
        f"with unittest.mock.patch('fastapi.routing.{name}') as new:\n"
        f"    print(zonda.routing.{name} is new, *replaced_names())\n"
        f"print(zonda.routing.{name} is new, fastapi.routing.{name} is new, *replaced_names())"
    )

    assert run_program(program, directory=tmp_path) == f"True {name}\nFalse False"
