"""All tables, and the triggers by which the database itself keeps the ledger and the alerts' history unaltered."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _alerts()
    _ledger()
    _engine()
    _people()
    _installation()
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(sa.text(statement))


def downgrade() -> None:
    raise NotImplementedError("evidence is never dropped; restore a backup taken before the upgrade")


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("raised", _NUMBER, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
    )
    op.create_index("alerts_raised", "alerts", ["raised"])
    op.create_index("alerts_area_raised", "alerts", ["area", "raised"])
    op.create_index("alerts_open", "alerts", ["is_open", "raised"])
    op.create_table(
        "alert_events",
        sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("alert", sa.Text, sa.ForeignKey("alerts.id"), nullable=False),
        sa.Column("at", _NUMBER, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
    )
    op.create_index("alert_events_alert", "alert_events", ["alert", "id"])


def _ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("sequence", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("book", sa.Text, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
    )
    op.create_index("ledger_book", "ledger", ["site", "book", "sequence"])


def _engine() -> None:
    op.create_table(
        "rule_memory",
        sa.Column("rule", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("memory", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "modes",
        sa.Column("area", sa.Text, primary_key=True),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", _NUMBER, nullable=False),
    )
    op.create_table(
        "feed",
        sa.Column("id", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
    )
    op.create_table(
        "fingerprints",
        sa.Column("id", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("packed", sa.LargeBinary, nullable=False),
    )


def _people() -> None:
    op.create_table(
        "users",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("created", _NUMBER, nullable=False),
        sa.Column("changed", _NUMBER, nullable=False),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.Text, primary_key=True),
        sa.Column("user", sa.Text, sa.ForeignKey("users.name"), nullable=False),
        sa.Column("created", _NUMBER, nullable=False),
        sa.Column("last_seen", _NUMBER, nullable=False),
        sa.Column("expires", _NUMBER, nullable=False),
    )
    op.create_index("sessions_user", "sessions", ["user"])


def _installation() -> None:
    op.create_table(
        "devices",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", _NUMBER, nullable=False),
    )
    op.create_table(
        "quarantine_rejections",
        sa.Column("family", sa.Text, primary_key=True),
        sa.Column("address", sa.Text, primary_key=True),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", _NUMBER, nullable=False),
    )
    op.create_table(
        "site_versions",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("first_used", _NUMBER, nullable=False),
    )


# A row that comes in place of an old one (SQLite's INSERT OR REPLACE) fires no DELETE trigger, hence those on INSERT.
_SQLITE = (
    """
    CREATE TRIGGER ledger_update BEFORE UPDATE ON ledger
    BEGIN SELECT RAISE(ABORT, 'ledger entries never change; write a correction'); END
    """,
    """
    CREATE TRIGGER ledger_delete BEFORE DELETE ON ledger
    BEGIN SELECT RAISE(ABORT, 'ledger entries are never deleted'); END
    """,
    """
    CREATE TRIGGER ledger_order BEFORE INSERT ON ledger
    BEGIN
      SELECT RAISE(ABORT, 'ledger entries follow one another without a gap')
      WHERE NEW.sequence <> 1 + COALESCE((SELECT MAX(sequence) FROM ledger WHERE site = NEW.site), 0);
      SELECT RAISE(ABORT, 'a ledger entry holds the hash of the one before it')
      WHERE NEW.sequence > 1
        AND NEW.previous <> (SELECT hash FROM ledger WHERE site = NEW.site AND sequence = NEW.sequence - 1);
    END
    """,
    """
    CREATE TRIGGER alert_events_update BEFORE UPDATE ON alert_events
    BEGIN SELECT RAISE(ABORT, 'the history of an alert never changes; add a comment'); END
    """,
    """
    CREATE TRIGGER alert_events_delete BEFORE DELETE ON alert_events
    BEGIN SELECT RAISE(ABORT, 'the history of an alert is never deleted'); END
    """,
    """
    CREATE TRIGGER alert_events_replace BEFORE INSERT ON alert_events
    WHEN EXISTS (SELECT 1 FROM alert_events WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'the history of an alert never changes; add a comment'); END
    """,
)
_POSTGRESQL = (
    """
    CREATE FUNCTION keyarea_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '% is append-only; write a correction', TG_TABLE_NAME; END $$
    """,
    """
    CREATE FUNCTION keyarea_ledger_order() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE newest ledger%ROWTYPE;
    BEGIN
      SELECT * INTO newest FROM ledger WHERE site = NEW.site ORDER BY sequence DESC LIMIT 1;
      IF NEW.sequence <> 1 + COALESCE(newest.sequence, 0) THEN
        RAISE EXCEPTION 'ledger entries follow one another without a gap' USING ERRCODE = 'unique_violation';
      END IF;
      IF NEW.sequence > 1 AND NEW.previous <> newest.hash THEN
        RAISE EXCEPTION 'a ledger entry holds the hash of the one before it' USING ERRCODE = 'unique_violation';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger
    FOR EACH STATEMENT EXECUTE FUNCTION keyarea_append_only()
    """,
    """
    CREATE TRIGGER ledger_order BEFORE INSERT ON ledger FOR EACH ROW EXECUTE FUNCTION keyarea_ledger_order()
    """,
    """
    CREATE TRIGGER alert_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON alert_events
    FOR EACH STATEMENT EXECUTE FUNCTION keyarea_append_only()
    """,
)
