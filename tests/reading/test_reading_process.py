"""The reading process: used again, bounded, and replaced when a page kills or hangs it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import ReadingError
from monitor.model import Page
from monitor.reading import Reader, read

URL = "https://www.example.org/plan"
GOOD = (
    "<html lang=en><title>Plan</title><body><article><h1>Plan</h1>"
    + "<p>The company will spend 5 billion dollars on data centres by 2030.</p><p>It said so on Monday in a long filing.</p>"
    * 5
).encode()


def page(body: bytes = GOOD) -> Page:
    return Page(URL, URL, 200, {"content-type": "text/html"}, body, datetime(2026, 6, 1, tzinfo=UTC))


@pytest.fixture
def trapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker's HTML library misbehaves on pages that say so, as real ones were seen to do."""
    (tmp_path / "sitecustomize.py").write_text(
        """
import builtins, os, sys, time
real = builtins.__import__
def guarded(name, *rest, **more):
    module = real(name, *rest, **more)
    if name == "monitor.reading.article" and "worker" in " ".join(sys.orig_argv) and not hasattr(module, "trapped"):
        article = sys.modules["monitor.reading.article"]
        article.trapped, read = True, article.read_article
        def misbehave(page, *others):
            if b"HANG" in page.body:
                time.sleep(600)
            if b"DIE" in page.body:
                os.kill(os.getpid(), 9)
            if b"SWELL" in page.body:
                held = [bytes(50_000_000) for _ in range(200)]
            if b"FAULT" in page.body:
                raise ZeroDivisionError("a fault")
            if b"PRINT" in page.body:
                print("noise" * 1000)
                os.write(1, b"more noise")
            return read(page, *others)
        article.read_article = misbehave
    return module
builtins.__import__ = guarded
"""
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


def pid(reader: Reader) -> int:
    worker = reader._worker
    assert worker is not None
    return worker.pid


def test_a_page_reads_the_same_in_the_process_and_the_process_stays() -> None:
    with Reader() as reader:
        assert reader.read(page()) == read(page())
        first = pid(reader)
        for _ in range(5):
            reader.read(page())
        assert pid(reader) == first
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)


def test_a_reason_comes_back_as_it_was_given() -> None:
    with Reader() as reader, pytest.raises(ReadingError) as caught:
        reader.read(page(b"<html></html>"))
    assert (caught.value.subject, caught.value.what) == (URL, "There is no article on this page")
    assert caught.value.hint


@pytest.mark.usefixtures("trapped")
@pytest.mark.parametrize(
    ("trap", "says"),
    [
        (b"HANG", "took too long"),
        (b"DIE", "ended the reading process"),
        (b"SWELL", "too much memory"),
        (b"FAULT", "a fault"),
    ],
)
def test_a_page_that_misbehaves_is_a_reason_and_the_next_one_is_read(trap: bytes, says: str) -> None:
    with Reader(deadline=1.0, memory=1_000_000_000) as reader:
        reader.read(page())
        started = time.monotonic()
        with pytest.raises(ReadingError, match=says):
            reader.read(page(GOOD + trap))
        assert time.monotonic() - started < 60
        assert reader.read(page()).title == "Plan"


@pytest.mark.usefixtures("trapped")
def test_what_libraries_print_does_not_garble_the_answers() -> None:
    with Reader() as reader:
        assert reader.read(page(GOOD + b"PRINT")).title == "Plan"
        assert reader.read(page()).title == "Plan"


def test_a_worker_that_grew_is_replaced() -> None:
    with Reader(recycle=1) as reader:
        reader.read(page())
        assert reader._worker is None
        assert reader.read(page()).title == "Plan"


def test_a_large_program_does_not_make_its_worker_look_large() -> None:
    code = """
from datetime import UTC, datetime
from monitor.model import Page
from monitor.reading import Reader
held = bytearray(b"x") * 400_000_000
body = b"<html lang=en><title>Plan</title><article>" + b"<p>The company will build a data centre by 2030.</p>" * 9
page = Page("https://www.example.org/", "https://www.example.org/", 200, {}, body, datetime(2026, 6, 1, tzinfo=UTC))
with Reader() as reader:
    reader.read(page)
    print(reader._worker is not None)
"""
    assert in_python(code).strip() == "True"


def test_a_worker_that_somebody_killed_is_replaced() -> None:
    with Reader() as reader:
        reader.read(page())
        os.kill(pid(reader), 9)
        reader._worker.wait()  # type: ignore[union-attr]
        assert reader.read(page()).title == "Plan"


def test_threads_may_share_a_reader() -> None:
    titles: list[str] = []
    with Reader() as reader:

        def work(number: int) -> None:
            titles.append(reader.read(page(GOOD.replace(b"Plan", b"Plan %d" % number))).title)

        threads: list[threading.Thread] = [threading.Thread(target=work, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(titles) == [f"Plan {n}" for n in range(8)]


def in_python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize(
    "action", [lambda: "import monitor.reading", lambda: "from monitor.reading import READER, Reader, read"]
)
def test_the_program_itself_does_not_load_the_html_libraries(action: Callable[[], str]) -> None:
    code = (
        f"{action()}; import sys; print([m for m in ('trafilatura', 'htmldate', 'lxml', 'pypdf') if m in sys.modules])"
    )
    assert in_python(code).strip() == "[]"
