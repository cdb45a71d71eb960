"""The tables of the relational store. The migrations create them; a test fails if the two differ.

Instants are nanoseconds since 1970 UTC. What is a struct of ours is kept as its JSON in ``content``, and only what
is searched by has a column of its own. ``ledger`` and ``alert_events`` are append-only: triggers made by the
migration refuse UPDATE and DELETE, and refuse a ledger row that does not follow the newest of its site.

A column for each field would be a migration for each field and a second place that knows the fields; who searches by
another field uses the database's JSON functions, or adds a column by a migration that fills it. Rule memories are
MessagePack, since nobody reads them by eye.

SQLite fires no DELETE trigger when INSERT OR REPLACE removes a row, so a trigger on INSERT demands the next number and
the hash of the newest entry; PostgreSQL refuses TRUNCATE too. A second gateway on the same records is found out by the
same triggers, for an index look-up an entry. Whoever owns the database can drop them, which is what the chain is for.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)

metadata = MetaData()

_Number = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit whole number; SQLite's INTEGER is one, and only under that name is it the row's own key."""

alerts = Table(
    "alerts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("area", Text, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("raised", _Number, nullable=False),
    Column("content", Text, nullable=False),
    Index("alerts_raised", "raised"),
    Index("alerts_area_raised", "area", "raised"),
    Index("alerts_open", "is_open", "raised"),
)
"""Every alert as it stands now (content: alerts.alert.Alert)."""

alert_events = Table(
    "alert_events",
    metadata,
    Column("id", _Number, primary_key=True, autoincrement=True),
    Column("alert", Text, ForeignKey("alerts.id"), nullable=False),
    Column("at", _Number, nullable=False),
    Column("action", Text, nullable=False),
    Column("content", Text, nullable=False),
    Index("alert_events_alert", "alert", "id"),
)
"""Every step of every alert (content: alerts.alert.AlertEvent). Append-only."""

ledger = Table(
    "ledger",
    metadata,
    Column("site", Text, primary_key=True),
    Column("sequence", _Number, primary_key=True, autoincrement=False),
    Column("book", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("content", Text, nullable=False),
    Index("ledger_book", "site", "book", "sequence"),
)
"""The chain (content: the canonical JSON that the hash covers). Append-only, in order."""

ledger_values = Table(
    "ledger_values",
    metadata,
    Column("site", Text, primary_key=True),
    Column("sequence", _Number, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("book", Text, nullable=False),
    Column("recorded", _Number, nullable=False),
    Column("salt", Text),
    Column("value", Text),
    Column("gone", Text),
    Column("erasure", _Number),
    ForeignKeyConstraint(["site", "sequence"], ["ledger.site", "ledger.sequence"]),
    Index(
        "ledger_values_kept",
        "site",
        "book",
        "recorded",
        sqlite_where=text("salt IS NOT NULL"),
        postgresql_where=text("salt IS NOT NULL"),
    ),
)
"""Values that stand beside the chain (value: canonical JSON, salt: hex). A row changes once: when both go, ``gone``
says why and ``erasure`` which entry of the ledger says so; triggers refuse every other change."""

rule_memory = Table(
    "rule_memory",
    metadata,
    Column("rule", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("memory", LargeBinary, nullable=False),
)
"""What a rule remembers for a device or area (memory: MessagePack of its Memory)."""

modes = Table(
    "modes",
    metadata,
    Column("area", Text, primary_key=True),
    Column("mode", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", _Number, nullable=False),
)
"""The armed mode of each area that was ever armed or disarmed."""

feed = Table(
    "feed",
    metadata,
    Column("id", _Number, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("content", Text, nullable=False),
)
"""Committed events in the order in which they go out; the newest 100,000, for streams that resume. No evidence."""

receipts = Table(
    "receipts",
    metadata,
    Column("first", _Number, primary_key=True, autoincrement=False),
    Column("connection", _Number, nullable=False),
    Column("packed", LargeBinary, nullable=False),
)
"""Which MQTT messages were taken in with the newest commits (ingest/receipts.py); those that changed nothing here
have theirs beside their readings."""

mqtt_session = Table(
    "mqtt_session",
    metadata,
    Column("id", _Number, primary_key=True, autoincrement=False),
    Column("key", LargeBinary, nullable=False),
    Column("first", _Number, nullable=False),
    Column("connection", _Number, nullable=False),
)
"""One row: the session with the broker (gateway.ports.Session)."""

users = Table(
    "users",
    metadata,
    Column("name", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("created", _Number, nullable=False),
    Column("changed", _Number, nullable=False),
)
"""Who may sign in (password_hash: Argon2id in its usual text form)."""

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("user", Text, ForeignKey("users.name"), nullable=False),
    Column("created", _Number, nullable=False),
    Column("last_seen", _Number, nullable=False),
    Column("expires", _Number, nullable=False),
    Index("sessions_user", "user"),
)
"""Who is signed in. The token itself is known to its bearer only; here is its SHA-256."""

known_browsers = Table(
    "known_browsers",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("user", Text, ForeignKey("users.name"), primary_key=True),
    Column("seen", _Number, nullable=False),
    Index("known_browsers_user", "user", "seen"),
)
"""Browsers in which an account was signed in (digest: SHA-256 of what the browser keeps): no strangers to it."""

account_changes = Table(
    "account_changes",
    metadata,
    Column("id", _Number, primary_key=True, autoincrement=True),
    Column("at", _Number, nullable=False),
    Column("action", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("role", Text, nullable=False),
    sqlite_autoincrement=True,
)
"""What was done to accounts and waits for the ledger."""

device_changes = Table(
    "device_changes",
    metadata,
    Column("id", _Number, primary_key=True, autoincrement=True),
    Column("device", Text, nullable=False),
    Column("at", _Number, nullable=False),
    Column("action", Text, nullable=False),
    Column("content", Text, nullable=False),
    Index("device_changes_device", "device", "id"),
)
"""What was done to each device, its former hardware with it (content: devices.orders.Change)."""

runs = Table(
    "runs",
    metadata,
    Column("started", _Number, primary_key=True, autoincrement=False),
    Column("listened", _Number, nullable=False),
)
"""From when until when each of the newest runs of the gateway listened."""

documents = Table(
    "documents",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("is_open", Boolean, nullable=False),
    Column("since", _Number, nullable=False),
    Column("version", _Number, nullable=False),
    Column("content", Text, nullable=False),
    Index("documents_newest", "is_open", "kind", "since"),
)
"""Structs of ours as they stand now, by kind and id (gateway/stores/documents.py; docs/storage.md lists the kinds)."""

owner = Table(
    "owner",
    metadata,
    Column("id", _Number, primary_key=True, autoincrement=False),
    Column("epoch", _Number, nullable=False),
    Column("holder", Text, nullable=False),
    Column("since", _Number, nullable=False),
    Column("renewed", _Number, nullable=False),
)
"""On a server: whose these records are, by the server's clock (holder: gateway.stores.process.Process)."""

site_versions = Table(
    "site_versions",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("content", Text, nullable=False),
    Column("first_used", _Number, nullable=False),
)
"""Every text that the site file has had while a gateway ran on it (hash: SHA-256 of the text)."""
