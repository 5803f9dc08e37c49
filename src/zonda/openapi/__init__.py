"""This package turns the declared routes into an OpenAPI document and the pages that show it."""
