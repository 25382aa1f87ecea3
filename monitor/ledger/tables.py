"""The tables. Those in `LOG` are only ever appended to; those in `STATE` can be rebuilt from them or thrown away."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from monitor.ledger.columns import Items, Json, Utc

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = Integer


def _seq() -> Column[int]:
    return Column("seq", Integer, nullable=False)


# One row per write, whoever writes. `hash` covers every row of the log that carries its seq, and `previous`.
transaction = Table(
    "transaction",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Utc, nullable=False, index=True),
    Column("cause", String(32), nullable=False),
    Column("by", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("epoch", Integer),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

# One text of an article as one reader read it from one blob; `copy_of` is the reading whose words it merely repeats.
reading = Table(
    "reading",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    _seq(),
    Column("blob", String(64), nullable=False, index=True),
    Column("link", Text, nullable=False, index=True),
    Column("reader", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("language", String(16), nullable=False),
    Column("published", Date),
    Column("outlet", Text),
    Column("trust", String(16), nullable=False),
    Column("partial", Boolean, nullable=False),
    Column("content_hash", String(64), nullable=False, index=True),
    Column("copy_of", Id, index=True),
)

# One run of one extractor over one reading; an empty run is a fact too.
extraction = Table(
    "extraction",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    _seq(),
    Column("reading", Id, nullable=False),
    Column("extractor", Text, nullable=False, index=True),
    UniqueConstraint("reading", "extractor"),
)

# Whether a run's mentions count, from this seq on. The newest row decides.
activation = Table(
    "activation",
    metadata,
    Column("extraction", Id, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("active", Boolean, nullable=False),
)

# A record in its article. `part_of` is the mention of its umbrella; `origin` the first reading of the same statement.
mention = Table(
    "mention",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    _seq(),
    Column("extraction", Id, nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("record", Json, nullable=False),
    Column("anchor", Json, nullable=False),
    Column("part_of", Id, index=True),
    Column("origin", Id, nullable=False, index=True),
)

# `kind` pair: a verdict on two mentions; edit, reject, undo: a person's word. A person's rows carry anchors and links.
judgement = Table(
    "judgement",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    _seq(),
    Column("kind", String(8), nullable=False),
    Column("left", Id),
    Column("right", Id),
    Column("verdict", String(10)),
    Column("score", Float),
    Column("by", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("left_link", Text),
    Column("left_anchor", Json),
    Column("right_link", Text),
    Column("right_anchor", Json),
    Column("field", String(32)),
    Column("value", Json),
    Column("undoes", Id),
    Index("ix_judgement_left", "left", "verdict"),
    Index("ix_judgement_right", "right", "verdict"),
    Index(
        "ix_judgement_unsure",
        "id",
        sqlite_where=text("verdict = 'unsure'"),
        postgresql_where=text("verdict = 'unsure'"),
    ),
    Index(
        "ix_judgement_left_link",
        "left_link",
        sqlite_where=text("left_link IS NOT NULL"),
        postgresql_where=text("left_link IS NOT NULL"),
    ),
    Index(
        "ix_judgement_right_link",
        "right_link",
        sqlite_where=text("right_link IS NOT NULL"),
        postgresql_where=text("right_link IS NOT NULL"),
    ),
)

# A person's relation between two commitments, held by a mention of each. (An article's own part_of is in `mention`.)
relation = Table(
    "relation",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    _seq(),
    Column("kind", String(12), nullable=False),
    Column("parent_link", Text, nullable=False, index=True),
    Column("parent_anchor", Json, nullable=False),
    Column("child_link", Text, nullable=False, index=True),
    Column("child_anchor", Json, nullable=False),
    Column("by", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("undoes", Id),
)

# An id that was given out: the origin of the mention for which it was minted.
commitment = Table(
    "commitment",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    _seq(),
)

# To which commitment a mention belongs from this seq on; none while it is inactive. The newest row decides.
membership = Table(
    "membership",
    metadata,
    Column("mention", Id, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("commitment", Id, index=True),
)

# What was told of a mention when it came.
outcome = Table(
    "outcome",
    metadata,
    Column("mention", Id, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False, index=True),
    Column("commitment", Id, nullable=False),
    Column("event", String(24), nullable=False),
    Column("also", Json, nullable=False),
    Column("why", Text, nullable=False),
)

# A commitment's timeline, whole. `size` 0 is a retraction, and `successor` then where its mentions went.
revision = Table(
    "revision",
    metadata,
    Column("commitment", Id, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("size", Integer, nullable=False),
    Column("successor", Id),
    Index("ix_revision_seq", "seq"),
    sqlite_with_rowid=False,
)

# The states of a revision. `valid_until` is where the next one begins; the euro values are of the sum's own day.
version = Table(
    "version",
    metadata,
    Column("commitment", Id, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date),
    Column("investor", Items, nullable=False),
    Column("recipient", Text),
    Column("amount_min", Float),
    Column("amount_max", Float),
    Column("currency", String(8)),
    Column("qualifier", String(12), nullable=False),
    Column("status", String(12), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("place", Items, nullable=False),
    Column("horizon", Integer),
    Column("nature", String(12), nullable=False),
    Column("disputed", Boolean, nullable=False),
    Column("links", Items, nullable=False),
    Column("restated", Float),
    Column("stated_on", Date),
    Column("dead_since", Date),
    Column("itemised", Boolean, nullable=False),
    Column("eur_low", Float),
    Column("eur_high", Float),
    Column("eur_restated", Float),
    Column("rate_note", Text, nullable=False),
    Column("pending", Boolean, nullable=False),
    Column("mention", Id, nullable=False),
    Column("event", String(24), nullable=False),
    Column("also", Items, nullable=False),
    Column("why", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    sqlite_with_rowid=False,
)

# The rate that was used for a currency and day; a pending one is followed once by the final one.
rate = Table(
    "rate",
    metadata,
    Column("currency", String(8), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("rate", Float),
    Column("rate_day", Date),
    Column("note", Text, nullable=False),
    Column("pending", Boolean, nullable=False),
)

# A digest that was made; its bytes are with its deliveries.
digest = Table(
    "digest",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    _seq(),
    Column("subscription", Text, nullable=False),
    Column("channel", String(16), nullable=False),
    Column("period_kind", String(32), nullable=False),
    Column("period_start", Date, nullable=False),
    Column("about", Json, nullable=False),
    UniqueConstraint("subscription", "channel", "period_kind", "period_start"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    _seq(),
    Column("digest", Id, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("due_at", Utc, nullable=False),
    UniqueConstraint("digest", "recipient"),
    UniqueConstraint("message_id"),
)

# A row without `attempt` is an attempt begun; a row with it is that attempt's result. `retry_at` none: no more tries.
delivery_attempt = Table(
    "delivery_attempt",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    _seq(),
    Column("delivery", Id, nullable=False, index=True),
    Column("attempt", Id, unique=True),
    Column("at", Utc, nullable=False),
    Column("result", String(16)),
    Column("detail", Text, nullable=False),
    Column("retry_at", Utc),
)

# Raw bytes by content hash, compressed; `content` none once let go.
blob = Table(
    "blob",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("content", LargeBinary),
    Column("size", BigInteger, nullable=False),
    Column("stored", BigInteger, nullable=False),
    Column("added_at", Utc, nullable=False, index=True),
)

# Where each mention stands now: the newest membership and activation, what recognition needs to know of it, and its record
# where a person edited that.
standing = Table(
    "standing",
    metadata,
    Column("mention", Id, primary_key=True, autoincrement=False),
    Column("active", Boolean, nullable=False),
    Column("commitment", Id, index=True),
    Column("traits", Json, nullable=False),
    Column("record", Json),
    Column("restated", Float),
)

# The newest revision of each commitment.
current = Table(
    "current",
    metadata,
    Column("commitment", Id, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# The block keys of active mentions.
block_key = Table(
    "block_key",
    metadata,
    Column("key", Text, primary_key=True),
    Column("mention", Id, primary_key=True, autoincrement=False, index=True),
    sqlite_with_rowid=False,
)

# Bands of near-duplicate signatures.
band = Table(
    "band",
    metadata,
    Column("band", BigInteger, primary_key=True, autoincrement=False),
    Column("reading", Id, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

# What the state tables were made with: the version of recognition.
setting = Table(
    "setting",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", Text, nullable=False),
)

source_state = Table(
    "source_state",
    metadata,
    Column("name", Text, primary_key=True),
    Column("state", Json, nullable=False),
    Column("changed_at", Utc, nullable=False),
)

lease = Table(
    "lease",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("holder", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("expires_at", Utc, nullable=False),
)

suppression = Table(
    "suppression",
    metadata,
    Column("address", Text, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("why", Text, nullable=False),
)

LOG: tuple[Table, ...] = (
    transaction,
    reading,
    extraction,
    activation,
    mention,
    judgement,
    relation,
    commitment,
    membership,
    outcome,
    revision,
    version,
    rate,
    digest,
    delivery,
    delivery_attempt,
)
STATE: tuple[Table, ...] = (blob, standing, current, block_key, band, setting, source_state, lease, suppression)
