"""How the obligations stand: counted from the ledger by the rules that watch them."""

from collections.abc import Iterable

from alerts.obligation import Obligation
from alerts.obligation_progress import Progress, progress
from alerts.rules_in_force import RULES
from api.ports.rules import Rules
from api.ports.workflows import Workflows
from devices.reading import Instant
from gateway.clock import Clock
from gateway.site.calendar import calendar_of
from gateway.site.model import Site
from gateway.stores.obligation_evidence import StoredEvidence
from gateway.stores.records import SqlRecords
from ledger.projections.obligations import ObligationEvidence

EXEMPTIONS = "obligations"


class ObligationsView:
    """Implements api.ports.obligations."""

    def __init__(self, site: Site, rules: Rules, workflows: Workflows, records: SqlRecords, clock: Clock) -> None:
        self._calendar, self._areas = calendar_of(site), [area.id for area in site.areas]
        self._rules, self._workflows, self._clock = rules, workflows, clock
        self._evidence = StoredEvidence(records)

    def progress(self) -> list[Progress]:
        rules = [rule for rule, _ in self._rules.rules() if isinstance(rule, Obligation)]
        evidence, begins = self._evidence.of(rules)
        now, new = self._clock.now(), self._first_versions()
        exempt = {getattr(case, "rule_name", "") for case in self._workflows.cases(EXEMPTIONS)}
        found: list[Progress] = []
        for rule in rules:
            since = max(begins, new.get(rule.name, 0)) or now
            found += self._of(rule, evidence, now, since, is_exempt=rule.name in exempt)
        return sorted(found, key=lambda one: (one.clause or "~", one.rule, one.area))

    def _of(
        self, rule: Obligation, evidence: ObligationEvidence, now: Instant, since: Instant, *, is_exempt: bool
    ) -> Iterable[Progress]:
        areas = (rule.areas or self._areas) if rule.per == "area" else [""]
        for area in areas:
            done = evidence.done(rule, area)
            yield progress(rule, done, self._calendar, now, since, area=area, is_exempt=is_exempt)

    def _first_versions(self) -> dict[str, Instant]:
        """Since when a rule is there that was never another; of any other nobody knows."""
        cases = [case for case in self._workflows.cases(RULES) if getattr(case, "number", 0) == 1]
        return {case.id: getattr(case, "since", 0) for case in cases}
