"""When gateways listened."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "runs",
        sa.Column("started", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("listened", _NUMBER, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("runs")
