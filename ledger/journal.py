"""What the gateway writes into the ledger by itself: the drafts that follow from one batch of effects."""

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from alerts.alert import AlertEvent, State
from alerts.effects import Effects, Found
from alerts.event import Recorded
from alerts.facts import FieldValue
from alerts.lifecycle import Action
from devices.device import Device
from devices.installed import hardware_of
from devices.message import Text
from devices.orders import Change
from devices.reading import Instant, Reading
from ledger import cases, output_entries
from ledger.books import CORRECTS, Book
from ledger.entry import Draft
from ledger.feeds import Feeds
from ledger.texts import Render, written
from ledger.timestamp import text_of

ALERTS, EVENTS, INSTALLATION = "alerts", "events", "installation"

WORDS: dict[str, str] = {
    Action.RAISED: "raised",
    Action.CAUSE_AGAIN: "joined",
    Action.CAUSE_GONE: "returned",
    Action.END_CAUSE: "cause_ended",
    Action.ACKNOWLEDGE: "acknowledged",
    Action.RESET: "reset",
    Action.CLOSE: "closed",
    Action.COMMENT: "comment",
    Action.SET_ASIDE: "set_aside",
    Action.BROUGHT_BACK: "brought_back",
    Action.LAPSED: "lapsed",
    Action.COUNTED: "counted",
    Action.GROUPED: "grouped",
    Action.EXPIRED: "expired",
    Action.SILENCE: "silenced",
}
"""What the ledger calls each step of an alert's life; any other step keeps its own name."""

_AND = " + "
"""Between the accounts of two who signed a change (devices.orders.Change)."""
_MOST_TEXT = 200
_MOST_DESCRIPTION = 2_000


def drafts_of(
    effects: Effects,
    now: Instant,
    *,
    render: Render,
    books: Mapping[str, Book] | None = None,
    feeds: Feeds | None = None,
) -> list[Draft]:
    """One draft for each alert event, found signal, record, device, bypass and test, in this order.

    ``render`` makes the sentences, in the site's language. ``books`` gives the types of the fields of records, without
    it they stay text, and says what stands beside the chain; ``feeds`` is what sensors write into them by themselves.
    """
    known = books or {}
    drafts = [
        *(_of_alert(event, render) for event in effects.alerts),
        *(_of_found(found, now) for found in effects.found),
        *(_of_record(record, at, known.get(record.book)) for record, at in effects.recorded),
        *(_of_device(change, render) for change in effects.devices),
        *output_entries.drafts_of(effects, render),
        *cases.drafts_of(effects, render),
        *(feeds.drafts_of(effects, render) if feeds is not None else ()),
    ]
    return [_set_apart(draft, known.get(draft.book)) for draft in drafts] if known else drafts


def _set_apart(draft: Draft, book: Book | None) -> Draft:
    """What its book says is personal or large stands beside the chain."""
    if book is None or not book.apart:
        return draft
    apart = (*draft.apart, *(name for name in book.apart if name in draft.fields))
    return replace(draft, apart=apart) if apart != draft.apart else draft


def compact(reading: Reading) -> str:
    """A reading in one line: device, signal, value as JSON, time. A long text value is cut."""
    value = reading.value
    if isinstance(value, str) and len(value) > _MOST_TEXT:
        value = value[:_MOST_TEXT] + "…"
    try:
        shown = msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        shown = repr(value)
    return f"{reading.device} {reading.signal} {shown} {text_of(reading.time)}"


def _of_alert(event: AlertEvent, render: Render) -> Draft:
    alert = event.alert
    causes = event.causes or (alert.causes if event.action == Action.RAISED else ())
    fields: dict[str, FieldValue] = {
        "alert": alert.id,
        "action": WORDS.get(event.action, str(event.action)),
        "class": str(alert.alert_class),
        "priority": alert.priority,
        "rule": alert.rule,
        "rule_version": alert.rule_version,
        "key": alert.key,
        **written("text", alert.text, render),
        "state": str(alert.state),
        "active": alert.active,
        "occurrences": alert.occurrences,
        "raised": text_of(alert.raised),
    }
    if alert.again is not None:
        fields["again"] = text_of(alert.again)
    if causes:
        fields["causes"] = "; ".join(compact(cause) for cause in causes)
    if alert.suppression is not None:
        fields["aside"] = f"{alert.suppression.reason} {alert.suppression.source} {alert.suppression.by}".strip()
    if alert.state is State.CLOSED and alert.disposition is not None:
        fields["disposition"] = str(alert.disposition)
    if event.seen is not None:
        fields["seen"] = event.seen
    if alert.incident:
        fields |= {"incident": alert.incident, "place": alert.place}
    if alert.origin != "real":
        fields["origin"] = alert.origin
    if event.note:
        fields |= written("note", event.note, render)
    return Draft(book=ALERTS, at=event.at, fields=fields, by=event.by, area=alert.area)


def _of_found(found: Found, now: Instant) -> Draft:
    reading = found.reading
    fields: dict[str, FieldValue] = {
        "what": "found",
        "device": reading.device,
        "signal": reading.signal,
        "reading": compact(reading),
    }
    return Draft(book=EVENTS, at=now, fields=fields, area=found.area)


def _of_record(record: Recorded, at: Instant, book: Book | None) -> Draft:
    written = dict(record.fields)
    corrects = written.get(CORRECTS, "")
    number = int(corrects) if corrects.isascii() and corrects.isdigit() and len(corrects) <= 15 else None
    if number is not None:
        del written[CORRECTS]
    fields: dict[str, FieldValue] = {**(book.typed(written) if book is not None else written)}
    return Draft(book=record.book, at=at, fields=fields, by=record.by, area=record.area, corrects=number)


def _of_device(change: Change, render: Render) -> Draft:
    old, new = change.old, change.new
    fields: dict[str, FieldValue] = {"action": change.action}
    known = new or old
    if known is not None:
        fields |= {"device": known.id, "name": known.name or known.name_zh, "kind": known.kind}
        fields |= {"position": "{:g} {:g}".format(*known.position)} if known.position is not None else {}
    if change.sender is not None:
        fields["sender"] = str(change.sender)
    if change.action != "commissioned":
        fields |= {"old": _device(old, new), "new": _device(new, old)}
    for name, value in change.measured.items():
        fields |= written(name, value, render) if isinstance(value, Text) else {name: value}
    fields["note"] = change.note
    kept = {name: value for name, value in fields.items() if value != ""}
    by, _, second = change.by.partition(_AND)
    return Draft(book=INSTALLATION, at=change.at, fields=kept, by=by, area=change.area, second=second)


def _device(device: Device | None, other: Device | None) -> str:
    """The hardware, and of the rest what is not so in the other."""
    if device is None:
        return ""
    told = [str(hardware_of(device))]
    if other is not None:
        names = (
            *("area", "name", "name_zh", "kind", "signals", "interval_s", "position", "rename", "tags", "restores"),
            *("installed", "test_every_days", "calibrate_every_days"),
        )
        values = {name: (getattr(device, name), getattr(other, name)) for name in names}
        told += [f"{name} {_plain(mine)}" for name, (mine, its) in values.items() if mine != its]
    return "; ".join(told)[:_MOST_DESCRIPTION]


def _plain(value: object) -> str:
    return msgspec.json.encode(value).decode() if not isinstance(value, str) else value or "none"
