"""What another gateway's API says, as what it is: alerts, modes and cases of JSON (pure)."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from alerts.alert import Alert, AlertClass, AlertEvent, Disposition, State
from alerts.effects import CaseChanged, ModeChanged
from alerts.suppression_reason import Suppression, SuppressionReason
from alerts.transmission import Transmission
from api.client.frames import Frame
from api.ports import Position, Published, Snapshot
from api.times import instant_of
from devices.errors import MalformedMessage, NotAllowed, Refused
from devices.message import Text, plain
from devices.reading import Instant, Origin, Quality, Reading, Value


class Told(msgspec.Struct):
    """What came in one piece: events in order, and the epochs that beats named."""

    events: list[Published] = []
    epochs: list[str] = []


def told(frames: Sequence[Frame]) -> Told:
    """What these frames say. Raises Refused (a snapshot is to be taken anew), NotAllowed, MalformedMessage."""
    found = Told()
    for frame in frames:
        if frame.kind == "beat":
            found.epochs.append(_decoded(frame.data, _Beat).epoch)
        elif frame.kind == "reset":
            raise Refused(plain(_decoded(frame.data, _Reset).reason))
        elif frame.kind == "signed_out":
            raise NotAllowed(Text.of("remote.not_let_in", status=401))
        elif frame.number is not None:
            found.events.append(Published(frame.number, frame.kind, _event(frame.kind, frame.data)))
    return found


class _Beat(msgspec.Struct):
    epoch: str = ""


class _Reset(msgspec.Struct):
    reason: str = ""


class _Message(msgspec.Struct):
    key: str
    params: dict[str, Any]


class _Reading(msgspec.Struct):
    device: str
    signal: str
    value: Value
    time: str
    received: str
    quality: list[str]

    def made(self) -> Reading:
        quality = sum(flag for flag in Quality if str(flag.name).lower() in self.quality)
        return Reading(self.device, self.signal, self.value, instant_of(self.time), instant_of(self.received), quality)


class _Aside(msgspec.Struct):
    kind: str
    reason: str
    source: str
    since: str
    by: str
    until: str | None
    note: str

    def made(self) -> Suppression:
        is_known = self.reason in {each.value for each in SuppressionReason}
        reason = SuppressionReason(self.reason) if is_known else SuppressionReason.CASE
        suppression = Suppression(reason, self.source, instant_of(self.since), self.by, _instant(self.until), self.note)
        is_shelved = self.kind == "shelved"
        return suppression if is_known else replace(suppression, workflow=self.reason, is_shelved=is_shelved)


class _Alert(msgspec.Struct):
    id: str
    rule: str
    rule_version: str
    area: str
    key: str
    alert_class: AlertClass
    priority: int
    message: _Message
    state: State
    active: bool
    latched: bool
    occurrences: int
    raised: str
    changed: str
    again: str | None
    causes: list[_Reading]
    procedure: str
    acknowledged_by: str
    acknowledged: str | None
    reset_by: str
    closed_by: str
    closed: str | None
    disposition: Disposition | None
    note: str
    origin: Origin
    aside: _Aside | None
    incident: str = ""
    place: int = 0
    responded: str | None = None
    rang: str | None = None
    silenced_until: str | None = None
    silenced_by: str = ""
    known_until: str | None = None
    transmitted: tuple[Transmission, ...] = ()

    def made(self) -> Alert:
        return Alert(
            id=self.id,
            rule=self.rule,
            rule_version=self.rule_version,
            area=self.area,
            key=self.key,
            alert_class=self.alert_class,
            priority=self.priority,
            text=_text(self.message),
            state=self.state,
            raised=instant_of(self.raised),
            changed=instant_of(self.changed),
            causes=tuple(cause.made() for cause in self.causes),
            active=self.active,
            latched=self.latched,
            occurrences=self.occurrences,
            again=_instant(self.again),
            responded=_instant(self.responded),
            rang=_instant(self.rang),
            silenced_until=_instant(self.silenced_until),
            silenced_by=self.silenced_by,
            known_until=_instant(self.known_until),
            transmitted=self.transmitted,
            procedure=plain(self.procedure),
            acknowledged_by=self.acknowledged_by,
            acknowledged=_instant(self.acknowledged),
            reset_by=self.reset_by,
            closed_by=self.closed_by,
            closed=_instant(self.closed),
            disposition=self.disposition,
            note=self.note,
            suppression=self.aside.made() if self.aside is not None else None,
            origin=self.origin,
            incident=self.incident,
            place=self.place,
        )


class _Step(msgspec.Struct):
    alert: _Alert
    action: str
    at: str
    by: str = ""


class _Case(msgspec.Struct):
    workflow: str
    id: str
    is_open: bool
    revision: int = 0

    def made(self) -> CaseChanged:
        return CaseChanged(self.workflow, self.id, self.is_open, {"revision": self.revision})


class _Live(msgspec.Struct):
    epoch: str
    at: int
    alerts: list[_Alert]
    modes: dict[str, str]
    cases: list[_Case]


def snapshot(content: bytes) -> Snapshot:
    """What GET /api/live answers. Raises MalformedMessage."""
    live = _decoded(content, _Live)
    alerts: Sequence[Alert] = [alert.made() for alert in live.alerts]
    return Snapshot(Position(live.epoch, live.at), alerts, live.modes, [case.made() for case in live.cases])


def _event(kind: str, data: bytes) -> Any:
    """None for what the live read model has no use for."""
    match kind:
        case "alert":
            step = _decoded(data, _Step)
            return AlertEvent(step.alert.made(), step.action, instant_of(step.at), step.by)
        case "mode":
            return _decoded(data, ModeChanged)
        case "case":
            return _decoded(data, _Case).made()
    return None


def _text(message: _Message) -> Text:
    try:
        return msgspec.convert({"type": "text", "key": message.key, "params": message.params}, Text)
    except (msgspec.ValidationError, RecursionError) as error:
        raise MalformedMessage(Text.of("remote.not_understood", reason=str(error)[:200])) from error


def _instant(at: str | None) -> Instant | None:
    return instant_of(at) if at is not None else None


def _decoded(content: bytes, kind: type[Any]) -> Any:
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedMessage(Text.of("remote.not_understood", reason=str(error)[:200])) from error
