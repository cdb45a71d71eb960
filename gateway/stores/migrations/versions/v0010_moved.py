"""Places of devices, senders turned away and announcements become documents.

Contents are carried over as they lie: one spoilt row must not keep a gateway from starting, and is named when it is
read. The old tables go, since a gateway of before would not know what was settled since; whoever goes back restores a
backup. ``runs`` (two numbers, asked by range), ``device_changes`` (a history), ``modes`` and ``rule_memory`` (written
with readings) and ``site_versions`` (texts by their SHA-256) stay tables.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_DOCUMENTS = sa.table(
    "documents", *(sa.column(name) for name in ("kind", "id", "is_open", "since", "version", "content"))
)


def upgrade() -> None:
    # Not through Python, so that a spoilt content comes over as it is and is named where it is read.
    op.execute(
        sa.text(
            "INSERT INTO documents (kind, id, is_open, since, version, content) "
            "SELECT 'place', id, true, at, 1, content FROM devices"
        )
    )
    for row in _rows('SELECT line, family, address, "by", at FROM rejected_senders'):
        sender = {"line": row.line, "family": row.family, "address": row.address}
        content = _json({"sender": sender, "by": row.by, "at": row.at})
        _put("rejected_sender", _json([*sender.values()]), row.at, content)
    for row in _rows("SELECT topic, payload FROM announcements"):
        _put("announcement", row.topic, 0, _json({"payload": row.payload}))
    for table in ("devices", "rejected_senders", "announcements"):
        op.drop_table(table)


def _rows(query: str) -> Sequence[Any]:
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":  # a text that is no UTF-8 must not keep a gateway from starting
        connection: Any = bind.connection.dbapi_connection
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        try:
            return bind.execute(sa.text(query)).all()
        finally:
            connection.text_factory = str
    return bind.execute(sa.text(query)).all()


def _put(kind: str, id_: str, since: int, content: str) -> None:
    row = {"kind": kind, "id": id_, "is_open": True, "since": since, "version": 1, "content": content}
    op.get_bind().execute(_DOCUMENTS.insert().values(row))


def _json(value: object) -> str:
    """As the stores write it: an id is found by its very characters."""
    return msgspec.json.encode(value).decode()


def downgrade() -> None:
    raise NotImplementedError("a gateway of before would not know these devices; restore a backup taken before")
