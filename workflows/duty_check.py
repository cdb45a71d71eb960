"""Duty check 查岗: a receiving centre asks whether somebody is on duty, and hears the answer of a person here.

It sounds in the control room, every minute anew, until somebody there answers, the centre asks anew, or ten minutes are
over (GB 26875.1-2011; GB/T 26875.3-2011, 8.3.2.16). The answer goes back to the centre; a check that nobody answered in
time is a fact, and an alert of the rule shipped here. Acknowledging the alert is no answer.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec
from msgspec.structs import replace

from alerts.alert import AlertClass
from alerts.case import Case
from alerts.facts import DUTY_ANSWERED, DUTY_ASKED, Fact
from alerts.heard import Listens
from alerts.kinds import kinds
from alerts.moves import StandingAlert
from alerts.rule import Rule
from alerts.workflow import Ask, Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import At, Text
from devices.reading import SECOND, Instant

_MINUTE: Instant = 60 * SECOND
_SOUNDS: Instant = 10 * _MINUTE


class Check(Case, frozen=True, kw_only=True):
    """``until`` when ``centre`` waits for an answer."""

    centre: str
    until: Instant


class Answer(Ask, tag="answer", frozen=True, kw_only=True):
    """I am on duty. ``operator``: the number that the centre knows whoever answers by, if it does."""

    ROLES = frozenset({"operator", "admin"})

    operator: Annotated[int, msgspec.Meta(ge=0, le=255)] = 0


class DutyCheck(Workflow[Check]):
    """One check is one case, under the centre's own name for it."""

    name, book, case = "duty_check", "duty_checks", Check
    asks = (Answer,)
    listens = Listens(topics=frozenset({DUTY_ASKED}))

    def rules(self) -> Sequence[Rule[Any]]:
        return (MISSED,)

    def check(self, ask: Any, cases: Mapping[str, Check], world: World, now: Instant) -> None:
        if ask.case not in cases:
            raise Refused(Text.of("duty_check.none_waits"))

    def step(self, event: Heard, cases: Mapping[str, Check], world: World, now: Instant) -> Moves:
        match event:
            case Fact() if event.case not in cases:
                return self._asked(event, cases, now)
            case Answer():
                check = cases[event.case]
                fact = _fact(check, "answered", now, event.by)
                fact = replace(fact, topics=(DUTY_ANSWERED,), fields={**fact.fields, "operator": event.operator})
                return Moves(cases=(_over(check),), facts=(fact,), alerts=(_alert(check, is_active=False),))
        return Moves()

    def turn(self, due: Sequence[Check], world: World, now: Instant) -> Moves:
        moves = []
        for check in due:
            if now >= check.until:
                alert = _alert(check, is_active=False)
                moves.append(Moves(cases=(_over(check),), facts=(_fact(check, "missed", now),), alerts=(alert,)))
            else:
                is_loud = now < check.opened + _SOUNDS
                woken = replace(check, wake_at=min(check.until, now + _MINUTE if is_loud else check.until))
                moves.append(Moves(cases=(woken,), alerts=(_alert(check),) if is_loud else ()))
        return Moves.joined(moves)

    def _asked(self, fact: Fact, cases: Mapping[str, Check], now: Instant) -> Moves:
        """A new check takes the place of one that still waits."""
        centre, minutes = str(fact.fields.get("centre", "")), fact.fields.get("minutes")
        until = now + (minutes if isinstance(minutes, int) else 0) * _MINUTE
        check = Check(id=fact.case, centre=centre, until=until, wake_at=min(until, now + _MINUTE))
        moves = [
            Moves(cases=(_over(old),), facts=(_fact(old, "replaced", now),), alerts=(_alert(old, is_active=False),))
            for old in cases.values()
            if old.centre == centre
        ]
        return Moves.joined(
            [*moves, Moves(cases=(check,), facts=(_fact(check, "asked", now),), alerts=(_alert(check),))]
        )


def _over(check: Check) -> Check:
    return replace(check, is_open=False, wake_at=None)


def _alert(check: Check, *, is_active: bool = True) -> StandingAlert:
    return StandingAlert(
        key=check.id,
        area="",
        text=Text.of("duty_check.waits", centre=check.centre, until=At(check.until)),
        procedure=Text.of("duty_check.procedure"),
        priority=2,
        alert_class=AlertClass.DUTY,
        is_loud=True,
        is_active=is_active,
    )


def _fact(check: Check, step: str, now: Instant, by: str = "") -> Fact:
    return Fact(
        workflow="duty_check",
        case=check.id,
        step=step,
        at=now,
        by=by,
        text=Text.of(f"duty_check.{step}", centre=check.centre, until=At(check.until), by=by),
        fields={"centre": check.centre},
    )


MISSED = msgspec.convert(
    {
        "kind": "fact",
        "name": "duty-check-missed",
        "title": "Nobody answered the centre's duty check",
        "title_zh": "查岗无人应答",
        "alert_class": "duty",
        "priority": 2,
        "per": "site",
        "begins": ["duty_check.missed"],
        "ends": ["duty_check.answered"],
        "procedure": "1. Find out who should be in the control room, and why nobody is.\n"
        "2. Call the centre and say so.\n3. Write it into the duty log.",
        "procedure_zh": "1. 查明消防控制室值班人员及脱岗原因。\n2. 致电监控中心说明情况。\n3. 记入值班记录。",
    },
    kinds()["fact"],
)
"""What that means to an operator; a rule of this name in the site file takes its place."""

WORKFLOW = DutyCheck
