"""This package measures what one request costs: `make bench`."""
