"""The values that stand beside the ledger's chain, and the triggers that let them go by an entry that says so alone."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_KEPT = sa.text("salt IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "ledger_values",
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("sequence", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("book", sa.Text, nullable=False),
        sa.Column("recorded", _NUMBER, nullable=False),
        sa.Column("salt", sa.Text),
        sa.Column("value", sa.Text),
        sa.Column("gone", sa.Text),
        sa.Column("erasure", _NUMBER),
        sa.ForeignKeyConstraint(["site", "sequence"], ["ledger.site", "ledger.sequence"]),
    )
    op.create_index(
        "ledger_values_kept",
        "ledger_values",
        ["site", "book", "recorded"],
        sqlite_where=_KEPT,
        postgresql_where=_KEPT,
    )
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(sa.text(statement))


def downgrade() -> None:
    raise NotImplementedError("entries of format 2 mean nothing to a gateway of before; restore a backup taken before")


_IS_ERASURE = """
    OLD.salt IS NOT NULL AND NEW.salt IS NULL AND NEW.value IS NULL AND NEW.gone IS NOT NULL
    AND NEW.site = OLD.site AND NEW.sequence = OLD.sequence AND NEW.name = OLD.name
    AND NEW.book = OLD.book AND NEW.recorded = OLD.recorded AND NEW.erasure > OLD.sequence
    AND EXISTS (SELECT 1 FROM ledger l WHERE l.site = OLD.site AND l.sequence = NEW.erasure AND l.book = 'erasures')
"""
_SQLITE = (
    f"""
    CREATE TRIGGER ledger_values_update BEFORE UPDATE ON ledger_values WHEN ({_IS_ERASURE}) IS NOT TRUE
    BEGIN SELECT RAISE(ABORT, 'a value goes only by an entry that says so'); END
    """,
    """
    CREATE TRIGGER ledger_values_delete BEFORE DELETE ON ledger_values
    BEGIN SELECT RAISE(ABORT, 'a value goes only by an entry that says so'); END
    """,
    """
    CREATE TRIGGER ledger_values_replace BEFORE INSERT ON ledger_values
    WHEN EXISTS (SELECT 1 FROM ledger_values WHERE site = NEW.site AND sequence = NEW.sequence AND name = NEW.name)
    BEGIN SELECT RAISE(ABORT, 'a value never changes'); END
    """,
)
_POSTGRESQL = (
    f"""
    CREATE FUNCTION keyarea_value_goes() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF ({_IS_ERASURE}) IS NOT TRUE THEN
        RAISE EXCEPTION 'a value goes only by an entry that says so' USING ERRCODE = 'unique_violation';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER ledger_values_update BEFORE UPDATE ON ledger_values
    FOR EACH ROW EXECUTE FUNCTION keyarea_value_goes()
    """,
    """
    CREATE TRIGGER ledger_values_append_only BEFORE DELETE OR TRUNCATE ON ledger_values
    FOR EACH STATEMENT EXECUTE FUNCTION keyarea_append_only()
    """,
)
