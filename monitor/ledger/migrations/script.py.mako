"""${message}"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.ledger.columns import Json, Utc

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
