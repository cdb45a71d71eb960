"""Obligations 应做事项: the duties of a plan, as rules that ship with it; and which of them do not apply here.

``plan = "safe_enterprise"`` in the site file brings the duties of the "Safe Enterprise" plan that are counted
(ledger/presets/safe_enterprise.duties.toml); the site file overrides one by a rule of its name. What does not apply (no
canteen, no firearms, no foreign visitors) is declared so by one person and approved by another, until a date or until
it is ended: its rule goes on counting and tells nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal, TypeAlias

from msgspec import Meta
from msgspec.structs import replace

from alerts.case import Case
from alerts.facts import Fact
from alerts.obligation import EXEMPT, EXEMPT_ENDED, Obligation
from alerts.rule import Rule
from alerts.rules_in_force import made
from alerts.workflow import Ask, Config, Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import Text
from devices.reading import Instant
from ledger.duties import duties_of, standing_of

Plan: TypeAlias = Literal["", "safe_enterprise"]
LEADERS = frozenset({"manager", "admin"})


class ObligationsConfig(Config, frozen=True, kw_only=True):
    """Which obligations are owed.

    ``plan``: those of which plan, beside the rules of this file; none unless said
    """

    plan: Plan = ""


class Exemption(Case, frozen=True, kw_only=True):
    """Of the obligation that the rule ``rule_name`` watches, because of ``reason``, until ``ends`` if that is given."""

    rule_name: str
    reason: str
    ends: Instant | None = None


class Declare(Ask, tag="declare", frozen=True, kw_only=True):
    """Declare that an obligation does not apply here.

    ``rule_name``: of the obligation
    ``reason``: why
    """

    ROLES = LEADERS
    SECOND = True
    SECOND_ROLES = LEADERS

    rule_name: Annotated[str, Meta(min_length=1, max_length=100)]
    reason: Annotated[str, Meta(min_length=1, max_length=500)]


class End(Ask, tag="end", frozen=True, kw_only=True):
    """It applies again."""

    ROLES = LEADERS


class Obligations(Workflow[Exemption]):
    """One case for each obligation that does not apply."""

    name, book, case = "obligations", "obligations", Exemption
    asks = (Declare, End)
    config_type = ObligationsConfig

    def rules(self) -> Sequence[Rule[Any]]:
        return duties_of(self.config.plan) if self.config.plan else ()

    def check(self, ask: Any, cases: Mapping[str, Exemption], world: World, now: Instant) -> None:
        if isinstance(ask, End):
            if ask.case not in cases:
                raise Refused(Text.of("obligations.none_such"))
            return
        if self._owed(ask.rule_name, world) is None and not self._stands(ask.rule_name):
            raise Refused(Text.of("obligations.no_obligation", rule=ask.rule_name))
        if any(case.rule_name == ask.rule_name for case in cases.values()):
            raise Refused(Text.of("obligations.already", rule=ask.rule_name))
        if ask.until is not None and ask.until <= now:
            raise Refused(Text.of("obligations.until_is_over"))

    def waits_for(self, case: Exemption, account: str, role: str) -> bool:
        """It stands until it is over."""
        return False

    def step(self, event: Heard, cases: Mapping[str, Exemption], world: World, now: Instant) -> Moves:
        if isinstance(event, End):
            return self._ended(cases[event.case], event.by, world, now)
        if not isinstance(event, Declare):
            return Moves()
        case = Exemption(
            id=event.id,
            by=event.by,
            second=event.second,
            rule_name=event.rule_name,
            reason=event.reason,
            ends=event.until,
            wake_at=event.until,
        )
        text = Text.of("obligations.declared", rule=case.rule_name)
        return Moves(cases=(case,), facts=tuple(self._facts(case, "declared", event.by, text, world, now)))

    def turn(self, due: Sequence[Exemption], world: World, now: Instant) -> Moves:
        over = [case for case in due if case.ends is not None and case.ends <= now]
        return Moves.joined(self._ended(case, "", world, now) for case in over)

    def _ended(self, case: Exemption, by: str, world: World, now: Instant) -> Moves:
        text = Text.of("obligations.ended", rule=case.rule_name)
        closed = replace(case, is_open=False, wake_at=None)
        return Moves(cases=(closed,), facts=tuple(self._facts(case, "ended", by, text, world, now)))

    def _owed(self, name: str, world: World) -> Obligation | None:
        """The obligation of that name, of the site's own rules or of the plan."""
        known = world.rules.get(name)
        rule = made(known.rule) if known is not None else next((r for r in self.rules() if r.name == name), None)
        return rule if isinstance(rule, Obligation) else None

    def _stands(self, name: str) -> bool:
        """Whether a duty of the plan that stands has that name."""
        return bool(self.config.plan) and any(duty.name == name for duty in standing_of(self.config.plan))

    def _facts(self, case: Exemption, step: str, by: str, text: Text, world: World, now: Instant) -> Iterable[Fact]:
        """One that is written, and where the duty is owed by area one more for each further area."""
        rule = self._owed(case.rule_name, world)
        areas = (rule.areas if rule is not None else ()) or ("",)
        is_by_area = rule is not None and rule.per == "area"
        for number, area in enumerate(areas if is_by_area else areas[:1]):
            yield Fact(
                workflow=self.name,
                case=case.id,
                step=step,
                at=now,
                by=by,
                second=case.second if step == "declared" else "",
                area=area,
                text=text,
                fields={"rule": case.rule_name, "reason": case.reason},
                topics=(EXEMPT if step == "declared" else EXEMPT_ENDED,),
                book=None if number == 0 else "",
            )


WORKFLOW = Obligations
