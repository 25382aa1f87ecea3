"""The reading process: requests on standard input, answers on standard output, one at a time.

A frame is four bytes of length (big-endian) and so many bytes. Requests are pickled by the program itself; answers are
JSON, since they are made of what came from the network.
"""

from __future__ import annotations

import json
import os
import pickle
import resource
import struct
import sys
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from monitor.errors import ReadingError
from monitor.reading.article import read_article

LENGTH = struct.Struct(">I")


def answer(frame: bytes) -> dict[str, object]:
    """The article or the reason why there is none, with the process's greatest memory so far in bytes."""
    page, entry, source = pickle.loads(frame)
    result: dict[str, object]
    try:
        article = read_article(page, entry, source)
        result = {"article": {**asdict(article), "published": article.published and article.published.isoformat()}}
    except ReadingError as error:
        result = {"error": [error.what, error.subject, error.cause and str(error.cause), error.hint]}
    except MemoryError:
        result = {"error": ["Reading the page took too much memory", page.url, None, None]}
    except RecursionError:
        result = {"error": ["The page is nested too deeply to be read", page.url, None, None]}
    except Exception as error:  # a parser's own fault on one page must not stop the others
        result = {"error": ["The page cannot be read", page.url, f"{type(error).__name__}: {error}", None]}
    result["peak"] = peak_memory()
    return result


def peak_memory() -> int:
    """The most memory this process has had resident, in bytes.

    Linux hands `ru_maxrss` down from the program that starts a process, so there the process's own mark is read.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def serve(requests: BinaryIO, answers: BinaryIO, memory: int) -> None:
    """Answer until the input ends. `memory` bounds the address space, in bytes."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    while head := requests.read(LENGTH.size):
        frame = requests.read(LENGTH.unpack(head)[0])
        body = json.dumps(answer(frame)).encode()
        answers.write(LENGTH.pack(len(body)) + body)
        answers.flush()
        del frame, body


if __name__ == "__main__":
    # Libraries may print; the pipe of answers is ours alone.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, out, int(sys.argv[1]))
