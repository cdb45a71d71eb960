"""A walk test as its pages show it: where it is, the detectors in the order in which one looks for them, its report."""

from collections.abc import Iterable, Sequence

import msgspec

from api.console.kinds import kind_name
from api.console.signals import signal_label
from api.console.web_page import Asked
from devices.device import Device
from devices.reading import SECOND
from devices.walk_test import Answer, WalkTest, is_up


class WalkRow(msgspec.Struct, frozen=True):
    """A detector on the way. ``at`` "": it has not answered yet."""

    id: str
    name: str
    what: str
    at: str


class WalkCard(msgspec.Struct, frozen=True):
    """A test in a list. ``silent``: how many have not answered though it is over."""

    id: str
    area: str
    count: str
    silent: int
    told: str


def card_of(asked: Asked, test: WalkTest) -> WalkCard:
    """One test in a list, running or over."""
    is_over = test.outcome != "running"
    return WalkCard(
        id=test.id,
        area=area_of(asked, test),
        count=f"{len(test.answers)} / {len(test.devices)}",
        silent=len(test.missing) if is_over else 0,
        told=f"{asked.say('walk.' + test.outcome)} · {test.by} · {asked.second(test.started)}",
    )


def area_of(asked: Asked, test: WalkTest) -> str:
    """What is walked."""
    if not test.area:
        return asked.say("walk.several")
    return asked.gateway.areas.area_name(test.area, asked.say.language)


def rows_of(asked: Asked, test: WalkTest, devices: Iterable[Device]) -> list[WalkRow]:
    """Those not yet walked on top, by name; then those that answered, the newest first."""
    known = {device.id: device for device in devices}
    missing = sorted(test.missing, key=lambda device: name_of(asked, device).casefold())
    return [
        *(_row(asked, device, known.get(device), None) for device in missing),
        *(_row(asked, answer.device, known.get(answer.device), answer) for answer in reversed(test.answers)),
    ]


def _row(asked: Asked, device_id: str, device: Device | None, answer: Answer | None) -> WalkRow:
    name = name_of(asked, device_id)
    what = [kind_name(device.kind, asked.say)] if device is not None and device.kind else []
    if answer is not None:
        what.append(signal_label(answer.signal, asked.say))
        if is_up(answer):
            what.append(f"⚠ {asked.say('walk.still')}")
    if name != device_id:
        what.append(device_id)
    return WalkRow(device_id, name, " · ".join(what), asked.clock(answer.at) if answer is not None else "")


def newest_of(asked: Asked, test: WalkTest) -> str:
    """Who answered last, "" while nobody has."""
    if not test.answers:
        return ""
    newest = test.answers[-1]
    return f"✓ {name_of(asked, newest.device)} · {signal_label(newest.signal, asked.say)}"


def name_of(asked: Asked, device: str) -> str:
    return asked.gateway.devices.device_name(device, asked.say.language)


class WalkReport(msgspec.Struct, frozen=True):
    """What is kept of a test that is over: (name, when it answered) of each device."""

    where: str
    told: str
    outcome: str
    is_interrupted: bool
    result: str
    missing: Sequence[tuple[str, str]]
    answered: Sequence[tuple[str, str]]


def report_of(asked: Asked, test: WalkTest) -> WalkReport:
    """One sheet."""
    say, note = asked.say, asked.say.said(test.note)
    ended = test.ended if test.ended is not None else test.started
    return WalkReport(
        where=f"{asked.gateway.site.site_name(say.language)} · {area_of(asked, test)}",
        told=f"{asked.second(test.started)} – {asked.clock(ended)} · {test.by}",
        outcome=say("walk." + test.outcome) + (f" · {note}" if note else ""),
        is_interrupted=test.outcome == "interrupted",
        result=say("walk.result", answered=len(test.answers), all=len(test.devices)),
        missing=[(_named(asked, device), "–") for device in test.missing],
        answered=[(_named(asked, answer.device), _when(asked, answer)) for answer in test.answers],
    )


def _named(asked: Asked, device: str) -> str:
    name = name_of(asked, device)
    return name if name == device else f"{name} ({device})"


def _when(asked: Asked, answer: Answer) -> str:
    late = f" (+{answer.delay / SECOND:.1f} s)" if answer.delay >= SECOND else ""
    return f"{asked.clock(answer.at)}{late} · {signal_label(answer.signal, asked.say)}"
