"""The figures of alarm management: what is counted, held against the roster, the rules in force and the clock."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from alerts.kpi.day import actor_of
from alerts.kpi.figures import Figures, Scope, figures
from alerts.kpi.report import OnDay, Report, Stale
from alerts.kpi.spans import MOST_BACK, SPANS, SpanOf, span_of
from alerts.rule import Rule
from api.ports.rules import Rules
from api.ports.workflows import Workflows
from api.roster import LINES, OUTLOOK, keeper
from devices.device import Device
from devices.errors import Refused
from devices.message import Text
from devices.reading import SECOND, Instant
from gateway.clock import Clock
from gateway.site.calendar import calendar_of
from gateway.site.model import Site
from gateway.stores.alarm_figures import AlarmFigures
from gateway.stores.records import SqlRecords
from ledger.operator_positions import average, operator_posts, people_at
from ledger.roster import Line, Stint, all_stints

ATTENDANCE = "attendance"
_PAST_LINES = 500
_MINUTE: Instant = 60 * SECOND
_ROSTER_KNOWN: Instant = 60 * SECOND
_RULES_KNOWN: Instant = 600 * SECOND


class KpiView:
    """Implements api.ports.kpi."""

    def __init__(
        self,
        site: Site,
        rules: Rules,
        workflows: Workflows,
        records: SqlRecords,
        clock: Clock,
        devices: Callable[[], Sequence[Device]],
    ) -> None:
        self._calendar, self._rules, self._workflows, self._clock = calendar_of(site), rules, workflows, clock
        self._devices = devices
        self._counted = AlarmFigures(records, self._calendar, self._positions)
        self._lines: tuple[Instant, list[Line]] = (0, [])
        self._people: tuple[Instant, int] = (0, 0)
        self._set_up: tuple[Instant, Mapping[int, int]] = (0, {})

    def read_on(self, now: Instant) -> None:
        self._counted.read_on(now)
        self._configured(now)

    def spans(self) -> tuple[SpanOf, ...]:
        return SPANS if self._calendar.shifts else SPANS[1:]

    def report(self, every: SpanOf, back: int = 0) -> Report:
        now = self._clock.now()
        span = self._span(every, back, now)
        read, of = self._counted.progress()
        first = self._counted.first()
        earlier = span_of(every, back + 1, self._calendar, now) if back < MOST_BACK[every] else None
        known, stints = first if first is not None else now, self._stints(span[0], span[1])
        return Report(
            every=every,
            back=back,
            begins=span[0],
            ends=span[1],
            known_since=first,
            figures=self._figures(*span, now, known),
            before=self._figures(*earlier, now, known) if earlier is not None and earlier[0] >= known else None,
            stale_now=tuple(Stale(*actor_of(key), since) for key, since in self._counted.standing_for(now)),
            days=tuple(OnDay(*day) for day in self._counted.days(*span)),
            is_assumed=not stints,
            read=read,
            of=of,
        )

    def _span(self, every: SpanOf, back: int, now: Instant) -> tuple[Instant, Instant]:
        found = span_of(every, back, self._calendar, now) if 0 <= back <= MOST_BACK[every] else None
        if found is None:
            raise Refused(Text.of("kpi_view.no_shifts" if back <= MOST_BACK[every] else "kpi_view.too_far"))
        return found

    def _figures(self, since: Instant, until: Instant, now: Instant, known: Instant) -> Figures:
        """Of what is known of the span: it was counted from ``known`` on, and has come to now."""
        since, until = max(since, known), min(until, now)
        operators = average(self._stints(since, until), since, until)
        found = self._counted.sum_of(since, until, now)
        scope = Scope(since, max(since, until), operators, self._configured(now))
        return figures(found.whole, scope, found.stale_days, found.flood_s)

    # -- who was there -------------------------------------------------------------------------------------

    def _positions(self, at: Instant) -> int:
        """To the minute: in a storm each alert asks."""
        minute = at // _MINUTE
        if self._people[0] != minute:
            self._people = minute, self._people_at(minute * _MINUTE)
        return self._people[1]

    def _people_at(self, at: Instant) -> int:
        absent = {
            (case.id, person)
            for case in self._workflows.cases(ATTENDANCE)
            for person in getattr(case, "absent", ())
            if abs(self._clock.now() - at) < _RULES_KNOWN  # of earlier days nobody knows any more who had not come
        }
        return people_at(self._stints(at, at + 1), at, absent)

    def _stints(self, since: Instant, until: Instant) -> tuple[Stint, ...]:
        """Of the posts at which alerts are handled."""
        now = self._clock.now()
        if not 0 <= now - self._lines[0] < _ROSTER_KNOWN:
            looks: list[Any] = list(self._workflows.cases(keeper(OUTLOOK)))
            posts, name = operator_posts(case.post for case in looks), keeper(LINES)
            planned: list[Any] = [*self._workflows.cases(name), *self._workflows.past_cases(name, _PAST_LINES)]
            found = [case.line for case in planned if hasattr(case, "line") and case.line.post in posts]
            self._lines = now, found
        return all_stints(self._lines[1], self._calendar, since, until)

    # -- what is set up ------------------------------------------------------------------------------------

    def _configured(self, now: Instant) -> Mapping[int, int]:
        """How many alerts rules are set up to raise, by priority: one for each device, area or site."""
        if not 0 <= now - self._set_up[0] < _RULES_KNOWN:
            devices = self._devices()
            counts: Counter[int] = Counter()
            for rule, _ in self._rules.rules():
                counts[rule.priority] += _alarms_of(rule, devices)
            self._set_up = now, counts
        return self._set_up[1]


def _alarms_of(rule: Rule[Any], devices: Sequence[Device]) -> int:
    if rule.is_silent:
        return 0
    its = [device for device in devices if rule.selects(device)]
    if rule.per == "area":
        return max(1, len({device.area for device in its}))
    if rule.per != "device":
        return 1
    if rule.supervises:
        return len(its)
    return sum(any(rule.watches(device, signal) for signal in device.signals) for device in its)
