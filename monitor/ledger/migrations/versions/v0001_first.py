"""The first released schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.ledger.columns import Json, Utc

revision = "v1"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "activation",
        sa.Column("extraction", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("extraction", "seq", name=op.f("pk_activation")),
    )
    op.create_table(
        "band",
        sa.Column("band", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reading", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("band", "reading", name=op.f("pk_band")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "blob",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("stored", sa.BigInteger(), nullable=False),
        sa.Column("added_at", Utc(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_blob")),
    )
    op.create_index(op.f("ix_blob_added_at"), "blob", ["added_at"], unique=False)
    op.create_table(
        "block_key",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("mention", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "mention", name=op.f("pk_block_key")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_block_key_mention"), "block_key", ["mention"], unique=False)
    op.create_table(
        "commitment",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment")),
    )
    op.create_table(
        "current",
        sa.Column("commitment", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("commitment", name=op.f("pk_current")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("due_at", Utc(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("digest", "recipient", name=op.f("uq_delivery_digest_recipient")),
        sa.UniqueConstraint("message_id", name=op.f("uq_delivery_message_id")),
    )
    op.create_table(
        "delivery_attempt",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("delivery", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=True),
        sa.Column("at", Utc(timezone=True), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("retry_at", Utc(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_attempt")),
        sa.UniqueConstraint("attempt", name=op.f("uq_delivery_attempt_attempt")),
    )
    op.create_index(op.f("ix_delivery_attempt_delivery"), "delivery_attempt", ["delivery"], unique=False)
    op.create_table(
        "digest",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("subscription", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("period_kind", sa.String(length=32), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("about", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest")),
        sa.UniqueConstraint(
            "subscription",
            "channel",
            "period_kind",
            "period_start",
            name=op.f("uq_digest_subscription_channel_period_kind_period_start"),
        ),
    )
    op.create_table(
        "extraction",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("reading", sa.Integer(), nullable=False),
        sa.Column("extractor", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extraction")),
        sa.UniqueConstraint("reading", "extractor", name=op.f("uq_extraction_reading_extractor")),
    )
    op.create_index(op.f("ix_extraction_extractor"), "extraction", ["extractor"], unique=False)
    op.create_table(
        "judgement",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("left", sa.Integer(), nullable=True),
        sa.Column("right", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.String(length=10), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("left_link", sa.Text(), nullable=True),
        sa.Column("left_anchor", Json(), nullable=True),
        sa.Column("right_link", sa.Text(), nullable=True),
        sa.Column("right_anchor", Json(), nullable=True),
        sa.Column("field", sa.String(length=32), nullable=True),
        sa.Column("value", Json(), nullable=True),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgement")),
    )
    op.create_index("ix_judgement_left", "judgement", ["left", "verdict"], unique=False)
    op.create_index(
        "ix_judgement_left_link",
        "judgement",
        ["left_link"],
        unique=False,
        sqlite_where=sa.text("left_link IS NOT NULL"),
        postgresql_where=sa.text("left_link IS NOT NULL"),
    )
    op.create_index("ix_judgement_right", "judgement", ["right", "verdict"], unique=False)
    op.create_index(
        "ix_judgement_right_link",
        "judgement",
        ["right_link"],
        unique=False,
        sqlite_where=sa.text("right_link IS NOT NULL"),
        postgresql_where=sa.text("right_link IS NOT NULL"),
    )
    op.create_index(
        "ix_judgement_unsure",
        "judgement",
        ["id"],
        unique=False,
        sqlite_where=sa.text("verdict = 'unsure'"),
        postgresql_where=sa.text("verdict = 'unsure'"),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("expires_at", Utc(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "membership",
        sa.Column("mention", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("commitment", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("mention", "seq", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_commitment"), "membership", ["commitment"], unique=False)
    op.create_table(
        "mention",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("extraction", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("record", Json(), nullable=False),
        sa.Column("anchor", Json(), nullable=False),
        sa.Column("part_of", sa.Integer(), nullable=True),
        sa.Column("origin", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mention")),
    )
    op.create_index(op.f("ix_mention_extraction"), "mention", ["extraction"], unique=False)
    op.create_index(op.f("ix_mention_origin"), "mention", ["origin"], unique=False)
    op.create_index(op.f("ix_mention_part_of"), "mention", ["part_of"], unique=False)
    op.create_table(
        "outcome",
        sa.Column("mention", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("commitment", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=24), nullable=False),
        sa.Column("also", Json(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("mention", name=op.f("pk_outcome")),
    )
    op.create_index(op.f("ix_outcome_seq"), "outcome", ["seq"], unique=False)
    op.create_table(
        "rate",
        sa.Column("currency", sa.String(length=8), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rate", sa.Float(), nullable=True),
        sa.Column("rate_day", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("pending", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("currency", "day", "seq", name=op.f("pk_rate")),
    )
    op.create_table(
        "reading",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("blob", sa.String(length=64), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("published", sa.Date(), nullable=True),
        sa.Column("outlet", sa.Text(), nullable=True),
        sa.Column("trust", sa.String(length=16), nullable=False),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("copy_of", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
    )
    op.create_index(op.f("ix_reading_blob"), "reading", ["blob"], unique=False)
    op.create_index(op.f("ix_reading_content_hash"), "reading", ["content_hash"], unique=False)
    op.create_index(op.f("ix_reading_copy_of"), "reading", ["copy_of"], unique=False)
    op.create_index(op.f("ix_reading_link"), "reading", ["link"], unique=False)
    op.create_table(
        "relation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("parent_link", sa.Text(), nullable=False),
        sa.Column("parent_anchor", Json(), nullable=False),
        sa.Column("child_link", sa.Text(), nullable=False),
        sa.Column("child_anchor", Json(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relation")),
    )
    op.create_index(op.f("ix_relation_child_link"), "relation", ["child_link"], unique=False)
    op.create_index(op.f("ix_relation_parent_link"), "relation", ["parent_link"], unique=False)
    op.create_table(
        "revision",
        sa.Column("commitment", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("successor", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("commitment", "seq", name=op.f("pk_revision")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_revision_seq", "revision", ["seq"], unique=False)
    op.create_table(
        "setting",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
    )
    op.create_table(
        "source_state",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", Json(), nullable=False),
        sa.Column("changed_at", Utc(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_source_state")),
    )
    op.create_table(
        "standing",
        sa.Column("mention", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("commitment", sa.Integer(), nullable=True),
        sa.Column("traits", Json(), nullable=False),
        sa.Column("record", Json(), nullable=True),
        sa.Column("restated", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("mention", name=op.f("pk_standing")),
    )
    op.create_index(op.f("ix_standing_commitment"), "standing", ["commitment"], unique=False)
    op.create_table(
        "suppression",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("at", Utc(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_suppression")),
    )
    op.create_table(
        "transaction",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Utc(timezone=True), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=True),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_transaction")),
    )
    op.create_index(op.f("ix_transaction_at"), "transaction", ["at"], unique=False)
    op.create_table(
        "version",
        sa.Column("commitment", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("investor", Json(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=True),
        sa.Column("amount_min", sa.Float(), nullable=True),
        sa.Column("amount_max", sa.Float(), nullable=True),
        sa.Column("currency", sa.String(length=8), nullable=True),
        sa.Column("qualifier", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("place", Json(), nullable=False),
        sa.Column("horizon", sa.Integer(), nullable=True),
        sa.Column("nature", sa.String(length=12), nullable=False),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.Column("links", Json(), nullable=False),
        sa.Column("restated", sa.Float(), nullable=True),
        sa.Column("stated_on", sa.Date(), nullable=True),
        sa.Column("dead_since", sa.Date(), nullable=True),
        sa.Column("itemised", sa.Boolean(), nullable=False),
        sa.Column("eur_low", sa.Float(), nullable=True),
        sa.Column("eur_high", sa.Float(), nullable=True),
        sa.Column("eur_restated", sa.Float(), nullable=True),
        sa.Column("rate_note", sa.Text(), nullable=False),
        sa.Column("pending", sa.Boolean(), nullable=False),
        sa.Column("mention", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=24), nullable=False),
        sa.Column("also", Json(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("commitment", "seq", "position", name=op.f("pk_version")),
        sqlite_with_rowid=False,
    )
