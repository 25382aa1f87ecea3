"""What cannot wait for the digest: changes that a subscriber asked to be told at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, tzinfo
from itertools import groupby

from monitor.digest.build import Digest, build
from monitor.digest.subscription import Subscription, Within, belongs_to, largest, lies_within
from monitor.model import ALERTING_CAUSES, QUIET_EVENTS, Change, Totals
from monitor.schedule import Period

_NO_TOTALS = Totals((0.0, 0.0), (0.0, 0.0), (0.0, 0.0), {}, 0)


def alerts(
    changes: Iterable[Change],
    subscription: Subscription,
    zone: tzinfo,
    now: datetime,
    *,
    within: Within = lies_within,
    same_actor: Within = belongs_to,
) -> Iterator[tuple[str, Digest]]:
    """An alert for each write of the ledger that holds something to alert of, with its period kind (`alert:SEQ`).

    The same changes give the same kinds, so that asking again about those already told stores nothing new.
    """
    told = [c for c in changes if wanted(c, subscription) and subscription.only.admits(c, within, same_actor)]
    for seq, group in groupby(sorted(told, key=lambda c: c.seq), key=lambda c: c.seq):
        batch = list(group)
        day = batch[0].recorded_at.astimezone(zone).date()
        digest = build(
            batch,
            None,
            _NO_TOTALS,
            0,
            (),
            0,
            Period("day", day, day + timedelta(days=1)),
            subscription,
            generated_at=now.astimezone(zone),
            within=within,
            same_actor=same_actor,
            alert=True,
        )
        if digest.sections:
            yield f"alert:{seq}", digest


def wanted(change: Change, subscription: Subscription) -> bool:
    """Whether the subscriber's alert settings ask for this change. What the world did not do alerts nobody."""
    rule = subscription.alert
    if rule is None or change.cause not in ALERTING_CAUSES:
        return False
    events = {change.event, *change.also}
    asked = bool(events & set(rule.events)) if rule.events else change.event not in QUIET_EVENTS
    return asked and (not rule.at_least_eur or largest(change) >= rule.at_least_eur)
