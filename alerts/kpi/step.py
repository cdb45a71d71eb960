"""What the figures need of a step of an alert, and of somebody who came to the scene: nothing else of it is read."""

import msgspec

from alerts.alert import AlertClass, AlertEvent
from devices.reading import Instant, Origin


class Cause(msgspec.Struct, frozen=True):
    """The first reading of an alert."""

    device: str
    signal: str
    value: bool | float | str


class Aside(msgspec.Struct, frozen=True):
    """It is set aside; why and until when does not count here."""


class OfAlert(msgspec.Struct, frozen=True):
    """The fields of alerts.alert.Alert that count."""

    id: str
    rule: str
    area: str
    key: str
    alert_class: AlertClass
    priority: int
    state: str
    causes: tuple[Cause, ...] = ()
    active: bool = True
    again: Instant | None = None
    disposition: str | None = None
    aside: Aside | None = None
    silent: bool = False
    origin: Origin = "real"
    incident: str = ""


class Step(msgspec.Struct, frozen=True):
    """The fields of alerts.alert.AlertEvent that count."""

    alert: OfAlert
    action: str
    at: Instant
    by: str = ""


class Arrival(msgspec.Struct, frozen=True):
    """Somebody is at the scene of these ``alerts`` or that ``incident``; if neither is named, of the whole ``area``."""

    at: Instant
    area: str
    incident: str = ""
    alerts: tuple[str, ...] = ()


read_step = msgspec.json.Decoder(Step).decode


def step_of(event: AlertEvent) -> Step:
    """The same of an event that is at hand."""
    return read_step(msgspec.json.encode(event))
