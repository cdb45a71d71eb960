"""What is wrong with a rule of any kind beyond its shape: names that nothing has, selectors that nothing fits.

No kind checks this itself, and no line here knows a kind: it asks what the kind declares.
"""

from collections.abc import Iterator
from typing import Any

from alerts.area_mode import ARMED, WHOLE
from alerts.event import Recorded
from alerts.facts import TOPICS, Fact
from alerts.kernel.kernel import Kernel
from alerts.rule import Rule
from api.workflow_finder import workflows
from devices.device import Device
from devices.reading import Reading
from devices.signals import SIGNALS
from gateway.site.device_checks import PRINTABLE
from gateway.site.fault import Fault, Path, found
from gateway.site.line_checks import unknown
from gateway.site.model import Site
from gateway.site.rule_keys import key_of
from gateway.site.schedule_gaps import gap_faults


def rule_faults(site: Site) -> Iterator[Fault]:
    """Everything that is wrong with the rules of a site of the right shape, but for what standards forbid."""
    for index, rule in enumerate(site.rules):
        yield from _rule(rule, site, ("rules", index))
    yield from gap_faults(site)


def _rule(rule: Rule[Any], site: Site, path: Path) -> Iterator[Fault]:
    areas = {area.id: area for area in site.areas}
    devices = {device.id for device in site.devices}
    covered = [areas[area] for area in rule.areas if area in areas] or site.areas
    modes = {mode for area in covered for mode in area.modes}
    modes |= {ARMED} if modes & {*WHOLE} else set()
    tags = {tag for device in site.devices for tag in device.tags}
    kinds = {device.kind for device in site.devices if device.kind}
    yield from _text(rule.name, (*path, "name"))
    selectors = (
        ("areas", rule.areas, areas, "area", "areas"),
        ("devices", rule.devices, devices, "device", "devices"),
        ("device_kinds", rule.device_kinds, kinds, "device_of_kind", "devices"),
        ("tags", rule.tags, tags, "device_with_tag", "devices"),
        ("modes", rule.modes, modes, "armed_mode", "areas"),
    )
    all_known = True
    for key, names, known, noun, table in selectors:
        for place, name in enumerate(names):
            if name not in known:
                all_known = False
                is_id = key in ("areas", "devices")
                yield unknown(noun, name, known, (*path, key, place), table, name if is_id else "")
    schedules = {schedule.name for schedule in site.schedules}
    if rule.schedule and rule.schedule not in schedules:
        yield unknown("schedule", rule.schedule, schedules, (*path, "schedule"), "schedules", rule.schedule)
    for signal in rule.watched_signals():
        if signal not in SIGNALS:
            all_known = False
            yield unknown("signal", signal, SIGNALS, (*path, *key_of(rule, signal)))
        elif rule.of_type is not None and SIGNALS[signal].python_type is not rule.of_type:
            wanted = "a number" if rule.of_type is float else "true or false"
            yield Fault((*path, *key_of(rule, signal)), f"{signal!r} is not {wanted}: this kind would never hear it")
    shifts = {shift.name for shift in site.shifts}
    for shift in rule.named_shifts():
        if shift not in shifts:
            yield unknown("shift", shift, shifts, (*path, *key_of(rule, shift)), "shifts", shift)
    yield from _topics(rule, path)
    if not rule.procedure.strip():
        yield Fault((*path, "procedure"), "must say what the operator does: an alert without a response helps nobody")
    if site.devices and all_known:
        yield from _selects_nothing(rule, site, path)


def _topics(rule: Rule[Any], path: Path) -> Iterator[Fault]:
    """``<workflow>.<step>`` of no workflow, or a word that is none of the vocabulary: nobody would ever say it."""
    topics = rule.heard_topics()
    known = {*Kernel().workflows, *workflows()} if topics else set()
    for topic in topics:
        workflow, dot, _ = topic.partition(".")
        if dot and workflow not in known:
            yield unknown("workflow", workflow, known, (*path, *key_of(rule, topic)))
        elif not dot and Recorded not in rule.listens and topic not in TOPICS:
            yield unknown("topic", topic, TOPICS, (*path, *key_of(rule, topic)))


def _selects_nothing(rule: Rule[Any], site: Site, path: Path) -> Iterator[Fault]:
    chosen = [device for device in site.devices if rule.selects(device)]
    is_of_devices = bool(rule.watched_signals() or rule.devices or rule.device_kinds or rule.tags)
    if not chosen and (is_of_devices or Fact not in rule.listens):
        problem = "selects no device: no single one fits its areas, devices, device_kinds and tags together"
        yield Fault(path, problem, "devices")
    elif chosen and _can_watch(rule) and not any(_may_watch(rule, device) for device in chosen):
        wanted = " or ".join(rule.watched_signals()) or "what it looks at"
        yield Fault(path, f"watches nothing: none of the {len(chosen)} devices it selects has {wanted}", "devices")


def _can_watch(rule: Rule[Any]) -> bool:
    """Whether it lives on readings: not one that waits for silence, nor one that only hears of records and facts."""
    hears_only = not rule.watched_signals() and bool(rule.heard_topics())
    return Reading in rule.listens and not rule.supervises and not hears_only


def _may_watch(rule: Rule[Any], device: Device) -> bool:
    """Whether the device has what it looks at, or nobody has said what it has."""
    return not device.signals or any(rule.watches(device, signal) for signal in device.signals)


def _text(text: str, path: Path) -> Iterator[Fault]:
    if not PRINTABLE.fullmatch(text) or not text.strip():
        yield Fault(path, f"must be one line of up to 100 characters; found {found(text)}")
