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
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from alerts.case import Case
from alerts.certificate_dates import ENDS, RULES, Standing, next_change, standings
from alerts.facts import CERTIFIED, PEOPLE_IN, PERSON_OF, Fact, FieldValue
from alerts.heard import Installed, Listens
from alerts.person import Certificate, Level, Person
from alerts.personnel import ID, SECRET, faults_of, none_such, one_of, those_in, trimmed
from alerts.rule import Rule
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import Ask, Config, Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import Text
from devices.reading import Instant

_MOST_KEPT, _MOST_YEARS = 60, 60
_PERSONAL = ("name", "name_zh", "cards", "phone", "document", "health", "number")
_EDITORS = frozenset({"manager", "admin"})


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


class Add(Ask, tag="add", frozen=True, kw_only=True):
    """Somebody has come."""

    ROLES = _EDITORS

    person: str
    name: str
    name_zh: str = ""
    account: str = ""
    department: str = ""
    level: Level = "staff"
    posts: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    language: Literal["en", "zh"] = "en"
    phone: str = ""
    document: str = ""
    health: str = ""


class Change(Ask, tag="change", frozen=True, kw_only=True):
    """Something about a person is otherwise now; what is left out stays, and ``-`` empties it."""

    ROLES = _EDITORS

    name: str | None = None
    name_zh: str | None = None
    account: str | None = None
    department: str | None = None
    level: Level | None = None
    posts: tuple[str, ...] | None = None
    cards: tuple[str, ...] | None = None
    language: Literal["en", "zh"] | None = None
    phone: str | None = None
    document: str | None = None
    health: str | None = None


class Leave(Ask, tag="leave", frozen=True, kw_only=True):
    """``left``: the first day on which they are no longer here; today if it is left out."""

    ROLES = _EDITORS

    left: date | None = None


class ComeBack(Ask, tag="come_back", frozen=True, kw_only=True):
    """Whoever had left is here again."""

    ROLES = _EDITORS


class Forget(Ask, tag="forget", frozen=True, kw_only=True):
    """Whoever has left is no longer kept here; the ledger keeps what it must, until it is erased there."""

    ROLES = _EDITORS


class GiveCertificate(Ask, tag="give_certificate", frozen=True, kw_only=True):
    """A first certificate of its kind, or a newer one: what was held before still counts for its own days."""

    ROLES = _EDITORS
    SECOND_ROLES = _EDITORS

    kind: str
    issued: date
    number: str = ""
    issuer: str = ""
    review: date | None = None
    expires: date | None = None


class WithdrawCertificate(Ask, tag="withdraw_certificate", frozen=True, kw_only=True):
    """From today on no certificate of that kind counts."""

    ROLES = _EDITORS

    kind: str


