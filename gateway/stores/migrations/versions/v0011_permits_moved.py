"""Bypasses, walk tests and the newest test of each device become documents."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_MOVED = (
    ("bypasses", "SELECT 'bypass', id, is_open, since, 1, content FROM bypasses"),
    ("walk_tests", "SELECT 'walk_test', id, is_open, started, 1, content FROM walk_tests"),
    ("device_tests", "SELECT 'device_test', device, true, at, 1, content FROM device_tests"),
)


def upgrade() -> None:
    # Not through Python, so that a spoilt content comes over as it is and is named where it is read.
    for table, rows in _MOVED:
        op.execute(sa.text(f"INSERT INTO documents (kind, id, is_open, since, version, content) {rows}"))
        op.drop_table(table)


def downgrade() -> None:
    raise NotImplementedError("a gateway of before would shout what is bypassed; restore a backup taken before")
