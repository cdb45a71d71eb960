"""How the obligations stand: counted from the ledger by the rules that watch them."""

from collections.abc import Iterable, Mapping, Sequence

from alerts.obligation import Obligation
from alerts.obligation_progress import Progress, progress, still_counted
from alerts.period import Period
from alerts.rules_in_force import RULES
from api.live import Live
from api.ports.rules import Rules
from api.ports.workflows import Workflows
from devices.message import Name, Text
from devices.reading import SECOND, Instant
from gateway.clock import Clock
from gateway.site.calendar import calendar_of
from gateway.site.model import Site
from gateway.stores.obligation_evidence import StoredEvidence
from gateway.stores.records import SqlRecords
from ledger.books import Book
from ledger.coverage import Shares
from ledger.duties import standing_of
from ledger.duty_definition import definition, definition_of
from ledger.projections.obligations import Counting, ObligationEvidence
from ledger.standing_duty import Standing, StandingDuty, standing

EXEMPTIONS = "obligations"
COVERAGE = "coverage"
_LOOKS_BACK: Instant = 400 * 86_400 * SECOND
"""Periods that ended before are counted no more: a year, and the month in which it is looked back upon."""


class ObligationsView:
    """Implements api.ports.obligations."""

    def __init__(
        self,
        site: Site,
        rules: Rules,
        workflows: Workflows,
        records: SqlRecords,
        clock: Clock,
        live: Live,
        books: Mapping[str, Book],
    ) -> None:
        self._calendar, self._books = calendar_of(site), books
        self._areas = {area.id: Name(area.name, area.name_zh) for area in site.areas}
        plan = getattr(site.workflows.get(EXEMPTIONS), "plan", "")
        self._agreed = float(getattr(site.workflows.get(COVERAGE), "agreed", 0))
        self._standing: Sequence[StandingDuty] = standing_of(plan) if plan else ()
        self._rules, self._workflows, self._clock, self._live = rules, workflows, clock, live
        self._evidence = StoredEvidence(records)

    def read_on(self, _now: Instant) -> None:
        if rules := self._counted():
            self._evidence.read_on([*rules, *self._standing])

    def counting(self) -> Counting | None:
        return self._evidence.of([*self._counted(), *self._standing]).counting

    def progress(self) -> list[Progress]:
        rules, exempt = self._counted(), self._exempt()
        counted = self._evidence.of([*rules, *self._standing])
        begins, evidence, is_whole = counted.begins, counted.evidence, counted.counting is None
        now, new = self._clock.now(), self._first_versions()
        oldest = self._calendar.at(self._calendar.day(now - _LOOKS_BACK), 0)
        found: list[Progress] = []
        for rule in rules:
            since = max(begins, new.get(rule.name, 0), oldest) if begins else now
            found += self._of(rule, evidence, now, since, is_exempt=rule.name in exempt)
        if not is_whole:
            found = [one if one.state == "exempt" else still_counted(one) for one in found]
        return sorted(found, key=lambda one: (one.clause or "~", one.rule, one.area))

    def standing(self) -> list[tuple[StandingDuty, Standing]]:
        evidence = self._evidence.of([*self._counted(), *self._standing]).evidence
        quarter = Period("quarter").span(self._calendar, self._clock.now())
        since, exempt, alerts = quarter[0] if quarter is not None else 0, self._exempt(), self._live.open_alerts()
        known = {rule.name for rule, _ in self._rules.rules()}
        shares = {case.area: found for case in self._workflows.cases(COVERAGE) if (found := _shares(case)) is not None}
        return [
            (
                duty,
                standing(
                    duty,
                    alerts,
                    shares,
                    self._agreed,
                    [at for at, _ in evidence.done(duty)],
                    since,
                    names=self._areas,
                    known=known,
                    is_exempt=duty.name in exempt,
                    is_empty=bool(duty.of) and not self._workflows.cases(duty.of),
                ),
            )
            for duty in self._standing
        ]

    def definition(self, name: str) -> Sequence[Text]:
        duty = next((duty for duty in self._standing if duty.name == name), None)
        if duty is not None:
            titles = {rule: self._title(rule) for rule in (*duty.rules, *duty.near)}
            return definition_of(duty, titles, self._agreed)
        rule = next((rule for rule in self._counted() if rule.name == name), None)
        return definition(rule, self._books) if rule is not None else ()

    def _title(self, rule: str) -> Name:
        return Name(self._rules.rule_words(rule, "en")[0] or rule, self._rules.rule_words(rule, "zh")[0])

    def _counted(self) -> list[Obligation]:
        return [rule for rule, _ in self._rules.rules() if isinstance(rule, Obligation)]

    def _exempt(self) -> set[str]:
        return {getattr(case, "rule_name", "") for case in self._workflows.cases(EXEMPTIONS)}

    def _of(
        self, rule: Obligation, evidence: ObligationEvidence, now: Instant, since: Instant, *, is_exempt: bool
    ) -> Iterable[Progress]:
        areas = (rule.areas or tuple(self._areas)) if rule.per == "area" else ("",)
        early = since - rule.tolerance() - _LOOKS_BACK  # what a period that began before counts, too
        for area in areas:
            done = (each for each in evidence.done(rule, area) if each[0] >= early)
            yield progress(rule, done, self._calendar, now, since, area=area, is_exempt=is_exempt)

    def _first_versions(self) -> dict[str, Instant]:
        """Since when a rule is there that was never another; of any other nobody knows."""
        cases = [case for case in self._workflows.cases(RULES) if getattr(case, "number", 0) == 1]
        return {case.id: getattr(case, "since", 0) for case in cases}


def _shares(case: object) -> Shares | None:
    found = getattr(case, "shares", None)
    return found if isinstance(found, Shares) else None
