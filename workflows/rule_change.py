"""Rule change 规则变更: a prevention rule is proposed, tried, approved by another account, and then runs at once.

A case is one change: a new rule, a changed one, or the end of one. What can only add or hasten alarms waits for nobody
(alerts/rule_comparison.py). Any other change waits to be approved; in class fire, gas and hold-up by another account
than its proposer's, and with what a trial on recorded time came to. Where nothing was recorded the report says so, and
two people may enable it.

A site file that differs at a start from what is at work opens a change by itself (alerts/rules_in_force.py): in those
classes both versions run until somebody decides, and a supervisory alert says so. docs/adr/0226 and 0227 say why.
"""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, Union

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from alerts.alert import AlertClass
from alerts.case import Case
from alerts.facts import Fact
from alerts.heard import Installed, Listens
from alerts.kinds import kinds
from alerts.moves import StandingAlert
from alerts.open_alerts import rule_version
from alerts.rule import Rule
from alerts.rule_comparison import Difference, changed_fields, difference, is_guarded
from alerts.rules_in_force import Decided, decide, is_reserved, made, next_version, table_of
from alerts.trial_result import TrialResult
from alerts.workflow import Ask, Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import Text
from devices.reading import Instant

if TYPE_CHECKING:
    AnyRule: TypeAlias = Rule[Any]
else:
    AnyRule = Union[tuple(kinds().values())]  # noqa: UP007 - of as many kinds as there are files

Known: TypeAlias = Annotated[str, Meta(min_length=1, max_length=100)]
PROPOSERS = frozenset({"technician", "manager", "admin"})
APPROVERS = frozenset({"manager", "admin"})
_LARGEST = 20_000
_NAMED = 20


class RuleChange(Case, frozen=True, kw_only=True):
    """A change of the rule of that name, as it stands.

    ``rule``: the new parameters as a site file writes them, None to end it. ``source``: who wants it, a person or the
    site file. ``difference``: what it does to alarms; ``guarded``: of class fire, gas or hold-up. ``trial``: what it
    would have done on recorded time. ``number``: the version that it became.
    """

    rule_name: str
    rule: dict[str, Any] | None
    change: Literal["new", "changed", "removed"]
    source: Literal["person", "file"] = "person"
    stage: Literal["proposed", "approved", "rejected", "withdrawn", "overtaken"] = "proposed"
    difference: str = ""
    guarded: bool = False
    trial: TrialResult | None = None
    number: int = 0


class Propose(Ask, tag="propose", frozen=True, kw_only=True):
    """Propose a new or a changed rule.

    ``rule``: its parameters, as a site file writes them; one that has the name of a rule at work changes that.
    """

    ROLES = PROPOSERS
    WITH_TRIAL = True
    ADDRESS = "rules/propose"

    rule: AnyRule
    trial: TrialResult | None = None


class Remove(Ask, tag="remove", frozen=True, kw_only=True):
    """Propose that a rule ends."""

    ROLES = PROPOSERS
    WITH_TRIAL = True

    rule_name: Known
    trial: TrialResult | None = None


class Approve(Ask, tag="approve", frozen=True, kw_only=True):
    """It runs from now on."""

    ROLES = APPROVERS
    WITH_TRIAL = True

    trial: TrialResult | None = None


class Reject(Ask, tag="reject", frozen=True, kw_only=True):
    """It does not; the rules at work go on."""

    ROLES = APPROVERS


class Withdraw(Ask, tag="withdraw", frozen=True, kw_only=True):
    """Whoever proposed it wants it no more."""

    ROLES = PROPOSERS


