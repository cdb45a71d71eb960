"""Receipts of MQTT messages, in order and with their connection, in place of fingerprints."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "receipts",
        sa.Column("first", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("connection", _NUMBER, nullable=False),
        sa.Column("packed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "mqtt_session",
        sa.Column("id", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("first", _NUMBER, nullable=False),
        sa.Column("connection", _NUMBER, nullable=False),
    )
    op.drop_table("fingerprints")


def downgrade() -> None:
    op.create_table(
        "fingerprints",
        sa.Column("id", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("packed", sa.LargeBinary, nullable=False),
    )
    op.drop_table("mqtt_session")
    op.drop_table("receipts")
