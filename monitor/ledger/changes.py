"""What changed: the difference of two revisions, told with the mention that brought it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select

from monitor.ledger import codec
from monitor.ledger import tables as t
from monitor.ledger.asof import evidences
from monitor.ledger.review import doubts
from monitor.ledger.taking import public
from monitor.ledger.timeline import event_between, state_of
from monitor.model import EVENTS, Change, Evidence, State


@dataclass(frozen=True, slots=True)
class Revision:
    """A commitment's timeline as it was held from `seq` on; no states: it was taken back."""

    seq: int
    recorded_at: datetime
    cause: str
    by: str
    why: str
    states: tuple[State, ...]
    successor: str | None


@dataclass(frozen=True, slots=True)
class Telling:
    """One mention of a commitment: what it said, where, and what was told of it then. `active` is false for one that
    was rejected or replaced by a newer reading of its article."""

    mention: int
    event: str
    also: tuple[str, ...]
    cause: str
    seq: int
    recorded_at: datetime
    active: bool
    evidence: Evidence
    why: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A judgement on mentions of a commitment, by the engine or by a person."""

    id: int
    seq: int
    recorded_at: datetime
    kind: str
    left: int | None
    right: int | None
    verdict: str | None
    score: float | None
    by: str
    why: str
    field: str | None = None
    value: Any = None
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class History:
    """Everything that became of a commitment."""

    id: str
    revisions: tuple[Revision, ...]
    tellings: tuple[Telling, ...]
    judgements: tuple[Said, ...]


def changes(connection: Connection, after: int, until: int) -> list[Change]:
    """What the revisions with after < seq <= until changed, in order of seq and id."""
    r, x = t.revision, t.transaction
    query = (
        select(r.c.commitment, r.c.seq, r.c.successor, x.c.at, x.c.cause, x.c.why)
        .join(x, x.c.seq == r.c.seq)
        .where(r.c.seq > after, r.c.seq <= until)
        .order_by(r.c.seq, r.c.commitment)
    )
    rows = connection.execute(query).all()
    told, moves = _told(connection, after, until), _moves(connection, after, until)
    out = [
        _change(connection, row, told.get((row.seq, row.commitment), []), moves.get((row.seq, row.commitment), ""))
        for row in rows
    ]
    mentions = [mention for _, mention in out if mention is not None]
    proofs, doubtful = evidences(connection, mentions), doubts(connection, mentions)
    return [
        replace(change, evidence=proofs.get(mention), doubt=doubtful.get(mention)) if mention else change
        for change, mention in out
    ]


def _told(connection: Connection, after: int, until: int) -> dict[tuple[int, int], list[Any]]:
    o = t.outcome
    out: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for row in connection.execute(select(o).where(o.c.seq > after, o.c.seq <= until).order_by(o.c.mention)):
        out[(row.seq, row.commitment)].append(row)
    return out


def _moves(connection: Connection, after: int, until: int) -> dict[tuple[int, int], str]:
    """By seq and commitment, which of the mentions known before came to it from another one or left it for another one."""
    m = t.membership
    moved = select(m).where(m.c.seq > after, m.c.seq <= until, m.c.commitment.is_not(None)).subquery()
    past, home = m.alias(), m.alias()
    earlier = (
        select(func.max(past.c.seq))
        .where(past.c.mention == moved.c.mention, past.c.seq < moved.c.seq)
        .correlate(moved)
        .scalar_subquery()
    )
    query = (
        select(moved.c.seq, moved.c.mention, moved.c.commitment, home.c.commitment.label("left"))
        .select_from(moved)
        .join(home, and_(home.c.mention == moved.c.mention, home.c.seq == earlier))
        .where(home.c.commitment != moved.c.commitment)
        .order_by(moved.c.seq, moved.c.mention)
    )
    out: dict[tuple[int, int], list[str]] = defaultdict(list)
    for row in connection.execute(query):
        out[(row.seq, row.commitment)].append(f"mention {row.mention} came from {public(row.left)}")
        out[(row.seq, row.left)].append(f"mention {row.mention} went to {public(row.commitment)}")
    return {key: ", ".join(moves) for key, moves in out.items()}


def _change(connection: Connection, row: Any, told: Sequence[Any], moves: str) -> tuple[Change, int | None]:
    """What a revision changed, and the mention that proves it. Where nothing was told of the commitment, but mentions moved,
    the world did not change: we know better what belongs together."""
    before = _last_row(connection, row.commitment, row.seq - 1)
    after = _last_row(connection, row.commitment, row.seq)
    states = (state_of(before) if before else None, state_of(after) if after else None)
    first = min(told, key=lambda o: EVENTS.index(o.event), default=None)
    event = first.event if first is not None else event_between(*states)
    if states[0] is not None and event == "new":
        event = event_between(*states)
    why = first.why if first is not None else _why(row, after) or moves
    regrouped = first is None and moves and row.cause in ("news", "late", "source_correction")
    mention = first.mention if first is not None else (after or before or {}).get("mention")
    change = Change(
        commitment=public(row.commitment),
        seq=row.seq,
        recorded_at=row.at,
        cause="regrouped" if regrouped else row.cause,
        event=event,
        also=tuple(first.also) if first is not None else (),
        before=states[0],
        after=states[1],
        evidence=None,
        why=why,
        euros_before=(before["eur_low"], before["eur_high"]) if before else (None, None),
        euros_after=(after["eur_low"], after["eur_high"]) if after else (None, None),
    )
    return change, mention


def _why(row: Any, after: Any) -> str:
    if after is None and row.successor is not None:
        return f"the same as {public(row.successor)}" + (f": {row.why}" if row.why else "")
    return str(row.why)


def _last_row(connection: Connection, number: int, seq: int) -> Any:
    """The last state of the revision in force at `seq`."""
    r, v = t.revision, t.version
    newest = select(func.max(r.c.seq)).where(r.c.commitment == number, r.c.seq <= seq).scalar_subquery()
    query = select(v).where(v.c.commitment == number, v.c.seq == newest).order_by(v.c.position.desc()).limit(1)
    return connection.execute(query).mappings().first()


def history(connection: Connection, number: int, valid: date | None, known: int | None) -> History:
    """All revisions, mentions and judgements of a commitment up to (valid, known)."""
    return History(
        public(number),
        tuple(_revisions(connection, number, valid, known)),
        tuple(_tellings(connection, number, valid, known)),
        tuple(_said(connection, number, known)),
    )


def _revisions(connection: Connection, number: int, valid: date | None, known: int | None) -> list[Revision]:
    r, x, v = t.revision, t.transaction, t.version
    query = select(r, x.c.at, x.c.cause, x.c.by, x.c.why).join(x, x.c.seq == r.c.seq).where(r.c.commitment == number)
    rows = connection.execute((query if known is None else query.where(r.c.seq <= known)).order_by(r.c.seq)).all()
    states: dict[int, list[State]] = defaultdict(list)
    for row in connection.execute(select(v).where(v.c.commitment == number).order_by(v.c.position)).mappings():
        if valid is None or row["valid_from"] <= valid:
            states[row["seq"]].append(state_of(row))
    return [
        Revision(
            row.seq,
            row.at,
            row.cause,
            row.by,
            row.why,
            tuple(states[row.seq]),
            public(row.successor) if row.successor is not None else None,
        )
        for row in rows
    ]


def _ever_members(connection: Connection, number: int, known: int | None) -> dict[int, bool]:
    """Mentions that ever belonged to a commitment, and whether they do at `known`."""
    m = t.membership
    ever = select(m.c.mention).where(m.c.commitment == number)
    query = select(m.c.mention, m.c.commitment).where(m.c.mention.in_(ever)).order_by(m.c.seq)
    rows = connection.execute(query if known is None else query.where(m.c.seq <= known))
    last: dict[int, int | None] = {}
    for row in rows:
        last[row.mention] = row.commitment
    return {mention: home == number for mention, home in last.items()}


def _tellings(connection: Connection, number: int, valid: date | None, known: int | None) -> list[Telling]:
    belongs = _ever_members(connection, number, known)
    o, x = t.outcome, t.transaction
    query = select(o, x.c.at, x.c.cause).join(x, x.c.seq == o.c.seq).where(o.c.mention.in_(sorted(belongs)))
    told = {row.mention: row for row in connection.execute(query)}
    proofs = evidences(connection, belongs)
    out = [
        Telling(
            mention,
            told[mention].event if mention in told else "",
            tuple(told[mention].also) if mention in told else (),
            told[mention].cause if mention in told else "reprocess",
            told[mention].seq if mention in told else 0,
            told[mention].at if mention in told else datetime.min,
            belongs[mention],
            proof,
            told[mention].why if mention in told else "",
        )
        for mention, proof in proofs.items()
        if valid is None or proof.published <= valid
    ]
    return sorted(out, key=lambda one: (one.evidence.published, one.evidence.link, one.mention))


def _said(connection: Connection, number: int, known: int | None) -> list[Said]:
    """The engine's verdicts that joined or doubted, and every word of a person, on these mentions."""
    mentions = sorted(_ever_members(connection, number, known))
    j, x = t.judgement, t.transaction
    touches = j.c.left.in_(mentions) | j.c.right.in_(mentions)
    telling = and_(touches, (j.c.by != "engine") | (j.c.verdict != "different"))
    query = select(j, x.c.at).join(x, x.c.seq == j.c.seq).where(telling).order_by(j.c.id)
    if known is not None:
        query = query.where(j.c.seq <= known)
    return [said(row) for row in connection.execute(query)]


