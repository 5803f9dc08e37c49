"""This package holds programs around documentation sources that are not applications by themselves."""
