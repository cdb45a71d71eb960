"""Confined space 有限空间作业: a permit to enter, with gas readings, a watcher outside, and each person in and out.

Order 13 of 2023 and the ticket of GB 30871-2022: valid 24 h at most, approved before, watched from outside, the air
tested before and again, each person's times. Nobody is let in while it does not go on; it does not end while anybody is
inside. A gas sensor whose alarm is up, air beyond the limits, or no test in time stops it, calls everybody out, and is
an alert until all are out; so is a person who is inside when its time is over, or for too long.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from alerts.ask import REPORTERS, Ask
from alerts.confined import EntryPermit, Passage, kept, space_of
from alerts.facts import PLACE_NEEDS, Fact
from alerts.kinds import kinds
from alerts.permit import MINUTE, check_valid, late_rule, same_person
from alerts.permit_asks import (
    Accepted,
    Applied,
    Approved,
    Briefing,
    Cancelled,
    Finished,
    Relieved,
    Started,
    Stopped,
    Tested,
    Ticked,
)
from alerts.permit_cycle import PermitCycle
from alerts.permit_kind import Kind, Level, PermitConfig
from alerts.permit_people import check_is_of_it
from alerts.rule import Rule
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import Moves, World
from devices.errors import Refused
from devices.message import At, Duration, Text
from devices.reading import SECOND, Instant

_MOST_MIN = 1_440


class Apply(Applied, tag="apply", frozen=True, kw_only=True):
    """A permit to enter a space of the register. ``space``: its number; ``ventilation``: how fresh air comes in."""

    space: str
    ventilation: str


class Approve(Approved, tag="approve", frozen=True, kw_only=True):
    """It may be entered under this permit; a leader consents besides."""

    SECOND = True


class Cancel(Cancelled, tag="cancel", frozen=True, kw_only=True):
    """It shall not be: refused, or not needed any more."""


class Tick(Ticked, tag="tick", frozen=True, kw_only=True):
    """These measures were taken; I have seen it."""


class Brief(Briefing, tag="brief", frozen=True, kw_only=True):
    """These people were briefed; nobody named: all of the permit."""


class TestGas(Tested, tag="test_gas", frozen=True, kw_only=True):
    """What a gas meter shows at a ``point`` inside, before anybody enters."""


class Start(Started, tag="start", frozen=True, kw_only=True):
    """It may be entered from now on, or again after a break."""


class Stop(Stopped, tag="stop", frozen=True, kw_only=True):
    """A break, or something is wrong: everybody comes out. Anybody may say so."""


class Relieve(Relieved, tag="relieve", frozen=True, kw_only=True):
    """Somebody else watches from now on; they were briefed."""


class Enter(Ask, tag="enter", frozen=True, kw_only=True):
    """These people go in now."""

    ROLES = REPORTERS
    PERSONAL = frozenset({"persons"})

    persons: tuple[str, ...]


class Leave(Ask, tag="leave", frozen=True, kw_only=True):
    """These people have come out."""

    ROLES = REPORTERS
    PERSONAL = frozenset({"persons"})

    persons: tuple[str, ...]


class Finish(Finished, tag="finish", frozen=True, kw_only=True):
    """The work is done, everybody and everything is out, the entrance is shut."""


class Accept(Accepted, tag="accept", frozen=True, kw_only=True):
    """Somebody else has looked at the place, and accepts it."""


_KIND = Kind(
    levels={"entry": Level(24, by_two=True)},
    measures=(
        *("isolated", "drained", "ventilated", "locked_out", "low_voltage", "breathing", "lifeline"),
        *("rescue_gear", "communication", "fenced", "tools_counted"),
    ),
    gases=("oxygen", "lel"),
)


class ConfinedSpaceConfig(PermitConfig, frozen=True, kw_only=True):
    """What a permit to enter takes.

    ``inside_max_min``: how long one person may be inside at once, in minutes
    """

    KINDS = {"confined_space": _KIND}

    inside_max_min: float = 120

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        yield from super().check(site)
        if not 0 < self.inside_max_min <= _MOST_MIN:
            yield ConfigFault(("inside_max_min",), Text.of("permit.bad_number", field="inside_max_min", most=_MOST_MIN))


class ConfinedSpace(PermitCycle[EntryPermit]):
    """One permit is one case; the space itself is an entry of the register."""

    name, book, case = "confined_space", "permits", EntryPermit
    kinds = ConfinedSpaceConfig.KINDS
    asks = (Apply, Approve, Cancel, Tick, Brief, TestGas, Start, Stop, Relieve, Enter, Leave, Finish, Accept)
    config_type = ConfinedSpaceConfig

    def rules(self) -> Sequence[Rule[Any]]:
        return RULES

    def answers(self) -> Mapping[str, Any]:
        return {PLACE_NEEDS: _needs}

    def graded(self, ask: Any, world: World) -> str:
        if space_of(world, space=ask.space.strip()) is None:
            text = Text.of("confined_space.no_space", space=ask.space[:64])
            raise Refused(text, ((0, "space", text),))
        if not ask.ventilation.strip():
            raise Refused(Text.of("permit.wanting", field=Text.of("confined_space.field_ventilation")))
        return "entry"

    def made(self, ask: Any, level: str, world: World, now: Instant) -> EntryPermit:
        space = space_of(world, space=ask.space.strip())
        assert space is not None  # it was graded before
        day = world.site.calendar.day(now)
        return EntryPermit(
            id=ask.id,
            area=space.area,
            by=ask.by,
            number=f"CS-{day:%Y%m%d}-{ask.id[:4].upper()}",
            applied_by=ask.by,
            place=space.place,
            space=space.id,
            work=ask.work.strip(),
            hours=ask.hours,
            lead=ask.lead.strip(),
            workers=tuple(dict.fromkeys(name.strip() for name in ask.workers if name.strip())),
            watcher=ask.watcher.strip(),
            unit=ask.unit.strip(),
            certificates=ask.certificates,
            dangers=ask.dangers.strip() or space.dangers,
            gear=ask.gear.strip(),
            gases=tuple(dict.fromkeys((*_KIND.gases, *space.gases))),
            devices=tuple(dict.fromkeys((*ask.devices, *space.sensors))),
            ventilation=ask.ventilation.strip(),
        )

    def check_more(self, ask: Any, permit: EntryPermit, cases: Mapping[str, EntryPermit], now: Instant) -> None:
        match ask:
            case Start() | Finish() if permit.inside:
                raise Refused(Text.of("confined_space.still_inside", count=len(permit.inside)))
            case Enter():
                self._check_enters(ask, permit, cases, now)
            case Leave():
                _check_leaves(ask, permit, now)

    def _check_enters(self, ask: Enter, permit: EntryPermit, cases: Mapping[str, EntryPermit], now: Instant) -> None:
        if permit.stage != "working":
            raise Refused(Text.of("permit.not_now", stage=permit.stage))
        check_valid(permit, now)
        if not any(name.strip() for name in ask.persons):
            raise Refused(Text.of("confined_space.who"))
        for name in ask.persons:
            if same_person(name, permit.watcher):
                raise Refused(Text.of("confined_space.watcher_stays", person=name[:100]))
            if any(each.is_in(name) for each in cases.values()):
                raise Refused(Text.of("confined_space.is_in", person=name[:100]))
            if any(same_person(name, each.watcher) for each in cases.values() if each.stage == "working"):
                raise Refused(Text.of("confined_space.watches", person=name[:100]))
        check_is_of_it(ask.persons, permit.workers)

    def asked_more(self, ask: Any, permit: EntryPermit, now: Instant) -> Moves:
        at = now if ask.done_at is None else ask.done_at
        names = tuple({" ".join(name.split()).casefold(): name.strip() for name in ask.persons}.values())
        if isinstance(ask, Enter):
            after = replace(permit, passages=kept((*permit.passages, *(Passage(name, at) for name in names))))
        else:
            after = replace(permit, passages=tuple(_out(each, names, at) for each in permit.passages))
        step = "entered" if isinstance(ask, Enter) else "left"
        told = [
            self.fact(after, step, now, ask, fields={"person": name}, more={"count": len(after.inside)})
            for name in names
        ]
        after, facts = self.more_turned(after, now)
        return Moves(cases=(self.waking(after),), facts=(*told, *facts))

    def more_due(self, permit: EntryPermit) -> Iterable[Instant]:
        inside = permit.inside
        yield from (each.in_at + self._longest for each in inside if each.person not in permit.told_long)
        if inside and not permit.is_overstayed and permit.valid_until:
            yield permit.valid_until

    def more_turned(self, permit: EntryPermit, now: Instant) -> tuple[EntryPermit, Sequence[Fact]]:
        """Who has to come out, and that all are."""
        inside, facts = permit.inside, []
        count = {"count": len(inside)}
        bad = permit.is_air_bad and permit.why is not None and permit.why.key != "permit.why_not_tested"
        alarmed = permit.alarmed
        if inside and permit.stage == "stopped" and alarmed != "gas" and (bad or not alarmed):
            alarmed = "gas" if bad else "out"
            why = {"why": permit.why} if permit.why is not None else {}
            facts.append(self.fact(permit, f"evacuate_{alarmed}", now, more=count | why))
        is_over = bool(inside) and permit.valid_until <= now
        if is_over and not permit.is_overstayed:
            facts.append(self.fact(permit, "overstayed", now, more=count))
        long = tuple(each.person for each in inside if each.in_at + self._longest <= now)
        if set(long) - set(permit.told_long):
            longest = {"count": len(long), "longest": Duration(self._longest / SECOND)}
            facts.append(self.fact(permit, "inside_too_long", now, more=longest))
        if permit.told_long and not long:
            facts.append(self.fact(permit, "in_time", now))
        if not inside and (permit.alarmed or permit.is_overstayed):
            facts.append(self.fact(permit, "all_out", now))
        after = {"alarmed": alarmed, "is_overstayed": permit.is_overstayed or is_over} if inside else {}
        return replace(permit, told_long=long, **({"alarmed": "", "is_overstayed": False} | after)), facts

    def closed(self, permit: EntryPermit, step: str, now: Instant, ask: Ask | None = None) -> Moves:
        moves = super().closed(permit, step, now, ask)
        return replace(moves, cases=tuple(replace(each, passages=(), told_long=()) for each in moves.cases))

    def shows(self, case: EntryPermit, now: Instant) -> dict[str, Any]:
        out = tuple(
            Text.of("confined_space.was_inside", person=each.person, since=At(each.in_at), until=At(each.out_at))
            for each in case.passages
            if each.out_at is not None
        )
        inside = tuple(Text.of("confined_space.is_inside", person=e.person, since=At(e.in_at)) for e in case.inside)
        return {**super().shows(case, now), "passages": out[-20:], "inside": inside}

    @property
    def _longest(self) -> Instant:
        return int(self.config.inside_max_min * MINUTE)


def _out(passage: Passage, names: Iterable[str], at: Instant) -> Passage:
    is_theirs = passage.out_at is None and any(same_person(passage.person, name) for name in names)
    return Passage(passage.person, passage.in_at, max(at, passage.in_at)) if is_theirs else passage


def _check_leaves(ask: Leave, permit: EntryPermit, now: Instant) -> None:
    if not any(name.strip() for name in ask.persons):
        raise Refused(Text.of("confined_space.who"))
    for name in ask.persons:
        if not permit.is_in(name):
            raise Refused(Text.of("confined_space.not_in", person=name[:100]))


def _needs(about: Mapping[str, Any], cases: Mapping[str, EntryPermit], world: World, _now: Instant) -> tuple[Text, ...]:
    """Whatever else is done in a confined space takes its permit besides, and stands still with it."""
    space = space_of(world, area=about["area"], names=about["names"])
    if space is None or about["workflow"] == ConfinedSpace.name:
        return ()
    if any(each.space == space.id and each.stage == "working" for each in cases.values()):
        return ()
    return (Text.of("confined_space.needs_permit", space=space.id, place=space.place),)


_MADE = {"kind": "fact", "per": "case", "alert_class": "duty", "priority": 1}
RULES: tuple[Rule[Any], ...] = (
    *(
        msgspec.convert({**_MADE, **rule}, kinds()["fact"])
        for rule in (
            {
                "name": "confined-space-bad-air",
                "title": "Bad air with people in a confined space",
                "title_zh": "有限空间气体超限，人员在内",
                "alert_class": "gas",
                "begins": ["confined_space.evacuate_gas"],
                "ends": ["confined_space.all_out"],
                "procedure": "1. Call everybody out over radio; the watcher counts who comes.\n"
                "2. Nobody goes in to help without breathing apparatus and a lifeline.\n"
                "3. Somebody does not come out: call 119 and 120, ventilate, send the rescue team.\n"
                "4. Nobody enters before the air was tested anew.",
                "procedure_zh": "1. 立即用对讲机通知所有人员撤出，监护人逐一清点。\n"
                "2. 未佩戴呼吸器和安全绳，严禁盲目施救。\n"
                "3. 有人未撤出：拨打 119、120，加强通风，派救援队。\n4. 重新检测合格前任何人不得进入。",
            },
            {
                "name": "confined-space-evacuate",
                "title": "Everybody out of a confined space",
                "title_zh": "有限空间作业中止，人员须撤出",
                "begins": ["confined_space.evacuate_out"],
                "ends": ["confined_space.all_out"],
                "procedure": "1. Call everybody out over radio; the watcher counts who comes.\n"
                "2. Test the air, and begin anew when all is well.",
                "procedure_zh": "1. 用对讲机通知所有人员撤出，监护人逐一清点。\n2. 重新检测气体，合格后再开始。",
            },
            {
                "name": "confined-space-overstayed",
                "title": "In a confined space after the permit's time",
                "title_zh": "作业票到期仍有人在有限空间内",
                "begins": ["confined_space.overstayed"],
                "ends": ["confined_space.all_out"],
                "procedure": "1. Call the watcher, and everybody out.\n2. No answer: treat it as an accident inside.",
                "procedure_zh": "1. 联系监护人，通知所有人员撤出。\n2. 无应答：按有限空间事故处置。",
            },
            {
                "name": "confined-space-inside-too-long",
                "title": "In a confined space for too long",
                "title_zh": "有限空间内停留超时",
                "begins": ["confined_space.inside_too_long"],
                "ends": ["confined_space.in_time", "confined_space.all_out"],
                "procedure": "1. Call the watcher: is the person well?\n2. Have them relieved.",
                "procedure_zh": "1. 联系监护人，确认人员状况。\n2. 安排轮换。",
            },
        )
    ),
    late_rule(
        "confined_space",
        {
            "name": "confined-space-late",
            "title": "Confined space permit overdue",
            "title_zh": "有限空间作业票超时",
            "begins": ["confined_space.late", "confined_space.unaccepted"],
            "procedure": "1. Call the work lead and the watcher.\n2. End the work, or apply for a new permit.\n"
            "3. Somebody else looks at the place and accepts it.",
            "procedure_zh": "1. 联系作业负责人和监护人。\n2. 结束作业，或重新办理作业票。\n3. 由他人到现场验收。",
        },
    ),
)
WORKFLOW = ConfinedSpace