def people_said(connection: Connection) -> list[Said]:
    """Every word of a person, undone ones too, oldest first."""
    j, x = t.judgement, t.transaction
    query = select(j, x.c.at).join(x, x.c.seq == j.c.seq).where(j.c.left_link.is_not(None)).order_by(j.c.id)
    return [said(row) for row in connection.execute(query)]


def said(row: Any) -> Said:
    return Said(
        row.id,
        row.seq,
        row.at,
        row.kind,
        row.left,
        row.right,
        row.verdict,
        row.score,
        row.by,
        row.why,
        row.field,
        row.value,
        row.undoes,
    )


@dataclass(frozen=True, slots=True)
class MentionOutcome:
    """A mention with what was told of it when it came, and the commitment to which it belongs now."""

    mention: int
    link: str
    index: int
    record: Any
    commitment: str | None
    event: str
    also: tuple[str, ...]
    cause: str


def mention_outcomes(connection: Connection) -> list[MentionOutcome]:
    """Every mention that was told, in order of arrival."""
    m, e, r, o, x, s = t.mention, t.extraction, t.reading, t.outcome, t.transaction, t.standing
    query = (
        select(m.c.id, r.c.link, m.c.position, m.c.record, s.c.commitment, o.c.event, o.c.also, x.c.cause)
        .select_from(o)
        .join(m, m.c.id == o.c.mention)
        .join(e, e.c.id == m.c.extraction)
        .join(r, r.c.id == e.c.reading)
        .join(x, x.c.seq == o.c.seq)
        .join(s, s.c.mention == m.c.id)
        .order_by(m.c.id)
    )
    return [
        MentionOutcome(
            row.id,
            row.link,
            row.position,
            codec.unpack_record(row.record),
            public(row.commitment) if row.commitment is not None else None,
            row.event,
            tuple(row.also),
            row.cause,
        )
        for row in connection.execute(query)
    ]
