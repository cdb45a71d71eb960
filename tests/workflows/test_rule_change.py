"""Rules that change: what waits for whom, what runs meanwhile, and what comes of a site file that differs."""

from typing import Any

import pytest

from alerts.rule import Rule
from alerts.rules_in_force import at_work, kept_in
from alerts.site_facts import SiteFacts
from alerts.trial_result import TrialResult
from devices.device import Device
from devices.message import Text
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import START, device, rule
from tests.words import readable
from workflows.rule_change import Approve, Propose, Reject, Remove, RuleChanges, Withdraw

HEAT = device("t1", kind="heat", signals=("temperature",))
TRIAL = TrialResult(since=START, until=START + 10, readings=7, events=1, gained=2)


def hot(above: float = 57, **fields: Any) -> Rule[Any]:
    return rule("threshold", **{"name": "hot", "signal": "temperature", "above": above} | fields)


def warm(above: float = 30, **fields: Any) -> Rule[Any]:
    return hot(above, **{"name": "warm", "alert_class": "information"} | fields)


def _faults(one: Rule[Any], _devices: Any, _others: Any) -> tuple[Text, ...]:
    return (Text.of("rule_change.fault", where="areas", why="nowhere"),) if one.areas == ("nowhere",) else ()


class Site(KernelRoom):
    """Whose rules come from its records, as those of a gateway do."""

    def __init__(self, *rules: Rule[Any], devices: tuple[Device, ...] = (HEAT,)) -> None:
        site = SiteFacts(rules=rules, faults_of=_faults)
        super().__init__(RuleChanges(), rules=rules, devices=devices, site=site)

    def start(self, *rules: Rule[Any]) -> list[str]:
        """Started anew with a site file of these rules; what its first step states."""
        self.site = SiteFacts(rules=rules, faults_of=_faults)
        self.rules = at_work(rules, kept_in(self.cases))
        self.restart(5)
        return facts(self.step((self.now - START) / 1e9))

    def changes(self) -> dict[str, Any]:
        return dict(self.kernel.cases.of("rule_change"))

    def only_change(self) -> str:
        (case,) = self.changes()
        return case

    def number(self, name: str = "hot") -> int:
        return kept_in(self.cases)[name].number

    def running(self) -> dict[str, float]:
        return {one.name: one.above for one in self.engine.rules if hasattr(one, "above")}

    def say(self, at: float, value: float) -> list[str]:
        later = (self.now - START) / 1e9 + at
        effects = self.step(later, f"t1.temperature={value}")
        return [f"{event.action} {event.alert.rule}" for event in effects.alerts]

    def do(self, ask: Any) -> list[str]:
        """What is refused, or else stated; the step after it is where new rules begin."""
        later = (self.now - START) / 1e9 + 1
        effects = self.step(later, ask)
        for fact in effects.facts:
            readable(fact.text)
            for value in fact.fields.values():
                readable(value) if isinstance(value, Text) else None
        for _, why in effects.refused:
            readable(why)
        told = keys(effects) or facts(effects)
        self.step(later)
        return told


def propose(one: Rule[Any], by: str = "tech", role: str = "technician", trial: TrialResult | None = TRIAL) -> Propose:
    return Propose(rule=one, by=by, role=role, trial=trial)


def approve(case: str, by: str = "boss", trial: TrialResult | None = None) -> Approve:
    return Approve(case=case, by=by, role="manager", trial=trial)


def test_the_site_file_of_before_becomes_version_1_once() -> None:
    site = Site(hot(), warm())
    assert ["rule_change.adopted"] == facts(site.effects)
    assert (1, 1) == (site.number(), site.number("warm"))
    assert [] == site.start(hot(), warm())


def test_a_change_of_class_fire_takes_a_trial_and_another_account() -> None:
    site = Site(hot())
    assert ["rule_change.proposed"] == site.do(propose(hot(70), by="boss", role="manager", trial=None))
    case = site.only_change()
    assert {"hot": 57.0} == site.running()
    assert ["rule_change.no_trial"] == site.do(approve(case, by="chief"))
    assert ["rule_change.somebody_else"] == site.do(approve(case, trial=TRIAL))
    assert ["rule_change.in_force"] == site.do(approve(case, by="chief", trial=TRIAL))
    assert {"hot": 70.0} == site.running()
    assert [] == site.say(1, 60)
    assert ["raised hot"] == site.say(1, 71)
    assert (2, {}) == (site.number(), site.changes())


def test_who_proposed_and_who_approved_and_the_trial_stand_in_the_ledger() -> None:
    site = Site(hot())
    site.do(propose(hot(70)))
    effects = site.step(9, approve(site.only_change()))
    (fact,) = effects.facts
    assert ("tech", "boss", "rule_change") == (fact.by, fact.second, fact.book)
    assert TRIAL.text == fact.fields["trial"]
    assert "above: 57.0 -> 70.0" == fact.fields["parameters"]
    assert fact.fields["rule_version"] != fact.fields["before"]


def test_without_recordings_the_report_says_so_and_two_may_enable() -> None:
    site = Site(hot())
    site.do(propose(hot(70), trial=TrialResult(since=START, until=START)))
    assert ["rule_change.in_force"] == site.do(approve(site.only_change()))
    assert "trial_result.empty" == TrialResult(since=START, until=START).text.key


def test_what_only_adds_waits_for_nobody() -> None:
    site = Site(hot())
    assert ["rule_change.in_force"] == site.do(propose(hot(50)))
    assert ["raised hot"] == site.say(1, 51)


