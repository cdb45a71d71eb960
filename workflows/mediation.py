"""Mediation 矛盾纠纷调解、信访: conflicts, concerns and complaints, from received to the visit afterwards.

Each has somebody in charge, is answered within 15 days of its receipt and settled within 60, 30 more with the consent
of a second leader and a notice to the parties (Regulation on Petitions 2022, art. 23 and 34: it binds public bodies and
state-owned firms; for others it is the plan's own rule). Talks, agreement and a visit afterwards are those of the
People's Mediation Law, art. 27 to 29. Who the parties are and what it is about is personal: kept beside the ledger's
chain, shown to leaders and auditors, erasable.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal, TypeAlias

from msgspec.structs import replace

from alerts.rule import Rule
from alerts.terms import (
    LEADERS,
    Owing,
    Term,
    TermConfig,
    TermWorkflow,
    by_day,
    case_of,
    check_day,
    check_person,
    check_words,
    done_on,
    rules_of,
)
from alerts.workflow import Ask, Heard, Moves, World
from devices.errors import Refused
from devices.message import Text
from devices.reading import Instant

Kind: TypeAlias = Literal["conflict", "concern", "complaint"]
"""A conflict between people (F4), a concern about welfare (F6), a complaint about affairs that are to be open (F7)."""
Result: TypeAlias = Literal["settled", "referred", "failed"]
_PERSONAL = ("parties", "matter", "agreement", "talk", "answer", "finding")
_AHEAD_DAYS = {"answer": 5, "settle": 10, "follow_up": 7}


class Matter(Owing, frozen=True, kw_only=True):
    """``person``: the id of who is in charge; ``count``: of the people who came, five or more are a group."""

    kind: Kind
    received: date
    risk: Literal["low", "middle", "high"] = "low"
    person: str = ""
    count: int = 1
    parties: str = ""
    matter: str = ""
    answered: date | None = None
    extended: bool = False
    talks: int = 0
    settled: date | None = None
    result: Result | None = None


class Receive(Ask, tag="receive", frozen=True, kw_only=True):
    """Somebody came with it, or it was found."""

    ROLES = LEADERS
    PERSONAL = frozenset({"parties", "matter"})

    kind: Kind
    matter: str
    parties: str
    person: str
    count: int = 1
    risk: Literal["low", "middle", "high"] = "low"
    received: date | None = None


class Answer(Ask, tag="answer", frozen=True, kw_only=True):
    """The parties have a written answer: it is taken on, or why not."""

    ROLES = LEADERS
    PERSONAL = frozenset({"answer"})

    answer: str
    answered: date | None = None


class Talk(Ask, tag="talk", frozen=True, kw_only=True):
    """The parties and the mediator sat together."""

    ROLES = LEADERS
    PERSONAL = frozenset({"talk"})

    talk: str
    held: date | None = None


class Extend(Ask, tag="extend", frozen=True, kw_only=True):
    """It takes longer: once, with another leader's consent; ``notice``: when and how the parties were told."""

    ROLES = LEADERS
    SECOND = True
    SECOND_ROLES = LEADERS

    notice: str


class Settle(Ask, tag="settle", frozen=True, kw_only=True):
    """It has come to its end: agreed, handed on to whoever decides it, or not agreed."""

    ROLES = LEADERS
    PERSONAL = frozenset({"agreement"})

    result: Result
    agreement: str
    settled: date | None = None


class FollowUp(Ask, tag="follow_up", frozen=True, kw_only=True):
    """Somebody went and asked whether what was agreed is kept."""

    ROLES = LEADERS
    PERSONAL = frozenset({"finding"})

    finding: str
    visited: date | None = None


class MediationConfig(TermConfig, frozen=True, kw_only=True):
    """The terms, in days.

    ``answer_days``: after its receipt, for the written answer
    ``settle_days``: after its receipt, until it is settled
    ``extension_days``: so many more, once, where it was extended
    ``follow_up_days``: after it was settled, for the visit
    """

    answer_days: float = 15
    settle_days: float = 60
    extension_days: float = 30
    follow_up_days: float = 30


