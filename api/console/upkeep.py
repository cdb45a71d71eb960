"""The upkeep of a device: what it is waited for, its battery and radio, what it is due for."""

from functools import partial

from nicegui import ui

from alerts.facts import DEVICE_TESTED
from api.auth import Permission
from api.console.maintenance_form import ask_work
from api.console.page import Visit, big_button, labelled
from api.console.signals import signal_label
from api.ports import DueView, UpkeepView
from devices.device import Device


def show_upkeep(visit: Visit, device: Device) -> None:
    """As it stands when the page is opened."""
    say, kept = visit.say, visit.gateway.devices.upkeep(device.id)
    rows = [(say("upkeep.remark"), say.said(remark)) for remark in kept.remarks]
    rows.append((say("upkeep.interval"), _interval(visit, kept)))
    if kept.battery is not None:
        rows.append((say("upkeep.battery"), _battery(visit, kept)))
    if kept.battery_changed is not None:
        rows.append((say("upkeep.battery_changed"), visit.screen.full(kept.battery_changed)[:10]))
    if kept.link_signal and kept.link_mean is not None and kept.link_min is not None:
        name, mean, least = signal_label(kept.link_signal, say), f"{kept.link_mean:.0f}", f"{kept.link_min:.0f}"
        weak = f" · {say('mark.link')}" if kept.is_link_weak else ""
        rows.append((say("upkeep.link"), say("upkeep.link_is", name=name, mean=mean, least=least) + weak))
    if kept.firmware:
        rows.append((say("upkeep.firmware"), kept.firmware))
    if kept.via:
        rows.append((say("upkeep.via"), visit.screen.device_name(kept.via, say.language)))
    rows += [(_due_name(visit, due), _due(visit, due)) for due in kept.due]
    tested = visit.gateway.workflows.newest_facts(DEVICE_TESTED).get(device.id)
    if tested is not None:
        rows.append((say("upkeep.tested"), f"{visit.screen.full(tested.at)} · {tested.by}"))
    ui.label(say("upkeep.title")).classes("text-h6")
    labelled(rows)
    if visit.may(Permission.SERVE_DEVICES):
        big_button(say("work.record"), partial(ask_work, visit, device))


def _interval(visit: Visit, kept: UpkeepView) -> str:
    say = visit.say
    if kept.interval_s is None or not kept.interval_from:
        return say("upkeep.nobody")
    return f"{say.age(kept.interval_s)} ({say('upkeep.' + kept.interval_from)})"


def _battery(visit: Visit, kept: UpkeepView) -> str:
    say = visit.say
    parts = [f"{kept.battery:.0f} %"]
    if kept.battery_days_left is not None:
        parts.append(say("upkeep.days", days=kept.battery_days_left))
    elif kept.battery_note:
        parts.append(say.said(kept.battery_note))
    return " · ".join(parts)


def _due_name(visit: Visit, due: DueView) -> str:
    return visit.say("upkeep.due_battery" if due.what == "battery" else "upkeep." + due.what)


def _due(visit: Visit, due: DueView) -> str:
    if due.left_days < 0:
        return visit.say("upkeep.overdue", on=due.on, days=-due.left_days)
    return visit.say("upkeep.due_on", on=due.on, days=due.left_days)
