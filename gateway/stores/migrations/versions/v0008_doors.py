"""Browsers that accounts are known in, and changes of accounts on their way into the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "known_browsers",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("user", sa.Text, sa.ForeignKey("users.name"), primary_key=True),
        sa.Column("seen", _NUMBER, nullable=False),
    )
    op.create_index("known_browsers_user", "known_browsers", ["user", "seen"])
    op.create_table(
        "account_changes",
        sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("at", _NUMBER, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("account_changes")
    op.drop_table("known_browsers")
