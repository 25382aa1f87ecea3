"""Rooms do not know their neighbours, and the line reaches for nothing that is not its own."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import monitor

PACKAGE = Path(monitor.__file__).parent
ROOMS = ("fetch", "sources", "reading", "extraction", "resolution", "ledger", "digest")
GROUND = ("model", "errors", "shipped", "rates", "knowledge", "schedule", "links", "charsets", "failpoints")
PURE = ("sources", "reading", "extraction", "resolution", "knowledge")
# library: the only places that may import it
OWNERS = {
    "sqlalchemy": ("ledger",),
    "alembic": ("ledger",),
    "httpx": ("fetch",),
    "httpcore": ("fetch",),
    "smtplib": ("digest",),
    "sklearn": ("training",),
    "apscheduler": ("service.py",),
    "pydantic": ("config.py",),
    "click": ("cli",),
}
NETWORK = ("socket", "ssl", "urllib.request", "http.client", "ftplib", "telnetlib", "asyncio")


def modules() -> list[Path]:
    return sorted(p for p in PACKAGE.rglob("*.py") if "_shipped" not in p.parts)


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0]


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of every import, the lazy ones in functions too; typing-only ones count as well."""
    package = ("monitor", *path.relative_to(PACKAGE).parent.parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def is_in(name: str, module: str) -> bool:
    return name == module or name.startswith(f"{module}.")


def test_a_room_imports_itself_and_the_ground_floor_only() -> None:
    wrong = [
        f"{path.relative_to(PACKAGE)}:{line} imports {name}"
        for path in modules()
        if (room := room_of(path)) in ROOMS
        for line, name in imports(path)
        if is_in(name, "monitor")
        and not any(is_in(name, f"monitor.{allowed}") for allowed in (*GROUND, room))
        and name != "monitor.__version__"
    ]
    assert not wrong, "\n".join(wrong)


def test_the_ground_floor_imports_only_what_lies_below() -> None:
    below = {
        "errors.py": (),
        "model.py": (),
        "shipped.py": ("errors",),
        "yamlfile.py": ("errors",),
        "rates.py": ("errors", "model", "shipped", "rates"),
        "schedule.py": ("errors", "model"),
        "knowledge": ("errors", "model", "shipped", "knowledge"),
    }
    wrong = [
        f"{path.relative_to(PACKAGE)}:{line} imports {name}"
        for path in modules()
        if room_of(path) in below
        for line, name in imports(path)
        if is_in(name, "monitor") and not any(is_in(name, f"monitor.{a}") for a in below[room_of(path)])
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("library", "owners"), OWNERS.items(), ids=OWNERS)
def test_a_library_is_imported_by_its_owner_only(library: str, owners: tuple[str, ...]) -> None:
    users = {room_of(path) for path in modules() for _, name in imports(path) if is_in(name, library)}
    assert users <= set(owners), f"{library} is imported by {sorted(users - set(owners))}"
    assert users, f"nothing imports {library}: strike it from the list"


def test_only_training_commands_know_the_training_room() -> None:
    users = {
        path.relative_to(PACKAGE).as_posix()
        for path in modules()
        for _, name in imports(path)
        if is_in(name, "monitor.training")
    }
    assert all(user.startswith("training") or user == "cli/evaluate.py" for user in users), users


def test_pure_rooms_have_no_network_no_clock_and_no_chance() -> None:
    wrong = []
    for path in modules():
        if room_of(path) not in PURE:
            continue
        wrong += [
            f"{path.relative_to(PACKAGE)}:{line} imports {name}"
            for line, name in imports(path)
            if any(is_in(name, banned) for banned in (*NETWORK, "random", "secrets", "time.time", "time.sleep"))
        ]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                called = f"{node.value.id}.{node.attr}"
                if called in ("datetime.now", "datetime.utcnow", "date.today", "datetime.today", "time.time"):
                    wrong.append(f"{path.relative_to(PACKAGE)}:{node.lineno} reads {called}")
    assert not wrong, "\n".join(wrong)


GUARDED = """
import os, sys
allowed_reads, allowed_writes = sys.argv[1].split(os.pathsep), sys.argv[2]

def inside(path, folders):
    path = os.path.realpath(path)
    return any(path == f or path.startswith(f + os.sep) for f in folders)

def guard(event, arguments):
    if event == "open":
        path, mode, flags = arguments
        if not isinstance(path, (str, bytes)):
            return
        path = os.fsdecode(path)
        if inside(path, [allowed_writes]) or path == os.devnull:
            return
        writing = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        if writing or not inside(path, allowed_reads):
            raise PermissionError(f"the line opened {path!r} (mode {mode!r})")
    elif event == "socket.connect":
        host, port = arguments[1][:2]
        if host != "127.0.0.1":
            raise PermissionError(f"the line connected to {host}:{port}")
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        if arguments[0] not in (None, "127.0.0.1", b"127.0.0.1"):
            raise PermissionError(f"the line looked up {arguments[0]!r}")
    elif event == "socket.bind":
        if arguments[1][0] != "127.0.0.1":
            raise PermissionError(f"the line listens at {arguments[1]!r}")
    elif event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork"):
        raise PermissionError(f"the line starts another program: {arguments!r}")

sys.dont_write_bytecode = True
from monitor.cli import app
sys.addaudithook(guard)
app(["demo", "--out", allowed_writes], standalone_mode=False)
"""


def test_the_line_opens_nothing_but_its_own(tmp_path: Path) -> None:
    own = {PACKAGE.parent, Path(sys.prefix), Path(sys.base_prefix), Path("/usr/share/zoneinfo"), Path("/etc/localtime")}
    reads = os.pathsep.join(str(path.resolve()) for path in own)
    result = subprocess.run(
        [sys.executable, "-c", GUARDED, reads, str(tmp_path.resolve())],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-2000:]
    assert len(list(tmp_path.glob("**/*.html"))) >= 3
