"""What goes over HTTP: the only pydantic models. Times are ISO 8601 in UTC with milliseconds (``...Z``)."""

from datetime import UTC, date, datetime
from functools import cache, lru_cache
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints

from alerts.alert import Alert, AlertEvent, Disposition
from alerts.suppression_reason import Suppression
from devices import message
from devices.language import Language
from devices.reading import Instant, Quality, Reading
from ledger.entry import Entry


def iso(instant: Instant) -> str:
    """``2026-11-24T08:30:15.000Z``"""
    seconds, rest = divmod(instant, 1_000_000_000)
    return f"{_second(seconds)}.{rest // 1_000_000:03d}Z"


@lru_cache(1024)
def _second(seconds: int) -> str:
    """Whole seconds: in a storm thousands of times in a second fall into one of them."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}"


Time = Annotated[int, PlainSerializer(iso, return_type=str)]
"""Nanoseconds inside, ISO 8601 outside."""

Text = Annotated[str, StringConstraints(max_length=2000)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class In(BaseModel):
    """A request body: nothing but its fields."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Credentials(In):
    """A name and a password."""

    user: Name
    password: Annotated[str, StringConstraints(min_length=1, max_length=1024)]


class NewPassword(In):
    """The old password, and the one from now on."""

    old: Annotated[str, StringConstraints(min_length=1, max_length=1024)]
    new: Annotated[str, StringConstraints(min_length=1, max_length=1024)]


class Note(In):
    """Free words, may be empty."""

    note: Text = ""


class CauseOver(In):
    """How somebody knows that a cause is over; ``is_sure``: also where the device would say so itself."""

    note: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    is_sure: bool = False


class Finding(In):
    """How an alert is closed."""

    disposition: Annotated[Disposition, Field(strict=False)]
    note: Text = ""


class Mode(In):
    """An armed mode."""

    mode: Name


class Record(In):
    """A person's entry for a ledger book."""

    area: Annotated[str, StringConstraints(max_length=200)] = ""
    book: Name
    fields: dict[Name, Text] = Field(max_length=50)


class Out(BaseModel):
    """A response body."""


class Session(Out):
    """A fresh session: use the token as ``Authorization: Bearer``."""

    token: str
    user: str
    role: str


class Me(Out):
    """Who is signed in."""

    user: str
    role: str


class Done(Out):
    """It is done and stored."""

    done: Literal[True] = True


class Fault(Out):
    """One thing wrong; ``row`` counts from 1 in a list and is 0 elsewhere."""

    row: int
    column: str
    problem: str


class Failure(Out):
    """Every error: what is wrong and what to do. ``faults`` where several things are wrong, each in its field."""

    error: str
    faults: list[Fault] = []


class AreaOut(Out):
    """A key area as it stands."""

    id: str
    name: str
    name_zh: str
    risk: int
    responsible: str
    mode: str
    modes: list[str]
    devices: int
    worst: str
    open_alerts: int
    set_aside: int


class ReadingOut(Out):
    """One reading."""

    device: str
    signal: str
    value: bool | float | str
    time: Time
    received: Time
    quality: list[str]

    @classmethod
    def of(cls, reading: Reading) -> "ReadingOut":
        return cls(
            device=reading.device,
            signal=reading.signal,
            value=reading.value,
            time=reading.time,
            received=reading.received,
            quality=qualities(reading.quality),
        )


class DueOut(Out):
    """Something that a device is due for: a test, a calibration, a battery; ``on`` is a day, overdue if below 0."""

    what: str
    on: str
    left_days: int


class UpkeepOut(Out):
    """How a device is kept up; null or empty: not known (yet). ``interval_from``: set, learnt or rule.

    ``via``: the id of the device through which it speaks. ``remarks``: what is not well with it as it is installed.
    """

    is_lost: bool
    interval_s: float | None
    interval_from: str
    battery: float | None
    battery_days_left: int | None
    battery_note: str
    battery_changed: Time | None
    link_signal: str
    link_min: float | None
    link_mean: float | None
    is_link_weak: bool
    firmware: str
    via: str
    due: list[DueOut]
    remarks: list[str]


class DeviceOut(Out):
    """An installed device."""

    id: str
    name: str
    family: str
    address: str
    area: str
    name_zh: str
    kind: str
    model: str
    line: str
    signals: list[str]
    interval_s: float | None
    position: tuple[float, float] | None
    rename: dict[str, str]
    tags: list[str]
    installed: date | None
    test_every_days: int | None
    calibrate_every_days: int | None
    restores: bool
    last_heard: Time | None
    upkeep: UpkeepOut


