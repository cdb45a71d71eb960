"""What goes over HTTP of alerts."""

from typing import ClassVar

from alerts.alert import Alert, AlertEvent
from alerts.suppression_reason import Suppression
from alerts.transmission import Transmission
from api.reading_schemas import ReadingOut
from api.schemas import MessageOut, Out, Time
from devices.language import Language


class AsideOut(Out):
    """Why an open alert is not shouted: ``reason`` is line_lost, not_put_up, fire, or a workflow's name (bypass)."""

    kind: str
    reason: str
    source: str
    since: Time
    by: str
    until: Time | None
    note: str

    @classmethod
    def of(cls, aside: Suppression, language: Language) -> "AsideOut":
        """``reason`` is the workflow's name where one of its cases holds it back."""
        fields = {name: getattr(aside, name) for name in cls.model_fields if name not in ("reason", "note")}
        return cls(reason=aside.why, note=language.show(aside.note), **fields)


class TransmissionOut(Out):
    """How far a receiving centre was told: sending, confirmed, failed; ``event``: which, "" all that it confirmed."""

    centre: str
    state: str
    event: str

    @classmethod
    def of(cls, told: Transmission) -> "TransmissionOut":
        return cls(centre=told.centre, state=told.state, event=told.event)


class AlertOut(Out):
    """An alert as it stands. ``text`` and ``procedure`` in the caller's language; ``message`` is what ``text`` says.

    ``incident``: the number of the one that it belongs to, "" for none; ``place``: in the order of joining, from 1.
    ``responded``: when a step of the response was taken last; ``rang``: when it began to sound anew by itself;
    ``silenced_until``: consoles are quiet about it until then; ``known_until``: of a handover, the end of the
    shift that was told of it.

    ``unrecorded``: a step of it waits for the store, and is gone if the gateway ends before.
    """

    _made: ClassVar[tuple[str, ...]] = ("message", "causes", "aside", "unrecorded", "transmitted")

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
    origin: str
    responded: Time | None
    rang: Time | None
    silenced_until: Time | None
    silenced_by: str
    known_until: Time | None
    transmitted: list[TransmissionOut]
    incident: str
    place: int
    aside: AsideOut | None
    unrecorded: bool = False

    @classmethod
    def of(cls, alert: Alert, language: Language, *, is_unrecorded: bool = False) -> "AlertOut":
        fields = {name: getattr(alert, name) for name in cls.model_fields if name not in cls._made}
        fields |= {name: language.show(getattr(alert, name)) for name in ("text", "procedure", "note")}
        aside = AsideOut.of(alert.suppression, language) if alert.suppression is not None else None
        fields |= {"causes": [ReadingOut.of(cause) for cause in alert.causes]}
        told = [TransmissionOut.of(each) for each in alert.transmitted]
        message = MessageOut.of(alert.text)
        return cls(aside=aside, message=message, transmitted=told, unrecorded=is_unrecorded, **fields)


class AlertEventOut(Out):
    """One step of the life of an alert, and the alert after it."""

    action: str
    at: Time
    by: str
    note: str
    causes: list[ReadingOut]
    alert: AlertOut

    @classmethod
    def of(cls, event: AlertEvent, language: Language, *, is_unrecorded: bool = False) -> "AlertEventOut":
        return cls(
            action=event.action,
            at=event.at,
            by=event.by,
            note=language.show(event.note),
            causes=[ReadingOut.of(cause) for cause in event.causes],
            alert=AlertOut.of(event.alert, language, is_unrecorded=is_unrecorded),
        )


class AlertDetail(Out):
    """An alert and all its steps."""

    alert: AlertOut
    history: list[AlertEventOut]


class Alerts(Out):
    """A list of alerts."""

    alerts: list[AlertOut]