def test_in_other_classes_the_proposer_may_approve() -> None:
    site = Site(warm())
    site.do(propose(warm(40), by="boss", role="manager", trial=None))
    assert ["rule_change.in_force"] == site.do(approve(site.only_change()))


def test_a_rule_is_ended_and_its_alert_with_it() -> None:
    site = Site(hot(), warm())
    site.say(1, 60)
    site.do(Remove(rule_name="warm", by="tech", role="technician"))
    site.do(approve(site.only_change()))
    assert {"hot"} == set(site.running())
    assert ["hot"] == [alert.rule for alert in site.open() if alert.active]
    assert [] == site.start(hot(), warm())
    assert {"hot"} == set(site.running())


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (propose(hot()), "rule_change.no_difference"),
        (propose(hot(name="gateway-line-lost")), "rule_change.reserved"),
        (propose(hot(name="hot@file")), "rule_change.reserved"),
        (propose(hot(60, areas=["nowhere"])), "rule_change.faults"),
        (propose(hot(60, procedure="x" * 30_000)), "workflow.too_long"),
        (propose(hot(60), role="operator"), "workflow.not_your_role"),
        (Remove(rule_name="cold", by="tech", role="technician"), "rule_change.no_rule"),
        (approve("nothing"), "rule_change.no_change"),
    ],
)
def test_refused_is(ask: Any, why: str) -> None:
    assert [why] == Site(hot()).do(ask)


def test_one_change_at_a_time_and_only_the_proposer_withdraws() -> None:
    site = Site(hot())
    site.do(propose(hot(70)))
    case = site.only_change()
    assert ["rule_change.waits_already"] == site.do(propose(hot(50), by="other"))
    assert ["rule_change.not_yours"] == site.do(Withdraw(case=case, by="other", role="technician"))
    assert ["rule_change.withdrawn"] == site.do(Withdraw(case=case, by="tech", role="technician"))
    assert ({"hot": 57.0}, {}) == (site.running(), site.changes())


def test_a_site_file_that_may_alarm_later_runs_beside_the_approved_rule() -> None:
    site = Site(hot())
    assert ["rule_change.differs"] == site.start(hot(hysteresis=9, above=70, below=0))
    assert {"hot": 57.0, "hot@file": 70.0} == site.running()
    assert ["workflow:rule_change"] == [alert.rule for alert in site.open()]
    assert ["raised hot"] == site.say(1, 60)
    assert [] == site.say(1, 71)
    assert ["cause_gone hot"] == [*site.say(1, 20)]
    assert ["cause_again hot"] == site.say(1, -5)
    assert [] == site.start(hot(hysteresis=9, above=70, below=0))
    assert {"hot": 57.0, "hot@file": 70.0} == site.running()


@pytest.mark.parametrize("is_approved", [True, False])
def test_the_difference_is_decided_once(is_approved: bool) -> None:
    site = Site(hot())
    site.start(hot(70))
    decide = approve(site.only_change(), trial=TRIAL) if is_approved else Reject(
        case=site.only_change(), by="boss", role="manager"
    )  # fmt: skip
    site.do(decide)
    assert {"hot": 70.0 if is_approved else 57.0} == site.running()
    assert [] == [alert.rule for alert in site.open() if alert.active]
    assert [] == site.start(hot(70))
    assert {"hot": 70.0 if is_approved else 57.0} == site.running()
    assert site.number() == (2 if is_approved else 1)


def test_a_file_that_changes_again_or_back_overtakes_its_difference() -> None:
    site = Site(hot())
    site.start(hot(70))
    assert ["rule_change.overtaken", "rule_change.differs"] == site.start(hot(80))
    assert {"hot": 57.0, "hot@file": 80.0} == site.running()
    assert ["rule_change.overtaken"] == site.start(hot())
    assert ({"hot": 57.0}, {}) == (site.running(), site.changes())
    assert [] == [alert.rule for alert in site.open() if alert.active]


def test_a_rule_that_is_missing_in_the_file_runs_until_somebody_decides() -> None:
    site = Site(hot(), warm())
    assert {"rule_change.differs", "rule_change.in_force"} == set(site.start())
    assert {"hot": 57.0} == site.running()
    site.do(approve(site.only_change(), trial=TRIAL))
    assert {} == site.running()


def test_words_alone_wait_and_do_not_run_twice() -> None:
    site = Site(hot())
    assert ["rule_change.differs"] == site.start(hot(procedure="2. Run."))
    assert {"hot": 57.0} == site.running()


def test_in_other_classes_and_what_only_adds_the_site_file_runs() -> None:
    site = Site(hot(), warm())
    assert ["rule_change.in_force"] * 3 == site.start(hot(50), warm(40), hot(90, name="very-hot"))
    assert {"hot": 50.0, "warm": 40.0, "very-hot": 90.0} == site.running()
    assert (2, 2, 1) == (site.number(), site.number("warm"), site.number("very-hot"))


def test_what_was_approved_on_the_console_goes_on_though_the_file_is_old() -> None:
    site = Site(hot())
    site.do(propose(hot(70)))
    site.do(approve(site.only_change()))
    assert [] == site.start(hot())
    assert {"hot": 70.0} == site.running()
    assert [] == site.start(hot(70))
    assert [] == site.start(hot(70))
    assert 2 == site.number()


def test_a_version_that_nobody_can_read_is_a_fault_and_the_file_runs() -> None:
    site = Site(hot())
    site.cases["rules", "hot"] = site.cases["rules", "hot"].replace(b'"threshold"', b'"thresh"')
    site.start(hot(60))
    assert {"hot": 60.0} == site.running()
    assert any(alert.rule == "workflow:rules" for alert in site.open())
