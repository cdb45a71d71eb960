"""Contractors 外来施工单位: insurance, agreement and briefing are in force before anybody's card works.

A firm is one case, with those who work for it here. An insurance, an agreement and each person's briefing (Work Safety
Law, articles 28 and 49) are looked at on the day of each card: a card that is held to a reader of the gate while one of
them is wanting is refused, which is an alert that says what is wanting. What runs out is told 30 days before. What is
said aloud names the firm, never a person: texts cannot be erased.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec.structs import replace

from alerts.case import Case
from alerts.facts import VISITOR_CARD, Fact, FieldValue
from alerts.heard import Listens
from alerts.kinds import kinds
from alerts.passages import CREDENTIAL, MOST_OF_CARD, card_of, passage_of
from alerts.person import person_of
from alerts.rule import Rule
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import Ask, Config, Heard, Moves, Workflow, World
from devices.errors import Fault, Refused
from devices.message import Text
from devices.reading import Instant, Reading

_EDITORS = frozenset({"operator", "technician", "manager", "admin"})
_LONGEST, _MOST_WORKERS, _MOST_YEARS = 100, 200, 10
_DAY = timedelta(days=1)
_PERSONAL = ("person", "document_number", "card", "contact", "phone", "note")
Paper: TypeAlias = Literal["insurance", "agreement"]
_PAPERS: tuple[Paper, ...] = ("insurance", "agreement")


class ContractorsConfig(Config, frozen=True, kw_only=True):
    """How long before it is told that a paper runs out, and how long a briefing counts.

    ``days_ahead``: so many days before
    ``briefing_days``: a briefing counts for so many days
    """

    days_ahead: int = 30
    briefing_days: int = 365

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        if not 0 <= self.days_ahead <= 366:
            yield ConfigFault(("days_ahead",), Text.of("contractors.config_days", most=366))
        if not 1 <= self.briefing_days <= 1_098:
            yield ConfigFault(("briefing_days",), Text.of("contractors.config_days", most=1_098))


class Worker(msgspec.Struct, frozen=True, kw_only=True):
    """``briefed``: on the rules here, and by whom; ``is_in``: by the readers of the gate."""

    person: str
    document_number: str = ""
    card: str = ""
    briefed: date | None = None
    briefed_by: str = ""
    is_in: bool = False


class Firm(Case, frozen=True, kw_only=True):
    """``insurance_until``, ``agreement_until``: the last day of each. ``told``: how they stood when that was told."""

    organisation: str
    work: str = ""
    contact: str = ""
    phone: str = ""
    insurance_until: date | None = None
    agreement_until: date | None = None
    workers: tuple[Worker, ...] = ()
    told: tuple[str, ...] = ()

    def last_day(self, paper: Paper) -> date | None:
        return self.insurance_until if paper == "insurance" else self.agreement_until


class AddFirm(Ask, tag="add", frozen=True, kw_only=True):
    """A firm works here: until when it is insured, and until when the safety agreement holds."""

    ROLES = _EDITORS

    organisation: str
    work: str
    contact: str = ""
    phone: str = ""
    insurance_until: date | None = None
    agreement_until: date | None = None


class Renew(Ask, tag="renew", frozen=True, kw_only=True):
    """A newer insurance, a newer agreement: what is left out stays."""

    ROLES = _EDITORS

    insurance_until: date | None = None
    agreement_until: date | None = None


class AddWorker(Ask, tag="worker", frozen=True, kw_only=True):
    """Somebody works for the firm here, with a document and a card."""

    ROLES = _EDITORS

    person: str
    document_number: str
    card: str = ""


class Brief(Ask, tag="brief", frozen=True, kw_only=True):
    """They were briefed on dangers and rules here: who, and on which day (today if it is left out)."""

    ROLES = _EDITORS

    persons: tuple[str, ...]
    on: date | None = None


class RemoveWorker(Ask, tag="remove", frozen=True, kw_only=True):
    """Somebody works here no more; the card is back."""

    ROLES = _EDITORS

    person: str


class End(Ask, tag="end", frozen=True, kw_only=True):
    """The firm is done here; every card is back."""

    ROLES = _EDITORS


class Contractors(Workflow[Firm]):
    """One firm is one case."""

    name, book, case = "contractors", "contractors", Firm
    asks = (AddFirm, AddWorker, Brief, Renew, RemoveWorker, End)
    config_type = ContractorsConfig
    personal = ("contact", "phone", "workers")
    listens = Listens(signals=frozenset({CREDENTIAL}))

    def rules(self) -> Sequence[Rule[Any]]:
        return RULES

    def waits_for(self, case: Firm, account: str, role: str) -> bool:
        """A paper runs out, or somebody was not briefed yet."""
        return role in _EDITORS and (bool(case.told) or any(worker.briefed is None for worker in case.workers))

    def check(self, ask: Any, cases: Mapping[str, Firm], world: World, now: Instant) -> None:
        if isinstance(ask, AddFirm):
            if ask.id in cases:
                raise Refused(Text.of("contractors.is_known"))
            firm = None
        elif ask.case not in cases:
            raise Refused(Text.of("contractors.none"))
        else:
            firm = cases[ask.case]
        faults = [*_faults(ask, firm, cases, world, world.site.calendar.day(now))]
        if faults:
            raise Refused(Text.of("contractors.look_at_fields", faults=tuple(text for *_, text in faults)), faults)

    def step(self, event: Heard, cases: Mapping[str, Firm], world: World, now: Instant) -> Moves:
        today = world.site.calendar.day(now)
        match event:
            case Reading():
                return self._read(event, cases, world, now)
            case AddFirm():
                given = {name: getattr(event, name).strip() for name in ("organisation", "work", "contact", "phone")}
                days = {f"{paper}_until": getattr(event, f"{paper}_until") for paper in _PAPERS}
                firm = Firm(id=event.id, by=event.by, **given, **days)
                return self._told(firm, "added", {**given, **_days(days)}, event, world, now)
            case Renew():
                days = {f"{paper}_until": getattr(event, f"{paper}_until") for paper in _PAPERS}
                days = {name: day for name, day in days.items() if day is not None}
                return self._told(replace(cases[event.case], **days), "renewed", _days(days), event, world, now)
            case AddWorker():
                worker = Worker(
                    person=event.person.strip(), document_number=event.document_number.strip(), card=card_of(event.card)
                )
                own = {name: getattr(worker, name) for name in ("person", "document_number", "card")}
                firm = cases[event.case]
                return self._told(replace(firm, workers=(*firm.workers, worker)), "joined", own, event, world, now)
            case Brief():
                return self._briefed(cases[event.case], event, event.on or today, world, now)
            case RemoveWorker():
                firm = cases[event.case]
                left = tuple(each for each in firm.workers if each.person != event.person)
                return self._told(replace(firm, workers=left), "removed", {"person": event.person}, event, world, now)
            case End():
                return self._told(replace(cases[event.case], is_open=False), "ended", {}, event, world, now)
        return Moves()

    def turn(self, due: Sequence[Firm], world: World, now: Instant) -> Moves:
        looked = [self._looked_at(firm, world, now) for firm in due]
        return Moves(
            cases=tuple(firm for firm, _ in looked), facts=tuple(fact for _, facts in looked for fact in facts)
        )

    def _briefed(self, firm: Firm, ask: Brief, day: date, world: World, now: Instant) -> Moves:
        workers = tuple(
            replace(each, briefed=day, briefed_by=ask.by) if each.person in ask.persons else each
            for each in firm.workers
        )
        firm, on = replace(firm, workers=workers), day.isoformat()
        facts = [_fact(firm, "briefed", {"person": one, "on": on}, now, ask) for one in dict.fromkeys(ask.persons)]
        firm, more = self._looked_at(firm, world, now)
        return Moves(cases=(firm,), facts=(*facts, *more))

    def _told(
        self, firm: Firm, step: str, fields: Mapping[str, FieldValue], ask: Ask, world: World, now: Instant
    ) -> Moves:
        said = {name: value for name, value in fields.items() if value}
        said |= {"note": ask.note.strip()} if ask.note.strip() else {}
        fact = _fact(firm, step, said, now, ask)
        firm, facts = self._looked_at(firm, world, now)
        return Moves(cases=(firm,), facts=(fact, *facts))

    def _looked_at(self, firm: Firm, world: World, now: Instant) -> tuple[Firm, list[Fact]]:
        """What of its papers is otherwise than it was told; woken when that may be so again."""
        today = world.site.calendar.day(now)
        states = tuple(state for paper in _PAPERS if (state := self._state(firm, paper, today))) if firm.is_open else ()
        facts = [
            _fact(firm, state, {"paper": state.partition("_")[0], **_until(firm, state)}, now)
            for state in states
            if state not in firm.told
        ]
        before, after = ({state.partition("_")[2] for state in each} for each in (firm.told, states))
        facts += [_fact(firm, f"none_{word}", {}, now) for word in sorted(before - after)]
        days = [day for paper in _PAPERS if (last := firm.last_day(paper)) for day in (last - self._ahead, last + _DAY)]
        next_day = min((day for day in days if day > today), default=None) if firm.is_open else None
        wake_at = world.site.calendar.at(next_day, 0) if next_day is not None else None
        return replace(firm, told=states, wake_at=wake_at), facts

    @property
    def _ahead(self) -> timedelta:
        return timedelta(days=self.config.days_ahead)

    def _state(self, firm: Firm, paper: Paper, today: date) -> str:
        last = firm.last_day(paper)
        if last is None or today <= last - self._ahead - _DAY:
            return ""
        return f"{paper}_over" if today > last else f"{paper}_due"

    # -- cards ---------------------------------------------------------------------------------------------

    def _read(self, reading: Reading, cases: Mapping[str, Firm], world: World, now: Instant) -> Moves:
        passage = passage_of(reading, world)
        if passage is None:
            return Moves()
        found = ((firm, each) for firm in cases.values() for each in firm.workers if each.card == passage.card)
        firm, worker = next(found, (None, None))
        if firm is None or worker is None:
            return Moves()
        is_in = passage.way == "in" or (passage.way == "both" and not worker.is_in)
        lacking = self._lacking(firm, worker, world.site.calendar.day(now)) if is_in else ()
        own: dict[str, FieldValue] = {"person": worker.person, "reader": passage.device}
        if lacking:
            own["lacking"] = ", ".join(lacking)
            words = tuple(Text.of(f"contractors.lacks_{each}") for each in lacking)
            fact = _fact(firm, "card_refused", own, now, devices=(passage.device,))
            text = Text.of("contractors.card_refused", organisation=firm.organisation, lacking=words)
            return Moves(facts=(replace(fact, text=text),))
        if is_in == worker.is_in:
            return Moves()
        workers = tuple(replace(each, is_in=is_in) if each is worker else each for each in firm.workers)
        step = "came_in" if is_in else "went_out"
        fact = _fact(firm, step, own, now, devices=(passage.device,))
        return Moves(cases=(replace(firm, workers=workers),), facts=(fact,))

    def _lacking(self, firm: Firm, worker: Worker, today: date) -> tuple[str, ...]:
        """Of insurance, agreement and briefing what is not in force on that day; no day known is none."""
        papers: list[str] = [paper for paper in _PAPERS if (last := firm.last_day(paper)) is None or today > last]
        briefed = worker.briefed
        if briefed is None or not 0 <= (today - briefed).days < self.config.briefing_days:
            papers.append("briefing")
        return tuple(papers)


def _faults(ask: Any, firm: Firm | None, cases: Mapping[str, Firm], world: World, today: date) -> Iterable[Fault]:
    """(0, field, what is wrong with it)"""
    for name in ("organisation", "work", "contact", "phone", "person", "document_number", "card"):
        text = getattr(ask, name, "")
        if len(text) > (MOST_OF_CARD if name == "card" else _LONGEST):
            yield 0, name, Text.of("contractors.too_long", most=_LONGEST)
        if not text.strip() and name in ("organisation", "work", "person", "document_number") and hasattr(ask, name):
            yield 0, name, Text.of("form.wanting")
    far = timedelta(days=366 * _MOST_YEARS)
    for paper in _PAPERS:
        day = getattr(ask, f"{paper}_until", None)
        if day is not None and not today - far <= day <= today + far:
            yield 0, f"{paper}_until", Text.of("contractors.not_that_day")
    if isinstance(ask, Renew) and ask.insurance_until is None and ask.agreement_until is None:
        yield 0, "insurance_until", Text.of("form.wanting")
    if isinstance(ask, Brief) and ask.on is not None and not today - timedelta(days=366) <= ask.on <= today:
        yield 0, "on", Text.of("contractors.not_that_day")
    if firm is None:
        return
    names = {worker.person for worker in firm.workers}
    if isinstance(ask, Brief) and (not ask.persons or set(ask.persons) - names):
        yield 0, "persons", Text.of("contractors.nobody")
    if isinstance(ask, RemoveWorker) and ask.person not in names:
        yield 0, "person", Text.of("contractors.nobody")
    if isinstance(ask, AddWorker):
        if ask.person.strip() in names or len(names) >= _MOST_WORKERS:
            yield 0, "person", Text.of("contractors.is_there", most=_MOST_WORKERS)
        if ask.card.strip() and _is_taken(ask.card, cases, world):
            yield 0, "card", Text.of("contractors.card_taken")


def _is_taken(card: str, cases: Mapping[str, Firm], world: World) -> bool:
    known = any(worker.card == card_of(card) for each in cases.values() for worker in each.workers)
    return known or person_of(world, card=card.strip()) is not None or any(world.ask_of(VISITOR_CARD, card=card))


def _days(days: Mapping[str, date | None]) -> dict[str, FieldValue]:
    return {name: day.isoformat() for name, day in days.items() if day is not None}


def _until(firm: Firm, state: str) -> dict[str, FieldValue]:
    last = firm.last_day("insurance" if state.startswith("insurance") else "agreement")
    return {"until": last.isoformat()} if last is not None else {}


def _fact(
    firm: Firm,
    step: str,
    fields: Mapping[str, FieldValue],
    now: Instant,
    ask: Ask | None = None,
    devices: tuple[str, ...] = (),
) -> Fact:
    params = {"until": str(fields["until"])} if "until" in fields else {}
    own: dict[str, FieldValue | Text] = {"organisation": firm.organisation, **fields}
    return Fact(
        workflow="contractors",
        case=firm.id,
        step=step,
        at=now,
        by=ask.by if ask is not None else "",
        area=firm.area,
        devices=devices,
        text=Text.of(f"contractors.{step}", organisation=firm.organisation, **params),
        fields=own,
        personal=tuple(name for name in _PERSONAL if name in own),
    )


_MADE = {"kind": "fact", "per": "case", "alert_class": "duty"}
RULES: tuple[Rule[Any], ...] = tuple(
    msgspec.convert({**_MADE, **rule}, kinds()["fact"])
    for rule in (
        {
            "name": "contractor-card-refused",
            "title": "Contractor's card used without insurance, agreement or briefing",
            "title_zh": "外来施工人员未具备保险、协议或安全交底而刷卡",
            "alert_class": "access",
            "priority": 2,
            "begins": ["contractors.card_refused"],
            "procedure": "1. Stop them at the gate: nobody works until all three are in force.\n"
            "2. Brief them, or have the paper renewed and entered.",
            "procedure_zh": "1. 在门岗拦停：三项齐备前不得作业。\n2. 补做安全交底，或续保、续签并登记。",
        },
        {
            "name": "contractor-running-out",
            "title": "Contractor's insurance or agreement running out",
            "title_zh": "外来施工单位保险或协议即将到期",
            "priority": 4,
            "begins": ["contractors.insurance_due", "contractors.agreement_due"],
            "ends": ["contractors.none_due"],
            "procedure": "1. Ask the firm for the next one.\n2. Enter it.",
            "procedure_zh": "1. 通知施工单位续保或续签。\n2. 登记。",
        },
        {
            "name": "contractor-out-of-date",
            "title": "Contractor's insurance or agreement is over",
            "title_zh": "外来施工单位保险或协议已到期",
            "priority": 3,
            "begins": ["contractors.insurance_over", "contractors.agreement_over"],
            "ends": ["contractors.none_over"],
            "procedure": "1. Nobody of the firm works.\n2. Have it renewed and entered, or end the firm's work here.",
            "procedure_zh": "1. 该单位人员停止作业。\n2. 续保或续签并登记，或办理撤场。",
        },
    )
)
"""What this workflow's facts mean to an operator; a rule of one of these names in the site file takes its place."""

WORKFLOW = Contractors
