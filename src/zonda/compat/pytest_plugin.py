"""This module is a pytest plugin that installs the alias before anything is collected.

    pytest -p zonda.compat.pytest_plugin

Importing it is enough: pytest imports the plugins named with `-p` before it reads any conftest.
"""

from zonda.compat.alias import install

install()