class Mediation(TermWorkflow[Matter]):
    """One matter is one case; its id says nothing of the parties."""

    name, book, case = "mediation", "mediation", Matter
    asks = (Receive, Answer, Talk, Extend, Settle, FollowUp)
    config_type = MediationConfig
    personal = ("parties", "matter")

    def rules(self) -> Sequence[Rule[Any]]:
        return tuple(rule for kind, said in _RULES.items() for rule in rules_of(self.name, *said, word=kind))

    def terms(self, case: Matter, world: World) -> Iterable[Term]:
        config = self.config
        if case.answered is None:
            yield _term("answer", case.received, config.answer_days, world)
        if case.settled is None:
            days = config.settle_days + (config.extension_days if case.extended else 0)
            yield _term("settle", case.received, days, world)
        else:
            yield _term("follow_up", case.settled, config.follow_up_days, world)

    def called(self, case: Matter, world: World) -> Text:
        kind = Text.of(f"mediation_kind.{case.kind}")
        return Text.of("mediation.called", kind=kind, on=case.received.isoformat())

    def word(self, case: Matter, step: str) -> str:
        return f"{case.kind}_{step}"

    def check(self, ask: Any, cases: Mapping[str, Matter], world: World, now: Instant) -> None:
        check_words(self.name, ask, *_NEEDED[type(ask)])
        for field in ("received", "answered", "held", "settled", "visited"):
            if field in ask.__struct_fields__:
                check_day(self.name, ask, field, world, now)
        if isinstance(ask, Receive):
            check_person(self.name, ask, "person", world, now)
            if not 1 <= ask.count <= 10_000:
                raise Refused(Text.of("mediation.no_count"))
            return
        case = case_of(cases, ask)
        match ask:
            case Answer() if case.answered is not None:
                raise Refused(Text.of("terms.not_now"))
            case Talk() | Settle() | Extend() if case.settled is not None:
                raise Refused(Text.of("terms.not_now"))
            case Extend() if case.extended:
                raise Refused(Text.of("mediation.once"))
            case FollowUp() if case.settled is None:
                raise Refused(Text.of("terms.not_now"))
        day = next((getattr(ask, name, None) for name in ("answered", "settled") if hasattr(ask, name)), None)
        if day is not None and day < case.received:
            raise Refused(Text.of("mediation.before_receipt", on=case.received.isoformat()))

    def step(self, event: Heard, cases: Mapping[str, Matter], world: World, now: Instant) -> Moves:
        today = world.site.calendar.day(now)
        match event:
            case Receive():
                names = ("kind", "risk", "count", "parties", "matter", "person")
                own = {name: _stripped(getattr(event, name)) for name in names}
                new = Matter(id=event.id, by=event.by, received=event.received or today, **own)
                told = {**own, "received_on": new.received}
                step = "group" if new.count >= _GROUP else "received"
                return self._step(new, step, told, event, event.received, world, now)
            case Answer():
                case = replace(cases[event.case], answered=event.answered or today)
                told = {"answer": event.answer.strip(), "answered_on": case.answered}
                return self._step(case, "answered", told, event, event.answered, world, now)
            case Talk():
                case = cases[event.case]
                case = replace(case, talks=case.talks + 1)
                return self._step(case, "talked", {"talk": event.talk.strip()}, event, event.held, world, now)
            case Extend():
                case = replace(cases[event.case], extended=True)
                return self._step(case, "extended", {"notice": event.notice.strip()}, event, None, world, now)
            case Settle():
                case = cases[event.case]
                on = event.settled or today
                # Whoever settles it has answered; only what was agreed is visited.
                case = replace(case, settled=on, answered=case.answered or on, result=event.result)
                case = replace(case, is_open=event.result == "settled")
                told = {"result": event.result, "agreement": event.agreement.strip(), "closed_on": on}
                return self._step(case, event.result, told, event, event.settled, world, now)
            case FollowUp():
                case = replace(cases[event.case], is_open=False)
                told = {"finding": event.finding.strip()}
                return self._step(case, "followed_up", told, event, event.visited, world, now)
        return Moves()

    def _step(
        self, case: Matter, step: str, more: dict[str, Any], ask: Ask, on: date | None, world: World, now: Instant
    ) -> Moves:
        fields = {"kind": case.kind, "risk": case.risk, "person": case.person, **more}
        return self.stated(case, step, fields, world, now, ask, at=done_on(on, world, now), personal=_PERSONAL)


_GROUP = 5
_NEEDED: dict[type[Ask], tuple[str, ...]] = {
    Receive: ("matter", "parties", "person"),
    Answer: ("answer",),
    Talk: ("talk",),
    Extend: ("notice", "note"),
    Settle: ("agreement",),
    FollowUp: ("finding",),
}


def _term(name: str, since: date, days: float, world: World) -> Term:
    return by_day(name, since + timedelta(days=days), _AHEAD_DAYS[name], world)


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


_DO = {
    "procedure": "1. Ask who is in charge.\n2. Answer, settle or visit, and enter it.",
    "procedure_zh": "1. 询问承办人。\n2. 答复、办结或回访，并登记。",
}
_RULES = {
    "conflict": (
        {"title": "Conflict: a term comes near", "title_zh": "矛盾纠纷：即将到期"},
        {"title": "Conflict: a term is over", "title_zh": "矛盾纠纷：逾期"},
        _DO,
    ),
    "concern": (
        {"title": "Concern: a term comes near", "title_zh": "热点问题：即将到期"},
        {"title": "Concern: a term is over", "title_zh": "热点问题：逾期"},
        _DO,
    ),
    "complaint": (
        {"title": "Complaint: a term comes near", "title_zh": "群众投诉：即将到期"},
        {"title": "Complaint: a term is over", "title_zh": "群众投诉：逾期"},
        _DO,
    ),
}
WORKFLOW = Mediation
