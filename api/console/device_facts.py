"""What the page of a device tells besides its values: its upkeep, the alerts that it had a part in, its history."""

from collections.abc import Iterable, Iterator

import msgspec

from alerts.alert import Alert
from alerts.facts import DEVICE_TESTED
from api.auth import Permission
from api.console.alert_words import AlertWords
from api.console.device_cards import micros
from api.console.signals import signal_label, value_label
from api.console.web_page import Asked
from api.held_devices import out_of_service
from api.ports import DueView, UpkeepView
from devices.device import Device
from devices.installed import hardware_of
from devices.orders import Change

TIMELINES = "/manager/alerts"
_ALERTS_ASKED, _ALERTS_SHOWN, _CHANGES_SHOWN = 500, 20, 50


class Value(msgspec.Struct, frozen=True):
    """The newest of a signal; ``received`` in microseconds."""

    signal: str
    title: str
    value: str
    received: int


class Past(msgspec.Struct, frozen=True):
    """When and what; ``path`` of the page about it, "" if there is none."""

    at: str
    what: str
    path: str = ""


def values(asked: Asked, device: str) -> list[Value]:
    return [
        Value(
            signal=one.signal,
            title=signal_label(one.signal, asked.say),
            value=value_label(one.signal, one.value, asked.say),
            received=micros(one.received),
        )
        for one in asked.gateway.readings.latest(device)
    ]


def bypass_of(asked: Asked, device: str) -> str:
    """Why it is out of service, by whom and until when; "" if it is not."""
    say = asked.say
    bypass = next((each for each in out_of_service(asked.gateway) if device in each.devices), None)
    if bypass is None:
        return ""
    until = say("aside.until", time=asked.moment(bypass.until))
    return " · ".join((say("mark.bypassed"), say.said(bypass.reason), bypass.by, until))


def upkeep(asked: Asked, device: Device) -> list[tuple[str, str]]:
    """What it is waited for, its battery and radio, what it is due for: names and values."""
    say, kept = asked.say, asked.gateway.devices.upkeep(device.id)
    tested = asked.gateway.workflows.newest_facts(DEVICE_TESTED).get(device.id)
    return [
        *((say("upkeep.remark"), say.said(remark)) for remark in kept.remarks),
        (say("upkeep.interval"), _interval(asked, kept)),
        *_battery(asked, kept),
        *_link(asked, kept),
        *([(say("upkeep.firmware"), kept.firmware)] if kept.firmware else ()),
        *([(say("upkeep.via"), asked.gateway.devices.device_name(kept.via, say.language))] if kept.via else ()),
        *((_due_name(asked, due), _due(asked, due)) for due in kept.due),
        *([(say("upkeep.tested"), f"{asked.moment(tested.at)} · {tested.by}")] if tested is not None else ()),
    ]


def _interval(asked: Asked, kept: UpkeepView) -> str:
    say = asked.say
    if kept.interval_s is None or not kept.interval_from:
        return say("upkeep.nobody")
    return f"{say.age(kept.interval_s)} ({say(f'upkeep.{kept.interval_from}')})"


def _battery(asked: Asked, kept: UpkeepView) -> Iterator[tuple[str, str]]:
    say = asked.say
    if kept.battery is not None:
        parts = [f"{kept.battery:.0f} %"]
        if kept.battery_days_left is not None:
            parts.append(say("upkeep.days", days=kept.battery_days_left))
        elif kept.battery_note:
            parts.append(say.said(kept.battery_note))
        yield say("upkeep.battery"), " · ".join(parts)
    if kept.battery_changed is not None:
        yield say("upkeep.battery_changed"), asked.moment(kept.battery_changed)[:10]


def _link(asked: Asked, kept: UpkeepView) -> Iterator[tuple[str, str]]:
    say = asked.say
    if kept.link_signal and kept.link_mean is not None and kept.link_min is not None:
        name, mean, least = signal_label(kept.link_signal, say), f"{kept.link_mean:.0f}", f"{kept.link_min:.0f}"
        weak = f" · {say('mark.link')}" if kept.is_link_weak else ""
        yield say("upkeep.link"), say("upkeep.link_is", name=name, mean=mean, least=least) + weak


def _due_name(asked: Asked, due: DueView) -> str:
    return asked.say("upkeep.due_battery" if due.what == "battery" else f"upkeep.{due.what}")


def _due(asked: Asked, due: DueView) -> str:
    if due.left_days < 0:
        return asked.say("upkeep.overdue", on=due.on, days=-due.left_days)
    return asked.say("upkeep.due_on", on=due.on, days=due.left_days)


def changes(asked: Asked, history: list[Change]) -> list[Past]:
    """What was done to it, newest first."""
    return [Past(asked.second(change.at), _change(asked, change)) for change in history[::-1][:_CHANGES_SHOWN]]


def _change(asked: Asked, change: Change) -> str:
    parts = [asked.say(f"change.{change.action}"), change.by]
    if change.action == "replaced" and change.old is not None and change.new is not None:
        parts.append(f"{hardware_of(change.old)} → {hardware_of(change.new)}")
    if change.note:
        parts.append(asked.say.said(change.note))
    return " · ".join(parts)


def alerts(asked: Asked, device: str, areas: Iterable[str]) -> list[Past]:
    """What it had a part in, newest first, each with its timeline for whoever may see it. Asks the store."""
    way = TIMELINES if asked.person.may(Permission.READ_LEDGER) else ""
    words = AlertWords(asked)
    stored = [alert for area in areas for alert in asked.gateway.alerts.alerts(area=area, limit=_ALERTS_ASKED)]
    found = [one for one in stored if one.key == device or any(cause.device == device for cause in one.causes)]
    newest = sorted(found, key=lambda alert: -alert.raised)[:_ALERTS_SHOWN]
    return [
        Past(asked.second(alert.raised), _alert(asked, alert, words), way and f"{way}/{alert.id}") for alert in newest
    ]


def _alert(asked: Asked, alert: Alert, words: AlertWords) -> str:
    say = asked.say
    parts = [say(f"class.{alert.alert_class}"), words.text(alert), say(f"state.{alert.state}")]
    if alert.disposition is not None:
        parts.append(say(f"disposition.{alert.disposition}"))
    return " · ".join(parts)
