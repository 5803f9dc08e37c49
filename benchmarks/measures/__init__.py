"""This package holds what is not CPU time for one request: one module each, with a title and a `report`."""