class People(Workflow[Registered]):
    """One person is one case."""

    name, book, case = "people", "people", Registered
    asks = (Add, Change, Leave, ComeBack, Forget, GiveCertificate, WithdrawCertificate)
    config_type = PeopleConfig
    listens = Listens(installed=True)
    provides = {
        PERSON_OF: lambda about, cases, world, now: one_of(_people(cases), about),
        PEOPLE_IN: lambda about, cases, world, now: those_in(_people(cases), about, world.site.calendar.day(now)),
        CERTIFIED: lambda about, cases, world, now: _certified(about, cases),
    }

    def rules(self) -> Sequence[Rule[Any]]:
        return RULES

    def takes_two(self, ask: Any, world: World) -> bool:
        today = world.site.calendar.day(world.now)
        return isinstance(ask, GiveCertificate) and (today - ask.issued).days > self.config.back_dated_days

    def wanted(self, ask: Any, world: World) -> Text | None:
        return Text.of("people.wanted", person=ask.case, kind=ask.kind, issued=ask.issued.isoformat())

    def check(self, ask: Any, cases: Mapping[str, Registered], world: World, now: Instant) -> None:
        today = world.site.calendar.day(now)
        if isinstance(ask, Add):
            if not ID.fullmatch(ask.person):
                raise Refused(Text.of("people.bad_id"))
            if ask.person in cases:
                known = "people.has_left" if cases[ask.person].left is not None else "people.is_known"
                raise Refused(Text.of(known, person=ask.person))
            self._check_fields(_fields(ask), ask.person, cases)
            return
        person = _found(cases, ask.case)
        if isinstance(ask, ComeBack | Forget):
            if person.left is None or (isinstance(ask, Forget) and person.left > today):
                raise Refused(Text.of("people.is_here", person=person.id))
            self._check_fields(_fields(person), person.id, cases)
            return
        if person.left is not None:
            raise Refused(Text.of("people.has_left", person=person.id))
        if isinstance(ask, Change):
            self._check_fields(_fields(ask), person.id, cases)
        elif isinstance(ask, Leave):
            _check_day("left", ask.left, today - timedelta(days=366), today + timedelta(days=366))
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
                fields = _fields(event)
                kept = {name: value for name, value in fields.items() if name not in SECRET}
                return self._told(Registered(id=event.person, by=event.by, **kept), "added", fields, event, world, now)
            case Change():
                fields = _fields(event)
                kept = {name: value for name, value in fields.items() if name not in SECRET}
                return self._told(replace(cases[event.case], **kept), "changed", fields, event, world, now)
            case Leave():
                gone = replace(cases[event.case], left=event.left or today)
                return self._told(gone, "left", {"left": str(gone.left)}, event, world, now)
            case ComeBack():
                return self._told(replace(cases[event.case], left=None), "came_back", {}, event, world, now)
            case Forget():
                gone = Registered(id=event.case, name="", is_open=False, told=cases[event.case].told)
                return self._told(gone, "forgotten", {}, event, world, now)
            case GiveCertificate():
                return self._given(cases[event.case], event, world, now)
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
        departments, posts = ([each.id for each in kept] for kept in (self.config.departments, self.config.posts))
        faults = tuple((0, name, text) for name, text in faults_of(fields, others, departments, posts))
        if faults:
            told = (Text.of("people.fault", field=Text.of(f"people.field_{name}"), why=why) for _, name, why in faults)
            raise Refused(Text.of("people.faults", faults=tuple(told)), faults)

    def _check_certificate(self, ask: GiveCertificate, person: Registered, today: date) -> None:
        known = tuple(each.id for each in self.config.certificates)
        if ask.kind not in known:
            raise Refused(none_such(ask.kind, known))
        _check_day("issued", ask.issued, today - timedelta(days=_MOST_YEARS * 366), today)
        for name in ("review", "expires"):
            _check_day(name, getattr(ask, name), ask.issued, today + timedelta(days=_MOST_YEARS * 366))
        if len(person.certificates) >= _MOST_KEPT:
            raise Refused(Text.of("people.too_many", most=_MOST_KEPT))

    # -- what follows --------------------------------------------------------------------------------------

    def _given(self, before: Registered, ask: GiveCertificate, world: World, now: Instant) -> Moves:
        names = Certificate.__struct_fields__
        new = Certificate(**{name: getattr(ask, name) for name in names if name != "withdrawn"})
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


def _certified(about: Mapping[str, Any], cases: Mapping[str, Registered]) -> bool | None:
    case = cases.get(about["person"])
    return case.person.is_certified(about["kind"], about["on"]) if case is not None else None


def _found(cases: Mapping[str, Registered], case: str) -> Registered:
    if case not in cases:
        raise Refused(Text.of("people.nobody", person=case[:64]))
    return cases[case]


def _fields(of: Add | Change | Registered) -> dict[str, Any]:
    """What is said of a person, without what is left out; ``-`` empties."""
    names = [field.name for field in msgspec.structs.fields(Change) if field.name not in Ask.__struct_fields__]
    given = {name: getattr(of, name, None) for name in names}
    return {name: trimmed(value) for name, value in given.items() if value is not None}


def _check_day(name: str, day: date | None, first: date, last: date) -> None:
    if day is not None and not first <= day <= last:
        field = Text.of(f"people.field_{name}")
        raise Refused(Text.of("people.not_that_day", field=field, first=first.isoformat(), last=last.isoformat()))


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
