"""Points at which a crash is tried on purpose: before and after every commit of the service's work, every rename and
every word to a mail server.

`hit(name)` does nothing unless the environment variable MONITOR_FAILPOINT names the point, and then ends the process
at once, as a power cut would: nothing is flushed, closed or rolled back. `name:3` crashes at the third hit.
"""

from __future__ import annotations

import os

VARIABLE = "MONITOR_FAILPOINT"

POINTS: tuple[str, ...] = (
    "cycle.before_take",  # article read, nothing of it in the ledger
    "cycle.after_take",  # article and commitments committed, its source not yet noted
    "cycle.before_note",  # all articles of a source are in the ledger
    "cycle.after_note",  # the source's state committed, validators included
    "digest.before_store",  # rendered, nothing stored
    "digest.after_store",  # digest and deliveries committed
    "smtp.before_connect",
    "smtp.after_recipient",  # MAIL and RCPT accepted, attempt not yet noted
    "smtp.after_begin",  # attempt committed, DATA not yet said
    "smtp.after_data_word",  # 354 received, nothing of the message sent
    "smtp.after_message",  # all sent, the server's answer not yet read
    "smtp.after_answer",  # the server said OK, not yet noted
    "outbox.before_finish",  # result known, not yet noted
    "outbox.after_finish",  # result committed
    "file.before_rename",
    "file.after_rename",
)

_hits: dict[str, int] = {}


def hit(name: str) -> None:
    """Crash here if this point is armed. An unknown name is a mistake in the program."""
    assert name in POINTS, name
    armed = os.environ.get(VARIABLE)
    if armed is None:
        return
    point, _, number = armed.partition(":")
    if point == name:
        _hits[name] = _hits.get(name, 0) + 1
        if _hits[name] >= int(number or 1):
            os._exit(137)