class RuleChanges(Workflow[RuleChange]):
    """Who may approve is on the ask; that it is somebody else is looked at here."""

    name, book, case = "rule_change", "rule_change", RuleChange
    asks = (Propose, Remove, Approve, Reject, Withdraw)
    listens = Listens(installed=True)

    def check(self, ask: Any, cases: Mapping[str, RuleChange], world: World, now: Instant) -> None:
        match ask:
            case Propose():
                _check_rule(ask.rule, world)
                self._check_new(ask.rule.name, ask.rule, cases, world)
            case Remove():
                if (known := world.rules.get(ask.rule_name)) is None or known.rule is None:
                    raise Refused(Text.of("rule_change.no_rule", rule=ask.rule_name))
                self._check_new(ask.rule_name, None, cases, world)
            case _:
                self._check_case(ask, cases, world)

    def _check_new(self, name: str, rule: Rule[Any] | None, cases: Mapping[str, RuleChange], world: World) -> None:
        if any(change.rule_name == name for change in cases.values()):
            raise Refused(Text.of("rule_change.waits_already", rule=name))
        if difference(_at_work(name, world), rule) is Difference.NONE:
            raise Refused(Text.of("rule_change.no_difference", rule=name))

    def _check_case(self, ask: Any, cases: Mapping[str, RuleChange], world: World) -> None:
        change = cases.get(ask.case)
        if change is None:
            raise Refused(Text.of("rule_change.no_change"))
        if isinstance(ask, Withdraw) and (change.source == "file" or change.by != ask.by):
            raise Refused(Text.of("rule_change.not_yours"))
        if not isinstance(ask, Approve):
            return
        rule = made(change.rule)
        if rule is not None and change.source == "person":  # the site may not be as it was when it was proposed
            _check_rule(rule, world)
        if not change.guarded:
            return
        if change.by == ask.by:
            raise Refused(Text.of("rule_change.somebody_else"))
        if change.trial is None and ask.trial is None and not ask.only_check:
            raise Refused(Text.of("rule_change.no_trial"))

    def step(self, event: Heard, cases: Mapping[str, RuleChange], world: World, now: Instant) -> Moves:
        match event:
            case Installed():
                return self._compared(cases, world, now)
            case Propose():
                return self._proposed(event, event.rule.name, event.rule, world, now)
            case Remove():
                return self._proposed(event, event.rule_name, None, world, now)
            case Approve():
                change = cases[event.case]
                change = replace(change, stage="approved", second=event.by, trial=change.trial or event.trial)
                return _in_force(change, world, now, event.note)
            case Reject():
                return _ended(replace(cases[event.case], stage="rejected", second=event.by), world, now, event.note)
            case Withdraw():
                return _ended(replace(cases[event.case], stage="withdrawn"), world, now, event.note)
        return Moves()

    def turn(self, due: Sequence[RuleChange], world: World, now: Instant) -> Moves:
        return Moves()

    def _proposed(self, ask: Propose | Remove, name: str, rule: Rule[Any] | None, world: World, now: Instant) -> Moves:
        change = replace(_change(ask.id, name, rule, world), by=ask.by, trial=ask.trial)
        if change.difference == Difference.ADDS:
            return _in_force(replace(change, stage="approved"), world, now, ask.note)
        return Moves(cases=(change,), facts=(_fact(change, "proposed", world, now, ask.note),))

    # -- a start -------------------------------------------------------------------------------------------

    def _compared(self, cases: Mapping[str, RuleChange], world: World, now: Instant) -> Moves:
        """The site file beside what is at work; the first time all of it becomes version 1."""
        found = [each for each in decide(world.site.rules, world.rules) if each.what != "same"]
        again = tuple(_alert(change) for change in cases.values() if change.source == "file")
        if not found:
            return Moves(alerts=again)
        if not world.rules:
            first = tuple(next_version(None, each.file, each.name, now, in_file=table_of(each.file)) for each in found)
            names = tuple(each.name for each in found)
            return Moves(rules=first, facts=(_adopted(names, now),))
        return Moves.joined([Moves(alerts=again), *(self._differs(each, cases, world, now) for each in found)])

    def _differs(self, each: Decided, cases: Mapping[str, RuleChange], world: World, now: Instant) -> Moves:
        overtaken = [change for change in cases.values() if change.rule_name == each.name and change.source == "file"]
        ended = Moves.joined(
            Moves(cases=(over,), facts=(_fact(over, over.stage, world, now),), alerts=(_alert(over),))
            for over in (replace(change, stage="overtaken", is_open=False) for change in overtaken)
        )
        if each.difference is Difference.NONE and each.before is not None:  # the file says what was approved
            agreed = replace(each.before, in_file=table_of(each.file), candidate=None)
            return Moves.joined([ended, Moves(rules=(agreed,))])
        change = replace(_change(_id(each, now), each.name, each.file, world), source="file")
        if each.what == "runs":
            moves = _in_force(replace(change, stage="approved"), world, now)
            return Moves.joined([ended, replace(moves, alerts=())])
        assert each.before is not None
        both = replace(each.before, in_file=table_of(each.file), candidate=table_of(each.candidate))
        moves = Moves(
            cases=(change,),
            facts=(_fact(change, "differs", world, now),),
            alerts=(_alert(change, is_loud=True),),
            rules=(both,),
        )
        return Moves.joined([ended, moves])