class DeviceDetail(DeviceOut):
    """A device with the newest reading of each signal."""

    latest: list[ReadingOut]


class PointOut(Out):
    """One stored value, or one aggregate at the start of its step."""

    time: Time
    value: bool | float | str
    quality: list[str]


class Series(Out):
    """The points of one signal of one device, in time order."""

    device: str
    signal: str
    points: list[PointOut]


class AsideOut(Out):
    """Why an open alert is not shouted: ``reason`` is bypass, walk_test, line_lost or not_put_up."""

    kind: str
    reason: str
    source: str
    since: Time
    by: str
    until: Time | None
    note: str

    @classmethod
    def of(cls, aside: Suppression) -> "AsideOut":
        return cls(**{name: getattr(aside, name) for name in cls.model_fields})


class MessageOut(Out):
    """What a text is made of, the same in every language: ``params`` are named in the template of ``key``."""

    key: str
    params: dict[str, Any]

    @classmethod
    def of(cls, text: message.Text) -> "MessageOut":
        return cls(key=text.key, params=msgspec.to_builtins(text.params))


class AlertOut(Out):
    """An alert as it stands. ``text`` and ``procedure`` in the caller's language; ``message`` is what ``text`` says."""

    _made: ClassVar[tuple[str, ...]] = ("message", "causes", "aside")

    id: str
    rule: str
    rule_version: str
    area: str
    key: str
    alert_class: str
    priority: int
    text: str
    message: MessageOut
    state: str
    active: bool
    latched: bool
    occurrences: int
    raised: Time
    changed: Time
    again: Time | None
    causes: list[ReadingOut]
    procedure: str
    acknowledged_by: str
    acknowledged: Time | None
    reset_by: str
    closed_by: str
    closed: Time | None
    disposition: str | None
    note: str
    aside: AsideOut | None

    @classmethod
    def of(cls, alert: Alert, language: Language) -> "AlertOut":
        fields = {name: getattr(alert, name) for name in cls.model_fields if name not in cls._made}
        fields |= {name: language.show(getattr(alert, name)) for name in ("text", "procedure", "note")}
        aside = AsideOut.of(alert.suppression) if alert.suppression is not None else None
        causes = [ReadingOut.of(cause) for cause in alert.causes]
        return cls(causes=causes, aside=aside, message=MessageOut.of(alert.text), **fields)


class AlertEventOut(Out):
    """One step of the life of an alert, and the alert after it."""

    action: str
    at: Time
    by: str
    note: str
    causes: list[ReadingOut]
    alert: AlertOut

    @classmethod
    def of(cls, event: AlertEvent, language: Language) -> "AlertEventOut":
        return cls(
            action=event.action,
            at=event.at,
            by=event.by,
            note=language.show(event.note),
            causes=[ReadingOut.of(cause) for cause in event.causes],
            alert=AlertOut.of(event.alert, language),
        )


class AlertDetail(Out):
    """An alert and all its steps."""

    alert: AlertOut
    history: list[AlertEventOut]


class Alerts(Out):
    """A list of alerts."""

    alerts: list[AlertOut]


class EntryOut(Out):
    """An entry of the ledger."""

    sequence: int
    recorded: Time
    book: str
    at: Time
    by: str
    area: str
    fields: dict[str, Any]
    corrects: int | None
    previous: str
    hash: str

    @classmethod
    def of(cls, entry: Entry) -> "EntryOut":
        draft = entry.draft
        return cls(
            sequence=entry.sequence,
            recorded=entry.recorded,
            book=draft.book,
            at=draft.at,
            by=draft.by,
            area=draft.area,
            fields=dict(draft.fields),
            corrects=draft.corrects,
            previous=entry.previous,
            hash=entry.hash,
        )


class Entries(Out):
    """A page of the ledger."""

    entries: list[EntryOut]


def qualities(bits: int) -> list[str]:
    """``["snapshot", "clock_suspect"]``; empty for good."""
    return [*_names_of(bits)] if bits else []


@cache
def _names_of(bits: int) -> tuple[str, ...]:
    return tuple(str(flag.name).lower() for flag in Quality if flag and bits & flag)
