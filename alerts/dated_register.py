"""A register of things that are looked after by date: entered, serviced, found faulty, mended, scrapped.

Each thing is a case of a workflow that says what its kinds are. That a service comes due within 30 days, that one is
overdue, that a thing is past the day on which it is to be scrapped, is a fact on that day, told once.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar, Literal, TypeAlias, TypeVar

import msgspec
from msgspec.structs import replace

from alerts.ask import EVERYBODY, REPORTERS, Ask
from alerts.case import Case
from alerts.facts import Fact, FieldValue
from alerts.kinds import kinds
from alerts.personnel import ID, NOTHING, trimmed
from alerts.rule import Rule
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import Config, Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import Text
from devices.reading import Instant

KEEPERS = frozenset({"technician", "manager", "admin"})
_AHEAD = timedelta(days=30)
_DAY = timedelta(days=1)
_MOST_YEARS, _LONGEST = 60, 200
State: TypeAlias = Literal["due", "overdue", "outlived", "faulty"]


class Thing(Case, frozen=True, kw_only=True):
    """``next_service``, ``scrap``: the last day of each. ``told``: what was told of how it stands."""

    kind: str
    number: str = ""
    model: str = ""
    place: str = ""
    department: str = ""
    responsible: str = ""
    serviced: date | None = None
    next_service: date | None = None
    scrap: date | None = None
    is_faulty: bool = False
    told: tuple[str, ...] = ()

    def states(self, day: date) -> tuple[State, ...]:
        """All that is not in order on that day."""
        found: list[State] = ["faulty"] if self.is_faulty else []
        if self.scrap is not None and day > self.scrap:
            found.append("outlived")
        if self.next_service is not None and day > self.next_service:
            found.append("overdue")
        elif self.next_service is not None and day >= self.next_service - _AHEAD:
            found.append("due")
        return tuple(found)

    def next_change(self, day: date) -> date | None:
        """The next day on which that may be otherwise by itself."""
        days = [self.next_service - _AHEAD, self.next_service + _DAY] if self.next_service is not None else []
        days += [self.scrap + _DAY] if self.scrap is not None else []
        return min((each for each in days if each > day), default=None)


class Changed(Ask, frozen=True, kw_only=True):
    """What is kept of it is otherwise now; what is left out stays, and ``-`` empties it."""

    ROLES = KEEPERS

    area: str | None = None
    number: str | None = None
    model: str | None = None
    place: str | None = None
    department: str | None = None
    responsible: str | None = None
    next_service: date | None = None
    scrap: date | None = None


class Serviced(Ask, frozen=True, kw_only=True):
    """It was looked after on that day, today if it is left out; ``next_service``: by when it is to be done again."""

    ROLES = KEEPERS

    serviced: date | None = None
    next_service: date | None = None


class Faulty(Ask, frozen=True, kw_only=True):
    """It is not in order: missing, damaged, blocked, out of pressure."""

    ROLES = REPORTERS

    note: str


class Mended(Ask, frozen=True, kw_only=True):
    """It is in order again."""

    ROLES = EVERYBODY


class Scrapped(Ask, frozen=True, kw_only=True):
    """It is gone for good."""

    ROLES = KEEPERS


class DatedConfig(Config, frozen=True, kw_only=True):
    """How often things are serviced where nobody says when next.

    ``service_days``: by kind, in days
    """

    service_days: dict[str, int] = {}

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        for kind, days in self.service_days.items():
            if not 1 <= days <= 3_660:
                yield ConfigFault(("service_days", kind), Text.of("dated_register.service_days"))


T = TypeVar("T", bound=Thing)


class DatedRegister(Workflow[T]):
    """``added``: the ask that enters a thing, under the id ``item``; the others are made of those above."""

    case: type[T]
    config_type = DatedConfig
    by_area = True
    added: ClassVar[type[Ask]]

    def check(self, ask: Any, cases: Mapping[str, T], world: World, now: Instant) -> None:
        if isinstance(ask, self.added):
            item = str(getattr(ask, "item"))  # noqa: B009 - each has it, and no two are of one class
            if not ID.fullmatch(item):
                raise Refused(Text.of("dated_register.bad_id"))
            if item in cases:
                raise Refused(Text.of("dated_register.is_known", item=item))
        elif ask.case not in cases:
            raise Refused(Text.of("dated_register.none_such", item=ask.case[:64]))
        _check_fields(ask, world, world.site.calendar.day(now))

    def step(self, event: Heard, cases: Mapping[str, T], world: World, now: Instant) -> Moves:
        today = world.site.calendar.day(now)
        match event:
            case Changed():
                fields = _fields(event)
                return self._told(replace(cases[event.case], **fields), "changed", fields, event, world, now)
            case Serviced():
                before, done = cases[event.case], event.serviced or today
                every = self.config.service_days.get(before.kind)
                due = event.next_service or (done + timedelta(days=every) if every else None)
                after = replace(before, serviced=done, next_service=due)
                return self._told(after, "serviced", {"serviced": done, "next_service": due}, event, world, now)
            case Faulty():
                return self._told(replace(cases[event.case], is_faulty=True), "reported", {}, event, world, now)
            case Mended():
                return self._told(replace(cases[event.case], is_faulty=False), "mended", {}, event, world, now)
            case Scrapped():
                gone = replace(cases[event.case], is_open=False, wake_at=None, is_faulty=False)
                return self._told(gone, "scrapped", {}, event, world, now)
        if isinstance(event, Ask):
            fields = _fields(event)
            new = self.case(id=str(fields.pop("item")), by=event.by, **fields)
            return self._told(new, "added", fields, event, world, now)
        return Moves()

    def turn(self, due: Sequence[T], world: World, now: Instant) -> Moves:
        looked = [self._looked_at(case, world, now) for case in due]
        return Moves(
            cases=tuple(case for case, _ in looked), facts=tuple(fact for _, facts in looked for fact in facts)
        )

    def waits_for(self, case: T, account: str, role: str) -> bool:
        return bool(case.told) and super().waits_for(case, account, role)

    def shows(self, case: T, now: Instant) -> dict[str, Any]:
        return {"item": case.id}

    def _told(self, thing: T, step: str, fields: Mapping[str, Any], ask: Ask, world: World, now: Instant) -> Moves:
        said: dict[str, FieldValue] = {"kind": thing.kind, "place": thing.place, "number": thing.number}
        said |= {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in fields.items()
            if name != "area"
        }
        said |= {"note": ask.note} if ask.note else {}
        fact = self._fact(thing, step, {name: value for name, value in said.items() if value}, now, ask)
        thing, facts = self._looked_at(thing, world, now)
        return Moves(cases=(thing,), facts=(fact, *facts))

    def _looked_at(self, thing: T, world: World, now: Instant) -> tuple[T, list[Fact]]:
        today = world.site.calendar.day(now)
        states = thing.states(today) if thing.is_open else ()
        days = {"due": thing.next_service, "overdue": thing.next_service, "outlived": thing.scrap}
        facts = []
        for state in states:
            if state not in thing.told:
                until = days.get(state)
                facts.append(self._fact(thing, state, {"until": until.isoformat()} if until is not None else {}, now))
        for ended, begun in _ENDS.items():
            if set(thing.told) & begun and not set(states) & begun:
                facts.append(self._fact(thing, ended, {}, now))
        day = thing.next_change(today) if thing.is_open else None
        wake_at = world.site.calendar.at(day, 0) if day is not None else None
        return replace(thing, told=states, wake_at=wake_at), facts

    def _fact(
        self, thing: T, step: str, fields: Mapping[str, FieldValue], now: Instant, ask: Ask | None = None
    ) -> Fact:
        params = {"until": str(fields["until"])} if "until" in fields else {}
        kind = Text.of(f"{self.name}_kind.{thing.kind}")
        return Fact(
            workflow=self.name,
            case=thing.id,
            step=step,
            at=now,
            by=ask.by if ask is not None else "",
            area=thing.area,
            text=Text.of(f"dated_register.{step}", item=thing.id, kind=kind, place=thing.place, **params),
            fields=dict(fields),
        )


_ENDS: dict[str, frozenset[str]] = {
    "not_due": frozenset({"due"}),
    "in_order": frozenset({"overdue", "outlived", "faulty"}),
}
"""The step that says so, by the states in which it is no more."""


def rules_of(name: str, title: str, title_zh: str) -> tuple[Rule[Any], ...]:
    """Shipped with a register: a service that comes due, and a thing that is not to be relied on."""
    made = {"kind": "fact", "per": "case"}
    due = {
        "name": f"{name.replace('_', '-')}-due",
        "title": f"{title}: service due",
        "title_zh": f"{title_zh}：即将到期",
        "alert_class": "duty",
        "priority": 4,
        "begins": [f"{name}.due"],
        "ends": [f"{name}.not_due"],
        "procedure": "1. Have it serviced.\n2. Enter the service.",
        "procedure_zh": "1. 安排维护保养。\n2. 登记维护结果。",
    }
    bad = {
        "name": f"{name.replace('_', '-')}-not-in-order",
        "title": f"{title}: not in order",
        "title_zh": f"{title_zh}：失效或超期",
        "alert_class": "supervisory",
        "priority": 3,
        "begins": [f"{name}.overdue", f"{name}.outlived", f"{name}.faulty"],
        "ends": [f"{name}.in_order"],
        "procedure": "1. Put another one in its place.\n2. Have it mended, serviced or scrapped, and enter that.",
        "procedure_zh": "1. 先行更换备用件。\n2. 维修、保养或报废，并登记。",
    }
    return tuple(msgspec.convert({**made, **rule}, kinds()["fact"]) for rule in (due, bad))


def _fields(ask: Ask) -> dict[str, Any]:
    """Its own fields, without what is left out."""
    names = [name for name in ask.__struct_fields__ if name not in Ask.__struct_fields__]
    given = {name: getattr(ask, name) for name in names}
    return {
        name: trimmed(value) if isinstance(value, str) else value for name, value in given.items() if value is not None
    }


def _check_fields(ask: Ask, world: World, today: date) -> None:
    fields = _fields(ask)
    area = fields.get("area")
    if area is not None and area not in world.site.areas:
        raise Refused(Text.of("dated_register.no_area", area=str(area)[:64], known=tuple(world.site.areas)))
    for name, value in fields.items():
        if isinstance(value, str) and len(value) > _LONGEST:
            raise Refused(
                Text.of("dated_register.too_long", field=Text.of(f"dated_register.field_{name}"), most=_LONGEST)
            )
        if isinstance(value, date):
            far = timedelta(days=_MOST_YEARS * 366)
            last = today if name == "serviced" else today + far
            if not today - far <= value <= last:
                field = Text.of(f"dated_register.field_{name}")
                raise Refused(Text.of("dated_register.not_that_day", field=field, last=last.isoformat()))
    done, due = fields.get("serviced"), fields.get("next_service")
    if done is not None and due is not None and due <= done:
        raise Refused(Text.of("dated_register.next_is_later"))
    if isinstance(ask, Faulty) and ask.note.strip() in ("", NOTHING):
        raise Refused(Text.of("dated_register.say_what"))
