"""Reading in a process of its own, so that no page can hang or swell the program."""

from __future__ import annotations

import json
import os
import pickle
import selectors
import signal
import subprocess
import sys
import threading
import time
from datetime import date
from typing import Any

from monitor.errors import ReadingError
from monitor.model import Article, Entry, Page, Source

_LENGTH = 4
_LARGEST_ANSWER = 64_000_000


class Reader:
    """Reads pages one at a time in a worker process, which is started when first needed and used again.

    `deadline` is in seconds for one page; `memory` bounds the worker's address space and `recycle` the memory after
    which it is replaced, both in bytes. May be shared by threads. A context manager.
    """

    def __init__(
        self, *, deadline: float = 20.0, memory: int = 1_200_000_000, recycle: int = 280_000_000, start_up: float = 30.0
    ) -> None:
        self._deadline = deadline
        self._memory = memory
        self._recycle = recycle
        self._start_up = start_up
        self._worker: subprocess.Popen[bytes] | None = None
        self._fresh = True
        self._lock = threading.Lock()

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the worker."""
        with self._lock:
            self._stop()

    def read(self, page: Page, entry: Entry | None = None, *, source: Source | None = None) -> Article:
        """As `monitor.reading.read`; a page that kills or outlasts the worker is a ReadingError too."""
        request = pickle.dumps((page, entry, source))
        with self._lock:
            try:
                answer = self._ask(request)
            except TimeoutError:
                self._stop()
                raise ReadingError(
                    "Reading the page took too long and was stopped", subject=page.url, cause=f"{self._deadline:g} s"
                ) from None
            except (EOFError, OSError, ValueError) as error:
                ended = self._stop()
                raise ReadingError(
                    "The page ended the reading process", subject=page.url, cause=ended or error
                ) from None
            if answer.get("peak", 0) > self._recycle:
                self._stop()
        return _article(answer)

    def _ask(self, request: bytes) -> dict[str, Any]:
        worker = self._started()
        until = time.monotonic() + self._deadline + (self._start_up if self._fresh else 0.0)
        assert worker.stdin is not None and worker.stdout is not None
        _write(worker.stdin.fileno(), len(request).to_bytes(_LENGTH, "big") + request, until)
        size = int.from_bytes(_read(worker.stdout.fileno(), _LENGTH, until), "big")
        if size > _LARGEST_ANSWER:
            raise ValueError("its answer is too large")
        answer: dict[str, Any] = json.loads(_read(worker.stdout.fileno(), size, until))
        self._fresh = False
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        if self._worker is None or self._worker.poll() is not None:
            self._stop()
            command = [sys.executable, "-m", "monitor.reading.worker", str(self._memory)]
            self._worker = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
            )
            assert self._worker.stdin is not None
            os.set_blocking(self._worker.stdin.fileno(), False)
            self._fresh = True
        return self._worker

    def _stop(self) -> str | None:
        """End the worker at once; says how it had ended, if it had."""
        worker, self._worker = self._worker, None
        if worker is None:
            return None
        code = worker.poll()
        worker.kill()
        worker.wait()
        for pipe in (worker.stdin, worker.stdout):
            if pipe:
                pipe.close()
        if code is None:
            return None
        return signal.strsignal(-code) if code < 0 else f"exit status {code}"


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _write(pipe: int, data: bytes, until: float) -> None:
    view = memoryview(data)
    with selectors.DefaultSelector() as ready:
        ready.register(pipe, selectors.EVENT_WRITE)
        while view:
            if ready.select(_left(until)):
                view = view[os.write(pipe, view[:65536]) :]


def _read(pipe: int, size: int, until: float) -> bytes:
    parts: list[bytes] = []
    with selectors.DefaultSelector() as ready:
        ready.register(pipe, selectors.EVENT_READ)
        while size:
            if ready.select(_left(until)):
                part = os.read(pipe, min(size, 65536))
                if not part:
                    raise EOFError("it ended without an answer")
                parts.append(part)
                size -= len(part)
    return b"".join(parts)


def _article(answer: dict[str, Any]) -> Article:
    if "error" in answer:
        what, subject, cause, hint = answer["error"]
        raise ReadingError(what, subject=subject, cause=cause, hint=hint)
    fields = dict(answer["article"])
    published = fields.pop("published")
    return Article(**fields, published=date.fromisoformat(published) if published else None)
