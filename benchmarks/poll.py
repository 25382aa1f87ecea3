"""What polling costs: 1,000 feeds on 50 loopback hosts, in CPU seconds of the polling process.

    python benchmarks/poll.py [--feeds 1000] [--hosts 50] [--runs 3] [--cycles 50]

Each contestant runs in a process of its own against a server in another; start-up is not counted. `steady` asks for
feeds that have not changed (304); `first` takes 20 items from each feed. `bare` is httpx.AsyncClient with ten
connections that does nothing with the answers. The last line gives the memory after the first and the last of many
steady cycles.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

ETAG = '"v1"'
MODIFIED = "Mon, 10 Feb 2025 08:00:00 GMT"


def feed(number: int) -> bytes:
    """An RSS feed of 20 items, about 15 kB."""
    item = (
        "<item><title>Company {i} of feed {n} announces an investment of {i} million euros</title>"
        "<link>https://example.org/{n}/{i}?utm_source=rss</link><guid isPermaLink='false'>{n}-{i}</guid>"
        "<pubDate>Mon, 10 Feb 2025 08:{i:02d}:00 +0000</pubDate><description><![CDATA[<p>{text}</p>]]></description></item>"
    )
    text = "The plan covers data centres in three regions and is to be finished by 2030. " * 5
    items = "".join(item.format(n=number, i=i, text=text) for i in range(20))
    return f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>{number}</title>{items}</channel></rss>".encode()


async def _serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    fixed = f"ETag: {ETAG}\r\nLast-Modified: {MODIFIED}\r\n"
    while head := await reader.readuntil(b"\r\n\r\n"):
        path = head.split(b" ", 2)[1].decode()
        if path == "/robots.txt":
            answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        elif b"if-none-match" in head.lower():
            answer = f"HTTP/1.1 304 Not Modified\r\n{fixed}\r\n".encode()
        else:
            body = feed(int(path.rpartition("/")[2]))
            kind = "Content-Type: application/rss+xml\r\n"
            answer = f"HTTP/1.1 200 OK\r\n{kind}{fixed}Content-Length: {len(body)}\r\n\r\n".encode() + body
        writer.write(answer)
        await writer.drain()


async def serve(hosts: int) -> None:
    """The farm: one port on 127.0.1.1 to 127.0.1.`hosts`; prints the port and runs until killed."""

    async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _serve_one(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    first = await asyncio.start_server(guarded, "127.0.1.1", 0)
    port = first.sockets[0].getsockname()[1]
    servers = [first, *[await asyncio.start_server(guarded, f"127.0.1.{n}", port) for n in range(2, hosts + 1)]]
    print(port, flush=True)
    await asyncio.gather(*(server.serve_forever() for server in servers))


def urls(feeds: int, hosts: int, port: int) -> list[str]:
    return [f"http://127.0.1.{n % hosts + 1}:{port}/feed/{n}" for n in range(feeds)]


def bare(addresses: list[str], steady: bool) -> Callable[[], int]:
    import httpx

    headers = {"If-None-Match": ETAG, "If-Modified-Since": MODIFIED} if steady else {}

    async def poll() -> int:
        async with httpx.AsyncClient(trust_env=False, limits=httpx.Limits(max_connections=10)) as client:
            gate = asyncio.Semaphore(10)

            async def one(url: str) -> int:
                async with gate:
                    return (await client.get(url, headers=headers)).status_code

            return sum(status in (200, 304) for status in await asyncio.gather(*map(one, addresses)))

    return lambda: asyncio.run(poll())


def ours(addresses: list[str], steady: bool) -> Callable[[], int]:
    from monitor.fetch import Fetcher, Limits
    from monitor.model import Page, Request, Source
    from monitor.sources import entries

    fetcher = Fetcher(
        user_agent="CommitmentMonitor/bench",
        clock=lambda: datetime.now(UTC),
        allow_private=True,
        limits=Limits(spacing=0),
    )
    source = Source(name="bench", kind="feed", url="")
    requests = [Request(url, ETAG if steady else None, MODIFIED if steady else None) for url in addresses]

    def poll() -> int:
        good = 0
        for _, outcome in fetcher.get_many(requests):
            if isinstance(outcome, Page):
                good += outcome.not_modified if steady else len(entries(source, outcome)) == 20
        return good

    return poll


def slow(addresses: list[str], steady: bool) -> Callable[[], int]:
    """httpx and feedparser, for the first poll."""
    import io

    import feedparser
    import httpx

    def poll() -> int:
        with httpx.Client(trust_env=False) as client:
            return sum(len(feedparser.parse(io.BytesIO(client.get(url).content)).entries) == 20 for url in addresses)

    return poll


CONTESTANTS = {"bare": bare, "ours": ours, "feedparser": slow}


def contend(name: str, addresses: list[str], steady: bool, cycles: int) -> None:
    """Run one contestant in this process; prints CPU seconds, wall seconds and memory in MB by cycle."""
    poll = CONTESTANTS[name](addresses, steady)
    memory: list[float] = []
    cpu = wall = 0.0
    for cycle in range(cycles):
        started, clock = time.process_time(), time.perf_counter()
        good = poll()
        if cycle == 0:
            cpu, wall = time.process_time() - started, time.perf_counter() - clock
        if good != len(addresses):
            raise SystemExit(f"{name}: {good} of {len(addresses)} answers were right")
        memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(json.dumps({"cpu": cpu, "wall": wall, "memory": [memory[0], memory[-1]]}))


def measure(options: argparse.Namespace) -> None:
    this = [sys.executable, __file__, "--feeds", str(options.feeds), "--hosts", str(options.hosts)]
    farm = subprocess.Popen([*this, "--serve"], stdout=subprocess.PIPE, text=True)
    assert farm.stdout is not None
    port = farm.stdout.readline().strip()

    def run(name: str, *extra: str) -> dict[str, list[float]]:
        done = subprocess.run(
            [*this, "--port", port, "--contend", name, *extra], stdout=subprocess.PIPE, text=True, check=True
        )
        result: dict[str, list[float]] = json.loads(done.stdout)
        return result

    try:
        cpu: dict[tuple[str, str], float] = {}
        for kind, names in (("steady", ("bare", "ours")), ("first", ("bare", "ours", "feedparser"))):
            flags = ["--steady"] if kind == "steady" else []
            runs = {name: [run(name, *flags) for _ in range(options.runs)] for name in names}
            for name in names:
                seconds = [float(r["cpu"]) for r in runs[name]]  # type: ignore[arg-type]
                cpu[kind, name] = statistics.median(seconds)
                wall = statistics.median(float(r["wall"]) for r in runs[name])  # type: ignore[arg-type]
                spread = f"[{min(seconds):.2f}–{max(seconds):.2f}]"
                print(
                    f"{kind:7} {name:11} CPU {cpu[kind, name]:6.2f} s {spread}  wall {wall:5.1f} s  {runs[name][0]['memory'][0]:.0f} MB"
                )
        print(f"steady: ours / bare = {cpu['steady', 'ours'] / cpu['steady', 'bare']:.2f}")
        memory = run("ours", "--steady", "--cycles", str(options.cycles))["memory"]
        print(f"memory over {options.cycles} steady cycles: {memory[0]:.1f} → {memory[1]:.1f} MB")
    finally:
        farm.kill()
        farm.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--hosts", type=int, default=50)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--cycles", type=int, default=50)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--contend", choices=CONTESTANTS, help=argparse.SUPPRESS)
    parser.add_argument("--steady", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve(options.hosts))
    elif options.contend:
        cycles = options.cycles if "--cycles" in sys.argv else 1
        contend(options.contend, urls(options.feeds, options.hosts, options.port), options.steady, cycles)
    else:
        measure(options)


if __name__ == "__main__":
    main()
