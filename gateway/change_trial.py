"""What a rule would have done on what was recorded, for whoever decides on a change of it.

It is tried alone, its running version beside it, on the readings of the devices that it is about: so long back as there
are few enough of them that the gateway does not feel it. ``keyarea rules try`` tries all rules of a file together.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from alerts.alert import Alert
from alerts.rule import Rule
from alerts.rules_in_force import RuleInForce, made
from alerts.trial.recording import Recording, Setting, findings_of
from alerts.trial.report import Report
from alerts.trial.trial import run
from alerts.trial_result import TrialResult
from devices.device import Device
from devices.reading import SECOND, Instant, Reading
from gateway.ports import SeriesStore
from gateway.site.calendar import schedules_of
from gateway.site.model import Site
from gateway.site.workflow_tables import site_facts

_HOUR: Instant = 3_600 * SECOND
_SPANS: tuple[Instant, ...] = (_HOUR, 24 * _HOUR, 7 * 24 * _HOUR, 30 * 24 * _HOUR)
_MOST_READINGS = 100_000
_MOST_ALERTS = 2_000


class RuleTrial:
    """Blocks: for a thread of its own. ``alerts``: the newest that were stored. Raises StoreUnavailable."""

    def __init__(self, site: Site, series: SeriesStore, alerts: Callable[[int], Sequence[Alert]]) -> None:
        self._site, self._series, self._alerts = site, series, alerts

    def of(
        self,
        old: Rule[Any] | None,
        new: Rule[Any] | None,
        devices: Sequence[Device],
        modes: Mapping[str, str],
        now: Instant,
    ) -> TrialResult:
        """What ``new`` would have done otherwise than ``old``; None: there is none."""
        sets = [[rule] if rule is not None else [] for rule in (old, new)]
        chosen = [device for device in devices if any(rule.selects(device) for its in sets for rule in its)]
        since, readings = self._recorded([rule for its in sets for rule in its], chosen, now)
        setting = Setting(
            devices=tuple(chosen),
            modes=modes,
            schedules=schedules_of(self._site),
            choices={area.id: area.modes for area in self._site.areas},
            site=site_facts(self._site),
        )
        findings = findings_of(one for one in self._alerts(_MOST_ALERTS) if one.raised >= since)
        recording = Recording(setting, [readings] if readings else [], since, now, findings)
        return _result(run(sets[0], sets[1], recording))

    def _recorded(
        self, rules: Sequence[Rule[Any]], devices: Iterable[Device], now: Instant
    ) -> tuple[Instant, list[Reading]]:
        """The readings that these rules look at, as far back as they are not too many."""
        wanted = [
            (device.id, last.signal)
            for device in devices
            for last in self._series.latest_of(device.id)
            if any(rule.selects(device) and rule.watches(device, last.signal) for rule in rules)
        ]
        span, found = _SPANS[0], self._of_span(wanted, _SPANS[0], now)
        for longer in _SPANS[1:]:
            if len(found) * longer > _MOST_READINGS * span:
                break
            span, found = longer, self._of_span(wanted, longer, now)
        return now - span, found

    def _of_span(self, wanted: Sequence[tuple[str, str]], span: Instant, now: Instant) -> list[Reading]:
        readings = [
            Reading(device, signal, point.value, point.time, point.time, point.quality)
            for device, signal in wanted
            for point in self._series.range(device, signal, now - span, now + 1)
        ]
        return sorted(readings, key=lambda reading: reading.time)


def versions(kept: Iterable[Any], name: str) -> Rule[Any] | None:
    """The version of that rule that is at work, among the cases of the kernel's service."""
    known = next((case for case in kept if isinstance(case, RuleInForce) and case.id == name), None)
    return made(known.rule) if known is not None else None


def _result(report: Report) -> TrialResult:
    return TrialResult(
        since=report.since,
        until=report.until,
        readings=report.readings,
        events=report.events,
        gained=len(report.gained),
        lost=len(report.lost),
        moved=len(report.moved),
        false_gained=len(report.false_gained),
        false_lost=len(report.false_lost),
        caught=len(report.caught),
        missed=len(report.missed),
        failures=sum(report.failures.values()),
    )
