"""People 人员: who is here, at which posts, with which certificates, from the day they come to the day they leave.

One person is one case, also after they have left: what they did stays theirs, and whoever is asked about them is told
so. A telephone number, a document and what a doctor said stand in the ledger alone, beside the chain, where they can be
erased; no text names anybody but by their id, for texts cannot be. docs/adr/0235

Certificates that the site's posts need are looked at each day on which something about them changes: 60, 30 and 7 days
before they run out or their review is due, and when they are over. One that is issued long before it is entered makes
somebody certified for days that are past, so it takes a second person.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal, cast

import msgspec
from msgspec.structs import replace

from alerts.case import Case
from alerts.certificate_dates import ENDS, RULES, Standing, next_change, standings
from alerts.facts import CERTIFIED, PEOPLE_IN, PERSON_OF, Fact, FieldValue
from alerts.heard import Installed, Listens
from alerts.people_asks import (
    Add,
    Change,
    ComeBack,
    Forget,
    GiveCertificate,
    Import,
    Leave,
    WithdrawCertificate,
    given_in,
)
from alerts.person import Certificate, Level, Person
from alerts.person_list import Row, checked, read, said_of, write
from alerts.personnel import ID, SECRET, certificate_faults, faults_of, none_such, not_that_day, one_of, those_in
from alerts.rule import Rule
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import Ask, Config, Heard, Moves, Workflow, World
from devices.errors import Fault, Refused
from devices.message import Text
from devices.reading import Instant

_PERSONAL = ("name", "name_zh", "cards", "phone", "document", "health", "number")


class Named(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A department, or a kind of certificate.

    ``id``: by which people name it
    ``name``: what people call it
    ``name_zh``: the name on the Chinese console
    """

    id: str
    name: str
    name_zh: str = ""


