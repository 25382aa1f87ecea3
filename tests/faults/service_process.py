"""One life of a service in a process of its own, which a failpoint may end: `service_process.py SETTINGS`.

It polls, polls again two hours later, tells the week when it is over, and carries on until nothing is left to do. After a
crash the same is done again, so that the clock is set back too.
"""

from __future__ import annotations

import sys
from pathlib import Path

from service_parts import Clock, service_of

from monitor.config import load

STEPS = ({"hours": 0}, {"hours": 2}, {"weeks": 1}, {"minutes": 10}, {"hours": 1}, {"hours": 4})


def live(settings: Path) -> None:
    clock = Clock()
    service = service_of(load(settings), clock)
    try:
        for step in STEPS:
            clock.pass_(**step)
            service.tick()
    finally:
        service.close()


if __name__ == "__main__":
    live(Path(sys.argv[1]))