def _check_rule(rule: Rule[Any], world: World) -> None:
    """Raises Refused for what a site file could not say either."""
    try:
        is_too_long = len(msgspec.json.encode(rule)) > _LARGEST
    except UnicodeEncodeError:
        raise Refused(Text.of("workflow.no_characters")) from None
    if is_too_long:
        raise Refused(Text.of("workflow.too_long", most=_LARGEST))
    if is_reserved(rule.name):
        raise Refused(Text.of("rule_change.reserved", rule=rule.name))
    others = (_at_work(name, world) for name in world.rules if name != rule.name)
    faults = world.site.faults_of(rule, tuple(world.devices.values()), tuple(one for one in others if one is not None))
    if faults:
        raise Refused(Text.of("rule_change.faults", faults=faults[:_NAMED]))


def _at_work(name: str, world: World) -> Rule[Any] | None:
    known = world.rules.get(name)
    return made(known.rule) if known is not None else None


def _change(case: str, name: str, rule: Rule[Any] | None, world: World) -> RuleChange:
    old = _at_work(name, world)
    area = next(iter((rule or old).areas), "") if (rule or old) is not None else ""  # type: ignore[union-attr]
    return RuleChange(
        id=case,
        area=area,
        rule_name=name,
        rule=table_of(rule),
        change="new" if old is None else "removed" if rule is None else "changed",
        difference=difference(old, rule),
        guarded=is_guarded(old, rule),
    )


def _id(each: Decided, now: Instant) -> str:
    said = msgspec.json.encode((each.name, table_of(each.file), now))
    return blake2b(said, digest_size=8).hexdigest()


def _in_force(change: RuleChange, world: World, now: Instant, note: str = "") -> Moves:
    """It runs from the next step on."""
    before = world.rules.get(change.rule_name)
    fields: dict[str, Any] = {"in_file": change.rule} if change.source == "file" else {}
    version = next_version(
        before, made(change.rule), change.rule_name, now, change=change.id, by=change.by, second=change.second, **fields
    )
    done = replace(change, is_open=False, number=version.number)
    facts = (_fact(done, "in_force", world, now, note),)
    alerts = (_alert(done),) if change.source == "file" else ()
    return Moves(cases=(done,), facts=facts, alerts=alerts, rules=(version,))


def _ended(change: RuleChange, world: World, now: Instant, note: str) -> Moves:
    """What is at work goes on; what ran beside it does not."""
    done = replace(change, is_open=False)
    facts = (_fact(done, done.stage, world, now, note),)
    before = world.rules.get(change.rule_name)
    if change.source == "person" or before is None:
        return Moves(cases=(done,), facts=facts)
    return Moves(cases=(done,), facts=facts, alerts=(_alert(done),), rules=(replace(before, candidate=None),))


def _alert(change: RuleChange, *, is_loud: bool = False) -> StandingAlert:
    return StandingAlert(
        key=change.id,
        area="",
        text=Text.of("rule_change.stands", rule=change.rule_name, change=change.change),
        procedure=Text.of("rule_change.procedure"),
        alert_class=AlertClass.SUPERVISORY,
        is_loud=is_loud,
        is_active=change.is_open,
    )


def _fact(change: RuleChange, step: str, world: World, now: Instant, note: str = "") -> Fact:
    old, new = _at_work(change.rule_name, world), made(change.rule)
    fields: dict[str, Any] = {
        "rule": change.rule_name,
        "change": change.change,
        "source": change.source,
        "difference": change.difference,
        "rule_version": rule_version(new) if new is not None else "",
        "before": rule_version(old) if old is not None else "",
        "number": change.number,
        "parameters": _parameters(old, new),
        "trial": change.trial.text if change.trial is not None else "",
        "note": note,
    }
    return Fact(
        workflow="rule_change",
        case=change.id,
        step=step,
        at=now,
        by=change.by,
        second=change.second,
        area=change.area,
        text=Text.of(f"rule_change.{step}", rule=change.rule_name, change=change.change),
        fields={name: value for name, value in fields.items() if value},
    )


def _parameters(old: Rule[Any] | None, new: Rule[Any] | None) -> str:
    """What is not as it was, as a site file writes it."""
    if new is None:
        return ""
    if old is None or type(old) is not type(new):
        return msgspec.json.encode(new).decode()
    told = [
        f"{name}: {_plain(getattr(old, name))} -> {_plain(getattr(new, name))}"
        for name in sorted(changed_fields(old, new))
    ]
    return "; ".join(told)


def _plain(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _adopted(names: Sequence[str], now: Instant) -> Fact:
    return Fact(
        workflow="rule_change",
        case="",
        step="adopted",
        at=now,
        text=Text.of("rule_change.adopted", count=len(names)),
        fields={"rule": ", ".join(names), "source": "file", "number": 1},
    )


WORKFLOW = RuleChanges
