"""Who is really here 到岗情况: the roster held against signs of people, and absent, alone and over time told as facts.

A sign is a handover that was signed, an entry in the control-room log, a card or code at a reader or keypad, a scan of
a patrol, an alert that somebody handled, or their own word. Nobody has to say anything to be counted: whoever gives a
sign within an hour before their stint or in it is here. Who gives none is absent after a while; who is here where two
have to be, alone; who still gives signs long after the stint, over time. A sign proves that somebody used an account or
a card, not that they stayed: how long one may be silent is the business of patrols and logs. What fell into an outage
was not observed, so the time to come begins anew after it. How long is our choice; no standard that we know of says.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from alerts.alert import AlertEvent
from alerts.case import Case
from alerts.facts import POSTS, PRESENCE, PRESENT, ROSTER, ROSTERED, SCAN, SHIFT, Fact
from alerts.heard import Installed, Listens
from alerts.kinds import kinds
from alerts.person import Person, person_of
from alerts.rule import Rule
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import EVERYBODY, Ask, Config, Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.keypad import Presented
from devices.message import Text
from devices.reading import SECOND, Instant, Reading
from ledger.posts import Post
from ledger.roster import Stint

_MINUTE = 60 * SECOND
_DAY = 86_400 * SECOND
_NOT_AGAIN = _MINUTE
"""A sign so soon after another says nothing new."""
_ALL = EVERYBODY | {"guard"}
Sign = Literal["said", "signed", "console", "card", "scan"]


class Here(msgspec.Struct, frozen=True):
    """The first and the last sign of a person on this stint, and how the last was given; ``is_gone``: they left."""

    person: str
    first_at: Instant
    last_at: Instant
    how: Sign
    is_gone: bool = False


class Staffed(Case, frozen=True, kw_only=True):
    """A post, and who is here; ``absent``, ``over``, ``is_alone``: what stands as told."""

    post: Post
    here: tuple[Here, ...] = ()
    absent: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    is_alone: bool = False


class Come(Ask, tag="come", frozen=True, kw_only=True):
    """I am here."""

    ROLES = _ALL


class Go(Ask, tag="go", frozen=True, kw_only=True):
    """I leave."""

    ROLES = _ALL


class AttendanceConfig(Config, frozen=True, kw_only=True):
    """How soon it is told.

    ``absent_after_min``: minutes after the begin of a stint without a sign
    ``early_min``: a sign so many minutes before a stint counts for it
    ``over_after_min``: minutes after the end of a stint from which a sign is over time
    """

    absent_after_min: float = 15
    early_min: float = 60
    over_after_min: float = 30

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        for name in ("absent_after_min", "early_min", "over_after_min"):
            if not 1 <= getattr(self, name) <= 240:
                yield ConfigFault((name,), Text.of("attendance.minutes", field=name))


class Attendance(Workflow[Staffed]):
    """One post is one case, under its id."""

    name, book, case = "attendance", "attendance", Staffed
    asks = (Come, Go)
    config_type = AttendanceConfig
    listens = Listens(
        signals=frozenset({"credential"}),
        topics=frozenset({SHIFT, ROSTER, PRESENCE, SCAN}),
        alerts=True,
        keypads=True,
        installed=True,
    )

    def __init__(self, config: Config | None = None) -> None:
        super().__init__(config)
        self.provides = {PRESENT: _present}

    def rules(self) -> Sequence[Rule[Any]]:
        return (ABSENT, ALONE, OVER_TIME)

    def check(self, ask: Any, cases: Mapping[str, Staffed], world: World, now: Instant) -> None:
        if not self._stints(_id(ask.by, world), world, now):
            raise Refused(Text.of("attendance.not_rostered"))

    def step(self, event: Heard, cases: Mapping[str, Staffed], world: World, now: Instant) -> Moves:
        match event:
            case Come():
                return self._sign(event.by, "said", cases, world, now)
            case Go():
                return self._sign(event.by, "said", cases, world, now, is_gone=True)
            case AlertEvent():
                return self._sign(event.by, "console", cases, world, now) if event.by else Moves()
            case Presented():
                return self._sign(event.who, "card", cases, world, now) if event.verdict == "known" else Moves()
            case Reading():
                return self._card(event, cases, world, now)
            case Fact() if PRESENCE in event.topics:
                is_gone = event.fields.get("is_present") is False
                who = str(event.fields.get("person", "") or event.by)
                return self._sign(who, "signed", cases, world, now, is_gone=is_gone)
            case Fact() if SCAN in event.topics:
                return self._sign(str(event.fields.get("person", "") or event.by), "scan", cases, world, now)
            case Fact() | Installed():
                return self._looked(cases, world, now)
        return Moves()

    def turn(self, due: Sequence[Staffed], world: World, now: Instant) -> Moves:
        return Moves.joined(self._judged(case, case, world, now) for case in due)

    def waits_for(self, case: Staffed, account: str, role: str) -> bool:
        return bool(case.absent or case.over or case.is_alone) and role in EVERYBODY

    def shows(self, case: Staffed, now: Instant) -> dict[str, Any]:
        return {"post": case.post.called}

    # -- signs ---------------------------------------------------------------------------------------------

    def _card(self, reading: Reading, cases: Mapping[str, Staffed], world: World, now: Instant) -> Moves:
        person = person_of(world, card=str(reading.value)) if reading.value else None
        return self._sign(person.id, "card", cases, world, now) if person is not None else Moves()

    def _stints(self, person: str, world: World, now: Instant) -> list[Stint]:
        """Theirs that go on, begin soon, or were over not long ago."""
        since, until = now - 4 * 60 * _MINUTE, now + int(self.config.early_min * _MINUTE)
        return [each for found in world.ask_of(ROSTERED, since=since, until=until, person=person) for each in found]

    def _sign(
        self,
        who: str,
        how: Sign,
        cases: Mapping[str, Staffed],
        world: World,
        now: Instant,
        *,
        is_gone: bool = False,
    ) -> Moves:
        if not cases or not who:
            return Moves()
        person = _id(who, world)
        moves = []
        for post in dict.fromkeys(each.post for each in self._stints(person, world, now)):
            case = cases.get(post)
            before = next((each for each in case.here if each.person == person), None) if case is not None else None
            is_new = before is None or before.is_gone != is_gone or before.last_at + _NOT_AGAIN <= now
            if case is None or not is_new:
                continue
            first = before.first_at if before is not None and not before.is_gone else now
            others = tuple(each for each in case.here if each.person != person)
            stands = replace(case, here=(*others, Here(person, first, now, how, is_gone)))
            moves.append(self._judged(stands, case, world, now))
        return Moves.joined(moves)

    # -- what is told --------------------------------------------------------------------------------------

    def _looked(self, cases: Mapping[str, Staffed], world: World, now: Instant) -> Moves:
        posts = [post for found in world.ask_of(POSTS) for post in found]
        moves = []
        for post in posts:
            before = cases.get(post.id)
            case = Staffed(id=post.id, area=post.area, post=post) if before is None else replace(before, post=post)
            moves.append(self._judged(case, before, world, now))
        known = [post.id for post in posts]
        moves += [Moves(cases=(replace(case, is_open=False),)) for case in cases.values() if case.id not in known]
        return Moves.joined(moves)

    def _judged(self, case: Staffed, before: Staffed | None, world: World, now: Instant) -> Moves:
        """What follows for the case as it would stand, and stood ``before``."""
        post = case.post
        stints = [
            each for found in world.ask_of(ROSTERED, since=now - _DAY, until=now + 1, post=post.id) for each in found
        ]
        on = [each for each in stints if each.ends > now]
        heard_again = max((end for _, end in world.outages(now - _DAY)), default=0)
        late = int(self.config.absent_after_min * _MINUTE)
        due = {each.person: max(each.begins, heard_again) + late for each in on}
        early = int(self.config.early_min * _MINUTE)
        there = {
            one.person for each in on for one in case.here if _counts(one, each, early) or _is_relieved(one, each, late)
        }
        absent = tuple(person for person, at in due.items() if person not in there and at <= now)
        is_alone = 0 < len(there) < post.least and max(due.values()) <= now
        over, watched = self._over(case, stints, [each.person for each in on], world, now)
        kept = tuple(one for one in case.here if now - one.last_at < _DAY)
        wake_at = min([at for person, at in due.items() if at > now] + watched, default=None)
        judged = replace(case, here=kept, absent=absent, over=over, is_alone=is_alone, wake_at=wake_at)
        facts = [_fact(judged, "absent", person, now) for person in absent if person not in case.absent]
        ended = [person for person in case.absent if person not in absent]
        facts += [_fact(judged, "came" if person in there else "stint_over", person, now) for person in ended]
        facts += [_fact(judged, "over_time", person, now) for person in over if person not in case.over]
        facts += [_fact(judged, "went", person, now) for person in case.over if person not in over]
        if is_alone != case.is_alone:
            facts.append(_fact(judged, "alone" if is_alone else "enough", "", now))
        return Moves() if judged == before and not facts else Moves(cases=(judged,), facts=tuple(facts))

    def _over(
        self, case: Staffed, stints: Sequence[Stint], on: Sequence[str], world: World, now: Instant
    ) -> tuple[tuple[str, ...], list[Instant]]:
        """Who is here long after their stint and has no other, and when to look again whether they went."""
        after, over, again = int(self.config.over_after_min * _MINUTE), [], []
        for one in case.here:
            ended = max((each.ends for each in stints if each.person == one.person and each.ends <= now), default=None)
            if ended is None or one.is_gone or one.person in on or one.last_at < ended + after:
                continue
            # whoever is early for the next one is not late from the last
            if one.last_at + 2 * after <= now or any(now < each.ends for each in self._stints(one.person, world, now)):
                continue
            over.append(one.person)
            again.append(one.last_at + 2 * after)
        return tuple(over), again


def _counts(one: Here, stint: Stint, early: Instant) -> bool:
    return one.person == stint.person and not one.is_gone and one.last_at >= stint.begins - early


def _is_relieved(one: Here, stint: Stint, late: Instant) -> bool:
    """Handed over and went, a few minutes before the end."""
    return one.person == stint.person and one.is_gone and one.last_at >= stint.ends - late


def _id(who: str, world: World) -> str:
    """The id of whoever has that id or account; who is not in the register is called as they are."""
    person = person_of(world, account=who) or person_of(world, person=who)
    return person.id if person is not None else who


def _present(about: Mapping[str, Any], cases: Mapping[str, Staffed], world: World, _now: Instant) -> Any:
    """Accounts of all who are here in the area (ids of those without), or whether that person is."""
    if "person" in about:
        signs = [one for case in cases.values() for one in case.here if one.person == about["person"]]
        return any(not one.is_gone for one in signs) if signs else None
    area = about.get("area", "")
    posts = [case for case in cases.values() if not area or case.area == area]
    found = dict.fromkeys(one.person for case in posts for one in case.here if not one.is_gone)
    return tuple(_called(person_of(world, person=person), person) for person in found)


def _called(person: Person | None, name: str) -> str:
    return person.account if person is not None and person.account else name


def _fact(case: Staffed, step: str, person: str, now: Instant) -> Fact:
    return Fact(
        workflow="attendance",
        case=f"{case.id}.{person}" if person else case.id,
        step=step,
        at=now,
        area=case.area,
        text=Text.of(f"attendance.{step}", post=case.post.called, person=person, least=case.post.least),
        fields={"post": case.id, "person": person},
    )


ABSENT = msgspec.convert(
    {
        "kind": "fact",
        "name": "duty-absent",
        "title": "Rostered and absent",
        "title_zh": "值班人员未到岗",
        "alert_class": "duty",
        "priority": 2,
        "begins": ["attendance.absent"],
        "ends": ["attendance.came", "attendance.stint_over"],
        "procedure": "1. Call the person and the post.\\n2. Keep whoever was there before, or send somebody.",
        "procedure_zh": "1. 联系本人和岗位。\\n2. 请上一班人员留守，或另派人员。",
    },
    kinds()["fact"],
)
ALONE = msgspec.convert(
    {
        "kind": "fact",
        "name": "duty-alone",
        "title": "Alone where two have to be",
        "title_zh": "双人岗位单人值班",
        "alert_class": "duty",
        "priority": 2,
        "begins": ["attendance.alone"],
        "ends": ["attendance.enough"],
        "procedure": "1. Call the post.\\n2. Send a second person who is certified.",
        "procedure_zh": "1. 联系岗位。\\n2. 派一名持证人员到岗。",
    },
    kinds()["fact"],
)
OVER_TIME = msgspec.convert(
    {
        "kind": "fact",
        "name": "duty-over-time",
        "title": "On duty over time",
        "title_zh": "超时值班",
        "alert_class": "duty",
        "priority": 3,
        "begins": ["attendance.over_time"],
        "ends": ["attendance.went"],
        "procedure": "1. Ask why the person is still there.\\n2. Send a relief.",
        "procedure_zh": "1. 了解为何仍在岗。\\n2. 派人接班。",
    },
    kinds()["fact"],
)
WORKFLOW = Attendance
