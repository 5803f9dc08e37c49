"""This module makes `python -m zonda` the command `zonda`."""

from zonda.cli import main

# Worker processes import the main module again; only the first one is the command.
if __name__ == "__main__":
    main()
