"""The way of one alarm, step by step: from the time of its device to the eyes and ears of people, as receipts tell it.

What its readings and the alert itself say, what the pages of the console reported (api/alarm_receipts.py), which
messages a channel accepted, which centre confirmed. The newest pages' receipts live in memory; the rest is stored.
"""

from contextlib import suppress
from typing import Literal, TypeAlias

import msgspec

from alerts.alert import Alert, AlertEvent
from alerts.escalation_case import Escalating
from alerts.workflow import Workflow
from api.alarm_receipts import AlarmReceipts
from api.asks import ask_at, every_workflow
from api.ports import Gateway
from devices.errors import StoreUnavailable
from devices.message import Text
from devices.reading import Instant

ANSWER = "alerts/{case}/answer"
"""The address of the ask *received, on my way*: so nobody knows that workflow by its name."""
_CONFIRMED = "forwarding.confirmed"
_MOST = 100

Stage: TypeAlias = Literal["device", "received", "raised", "stored", "drawn", "message", "centre"]


class Step(msgspec.Struct, frozen=True):
    """``who``: the device, screen, channel or centre. ``how``, ``sound``: of a screen (api.alarm_receipts)."""

    stage: Stage
    at: Instant
    who: str = ""
    path: str = ""
    how: str = ""
    sound: str = ""


def answering() -> type[Workflow] | None:  # type: ignore[type-arg]
    """The workflow by which people outside are told, and answer."""
    ask = ask_at(ANSWER)
    return next((kind for kind in every_workflow().values() if ask in kind.asks), None) if ask is not None else None


def way_of(gateway: Gateway, receipts: AlarmReceipts, alert: Alert) -> list[Step]:
    """In order of time; asks the store."""
    first = alert.causes[0] if alert.causes else None
    steps = []
    if first is not None:
        steps += [Step("device", first.time, first.device), Step("received", first.received, first.device)]
    steps.append(Step("raised", alert.raised, alert.rule))
    known = receipts.of(alert.id)
    if known.stored is not None:
        steps.append(Step("stored", known.stored))
    steps += [Step("drawn", on.at, on.account, on.path, on.how, on.sound) for on in known.screens.values()]
    with suppress(StoreUnavailable):  # an alert that cannot be recorded now is shown all the same
        steps += _messages(gateway, alert.id)
        steps += _centres(gateway.alerts.history(alert.id))
    order = {step: place for place, step in enumerate(("device", "received", "raised", "stored"))}
    return sorted(steps, key=lambda step: (order.get(step.stage, len(order)), step.at))[:_MOST]


def _messages(gateway: Gateway, alert: str) -> list[Step]:
    kind = answering()
    case = gateway.workflows.case(kind.name, alert) if kind is not None else None
    told = case.told if isinstance(case, Escalating) else ()
    return [
        Step("message", each.state_at, each.who, each.channel)
        for each in told
        if each.state == "sent" and each.state_at is not None
    ]


def _centres(history: list[AlertEvent]) -> list[Step]:
    notes = [(step.at, step.note) for step in history]
    return [
        Step("centre", at, str(note.params.get("centre", "")))
        for at, note in notes
        if isinstance(note, Text) and note.key == _CONFIRMED
    ]
