"""A small shop: the demo of Zonda, written the way a team would write it."""
