"""This module installs the alias in the programs that a test starts, as `zonda run` would."""

import os

if os.environ.get("ALIAS_IN_CHILDREN"):
    from zonda.compat import install

    install()
