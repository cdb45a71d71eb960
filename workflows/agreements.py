"""Responsibility agreements 安全责任书: everyone on the staff list has one in force.

The gateway counts the agreements of the ledger that are signed (ledger/projections/agreements.py) and tells them here;
who is on the staff list the register of people answers. Looked at daily, at a start, when agreements change, and a
minute after people do. Whoever has none, or one that runs out within ``days_ahead``, is a fact; the rules shipped here
make an alert of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from alerts.case import Case
from alerts.facts import Fact, FieldValue
from alerts.heard import Listens, Slot
from alerts.kinds import kinds
from alerts.person import Person, people_in
from alerts.rule import Rule
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import Config, Heard, Moves, Workflow, World
from devices.message import Name, Text
from devices.reading import SECOND, Instant

COUNTED = "agreements.counted"
"""Topic: the ledger's agreements that are signed: ``agreements``, rows of ``person``, ``account`` and ``until``."""
STAFF = "staff"
_ABOUT_PEOPLE = ("added", "changed", "left", "came_back", "forgotten", "imported")
_MOST_NAMED = 10
_PATIENCE: Instant = 60 * SECOND
"""After somebody came or left: a list of people may be on its way."""


class AgreementsConfig(Config, frozen=True, kw_only=True):
    """Whether everyone needs one.

    ``is_on``: whether it is looked at
    ``days_ahead``: so many days before it runs out it is told
    """

    is_on: bool = False
    days_ahead: int = 30

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        if not 0 <= self.days_ahead <= 366:
            yield ConfigFault(("days_ahead",), Text.of("agreements.days"))


class Held(msgspec.Struct, frozen=True):
    """One that is signed."""

    person: str
    account: str
    until: date


class Staff(Case, frozen=True, kw_only=True):
    """All agreements; by ids who was ``lacking`` one, or has one that is ``expiring``, when that was told last."""

    held: tuple[Held, ...] = ()
    lacking: tuple[str, ...] = ()
    expiring: tuple[str, ...] = ()


class Agreements(Workflow[Staff]):
    """One case, for all."""

    name, book, case = "agreements", "agreements", Staff
    config_type = AgreementsConfig
    listens = Listens(topics=frozenset({COUNTED, *(f"people.{step}" for step in _ABOUT_PEOPLE)}))

    def rules(self) -> Sequence[Rule[Any]]:
        return RULES if self.config.is_on else ()

    def opens(self, last: Instant, world: World, now: Instant) -> Instant | None:
        return world.site.calendar.next_at(0, max(last, now)) if self.config.is_on else None

    def step(self, event: Heard, cases: Mapping[str, Staff], world: World, now: Instant) -> Moves:
        case = cases.get(STAFF) or Staff(id=STAFF)
        match event:
            case Fact() if COUNTED in event.heard_as:
                case = replace(case, held=tuple(_held(event.fields.get("agreements", ()))))
            case Slot() if STAFF in cases:
                pass
            case Fact() if STAFF in cases and self.config.is_on:
                return Moves(cases=(replace(case, wake_at=case.wake_at or now + _PATIENCE),))
            case _:
                return Moves()
        return self._looked(case, world, now) if self.config.is_on else Moves(cases=(case,))

    def turn(self, due: Sequence[Staff], world: World, now: Instant) -> Moves:
        return Moves.joined(self._looked(case, world, now) for case in due)

    def shows(self, case: Staff, now: Instant) -> dict[str, Any]:
        named = {name: getattr(case, name)[:_MOST_NAMED] for name in ("lacking", "expiring")}
        return {"held": len(case.held), **named}

    def _looked(self, case: Staff, world: World, now: Instant) -> Moves:
        today = world.site.calendar.day(now)
        soon = today + timedelta(days=self.config.days_ahead)
        lasts = _lasts(case.held)
        here = {person.id: person for person in people_in(world) if person.is_here(today)}
        until = {one: _until(person, lasts) for one, person in here.items()}
        called = {one: person.called for one, person in here.items()}
        lacking = tuple(one for one, day in until.items() if day is None or day < today)
        expiring = tuple(one for one, day in until.items() if day is not None and today <= day <= soon)
        facts = [
            *_told("lacking", "whole", case.lacking, lacking, called, now),
            *_told("expiring", "none_expiring", case.expiring, expiring, called, now),
        ]
        return Moves(cases=(replace(case, lacking=lacking, expiring=expiring, wake_at=None),), facts=tuple(facts))


def _held(rows: object) -> Iterable[Held]:
    for row in rows if isinstance(rows, tuple | list) else ():
        yield msgspec.convert(row, Held)


def _lasts(held: Iterable[Held]) -> Mapping[tuple[str, str], date]:
    """The last day of the longest, by account and by name."""
    found = dict[tuple[str, str], date]()
    for one in held:
        for key in (("account", one.account), ("name", one.person.strip().casefold())):
            found[key] = max(found.get(key, one.until), one.until)
    return found


def _until(person: Person, lasts: Mapping[tuple[str, str], date]) -> date | None:
    """The last day on which they have one in force."""
    keys = [("name", name.casefold()) for name in (person.id, person.name, person.name_zh) if name]
    keys += [("account", person.account)] if person.account else []
    return max((lasts[key] for key in keys if key in lasts), default=None)


def _told(
    step: str, over: str, before: Sequence[str], after: Sequence[str], called: Mapping[str, Name], now: Instant
) -> Iterable[Fact]:
    """Again when somebody joins, and once nobody is left; by their names."""
    if set(after) - set(before):
        named: FieldValue = tuple(after[:_MOST_NAMED])
        persons = tuple(called[one] for one in after[:_MOST_NAMED])
        text = Text.of(f"agreements.{step}", count=len(after), persons=persons)
        yield _fact(step, text, now, {"count": len(after), "persons": named})
    elif before and not after:
        yield _fact(over, Text.of(f"agreements.{over}"), now, {})


def _fact(step: str, text: Text, now: Instant, fields: dict[str, FieldValue | Text]) -> Fact:
    return Fact(workflow="agreements", case=STAFF, step=step, at=now, text=text, fields=fields, book="")


_MADE = {"kind": "fact", "alert_class": "duty"}
RULES: tuple[Rule[Any], ...] = tuple(
    msgspec.convert({**_MADE, **rule}, kinds()["fact"])
    for rule in (
        {
            "name": "agreement-missing",
            "title": "Without a responsibility agreement in force",
            "title_zh": "未签订有效安全责任书",
            "priority": 3,
            "begins": ["agreements.lacking"],
            "ends": ["agreements.whole"],
            "procedure": "1. Have it signed by both sides.\n2. Enter it; the other side signs the entry.",
            "procedure_zh": "1. 双方签订责任书。\n2. 登记台账，由责任人签字确认。",
        },
        {
            "name": "agreement-running-out",
            "title": "Responsibility agreement running out",
            "title_zh": "安全责任书即将到期",
            "priority": 4,
            "begins": ["agreements.expiring"],
            "ends": ["agreements.none_expiring"],
            "procedure": "1. Sign the next one in time.",
            "procedure_zh": "1. 按时续签。",
        },
    )
)
"""What this workflow's facts mean to an operator; a rule of one of these names in the site file takes its place."""

WORKFLOW = Agreements
