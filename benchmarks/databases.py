"""This module makes the databases that two subjects read: a SQLite file, and a PostgreSQL server of their own."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.environments import Unavailable
from benchmarks.processes import HOST, LOAD_CORE, free_port

ADDRESS = "BENCHMARK_DATABASE"
"""The environment variable that tells a contender's server the URL of its database."""

_ROWS = 1000
_SCHEMA = "create table items (id integer primary key, name text not null, price double precision not null)"


@contextmanager
def sqlite_database() -> Iterator[dict[str, str]]:
    """A file with a table of items; gives the environment of who reads it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shop.sqlite"
        connection = sqlite3.connect(path)
        connection.execute(_SCHEMA)
        rows = [(number, f"Item {number}", number + 0.5) for number in range(1, _ROWS + 1)]
        connection.executemany("insert into items values (?, ?, ?)", rows)
        connection.commit()
        connection.close()
        yield {ADDRESS: f"sqlite+aiosqlite:///{path}"}


@contextmanager
def postgresql_server() -> Iterator[dict[str, str]]:
    """A server on a spare port, with the same table.

    Raises Unavailable where PostgreSQL's programs are not installed.
    """
    programs = _postgresql_programs()
    with tempfile.TemporaryDirectory() as folder:
        user = "postgres" if os.getuid() == 0 else None  # it refuses to run as root
        if user is not None:
            shutil.chown(folder, user)
        port, directory = free_port(), Path(folder) / "data"
        options = f"-c listen_addresses={HOST} -c port={port} -c unix_socket_directories={folder} -c fsync=off"

        def run(program: str, *arguments: str) -> None:
            subprocess.run(
                ["taskset", "-c", str(LOAD_CORE), str(programs / program), *arguments],
                check=True,
                stdout=subprocess.DEVNULL,
                cwd=folder,
                user=user,
            )

        run("initdb", "--auth=trust", "--username=postgres", "--pgdata", str(directory))
        run("pg_ctl", "start", "-w", "-D", str(directory), "-l", f"{folder}/log", "-o", options)
        try:
            rows = f"insert into items select n, 'Item ' || n, n + 0.5 from generate_series(1, {_ROWS}) n"
            for statement in (_SCHEMA, rows):
                run("psql", "-q", "-h", HOST, "-p", str(port), "-U", "postgres", "-c", statement)
            yield {ADDRESS: f"postgresql+asyncpg://postgres@{HOST}:{port}/postgres"}
        finally:
            run("pg_ctl", "stop", "-m", "immediate", "-D", str(directory))


def _postgresql_programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    in_path = shutil.which("initdb")
    if in_path is None:
        raise Unavailable("no PostgreSQL (make services)")
    return Path(in_path).parent
