"""What rules are tried on: where they work, what was recorded there moment by moment, and what people found of it."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Literal, TypeAlias

import msgspec

from alerts.alert import Alert, AlertClass, Disposition, State
from alerts.event import Event
from alerts.lifecycle import MANNERS, Manner
from alerts.schedule import Schedule
from alerts.site_facts import SiteFacts
from devices.device import Device
from devices.reading import Instant, Reading


class Setting(msgspec.Struct, frozen=True):
    """Where rules work.

    ``modes``: the armed mode of each area when the recording begins; ``choices``: those that it may be set to.
    ``panels``: which device answers for which, as part and panel, by id. ``site``: its calendar and routes.
    """

    devices: tuple[Device, ...]
    modes: Mapping[str, str]
    schedules: Mapping[str, Schedule] = {}
    choices: Mapping[str, tuple[str, ...]] = {}
    panels: Mapping[str, str] = {}
    site: SiteFacts = SiteFacts()


class Missed(msgspec.Struct, frozen=True):
    """Nobody listened from ``since`` to ``until``: the gateway was stopped. Its moment is that of ``since``."""

    since: Instant
    until: Instant


class Handled(msgspec.Struct, frozen=True):
    """What a person did with the alert of that rule and key; it is done again if it is open in the trial."""

    rule: str
    key: str
    action: Literal["acknowledge", "reset", "close", "end_cause"]
    by: str
    disposition: Disposition | None = None


class HeldBack(msgspec.Struct, frozen=True):
    """From now on these devices are bypassed or in a walk test, or not any more: what they alone tell calls nobody."""

    devices: frozenset[str]
    is_held: bool


Told: TypeAlias = Event | Missed | Handled | HeldBack
Moment: TypeAlias = tuple[Instant, Sequence[Told]]
"""All that came at one time."""
Readings: TypeAlias = list[Reading]
"""Readings in the order in which they were received, each at that time of its own."""


class Finding(msgspec.Struct, frozen=True):
    """What people found of an alert: from when until when it stood, and whether it was real, a test or neither."""

    area: str
    alert_class: AlertClass
    since: Instant
    until: Instant
    disposition: Disposition


class Recording(msgspec.Struct, frozen=True):
    """``told`` stands in the order of time, from ``begin`` on.

    That may be before ``since``, so that windows are full and devices heard by then: what is raised earlier does not
    count.

    ``findings`` are those of alerts that were raised from ``since`` until ``until``.
    """

    setting: Setting
    told: Iterable[Moment | Readings]
    since: Instant
    until: Instant
    findings: tuple[Finding, ...] = ()
    begin: Instant | None = None


_RECEIVED = attrgetter("received")

Progress: TypeAlias = Callable[[Instant], None]
"""Told now and then how far a trial has come."""


def interleaved(pieces: Iterable[Readings], moments: Iterable[Moment]) -> Iterator[Moment | Readings]:
    """Pieces of readings with other moments at their place between; what else came at a time comes before readings."""
    waiting = iter(moments)
    moment = next(waiting, None)
    for piece in pieces:
        rest = piece
        while moment is not None and rest and moment[0] <= rest[-1].received:
            place = bisect_left(rest, moment[0], key=_RECEIVED)
            if place:
                yield rest[:place]
            yield moment
            rest, moment = rest[place:], next(waiting, None)
        if rest:
            yield rest
    if moment is not None:
        yield moment
        yield from waiting


def findings_of(alerts: Iterable[Alert]) -> tuple[Finding, ...]:
    """What was found of these, oldest first; those that end without a finding (faults, duties) say nothing."""
    judged = [
        Finding(alert.area, alert.alert_class, alert.raised, alert.closed or alert.changed, alert.disposition)
        for alert in alerts
        if alert.state is State.CLOSED and alert.disposition is not None and is_judged(alert.alert_class)
    ]
    return tuple(sorted(judged, key=lambda finding: (finding.since, finding.area, finding.alert_class)))


def is_judged(alert_class: AlertClass) -> bool:
    """Whether people close alerts of that class with a finding."""
    return MANNERS[alert_class] is not Manner.SELF_CLOSING
