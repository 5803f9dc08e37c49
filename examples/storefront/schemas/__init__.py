"""What comes in and goes out, as Pydantic models."""
