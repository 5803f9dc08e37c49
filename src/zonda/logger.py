"""This module holds the logger that FastAPI's users know by the name `fastapi`."""

import logging

logger = logging.getLogger("fastapi")
