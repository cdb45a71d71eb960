"""What a commit writes, as rows: pure translation of effects and entries, so that records.py is transaction only.

Workflows come by a file alone, so there are two events for all of them: ``case`` says how one stands, ``fact`` what
happened; a case may change without a fact, and a fact come without a case. The stream names the case only, because a
wall screen listens. What names a silent alert is kept from those who may not see it (api/silent_alarm_view.py), so a
workflow that acts for an alert has to name it.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any

import msgspec
from msgspec.structs import replace

from alerts.alert import Alert, AlertEvent, State
from alerts.canary import CanaryRaised
from alerts.effects import CaseChanged, Effects, ModeChanged
from alerts.facts import Fact
from alerts.lifecycle import Action
from api.ports import Published
from devices.reading import Instant
from ledger.entry import Draft, Entry
from ledger.journal import ALERTS, WORDS
from ledger.output_entries import OUTPUTS
from ledger.values_beside import without_values

Row = dict[str, Any]

_PUBLISHED: dict[str, Any] = {
    "alert": AlertEvent,
    "mode": ModeChanged,
    "case": CaseChanged,
    "fact": Fact,
    "ledger": Entry,
    "canary": CanaryRaised,
}
_TOLD_ALREADY = (ALERTS,)
"""Books whose entries say what another event in the feed says."""


def to_text(value: object) -> str:
    """A struct as JSON text. Lone surrogates, which no database holds, become question marks."""
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(_utf8(msgspec.to_builtins(value))).decode()


def _utf8(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {_utf8(key): _utf8(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_utf8(inner) for inner in value]
    return value


def first_raised(events: Sequence[AlertEvent], stored: AbstractSet[str]) -> list[AlertEvent]:
    """The events without every ``raised`` of an alert that is stored, or raised earlier in the batch, already."""
    seen = set(stored)
    kept = []
    for event in events:
        if event.action == Action.RAISED:
            if event.alert.id in seen:
                continue
            seen.add(event.alert.id)
        kept.append(event)
    return kept


def first_drafts(drafts: Sequence[Draft], stored: AbstractSet[str]) -> list[Draft]:
    """The drafts without those of the events that ``first_raised`` leaves out."""
    seen = set(stored)
    kept: list[Draft] = []
    left_out: set[tuple[str, Instant]] = set()
    for draft in drafts:
        is_fed = bool(left_out) and not draft.by and draft.book not in (ALERTS, OUTPUTS)
        if is_fed and (str(draft.fields.get("alert")), draft.at) in left_out:
            continue  # what another book took of it (ledger/feeds.py)
        if draft.book == ALERTS and draft.fields.get("action") == WORDS[Action.RAISED]:
            alert = str(draft.fields.get("alert"))
            if alert in seen:
                left_out.add((alert, draft.at))
                continue
            seen.add(alert)
        kept.append(draft)
    return kept


def alert_rows(events: Sequence[AlertEvent]) -> list[Row]:
    """Each alert as it stands after its last event."""
    newest: dict[str, Alert] = {event.alert.id: event.alert for event in events}
    return [
        {
            "id": alert.id,
            "area": alert.area,
            "is_open": alert.state is not State.CLOSED,
            "raised": alert.raised,
            "content": to_text(alert),
        }
        for alert in newest.values()
    ]


def event_rows(events: Sequence[AlertEvent]) -> list[Row]:
    return [
        {"alert": event.alert.id, "at": event.at, "action": str(event.action), "content": to_text(event)}
        for event in events
    ]


def entry_rows(written: Sequence[tuple[Entry, bytes]]) -> list[Row]:
    """Each entry with its content."""
    return [
        {
            "site": entry.site,
            "sequence": entry.sequence,
            "book": entry.draft.book,
            "previous": entry.previous,
            "hash": entry.hash,
            "content": content.decode(),
        }
        for entry, content in written
    ]


def published(effects: Effects, entries: Sequence[Entry], after: int) -> list[Published]:
    """What goes out, numbered from ``after`` + 1: alert events, modes, cases, facts, entries not told so."""
    told = {(fact.book, fact.workflow, fact.case, fact.step) for fact in effects.facts}
    out: list[tuple[str, Any]] = [
        *(("alert", event) for event in effects.alerts),
        *(("mode", change) for change in effects.modes),
        *(("case", CaseChanged.of(workflow, case)) for (workflow, _), case in effects.cases.items()),
        *(("fact", _without_personal(fact)) for fact in effects.facts),
        *(("ledger", without_values(entry)) for entry in entries if not _is_told(entry.draft, told)),
        *(("canary", canary) for canary in effects.canaries),
    ]
    return [Published(number, kind, event) for number, (kind, event) in enumerate(out, start=after + 1)]


def _without_personal(fact: Fact) -> Fact:
    """The stream and the feed's rows hold nothing that somebody may have to erase."""
    if not fact.personal:
        return fact
    return replace(fact, fields={name: value for name, value in fact.fields.items() if name not in fact.personal})


def _is_told(draft: Draft, facts: AbstractSet[tuple[object, ...]]) -> bool:
    """Whether another event says the same. What a person writes into a workflow's book is told by nothing else."""
    fields = draft.fields
    return (
        draft.book in _TOLD_ALREADY
        or (draft.book, fields.get("workflow"), fields.get("case"), fields.get("step")) in facts
    )


def feed_rows(events: Sequence[Published]) -> list[Row]:
    return [{"id": event.id, "kind": event.kind, "content": to_text(event.event)} for event in events]


KINDS = tuple(_PUBLISHED)
"""What can be read back; earlier releases published more."""


def read_published(number: int, kind: str, content: str) -> Published:
    """A feed row read back."""
    return Published(number, kind, msgspec.json.decode(content, type=_PUBLISHED[kind]))