class Post(Named, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A post.

    ``id``: by which people name it
    ``name``: what people call it
    ``name_zh``: the name on the Chinese console
    ``certificates``: kinds of which whoever is at it needs one each
    """

    certificates: tuple[str, ...] = ()


class PeopleConfig(Config, frozen=True, kw_only=True):
    """Where people may belong, and what they need there.

    ``departments``: of the site
    ``certificates``: kinds of certificates
    ``posts``: each with the certificates that it needs
    ``back_dated_days``: a certificate issued so many days before it is entered takes a second person
    """

    departments: tuple[Named, ...] = ()
    certificates: tuple[Named, ...] = ()
    posts: tuple[Post, ...] = ()
    back_dated_days: int = 30

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        for name in ("departments", "certificates", "posts"):
            seen: set[str] = set()
            for index, each in enumerate(getattr(self, name)):
                if not ID.fullmatch(each.id) or each.id in seen:
                    yield ConfigFault((name, index, "id"), Text.of("people.config_id"))
                seen.add(each.id)
        known = tuple(each.id for each in self.certificates)
        for index, post in enumerate(self.posts):
            for place, kind in enumerate(post.certificates):
                if kind not in known:
                    text = none_such(kind, known)
                    yield ConfigFault(("posts", index, "certificates", place), text)
        if not 0 <= self.back_dated_days <= 366:
            yield ConfigFault(("back_dated_days",), Text.of("people.config_days"))


class Registered(Case, frozen=True, kw_only=True):
    """A person; the id of the case is theirs. ``told``: by kind, how they stood with it when that was told last."""

    name: str
    name_zh: str = ""
    account: str = ""
    department: str = ""
    level: Level = "staff"
    posts: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    language: Literal["en", "zh"] = "en"
    certificates: tuple[Certificate, ...] = ()
    left: date | None = None
    told: dict[str, str] = {}

    @property
    def person(self) -> Person:
        own = {name: getattr(self, name) for name in Person.__struct_fields__}
        return Person(**own)


class People(Workflow[Registered]):
    """One person is one case."""

    name, book, case = "people", "people", Registered
    asks = (Add, Change, Leave, ComeBack, Forget, GiveCertificate, WithdrawCertificate, Import)
    config_type = PeopleConfig
    is_listed = True
    personal = ("cards",)
    listens = Listens(installed=True)
    provides = {
        PERSON_OF: lambda about, cases, world, now: one_of(_people_meant(about, cases), about),
        PEOPLE_IN: lambda about, cases, world, now: those_in(_people(cases), about, world.site.calendar.day(now)),
        CERTIFIED: lambda about, cases, world, now: _certified(about, cases),
    }

    @classmethod
    def listed(cls, cases: Iterable[Registered]) -> str:
        return write(case.person for case in cases if case.left is None)

    def waits_for(self, case: Registered, account: str, role: str) -> bool:
        """A certificate runs out, or is wanting."""
        return bool(case.told) and case.left is None and role in GiveCertificate.ROLES

    def shows(self, case: Registered, now: Instant) -> dict[str, Any]:
        return {"person": case.id}

    def rules(self) -> Sequence[Rule[Any]]:
        return RULES

    def takes_two(self, ask: Any, world: World) -> bool:
        return bool(self._back_dated(ask, world))

    def wanted(self, ask: Any, world: World) -> Text | None:
        dated = self._back_dated(ask, world)
        if isinstance(ask, Import):
            return Text.of("people.wanted_list", count=len(dated))
        return Text.of("people.wanted", person=ask.case, kind=ask.kind, issued=ask.issued.isoformat())

    def _back_dated(self, ask: Any, world: World) -> list[Certificate]:
        today = world.site.calendar.day(world.now)
        if isinstance(ask, Import):
            rows, _ = self._rows(ask, world.own_cases(self), today)
            new = [each for row in rows for each in row.certificates]
        else:
            new = [ask.certificate] if isinstance(ask, GiveCertificate) else []
        return [each for each in new if (today - each.issued).days > self.config.back_dated_days]

    def check(self, ask: Any, cases: Mapping[str, Registered], world: World, now: Instant) -> None:
        today = world.site.calendar.day(now)
        if isinstance(ask, Add):
            if not ID.fullmatch(ask.person):
                raise Refused(Text.of("people.bad_id"))
            if ask.person in cases:
                known = "people.has_left" if cases[ask.person].left is not None else "people.is_known"
                raise Refused(Text.of(known, person=ask.person))
            self._check_fields(given_in(ask), ask.person, cases)
            return
        if isinstance(ask, Import):
            rows, faults = self._rows(ask, cases, today)
            if faults and not (ask.skip_faulty and rows):
                raise Refused(said_of(faults), faults)
            return
        person = _found(cases, ask.case)
        if isinstance(ask, ComeBack | Forget):
            if person.left is None or (isinstance(ask, Forget) and person.left > today):
                raise Refused(Text.of("people.is_here", person=person.id))
            kept = {"account": person.account, "cards": person.cards} if isinstance(ask, ComeBack) else {}
            self._check_fields(kept, person.id, cases)
            return
        if person.left is not None:
            raise Refused(Text.of("people.has_left", person=person.id))
        if isinstance(ask, Change):
            self._check_fields(given_in(ask), person.id, cases)
        elif isinstance(ask, Leave):
            first, last = today - timedelta(days=366), today + timedelta(days=366)
            if ask.left is not None and not first <= ask.left <= last:
                field = Text.of("people.field_left")
                raise Refused(Text.of("people.fault", field=field, why=not_that_day(first, last)))
        elif isinstance(ask, GiveCertificate):
            self._check_certificate(ask, person, today)
        elif not any(each.kind == ask.kind and each.withdrawn is None for each in person.certificates):
            raise Refused(Text.of("people.not_held", kind=ask.kind[:64], person=person.id))

    def step(self, event: Heard, cases: Mapping[str, Registered], world: World, now: Instant) -> Moves:
        today = world.site.calendar.day(now)
        match event:
            case Installed():  # the site file may say otherwise than before what a post needs
                return self.turn(tuple(cases.values()), world, now)
            case Add():
                return self._entered(event.person, None, given_in(event), event, world, now)
            case Change():
                return self._entered(event.case, cases[event.case], given_in(event), event, world, now)
            case Import():
                rows, _ = self._rows(event, cases, today)
                return Moves.joined(self._imported(row, cases.get(row.person), event, world, now) for row in rows)
            case Leave():
                gone = replace(cases[event.case], left=event.left or today)
                return self._told(gone, "left", {"left": str(gone.left)}, event, world, now)
            case ComeBack():
                return self._told(replace(cases[event.case], left=None), "came_back", {}, event, world, now)
            case Forget():
                gone = Registered(id=event.case, name="", is_open=False, told=cases[event.case].told)
                return self._told(gone, "forgotten", {}, event, world, now)
            case GiveCertificate():
                return self._given(cases[event.case], event.certificate, event, world, now)
            case WithdrawCertificate():
                before = cases[event.case]
                held = tuple(
                    replace(each, withdrawn=today) if each.kind == event.kind and each.withdrawn is None else each
                    for each in before.certificates
                )
                fields = {"kind": event.kind, "withdrawn": today.isoformat()}
                return self._told(replace(before, certificates=held), "withdrawn", fields, event, world, now)
        return Moves()

    def turn(self, due: Sequence[Registered], world: World, now: Instant) -> Moves:
        looked = [(case, *self._looked_at(case, world, now)) for case in due]
        return Moves.joined(
            Moves(cases=(new,), facts=tuple(facts))
            for case, new, facts in looked
            if facts or (new.told, new.wake_at) != (case.told, case.wake_at)
        )

    # -- what speaks against it ----------------------------------------------------------------------------

    def _check_fields(self, fields: Mapping[str, Any], own: str, cases: Mapping[str, Registered]) -> None:
        """Raises Refused, with each fault by its field."""
        others = [case.person for case in cases.values() if case.id != own and case.left is None]
        faults = tuple((0, name, text) for name, text in faults_of(fields, others, *self._known()[:2]))
        if faults:
            raise Refused(said_of(faults), faults)

    def _known(self) -> tuple[tuple[str, ...], ...]:
        """The ids of departments, posts and kinds of certificates."""
        kept = (self.config.departments, self.config.posts, self.config.certificates)
        return tuple(tuple(each.id for each in one) for one in kept)

    def _rows(self, ask: Import, cases: Mapping[str, Registered], today: date) -> tuple[list[Row], tuple[Fault, ...]]:
        """Those that can be imported, and every fault of the others."""
        return checked(read(ask.lines), _people(cases), self._known(), today)

    def _check_certificate(self, ask: GiveCertificate, person: Registered, today: date) -> None:
        for name, fault in certificate_faults(ask.certificate, person.person, self._known()[2], today):
            raise Refused(Text.of("people.fault", field=Text.of(f"people.field_{name}"), why=fault))

    # -- what follows --------------------------------------------------------------------------------------

    def _entered(
        self, person: str, before: Registered | None, fields: dict[str, Any], ask: Ask, world: World, now: Instant
    ) -> Moves:
        kept = {name: value for name, value in fields.items() if name not in SECRET}
        after = Registered(id=person, by=ask.by, **kept) if before is None else replace(before, **kept)
        return self._told(after, "added" if before is None else "changed", fields, ask, world, now)

    def _imported(self, row: Row, before: Registered | None, ask: Import, world: World, now: Instant) -> Moves:
        """One case and its facts, of what is new in it: the same list imported twice changes nothing."""
        same = before is not None and all(
            name not in SECRET and getattr(before, name) == value for name, value in row.fields.items()
        )
        moves = [] if same else [self._entered(row.person, before, row.fields, ask, world, now)]
        for new in row.certificates:
            moves.append(
                self._given(_case_of(moves[-1]) if moves else cast("Registered", before), new, ask, world, now)
            )
        if not moves:
            return Moves()
        # only what stands at the end of it: a certificate that comes with a person was never missing
        said = [each.facts[0] for each in moves]
        told = before.told if before is not None else {}
        case, facts = self._looked_at(replace(_case_of(moves[-1]), told=told), world, now)
        return Moves(cases=(case,), facts=(*said, *facts))

    def _given(self, before: Registered, new: Certificate, ask: Ask, world: World, now: Instant) -> Moves:
        is_first = all(each.kind != new.kind or each.withdrawn is not None for each in before.certificates)
        days = {name: day.isoformat() for name in ("issued", "review", "expires") if (day := getattr(new, name))}
        fields = {"kind": new.kind, "number": new.number, "issuer": new.issuer, **days}
        after = replace(before, certificates=(*before.certificates, new))
        return self._told(after, "given" if is_first else "renewed", fields, ask, world, now)

    def _told(
        self, case: Registered, step: str, fields: Mapping[str, FieldValue], ask: Ask, world: World, now: Instant
    ) -> Moves:
        said = {name: value for name, value in fields.items() if value not in ("", (), None)}
        said |= {"note": ask.note} if ask.note else {}
        params = {name: str(said[name]) for name in ("kind", "left") if name in said}
        text = Text.of(f"people.{step}", person=case.id, **params)
        fact = _fact(case, step, text, said, now, ask)
        case, facts = self._looked_at(case, world, now)
        return Moves(cases=(case,), facts=(fact, *facts))

    def _looked_at(self, case: Registered, world: World, now: Instant) -> tuple[Registered, list[Fact]]:
        """As it stands with its certificates now; what of that is to be told."""
        calendar = world.site.calendar
        today = calendar.day(now)
        person, needed = case.person, self._needed(case)
        found = standings(person, needed, today) if case.is_open else {}
        facts = [_standing(case, kind, each, now) for kind, each in found.items() if case.told.get(kind) != each.state]
        states = {kind: each.state for kind, each in found.items()}
        for step, is_it in ENDS.items():
            if any(map(is_it, case.told.values())) and not any(map(is_it, states.values())):
                facts.append(_fact(case, step, Text.of(f"people.{step}", person=case.id), {}, now))
        day = next_change(person, needed, today) if case.is_open else None
        return replace(case, told=states, wake_at=calendar.at(day, 0) if day is not None else None), facts

    def _needed(self, case: Registered) -> tuple[str, ...]:
        return tuple(kind for post in self.config.posts if post.id in case.posts for kind in post.certificates)


# -- small parts ----------------------------------------------------------------------------------------------------


def _people(cases: Mapping[str, Registered]) -> dict[str, Person]:
    return {case.id: case.person for case in cases.values()}


def _people_meant(about: Mapping[str, Any], cases: Mapping[str, Registered]) -> dict[str, Person]:
    """Those among whom the one asked for is: made of few cases, since whoever hears a person asks who it is."""
    if person := about.get("person"):
        return {person: cases[person].person} if person in cases else {}
    account, card = about.get("account"), about.get("card")
    meant = (each for each in cases.values() if (account and each.account == account) or (card and card in each.cards))
    return {case.id: case.person for case in meant}


def _certified(about: Mapping[str, Any], cases: Mapping[str, Registered]) -> bool | None:
    case = cases.get(about["person"])
    return case.person.is_certified(about["kind"], about["on"]) if case is not None else None


def _found(cases: Mapping[str, Registered], case: str) -> Registered:
    if case not in cases:
        raise Refused(Text.of("people.nobody", person=case[:64]))
    return cases[case]


def _case_of(moves: Moves) -> Registered:
    """The one that is in it."""
    (case,) = moves.cases
    assert isinstance(case, Registered)
    return case


def _standing(case: Registered, kind: str, standing: Standing, now: Instant) -> Fact:
    step = standing.state.partition("_")[0]
    until = standing.until.isoformat() if standing.until is not None else ""
    params = {"until": until} if until else {}
    text = Text.of(f"people.{step}", person=case.id, kind=kind, **params)
    return _fact(case, step, text, {"kind": kind, **params}, now)


def _fact(
    case: Registered, step: str, text: Text, fields: Mapping[str, FieldValue], now: Instant, ask: Ask | None = None
) -> Fact:
    return Fact(
        workflow="people",
        case=case.id,
        step=step,
        at=now,
        by=ask.by if ask is not None else "",
        second=ask.second if ask is not None else "",
        text=text,
        fields=dict(fields),
        personal=tuple(name for name in _PERSONAL if name in fields),
    )


WORKFLOW = People
