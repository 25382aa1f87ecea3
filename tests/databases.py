"""A fresh database for each test, on SQLite and on a private PostgreSQL cluster."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

MISSING = "PostgreSQL's server is not installed: apt-get install postgresql"


def _tool(name: str) -> str | None:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else shutil.which(name)


def _as_server(command: list[str]) -> list[str]:
    """The server refuses to run as root; its own user is there where it is installed."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """The folder of a running cluster's socket."""
    initdb, control = _tool("initdb"), _tool("pg_ctl")
    if initdb is None or control is None:
        pytest.skip(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="ledger-pg-"))
    if os.geteuid() == 0:
        os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
    data = folder / "data"
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": "/"}
    subprocess.run(
        _as_server([initdb, "-D", str(data), "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8"]), **quiet
    )
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=40"
    start = [control, "-D", str(data), "-o", options, "-w", "-l", str(folder / "log"), "start"]
    subprocess.run(_as_server(start), **quiet)
    try:
        yield str(folder)
    finally:
        subprocess.run(_as_server([control, "-D", str(data), "-m", "immediate", "-w", "stop"]), **quiet)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Gives the address of a new, empty database at each call."""
    count = 0
    if request.param == "sqlite":

        def sqlite() -> str:
            nonlocal count
            count += 1
            return f"sqlite:///{tmp_path}/ledger{count}.db"

        return sqlite
    folder = request.getfixturevalue("cluster")

    def postgresql() -> str:
        nonlocal count
        with psycopg.connect(host=folder, user="postgres", dbname="postgres", autocommit=True) as connection:
            count = connection.execute("SELECT count(*) FROM pg_database").fetchone()[0]
            connection.execute(f"CREATE DATABASE ledger{count}")
        return f"postgresql+psycopg://postgres@/ledger{count}?host={folder}"

    return postgresql


@pytest.fixture
def database(new_database: Callable[[], str]) -> str:
    return new_database()
