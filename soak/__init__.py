"""A soak: mixed traffic, friendly and not, for minutes; then all that the server holds is back to where it began."""
