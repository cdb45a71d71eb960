"""Bypasses and walk tests become cases of workflows, and the newest test of each device a fact that is kept.

A bypass that is only asked for becomes an ask that waits for a second person; a technician's order that waits for one
stays what it is. What the cases hold is turned into what it is now when they are read (Workflow.upgrade), so contents
are carried over as they lie: one spoilt row must not keep a gateway from starting, and is named when it is read.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_DOCUMENTS = sa.table(
    "documents", *(sa.column(name) for name in ("kind", "id", "is_open", "since", "version", "content"))
)
_WAITS = 1_800 * 1_000_000_000
"""How long a second person had, in nanoseconds."""


def upgrade() -> None:
    for id_, bypass in _read("bypass"):
        if bypass.get("order") is None and bypass.get("asked") and not bypass.get("consented_by") and _is_open(bypass):
            waiting = _waiting(bypass)
            _change("bypass", id_, kind="case:consent", content=_json(waiting), since=waiting["opened"])
        elif bypass.get("order") is None:
            _change("bypass", id_, kind="case:bypass")
    op.execute(sa.text("UPDATE documents SET kind = 'case:walk_test' WHERE kind = 'walk_test'"))
    for id_, tested in _read("device_test"):
        content = _json(_fact(tested)) if tested.get("answer") else None
        more = {"content": content} if content is not None else {}
        _change("device_test", id_, kind="fact:device_tested", **more)


def _waiting(bypass: dict[str, Any]) -> dict[str, Any]:
    """The same as the consent of the kernel keeps it."""
    ask = {"area": "", "case": "", "devices": bypass["devices"], "done_at": None, "note": ""}
    ask |= {"reason": bypass["reason"], "until": bypass["until"]}
    until = min(bypass["asked"] + _WAITS, bypass["until"])
    case = {"id": bypass["id"], "area": bypass["area"], "by": bypass["by"], "devices": bypass["devices"]}
    case |= {"opened": bypass["asked"], "until": until, "wake_at": until, "revision": 1}
    return {**case, "workflow": "bypass", "tag": "begin", "ask": ask}


def _fact(tested: dict[str, Any]) -> dict[str, Any]:
    answer = tested["answer"]
    fields = {"test": tested["test"], "walked_by": tested["by"], "signal": answer["signal"]}
    fields |= {"delay_s": max(0, answer["at"] - answer["time"]) / 1_000_000_000}
    said = {"type": "text", "key": "walk_test.tested", "params": {"by": tested["by"]}}
    fact = {"workflow": "walk_test", "case": tested["test"], "step": "answered", "at": answer["at"], "text": said}
    return {**fact, "by": tested["by"], "devices": [answer["device"]], "fields": fields, "topics": ["device_tested"]}


def _is_open(bypass: dict[str, Any]) -> bool:
    return bypass.get("ended") is None


def _read(kind: str) -> list[tuple[str, dict[str, Any]]]:
    """Id and content; what cannot be read is empty."""
    found = []
    for row in _rows(kind):
        try:
            content = msgspec.json.decode(row.content)
        except (msgspec.DecodeError, ValueError, TypeError, RecursionError):
            content = {}
        found.append((row.id, content if isinstance(content, dict) else {}))
    return found


def _rows(kind: str) -> Sequence[Any]:
    bind = op.get_bind()
    query = sa.select(_DOCUMENTS.c.id, _DOCUMENTS.c.content).where(_DOCUMENTS.c.kind == kind)
    if bind.dialect.name != "sqlite":
        return bind.execute(query).all()
    connection: Any = bind.connection.dbapi_connection  # a text that is no UTF-8 must not keep a gateway from starting
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    try:
        return bind.execute(query).all()
    finally:
        connection.text_factory = str


def _change(was: str, id_: str, **values: Any) -> None:
    which = sa.and_(_DOCUMENTS.c.kind == was, _DOCUMENTS.c.id == id_)
    op.get_bind().execute(_DOCUMENTS.update().where(which).values(values))


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def downgrade() -> None:
    raise NotImplementedError("a gateway of before would shout what is bypassed; restore a backup taken before")
