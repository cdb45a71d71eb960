"""A commissioning, running or recorded, ready to draw: what was seen and measured, who says so."""

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from api.console.kinds import kind_name
from api.console.locale import Say
from api.console.signals import signal_label
from api.console.web_page import Asked
from api.ports import CommissioningView
from devices.installed import hardware_of
from devices.message import Text
from devices.orders import Change
from devices.reading import SECOND, Instant

_ENDS = ("_min", "_avg")


class Running(msgspec.Struct, frozen=True):
    """``share``: how much of the time of listening is over, 0 to 1."""

    is_seen: bool
    seen: str
    share: float
    left: str
    facts: list[tuple[str, str]]
    wanting: list[str]


class Record(msgspec.Struct, frozen=True):
    """A sheet to print: when, and (title, value)."""

    at: str
    facts: list[tuple[str, str]]


def running(view: CommissioningView, now: Instant, zone: str, say: Say) -> Running:
    """What is seen so far; times are those of the time zone ``zone``."""
    measured = view.measured
    whole = view.left_s + (now - view.started) / SECOND
    heartbeat, longest = measured.get("heartbeat_s"), measured.get("longest_silence_s")
    links = [
        say(
            "commission.link_is",
            name=signal_label(link, say),
            mean=measured[link + "_avg"],
            least=measured[link + "_min"],
        )
        for link in (name.removesuffix("_min") for name in measured if name.endswith("_min"))
    ]
    trigger = signal_label(str(measured.get("trigger", "")), say)
    facts = {
        "messages": str(measured.get("messages", 0)),
        "heartbeat": say("commission.rhythm", mean=heartbeat, longest=longest) if heartbeat is not None else "",
        "heard": _local(view.last_heard, zone) if view.last_heard is not None else say("console.never"),
        "link": ", ".join(links),
    }
    return Running(
        is_seen=view.triggered is not None,
        seen=f"{trigger} · {_local(view.triggered, zone)}" if view.triggered is not None else say("commission.how"),
        share=round(1 - view.left_s / whole, 3) if whole > 0 else 1.0,
        left=say("commission.left", age=say.age(view.left_s)) if view.left_s else say("commission.over"),
        facts=[(say("commission." + name), value or "–") for name, value in facts.items()],
        wanting=[say.said(one) for one in view.wanting],
    )


def record(asked: Asked, change: Change) -> Record:
    """What hangs where, what was measured, who says so."""
    say, gateway, device = asked.say, asked.gateway, change.new
    facts: list[tuple[str, str]] = []
    if device is not None:
        name = gateway.devices.device_name(device.id, say.language)
        facts = [
            (say("column.device"), f"{name} ({device.id})"),
            (say("column.area"), gateway.areas.area_name(device.area, say.language)),
            (say("device.kind"), kind_name(device.kind, say)),
            (say("device.hardware"), str(hardware_of(device))),
        ]
    facts += [(_figure(name, say), _value(name, value, say)) for name, value in change.measured.items()]
    facts += [(say("verb.note"), change.note), (say("review.by"), change.by)]
    return Record(
        _local(change.at, gateway.site.time_zone(), "%Y-%m-%d %H:%M:%S"),
        [(title, value) for title, value in facts if value],
    )


def _figure(name: str, say: Say) -> str:
    for end in _ENDS:
        if name.endswith(end):
            return f"{signal_label(name.removesuffix(end), say)} {say('record.' + end[1:])}"
    return say("record." + name)


def _value(name: str, value: str | float | Text, say: Say) -> str:
    if name == "trigger":
        return signal_label(str(value), say)
    return say.said(value) if isinstance(value, Text) else str(value)


def _local(instant: Instant, zone: str, shape: str = "%H:%M:%S") -> str:
    return f"{datetime.fromtimestamp(instant // SECOND, ZoneInfo(zone)):{shape}}"
