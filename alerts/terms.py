"""Cases with terms: what must be done by when is told ahead, told again when it is late, and over when it is done.

A workflow says which terms a case has now; one that is done is no longer among them. That one comes near and that one
is over are facts, each told once, whatever was off meanwhile: a case with several terms is near, or late, while any of
them is. The rules shipped with it make an alert of each case; what is late stays so until it is done, and is never
closed by the clock.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from alerts.ask import Ask
from alerts.case import Case
from alerts.facts import Fact, FieldValue
from alerts.kinds import kinds
from alerts.person import Person, person_of
from alerts.rule import Rule
from alerts.site_facts import ConfigFault
from alerts.workflow import Config, Moves, Workflow, World
from devices.errors import Refused
from devices.message import At, Text
from devices.reading import SECOND, Instant

DAY: Instant = 86_400 * SECOND
LEADERS = frozenset({"manager", "admin"})
LONGEST, LONGEST_WORDS = 200, 2_000
_MOST_YEARS = 60


class Term(msgspec.Struct, frozen=True):
    """What is owed. ``due``: from then on it is late; ``ahead``: so long before it is told."""

    name: str
    due: Instant
    ahead: Instant

    def states(self, now: Instant) -> tuple[str, ...]:
        """How it stands; none while there is time."""
        if now >= self.due:
            return (f"late_{self.name}",)
        return (f"near_{self.name}",) if now >= self.due - self.ahead else ()


class Owing(Case, frozen=True, kw_only=True):
    """``told``: of which terms it was told that they are near or late."""

    told: tuple[str, ...] = ()

    @property
    def is_late(self) -> bool:
        return any(state.startswith("late_") for state in self.told)


T = TypeVar("T", bound=Owing)
_ENDS = {"near": "not_near", "late": "in_order"}


class TermWorkflow(Workflow[T]):
    """Its catalogue has a table ``<name>_term`` with what each of its terms is called."""

    def terms(self, case: T, world: World) -> Iterable[Term]:
        """What is owed now, of a case that is open."""
        raise NotImplementedError

    def called(self, case: T, world: World) -> Any:
        """What the case is called, for a Text; nothing that is personal."""
        return case.id

    def word(self, case: T, step: str) -> str:
        """The step that says ``near``, ``not_near``, ``late`` or ``in_order`` of that case."""
        return step

    def turn(self, due: Sequence[T], world: World, now: Instant) -> Moves:
        looked = [self.looked_at(case, world, now) for case in due]
        return Moves(
            cases=tuple(case for case, _ in looked), facts=tuple(fact for _, facts in looked for fact in facts)
        )

    def waits_for(self, case: T, account: str, role: str) -> bool:
        return bool(case.told) and super().waits_for(case, account, role)

    def stated(
        self,
        case: T,
        step: str,
        fields: Mapping[str, Any],
        world: World,
        now: Instant,
        ask: Ask | None = None,
        *,
        at: Instant | None = None,
        personal: Sequence[str] = (),
        **params: Any,
    ) -> Moves:
        """The case as it stands after a step, with the fact that states it (``fact``)."""
        fact = self.fact(case, step, fields, world, now, ask, at=at, personal=personal, **params)
        case, facts = self.looked_at(case, world, now)
        return Moves(cases=(case,), facts=(fact, *facts))

    def fact(
        self,
        case: T,
        step: str,
        fields: Mapping[str, Any],
        world: World,
        now: Instant,
        ask: Ask | None = None,
        *,
        at: Instant | None = None,
        personal: Sequence[str] = (),
        **params: Any,
    ) -> Fact:
        """What happened with it. ``at``: when it was done, if before now; ``params``: of its sentence."""
        return Fact(
            workflow=self.name,
            case=case.id,
            step=step,
            at=at if at is not None else now,
            recorded=now if at is not None and at < now else None,
            by=ask.by if ask is not None else "",
            second=ask.second if ask is not None else "",
            area=case.area,
            text=Text.of(f"{self.name}.{step}", item=self.called(case, world), **params),
            fields=_written({**fields, "note": ask.note if ask is not None else ""}),
            personal=tuple(name for name in personal if fields.get(name) not in (None, "", ())),
        )

    def idle_until(self, case: T, now: Instant) -> Instant | None:
        """When a case without terms is to be looked at."""
        return None

    def looked_at(self, case: T, world: World, now: Instant) -> tuple[T, list[Fact]]:
        """How its terms stand, with what is told of that now."""
        terms = tuple(self.terms(case, world)) if case.is_open else ()
        states = tuple(state for term in terms for state in term.states(now))
        facts = [
            self._term_fact(case, state, term, world, now)
            for term in terms
            for state in term.states(now)
            if state not in case.told
        ]
        for begun, ended in _ENDS.items():
            if _any(case.told, begun) and not _any(states, begun):
                facts.append(self._said_of(case, ended, now, {}, item=self.called(case, world)))
        times = [at for term in terms for at in (term.due - term.ahead, term.due) if at > now]
        return replace(case, told=states, wake_at=min(times, default=self.idle_until(case, now))), facts

    def _term_fact(self, case: T, state: str, term: Term, world: World, now: Instant) -> Fact:
        step = state.partition("_")[0]
        fields = {"term": term.name, "until": world.site.calendar.day(term.due - SECOND).isoformat()}
        said = Text.of(f"{self.name}_term.{term.name}")
        return self._said_of(case, step, now, fields, item=self.called(case, world), term=said, until=At(term.due))

    def _said_of(self, case: T, step: str, now: Instant, fields: dict[str, Any], **params: Any) -> Fact:
        return Fact(
            workflow=self.name,
            case=case.id,
            step=self.word(case, step),
            at=now,
            area=case.area,
            text=Text.of(f"terms.{step}", **params),
            fields=fields,
        )


def _any(states: Iterable[str], step: str) -> bool:
    return any(state.startswith(f"{step}_") for state in states)


def _written(fields: Mapping[str, Any]) -> dict[str, FieldValue | Text]:
    """As they stand in the book: days as text, and nothing of what is empty."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in fields.items()
        if value not in (None, "", ())
    }


