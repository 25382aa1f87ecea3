"""What is shipped works where it arrives: the wheel, the image's steps, the compose file, the make targets, the CI."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): version for name, _, version in (row.partition("==") for row in rows)}


def requirements() -> list[Requirement]:
    project = PROJECT["project"]
    extras = [row for rows in project["optional-dependencies"].values() for row in rows]
    return [Requirement(row) for row in (*project["dependencies"], *extras, *PROJECT["build-system"]["requires"])]


def run(*command: str | Path, cwd: Path, timeout: float = 300, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MONITOR_", "PYTHON", "VIRTUAL_ENV"))}
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        timeout=timeout,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def done(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 0, f"{result.args}\n{result.stdout[-2000:]}\n{result.stderr[-3000:]}"
    assert "Traceback" not in result.stderr, result.stderr
    return result.stdout


def copied() -> list[str]:
    """The names that the Dockerfile copies from the checkout into its build stage."""
    rows = re.findall(r"^COPY (?!--from)(.+)$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.M)
    return [name for row in rows for name in row.split()[:-1]]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a clean environment with nothing in it but the wheel, built from what the image is built of."""
    home = tmp_path_factory.mktemp("image")
    source = home / "src"
    source.mkdir()
    for name in copied():
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source / name)
    constraint = str(source / "constraints.txt")
    done(run(sys.executable, "-m", "build", "--wheel", "--no-isolation", cwd=source))
    (wheel,) = (source / "dist").glob("*.whl")
    done(run(sys.executable, "-m", "venv", home / "env", cwd=home))
    done(run(home / "env/bin/pip", "install", "--quiet", wheel, cwd=home, timeout=900, PIP_CONSTRAINT=constraint))
    shutil.rmtree(source)
    return home / "env/bin"


@pytest.mark.timeout(1200)
def test_the_wheel_alone_answers_from_another_folder(installed: Path, tmp_path: Path) -> None:
    assert "extract" in done(run(installed / "monitor", "--help", cwd=tmp_path))
    (tmp_path / "news.txt").write_text(
        "Exemplar to build in Lille\n\nExemplar Capital will invest €2 billion in an AI data centre in Lille by 2029.\n"
    )
    found = done(run(installed / "monitor", "extract", "--format", "jsonl", "news.txt", cwd=tmp_path))
    assert '"amount_min": 2000000000' in found


@pytest.mark.timeout(1200)
def test_the_wheel_alone_plays_the_demo(installed: Path, tmp_path: Path) -> None:
    done(run(installed / "monitor", "demo", "--out", tmp_path / "demo", cwd=tmp_path))
    assert len(list((tmp_path / "demo").glob("**/*.html"))) >= 3


