"""This module is one row of a PostgreSQL table, read by SQLAlchemy's asynchronous session over asyncpg, as a model."""

from dataclasses import replace
from typing import Any

from benchmarks.databases import postgresql_server
from benchmarks.subjects import sqlite_row

SUBJECT = replace(sqlite_row.SUBJECT, title="one row from PostgreSQL")

surroundings = postgresql_server


def fastapi() -> Any:
    return sqlite_row.fastapi()


def starlette() -> Any:
    return sqlite_row.starlette()