def by_day(name: str, day: date, ahead_days: float, world: World) -> Term:
    """Of something that may be done on that day still."""
    return Term(name, world.site.calendar.at(day + timedelta(days=1), 0), int(ahead_days * DAY))


def rules_of(
    name: str, near: dict[str, str], late: dict[str, str], do: dict[str, str], word: str = ""
) -> tuple[Rule[Any], ...]:
    """Shipped with a workflow of terms: ``title`` and ``title_zh`` of what is near and late, and the procedures.

    ``word``: of the kind of cases that the rules are about (TermWorkflow.word), if not of all.
    """
    before = f"{word}_" if word else ""
    called = "-".join(filter(None, (name.replace("_", "-"), word.replace("_", "-"))))
    made = {"kind": "fact", "per": "case", "alert_class": "duty", **do}
    soon = {
        "name": f"{called}-due",
        **near,
        "priority": 4,
        "begins": [f"{name}.{before}near"],
        "ends": [f"{name}.{before}not_near"],
    }
    over = {
        "name": f"{called}-late",
        **late,
        "priority": 3,
        "begins": [f"{name}.{before}late"],
        "ends": [f"{name}.{before}in_order"],
    }
    return tuple(msgspec.convert({**made, **rule}, kinds()["fact"]) for rule in (soon, over))


# -- what is wrong with what people write -----------------------------------------------------------------------


def case_of(cases: Mapping[str, T], ask: Ask) -> T:
    """The one that it is about. Raises Refused."""
    case = cases.get(ask.case)
    if case is None:
        raise Refused(Text.of("terms.no_case"))
    return case


def check_words(name: str, ask: Ask, *needed: str) -> None:
    """Raises Refused for what is left empty and for what is too long, beside its field."""
    for field in ask.__struct_fields__:
        value = getattr(ask, field)
        most = LONGEST_WORDS if field in _LONG else LONGEST
        words = value if isinstance(value, tuple) else (value,)
        if field in needed and (value is None or not str(value).strip() or value == ()):
            raise _refused(name, field, Text.of("terms.empty"))
        if any(isinstance(each, str) and len(each) > most for each in words):
            raise _refused(name, field, Text.of("terms.too_long", most=most))


_LONG = frozenset(
    {"note", "matter", "content", "talk", "agreement", "answer", "finding", "measures", "symptoms", "result"}
)


def check_day(name: str, ask: Ask, field: str, world: World, now: Instant, *, ahead: bool = False) -> None:
    """Raises Refused for a day that has not come yet, unless it lies ahead, and for one that nobody lives to see."""
    day = getattr(ask, field)
    if day is None:
        return
    today, far = world.site.calendar.day(now), timedelta(days=_MOST_YEARS * 366)
    last = today + far if ahead else today
    if not today - far <= day <= last:
        raise _refused(name, field, Text.of("terms.not_that_day", last=last.isoformat()))


def check_person(name: str, ask: Ask, field: str, world: World, now: Instant, person: str | None = None) -> Person:
    """Who is named there by id. Raises Refused for nobody of the register, and for who has left."""
    wanted = (getattr(ask, field) if person is None else person).strip()
    found = person_of(world, person=wanted)
    if found is None:
        raise _refused(name, field, Text.of("terms.nobody", person=wanted[:64]))
    if not found.is_here(world.site.calendar.day(now)):
        raise _refused(name, field, Text.of("terms.has_left", person=found.id))
    return found


def _refused(name: str, field: str, why: Text) -> Refused:
    return Refused(Text.of("terms.field", field=Text.of(f"{name}.field_{field}"), why=why), [(0, field, why)])


def done_on(day: date | None, world: World, now: Instant) -> Instant:
    """A moment of that day, not later than now; now if none is named."""
    return now if day is None else min(now, world.site.calendar.at(day, 12 * 60))


class TermConfig(Config, frozen=True, kw_only=True):
    """Numbers of days or hours, each more than none."""

    def check(self, site: Any) -> Iterable[ConfigFault]:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, int | float) and not isinstance(value, bool) and not 0 < value <= 3_660:
                yield ConfigFault((name,), Text.of("terms.not_a_term", field=name))
