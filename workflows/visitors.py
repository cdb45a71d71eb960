"""Visitors 外来人员: announced or at the gate, with a document, the host's word, a pass with an end, until they leave.

Whoever comes shows a document (State Council Order 421, article 11, number 2; Order 564, article 29) and comes in on
the word of whom they visit: given by an account of the host's own, or written down at the gate with how it was said.
Through important parts somebody leads them. The pass ends when the site closes, or when the host says; who is inside
after that is told to the gate and the host, once. A card of a pass that is held to a reader on the way in writes the
visit in, on the way out it ends it; one that comes in while the site is closed, after its end or with nobody's visit
is an alert. What is said aloud names passes and hosts, never a visitor: texts cannot be erased.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from alerts.contact import who_is
from alerts.facts import GATE_READER, VISITOR_CARD
from alerts.heard import Listens
from alerts.kinds import kinds
from alerts.passages import CREDENTIAL, MOST_OF_CARD, Way, card_of, passage_of
from alerts.person import person_of
from alerts.rule import Rule
from alerts.schedule import minutes
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.visit import HERE, Visit
from alerts.visit_words import OWN, tell_host, told
from alerts.visitor_asks import GATE, Announce, Arrive, Confirm, Depart, Enter, Extend, HostNote, Refuse, Withdraw
from alerts.workflow import Ask, Config, Heard, Moves, Workflow, World
from devices.errors import ConfigError, Fault, Refused
from devices.message import At, Text
from devices.reading import SECOND, Instant, Reading

_HOUR: Instant = 3_600 * SECOND
_LONGEST, _FURTHEST = 100, 31 * 24 * _HOUR


class VisitorsConfig(Config, frozen=True, kw_only=True):
    """When visitors may be here, and where their cards are read.

    ``opens``: from when on visitors come in, local time
    ``closes``: when their passes end where nobody says otherwise
    ``stay_h``: how long a pass lasts that is given while the site is closed, in hours
    ``readers``: by device, which way it leads: ``in``, ``out`` or ``both``
    ``passes``: by the number on the pass, its card as a reader says it
    """

    opens: str = "07:00"
    closes: str = "18:00"
    stay_h: float = 2
    readers: dict[str, Way] = {}
    passes: dict[str, str] = {}

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        for name in ("opens", "closes"):
            try:
                minutes(getattr(self, name))
            except ConfigError as error:
                yield ConfigFault((name,), Text.of("visitors.config_time", error=str(error)))
        if not 0 < self.stay_h <= 24:
            yield ConfigFault(("stay_h",), Text.of("visitors.config_stay"))
        known = {device.id for device in site.devices}
        for reader in self.readers:
            if reader not in known:
                yield ConfigFault(("readers", reader), Text.of("visitors.config_reader", device=reader))
        cards = [card_of(card) for card in self.passes.values()]
        for number, card in self.passes.items():
            if not number.strip() or cards.count(card_of(card)) > 1 or not 0 < len(card_of(card)) <= MOST_OF_CARD:
                yield ConfigFault(("passes", number), Text.of("visitors.config_pass", number=number[:_LONGEST]))


class Visitors(Workflow[Visit]):
    """One visit is one case."""

    name, book, case = "visitors", "visitors", Visit
    asks = (Announce, Arrive, Enter, Depart, Confirm, Refuse, HostNote, Extend, Withdraw)
    config_type = VisitorsConfig
    page = "/console/visitors"
    personal = ("person", "document_number", "vehicle", "companion", "card")
    listens = Listens(signals=frozenset({CREDENTIAL}))

    def __init__(self, config: Config | None = None) -> None:
        super().__init__(config)
        self._cards = {card_of(card): number for number, card in self.config.passes.items()}
        self.provides = {
            GATE_READER: lambda about, _cases, _world, _now: self.config.readers.get(about["device"]),
            VISITOR_CARD: lambda about, cases, _world, _now: self._is_visitors(about["card"], cases),
        }

    def rules(self) -> Sequence[Rule[Any]]:
        return RULES

    def choices(self, site: SiteFacts) -> Mapping[str, Sequence[str]]:
        return {"pass_number": tuple(self.config.passes)} if self.config.passes else {}

    def waits_for(self, case: Visit, account: str, role: str) -> bool:
        return role in GATE or account in (case.host, case.by)

    def shows(self, case: Visit, now: Instant) -> dict[str, Any]:
        return {"until": At(case.end_at)} if case.end_at is not None else {}

    # -- what speaks against it ----------------------------------------------------------------------------

    def check(self, ask: Any, cases: Mapping[str, Visit], world: World, now: Instant) -> None:
        if isinstance(ask, Announce) or (isinstance(ask, Arrive) and not ask.case):
            if ask.id in cases:
                raise Refused(Text.of("visitors.is_known"))
            before = Visit(id=ask.id)
        else:
            before = _found(cases, ask.case)
        allowed, key = _STAGES[type(ask)]
        if before.stage not in allowed:
            raise Refused(Text.of(key, pass_number=before.pass_number))
        faults = [*self._faults(ask, before, cases, world, now)]
        if faults:
            raise Refused(Text.of("visitors.look_at_fields", faults=tuple(text for *_, text in faults)), faults)
        is_theirs = _is_host(ask.by, before.host, world) or (isinstance(ask, Extend | Withdraw) and ask.by == before.by)
        is_wordless = ask.role not in GATE or (isinstance(ask, Confirm) and not ask.word)
        if isinstance(ask, Confirm | Refuse | HostNote | Extend | Withdraw) and is_wordless and not is_theirs:
            raise Refused(Text.of("visitors.not_the_host", host=before.host))
        if isinstance(ask, Enter) and not ask.word and not before.confirmed_by:
            raise Refused(Text.of("visitors.no_word", host=before.host), [(0, "word", Text.of("form.wanting"))])

    def _faults(
        self, ask: Any, before: Visit, cases: Mapping[str, Visit], world: World, now: Instant
    ) -> Iterable[Fault]:
        """(0, field, what is wrong with it)"""
        for name in (*OWN, "pass_number", "card", "note"):
            if len(getattr(ask, name, "")) > (_LONGEST if name != "note" else 2_000):
                yield 0, name, Text.of("visitors.too_long", most=_LONGEST)
        if isinstance(ask, Announce | Arrive):
            visit = _with(ask, before)
            for name in ("person", "purpose", *(("document_number", "host") if isinstance(ask, Arrive) else ())):
                if not getattr(visit, name):
                    yield 0, name, Text.of("form.wanting")
            if unknown := set(visit.areas) - set(world.site.areas):
                yield 0, "areas", Text.of("visitors.no_area", area=", ".join(sorted(unknown))[:_LONGEST])
            if visit.areas and isinstance(ask, Arrive) and not visit.companion:
                yield 0, "companion", Text.of("visitors.led_by_whom")
        if isinstance(ask, Announce) and ask.start_at is not None and not -_HOUR <= ask.start_at - now <= _FURTHEST:
            yield 0, "start_at", Text.of("visitors.not_that_far")
        if isinstance(ask, Refuse | HostNote) and not ask.note.strip():
            yield 0, "note", Text.of("form.wanting")
        if isinstance(ask, Extend) and ask.until is None:
            yield 0, "until", Text.of("form.wanting")
        if ask.until is not None and not now < ask.until <= now + _FURTHEST:
            yield 0, "until", Text.of("visitors.not_that_far")
        if isinstance(ask, Arrive | Enter):
            yield from self._card_faults(ask, cases, world)

    def _card_faults(self, ask: Arrive | Enter, cases: Mapping[str, Visit], world: World) -> Iterable[Fault]:
        number, card = ask.pass_number.strip(), card_of(ask.card)
        if number and self.config.passes and number not in self.config.passes:
            yield 0, "pass_number", Text.of("visitors.no_pass", number=number[:_LONGEST])
        if number and any(visit.pass_number == number for visit in cases.values() if visit.id != ask.case):
            yield 0, "pass_number", Text.of("visitors.pass_taken", number=number)
        if card and any(visit.card == card for visit in cases.values() if visit.id != ask.case):
            yield 0, "card", Text.of("visitors.card_taken")
        if card and (card in self._cards or person_of(world, card=ask.card.strip()) is not None):
            yield 0, "card", Text.of("visitors.card_taken")

    # -- what follows --------------------------------------------------------------------------------------

    def step(self, event: Heard, cases: Mapping[str, Visit], world: World, now: Instant) -> Moves:
        match event:
            case Reading():
                return self._read(event, cases, world, now)
            case Announce():
                visit = _with(event, Visit(id=event.id, by=event.by))
                visit = replace(visit, host=visit.host or event.by, end_at=event.until or self._ends(visit, world, now))
                if _is_host(event.by, visit.host, world):
                    visit = replace(visit, word="account", confirmed_by=event.by)
                return told(replace(visit, wake_at=visit.end_at), "announced", now, event, whole=True)
            case Arrive():
                return self._arrived(event, cases, world, now)
            case Confirm():
                word = "account" if _is_host(event.by, cases[event.case].host, world) else event.word
                return told(replace(cases[event.case], word=word, confirmed_by=event.by), "confirmed", now, event)
            case Enter():
                return self._admitted(cases[event.case], event, cases, now)
            case Depart():
                return told(replace(cases[event.case], stage="left"), "left", now, event)
            case HostNote():
                return told(replace(cases[event.case], note=event.note.strip()), "noted", now, event)
            case Extend():
                longer = replace(cases[event.case], end_at=event.until, is_overdue=False, wake_at=event.until)
                return told(longer, "extended", now, event)
            case Refuse():
                return told(replace(cases[event.case], stage="refused"), "refused", now, event)
            case Withdraw():
                return told(replace(cases[event.case], stage="withdrawn"), "withdrawn", now, event)
        return Moves()

    def turn(self, due: Sequence[Visit], world: World, now: Instant) -> Moves:
        """The end of a pass has come: who is here is overdue, of whom nothing was seen did not come."""
        moves = []
        for visit in due:
            if visit.stage in HERE:
                overdue = replace(visit, is_overdue=True, wake_at=None)
                moves += [told(overdue, "overdue", now), tell_host(overdue, "overdue", world, now)]
            else:
                moves.append(told(replace(visit, stage="not_come"), "not_come", now))
        return Moves.joined(moves)

    def _arrived(self, ask: Arrive, cases: Mapping[str, Visit], world: World, now: Instant) -> Moves:
        before = cases.get(ask.case) or Visit(id=ask.id, by=ask.by)
        visit = _with(ask, before)
        end = ask.until or before.end_at or self._ends(visit, world, now)
        end = end if end > now else now + int(self.config.stay_h * _HOUR)
        visit = replace(visit, stage="waiting", end_at=end, wake_at=end)
        if not ask.word and not visit.confirmed_by:
            registered = told(visit, "registered", now, ask, whole=True)
            return Moves.joined((registered, tell_host(visit, "waiting", world, now)))
        admitted = self._admitted(visit, ask, cases, now)
        return Moves.joined((replace(told(visit, "registered", now, ask, whole=True), cases=()), admitted))

    def _admitted(self, visit: Visit, ask: Arrive | Enter, cases: Mapping[str, Visit], now: Instant) -> Moves:
        """With a pass; where a reader sees who comes in, it says when that is."""
        if ask.word:
            visit = replace(visit, word=ask.word, confirmed_by=ask.by)
        number, card = ask.pass_number.strip(), card_of(ask.card)
        taken = {each.pass_number for each in cases.values()}
        if not number and not card:
            number = next((each for each in self.config.passes if each not in taken), "")
        card = card or card_of(self.config.passes.get(number, ""))
        visit = replace(visit, pass_number=number, card=card)
        if card and any(way != "out" for way in self.config.readers.values()):
            return told(replace(visit, stage="admitted"), "admitted", now, ask)
        return told(replace(visit, stage="in", in_at=now), "arrived", now, ask)

    def _ends(self, visit: Visit, world: World, now: Instant) -> Instant:
        """When the site closes on the day of the visit; after that, some hours on."""
        calendar, begins = world.site.calendar, max(visit.expected_at or now, now)
        closes = calendar.at(calendar.day(begins), minutes(self.config.closes))
        return closes if closes > begins else begins + int(self.config.stay_h * _HOUR)

    # -- cards ---------------------------------------------------------------------------------------------

    def _is_visitors(self, card: str, cases: Mapping[str, Visit]) -> bool:
        return card_of(card) in self._cards or any(visit.card == card_of(card) for visit in cases.values())

    def _read(self, reading: Reading, cases: Mapping[str, Visit], world: World, now: Instant) -> Moves:
        passage = passage_of(reading, world)
        if passage is None:
            return Moves()
        visit = next((each for each in cases.values() if each.card == passage.card and each.stage in HERE), None)
        if visit is None:
            number = self._cards.get(passage.card)
            if number is None:
                return Moves()
            stray = Visit(id=f"pass {number}"[:64], area=passage.area, pass_number=number)
            return replace(told(stray, "card_stray", now, device=passage.device), cases=())
        is_in = passage.way == "in" or (passage.way == "both" and visit.stage == "admitted")
        if not is_in:
            return told(replace(visit, stage="left"), "left", now, device=passage.device)
        moves = []
        if visit.stage == "admitted":
            visit = replace(visit, stage="in", in_at=now)
            moves.append(told(visit, "arrived", now, device=passage.device))
        if not self._is_open(world, now) or (visit.end_at is not None and now > visit.end_at):
            moves.append(told(visit, "card_late", now, device=passage.device))
        return replace(Moves.joined(moves), cases=(visit,)) if moves else Moves()

    def _is_open(self, world: World, now: Instant) -> bool:
        opens, closes, minute = minutes(self.config.opens), minutes(self.config.closes), world.site.calendar.minute(now)
        return opens <= minute < closes if opens < closes else minute >= opens or minute < closes


_HERE_OR_COMING = frozenset({"expected", "waiting", "admitted", "in"})
_STAGES: dict[type[Ask], tuple[frozenset[str], str]] = {
    Announce: (frozenset({"expected"}), "visitors.is_known"),
    Arrive: (frozenset({"expected", "waiting"}), "visitors.is_in"),
    Confirm: (frozenset({"expected", "waiting"}), "visitors.is_in"),
    Enter: (frozenset({"waiting"}), "visitors.not_at_the_gate"),
    Depart: (HERE, "visitors.is_not_in"),
    HostNote: (HERE, "visitors.is_not_in"),
    Extend: (_HERE_OR_COMING, "visitors.is_not_in"),
    Refuse: (frozenset({"expected", "waiting", "admitted"}), "visitors.is_in"),
    Withdraw: (frozenset({"expected"}), "visitors.is_in"),
}
"""How far a visit must be for each ask, and what is said else."""


def _found(cases: Mapping[str, Visit], case: str) -> Visit:
    if case not in cases:
        raise Refused(Text.of("visitors.none"))
    return cases[case]


def _with(ask: Announce | Arrive, visit: Visit) -> Visit:
    """What is said now counts, what is left out stays."""
    given = {name: getattr(ask, name).strip() for name in OWN if getattr(ask, name, "")}
    given |= {"areas": ask.areas} if ask.areas else {}
    given |= {"expected_at": ask.start_at} if isinstance(ask, Announce) else {}
    return replace(visit, **{name: value for name, value in given.items() if value})


def _is_host(account: str, host: str, world: World) -> bool:
    """By an account of their own: the host may be named by account, by id, or by name."""
    person = who_is(world, account)
    names = {account, *((person.id, person.name, person.name_zh) if person is not None else ())}
    return bool(host) and host in names


_MADE = {"kind": "fact", "per": "case"}
RULES: tuple[Rule[Any], ...] = tuple(
    msgspec.convert({**_MADE, **rule}, kinds()["fact"])
    for rule in (
        {
            "name": "visitor-overdue",
            "title": "Visitor still inside after the end of the pass",
            "title_zh": "外来人员超时未离开",
            "alert_class": "duty",
            "priority": 3,
            "begins": ["visitors.overdue"],
            "ends": ["visitors.left", "visitors.extended"],
            "procedure": "1. Call the host: is the visitor still there?\n2. See them out, or have the stay extended.",
            "procedure_zh": "1. 联系接待人，核实访客是否仍在厂内。\n2. 送离厂区，或由接待人延长时间。",
        },
        {
            "name": "visitor-card-after-hours",
            "title": "Visitor card read in after closing or after its end",
            "title_zh": "访客卡闭门后或到期后刷卡进入",
            "alert_class": "access",
            "priority": 2,
            "begins": ["visitors.card_late"],
            "procedure": "1. Look at the gate's camera: who holds the card?\n2. Send a guard; call the host.\n"
            "3. Take the card back, or have the stay extended.",
            "procedure_zh": "1. 查看门岗视频，确认持卡人。\n2. 派保安到场，联系接待人。\n"
            "3. 收回访客卡，或由接待人延长时间。",
        },
        {
            "name": "visitor-card-without-visit",
            "title": "Visitor card read with no visit to it",
            "title_zh": "未登记访客卡刷卡",
            "alert_class": "access",
            "priority": 2,
            "begins": ["visitors.card_stray"],
            "procedure": "1. Stop who holds the card and ask for a document.\n"
            "2. Register the visit, or take the card back.",
            "procedure_zh": "1. 拦停持卡人并查验证件。\n2. 补办登记，或收回访客卡。",
        },
    )
)
"""What this workflow's facts mean to an operator; a rule of one of these names in the site file takes its place."""

WORKFLOW = Visitors
