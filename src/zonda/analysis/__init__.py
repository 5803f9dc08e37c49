"""ANALYSE: from a callable to a plan, without I/O and without generated code."""
