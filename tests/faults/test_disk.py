"""A disk that turns read-only or full: said with what to do about it, nothing lost, and on as soon as it is mended.

A file system of its own needs a mount namespace of its own, so each claim of `disk_claims.py` runs in a pytest of its own.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CLAIMS = Path(__file__).parent / "disk_claims.py"
NAMES = re.findall(r"(?m)^def (test_\w+)", CLAIMS.read_text(encoding="utf-8"))


def alone() -> list[str]:
    """The command that runs another in a mount namespace of its own; as a user without rights also as its own root."""
    tool = shutil.which("unshare")
    if tool is None:
        pytest.skip("unshare is not installed: apt-get install util-linux")
    command = [tool, "--mount"] if os.geteuid() == 0 else [tool, "--mount", "--map-root-user"]
    if subprocess.run([*command, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a file system of their own")
    return command


@pytest.mark.parametrize("claim", NAMES)
def test_on_a_disk_that_fails(claim: str, tmp_path: Path) -> None:
    options = ["-p", "no:cacheprovider", "--basetemp", str(tmp_path / "inside")]
    command = [*alone(), sys.executable, "-m", "pytest", *options, f"{CLAIMS}::{claim}"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=CLAIMS.parent.parent.parent, timeout=280)
    counted = re.search(r"\d+ passed.* in ", done.stdout)
    assert done.returncode == 0 and counted and "skipped" not in counted[0], done.stdout + done.stderr