@pytest.mark.timeout(1200)
def test_the_images_health_command_tells_well_from_ill(installed: Path, tmp_path: Path) -> None:
    assert "HEALTHCHECK" in (command := (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    assert '["monitor", "status", "--health"]' in command
    (tmp_path / "sources.yaml").write_text("sources: []\n")
    done(run(installed / "monitor", "run", "--once", cwd=tmp_path))
    done(run(installed / "monitor", "status", "--health", cwd=tmp_path))
    ill = run(
        installed / "monitor", "status", "--health", cwd=tmp_path, MONITOR_DATABASE_URL="sqlite:////no/such/dir/x.db"
    )
    assert ill.returncode != 0 and "Traceback" not in ill.stderr


def test_every_dependency_has_a_range_and_an_exact_version() -> None:
    exact = pins()
    for requirement in requirements():
        assert requirement.specifier, f"{requirement.name} has no range in pyproject.toml"
        version = exact.get(canonicalize_name(requirement.name))
        assert version, f"{requirement.name} is missing in constraints.txt"
        assert requirement.specifier.contains(version), f"{requirement} does not admit {version}"


def test_what_is_installed_here_is_what_is_written_down() -> None:
    exact = pins()
    # PyTorch is large and only makes new weights: no test needs it, so it is not installed for them.
    apart = {canonicalize_name(Requirement(row).name) for row in PROJECT["project"]["optional-dependencies"]["network"]}
    todo = [canonicalize_name(r.name) for r in requirements() if canonicalize_name(r.name) not in apart]
    seen: set[str] = set()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        distribution = metadata.distribution(name)
        assert distribution.version == exact.get(name), (
            f"{name} {distribution.version} is not what constraints.txt says"
        )
        for row in distribution.requires or ():
            needed = Requirement(row)
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                todo.append(canonicalize_name(needed.name))


def test_constraints_hold_names_and_versions_and_nothing_else() -> None:
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        assert line.startswith("#") or re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+_-]+", line), line


def tracked() -> Iterator[Path]:
    listed = run("git", "ls-files", "-z", cwd=ROOT)
    if listed.returncode:
        pytest.skip("not a git checkout")
    yield from (ROOT / name for name in listed.stdout.split("\0") if name)


def test_no_file_names_a_package_registry_or_somebodys_machine() -> None:
    hosts = [".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"))]
    # A path on somebody's machine: not the path of a web address.
    machine = re.compile(r"(?<![\w.:/-])/(?:home|work|Users|root)/\w")
    for path in tracked():
        if path.suffix in (".jsonl", ".csv", ".png") or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        found = [word for word in hosts if word in text] + machine.findall(text)
        assert not found, f"{path.relative_to(ROOT)} names {found}"


def test_the_image_is_slim_unprivileged_and_built_of_files_that_exist() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    images = re.findall(r"^FROM (\S+)", text, re.M)
    assert all(image.endswith("-slim") for image in images), images
    last_stage = text[text.rindex("FROM ") :]
    assert re.search(r"^USER (?!root)", last_stage, re.M) and "HEALTHCHECK" in last_stage
    allowed = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for name in copied():
        assert (ROOT / name).exists(), f"the Dockerfile copies {name}, which does not exist"
        assert f"!{name}" in allowed, f".dockerignore hides {name}"


def test_the_compose_file_names_only_what_exists() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    services, volumes = compose["services"], compose["volumes"]
    assert {p for s in services.values() for p in s.get("profiles", [])} == {"mail", "postgres"}
    assert (ROOT / services["monitor"]["build"] / "Dockerfile").is_file()
    for service in services.values():
        for mount in service.get("volumes", []):
            left = mount.split(":")[0]
            assert (ROOT / left).exists() if left.startswith(".") else left in volumes, mount


def test_the_compose_file_sets_only_variables_that_are_read() -> None:
    from monitor.config import ENVIRONMENT, OTHER_VARIABLES

    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    image = re.findall(r"MONITOR_[A-Z_]+", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    for name in (*compose["services"]["monitor"]["environment"], *image):
        assert name in (*ENVIRONMENT, *OTHER_VARIABLES), name


def test_ci_is_valid_bash_allows_no_skip_and_calls_make_test() -> None:
    script = ROOT / ".ci/run"
    assert os.access(script, os.X_OK)
    done(run("bash", "-n", script, cwd=ROOT))
    text = script.read_text(encoding="utf-8")
    assert "export REQUIRE_ALL=1" in text and text.rstrip().endswith("make test")


def test_make_test_never_runs_a_system_package_manager() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert not re.search(r"\b(apt|apt-get|dnf|yum|apk|brew|sudo)\b", text)
    assert "-m pytest" in done(run("make", "--dry-run", "test", cwd=ROOT))


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_a_fresh_clone_runs_with_one_command(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    done(run("git", "clone", "--quiet", ROOT, clone, cwd=tmp_path))
    printed = done(run("make", "run", cwd=clone, timeout=1500))
    assert list((clone / "out").glob("*.html")) and list((clone / "out").glob("*.txt"))
    assert "monitor list" in printed
