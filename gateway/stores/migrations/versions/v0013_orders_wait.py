"""Orders that wait for a second person were kept as bypasses; from now on they wait like any other ask."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_WISHES = """SELECT id, content FROM documents WHERE kind = 'bypass' AND is_open AND content LIKE '%"order":{%'"""
"""What can't be an order is not read: a spoilt content stays as it is and is named where it is read."""
_HARDWARE = ("family", "address", "line", "model")


def upgrade() -> None:
    connection = op.get_bind()
    rows = connection.execute(sa.text(_WISHES)).all()
    for row in rows:
        waiting = _waiting(row.content)
        if waiting is None:
            continue
        connection.execute(sa.text("DELETE FROM documents WHERE kind = 'bypass' AND id = :id"), {"id": row.id})
        connection.execute(
            sa.text(
                "INSERT INTO documents (kind, id, is_open, since, version, content)"
                " VALUES ('case:consent', :id, true, :since, 1, :content)"
            ),
            {"id": row.id, "since": waiting["opened"], "content": json.dumps(waiting, ensure_ascii=False)},
        )


def _waiting(content: str) -> dict[str, Any] | None:
    """None for a bypass, and for what nobody can read: that stays, and is named where it is read."""
    try:
        wish = json.loads(content)
        order = wish["order"]
        if not order:
            return None
        reason = wish.get("change") or wish["reason"]
        return {
            "id": wish["id"],
            "area": wish["area"],
            "by": wish["by"],
            "opened": wish["asked"],
            "wake_at": wish["until"],
            "revision": 1,
            "asks": [wish["id"]],
            "workflow": "registration",
            "tag": order["type"],
            "ask": {**_fields(order), "note": order["note"]},
            "until": wish["until"],
            "devices": wish["devices"],
            "what": reason if isinstance(reason, dict) else _words(reason),
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _fields(order: dict[str, Any]) -> dict[str, Any]:
    match order:
        case {"device": dict() as device}:
            without = ("id", *_HARDWARE) if order["type"] == "amend" else ("id",)
            return {"device": device["id"], **{name: value for name, value in device.items() if name not in without}}
        case {"hardware": dict() as hardware}:
            return {"device": order["device"], **hardware}
        case {"sender": dict() as sender}:
            return sender
    return {"device": order["device"]}


def _words(reason: str) -> dict[str, Any]:
    return {"type": "text", "key": "plain.words", "params": {"words": reason}}


def downgrade() -> None:
    raise NotImplementedError("a gateway of before would forget what waits; restore a backup taken before")
