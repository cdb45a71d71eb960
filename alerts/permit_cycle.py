"""The life of a graded permit: applied for, approved, prepared, worked under, stopped, ended, accepted.

Theory of operation. Work begins only when a leader has approved it, each measure was ticked by a name, all people were
briefed, and the air is good where it has to be tested. It stops by itself, and at once, when the air is bad or was not
tested in time, by hand or by a gas sensor, and when what its place needs is in force no more. The time of a permit is
never extended. It stays open, and is an alert, until somebody else has accepted the place.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from msgspec.structs import replace

from alerts.facts import PERMIT, PERMITS_AT, Fact, FieldValue
from alerts.heard import Listens, Spoken
from alerts.permit import (
    HOUR,
    MINUTE,
    beside,
    check_area,
    check_needs,
    check_valid,
    check_wanted,
    check_watcher,
    concerned,
    here,
    needs_of,
    same_person,
)
from alerts.permit_asks import (
    Accepted,
    Applied,
    Approved,
    Briefed,
    Briefing,
    Cancelled,
    Finished,
    GradedPermit,
    Measure,
    Relieved,
    Started,
    Stopped,
    Tested,
    Ticked,
)
from alerts.permit_gas import GasTest, beyond, check_air, gas_fact, measured, retest_due, with_tests
from alerts.permit_kind import Kind, Level, PermitConfig
from alerts.permit_people import check_people, everybody, not_briefed
from alerts.permit_sensors import GAS_SIGNALS, gas_sensors, tells_alarm, values_of
from alerts.permit_words import fact_of, messages, said, shown
from alerts.workflow import Ask, Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import Text
from devices.people import people
from devices.reading import Instant

P = TypeVar("P", bound=GradedPermit)
_STAGES: Mapping[type[Ask], frozenset[str]] = {
    Approved: frozenset({"applied"}),
    Cancelled: frozenset({"applied", "approved"}),
    Ticked: frozenset({"applied", "approved", "stopped"}),
    Briefing: frozenset({"applied", "approved", "working", "stopped"}),
    Tested: frozenset({"applied", "approved", "working", "stopped"}),
    Started: frozenset({"approved", "stopped"}),
    Stopped: frozenset({"working"}),
    Relieved: frozenset({"approved", "working", "stopped"}),
    Finished: frozenset({"working", "stopped"}),
    Accepted: frozenset({"done"}),
}
"""In which stage what can be asked."""
_WANTED = ("work", "lead", "workers", "watcher")
_MOST_PEOPLE, _LONGEST_NAME = 60, 100


class PermitCycle(Workflow[P]):
    """One permit is one case. A subclass names its kinds, makes the case of an application, and its asks."""

    config_type = PermitConfig
    listens = Listens(topics=frozenset({PERMIT}))
    page = "/console/permits"
    kinds: ClassVar[Mapping[str, Kind]]

    def __init__(self, config: Any = None) -> None:
        super().__init__(config)
        self.provides = {PERMITS_AT: here(self.name), **self.answers()}

    # -- what a subclass says -------------------------------------------------------------------------------

    def answers(self) -> Mapping[str, Any]:
        """What it provides besides."""
        return {}

    def made(self, ask: Any, level: str, world: World, now: Instant) -> P:
        """The case of an application that was looked at."""
        raise NotImplementedError

    def graded(self, ask: Any, world: World) -> str:
        """The level of what is applied for. Raises Refused."""
        raise NotImplementedError

    def check_more(self, ask: Any, permit: P, cases: Mapping[str, P], now: Instant) -> None:
        """What else speaks against it. Raises Refused."""

    def asked_more(self, ask: Any, permit: P, now: Instant) -> Moves:
        """What follows from an ask of its own."""
        return Moves()

    def more_due(self, permit: P) -> Iterable[Instant]:
        """When it is to be looked at besides."""
        return ()

    def more_turned(self, permit: P, now: Instant) -> tuple[P, Sequence[Fact]]:
        """What follows by the clock besides; also whenever it has been stopped."""
        return permit, ()

    # -- asks -------------------------------------------------------------------------------------------------

    def takes_two(self, ask: Any, world: World) -> bool:
        permit = world.own_cases(self).get(ask.case) if isinstance(ask, Approved) else None
        return permit is not None and self._level(permit).by_two

    def wanted(self, ask: Any, world: World) -> Text | None:
        permit = world.own_cases(self).get(ask.case)
        return said(self.name, permit, "wanted") if permit is not None else None

    def check(self, ask: Any, cases: Mapping[str, P], world: World, now: Instant) -> None:
        if isinstance(ask, Applied):
            self._check_applied(ask, world, now)
            return
        permit = cases.get(ask.case)
        if permit is None:
            raise Refused(Text.of("permit.none"))
        stages = next((stages for kind, stages in _STAGES.items() if isinstance(ask, kind)), None)
        if stages is not None and permit.stage not in stages:
            raise Refused(Text.of("permit.not_now", stage=permit.stage))
        self.check_more(ask, permit, cases, now)
        match ask:
            case Approved():
                if not ask.second and ask.role not in self._level(permit).approvers:  # asked with its role before
                    raise Refused(Text.of("permit.higher_up", level=self._level_said(permit)))
                if people(permit.applied_by) & (people(ask.by) | (people(ask.second) if ask.second else frozenset())):
                    raise Refused(Text.of("permit.approves_own"))
                check_people(permit, self.config.certificates.get(permit.kind, ""), world, now)
            case Ticked():
                known = self.kinds[permit.kind].measures
                if not ask.measures or not set(ask.measures) <= set(known):
                    raise Refused(Text.of("permit.no_measure"))
                if ask.not_needed and not ask.note.strip():
                    raise Refused(Text.of("permit.say_why"))
            case Cancelled() if not ask.note.strip():
                raise Refused(Text.of("permit.say_why"))
            case Briefing():
                if strangers := [
                    name for name in ask.persons if not any(same_person(name, p) for p in everybody(permit))
                ]:
                    raise Refused(Text.of("permit.not_of_it", person=strangers[0][:_LONGEST_NAME]))
            case Tested():
                _tests(ask, now)
            case Started():
                self._check_start(permit, cases, world, now)
            case Relieved():
                check_wanted(ask, ("watcher",), "permit")
                check_watcher(ask.watcher, permit.workers)
                self._check_watches(permit, ask.watcher, cases)
            case Accepted() if people(ask.by) & people(permit.finished_by):
                raise Refused(Text.of("permit.accepts_own"))

    def _check_applied(self, ask: Applied, world: World, now: Instant) -> None:
        check_wanted(ask, _WANTED, "permit")
        check_watcher(ask.watcher, ask.workers)
        rows = (ask.workers, ask.certificates, ask.devices)
        if any(len(row) > _MOST_PEOPLE or any(len(one) > _LONGEST_NAME for one in row) for row in rows):
            raise Refused(Text.of("permit.too_many", most=_MOST_PEOPLE))
        level = self.graded(ask, world)
        permit = self.made(ask, level, world, now)
        check_area(permit.area, world)
        if unknown := [name for name in ask.devices if name not in gas_sensors(world)]:
            raise Refused(Text.of("permit.no_sensor", device=unknown[0][:_LONGEST_NAME]))
        longest = self._level(permit).hours
        if not 0 < ask.hours <= longest:
            text = Text.of("permit.too_long", hours=longest, level=self._level_said(permit))
            raise Refused(text, ((0, "hours", text),))
        check_people(permit, self.config.certificates.get(permit.kind, ""), world, now)

    def _check_start(self, permit: P, cases: Mapping[str, P], world: World, now: Instant) -> None:
        check_valid(permit, now)
        check_needs(permit, self.name, world)
        ticked = {each.measure for each in permit.measures}
        for measure in self.kinds[permit.kind].measures:
            if measure not in ticked:
                raise Refused(Text.of("permit.not_ticked", measure=Text.of(f"measures.{measure}")))
        if missing := not_briefed(permit):
            raise Refused(Text.of("permit.not_briefed", persons=missing[:10]))
        self._check_watches(permit, permit.watcher, cases)
        check_people(permit, self.config.certificates.get(permit.kind, ""), world, now)
        config, paused = self.config, permit.paused_at
        is_short = paused is not None and not permit.is_air_bad and now - paused <= int(config.break_min * MINUTE)
        fresh_min, since = (config.retest_min, 0) if is_short else (config.gas_fresh_min, paused or 0)
        check_air(permit.gas, permit.gases, config.limits, fresh_min, since, now)

    def _check_watches(self, permit: P, watcher: str, cases: Mapping[str, P]) -> None:
        """Who watches one place cannot see another."""
        for each in cases.values():
            if each.id != permit.id and each.stage == "working" and same_person(each.watcher, watcher):
                raise Refused(Text.of("permit.watches_elsewhere", number=each.number))

    def step(self, event: Heard, cases: Mapping[str, P], world: World, now: Instant) -> Moves:
        if isinstance(event, Fact):
            return Moves.joined(self._beside(permit, world, now) for permit in concerned(event, cases))
        if isinstance(event, Spoken):
            heard = [permit for permit in cases.values() if event.device in permit.hears]
            return Moves.joined(self._spoken(permit, event, world, now) for permit in heard)
        if isinstance(event, Applied):
            permit = self.made(event, self.graded(event, world), world, now)
            until, notes = now + int(self.config.apply_lapses_h * HOUR), tuple(sorted(GAS_SIGNALS))
            permit = replace(permit, until=until, hears=_hears(permit, world), notes=notes)
            return self.told(replace(permit, beside=beside(permit, world)), "applied", now, event)
        return self._asked(event, cases[event.case], world, now) if isinstance(event, Ask) else Moves()

    def _asked(self, ask: Ask, permit: P, world: World, now: Instant) -> Moves:
        at = now if ask.done_at is None else ask.done_at
        match ask:
            case Approved():
                until = now + int(permit.hours * HOUR)
                by = {"approved_by": ask.by, "second": ask.second}
                return self.told(
                    replace(permit, stage="approved", valid_until=until, until=None, **by), "approved", now, ask
                )
            case Cancelled():
                return self.closed(permit, "cancelled", now, ask)
            case Ticked():
                new = tuple(Measure(each, ask.by, at, not ask.not_needed) for each in dict.fromkeys(ask.measures))
                kept = tuple(each for each in permit.measures if each.measure not in ask.measures)
                step = "not_needed" if ask.not_needed else "ticked"
                fields: dict[str, FieldValue] = {"measures": ", ".join(each.measure for each in new)}
                words = {"measures": tuple(Text.of(f"measures.{each.measure}") for each in new)}
                return self.told(replace(permit, measures=(*kept, *new)), step, now, ask, fields, words)
            case Briefing():
                persons = tuple(dict.fromkeys(name.strip() for name in ask.persons or everybody(permit)))
                briefed = (*permit.briefed, Briefed(persons, ask.by, at))[-_MOST_PEOPLE:]
                return self.told(replace(permit, briefed=briefed), "briefed", now, ask, {"persons": persons})
            case Tested():
                return self.tested(permit, _tests(ask, now), now, world)
            case Started():
                step = "started" if permit.paused_at is None else "went_on"
                goes = replace(permit, stage="working", paused_at=None, why=None, is_air_bad=False)
                return self.told(goes, step, now, ask)
            case Stopped():
                why = Text.of("permit.why_by_hand", note=ask.note.strip()[:200])
                return self.stopped(permit, why, world, now, ask=ask)
            case Relieved():
                new_one = replace(permit, watcher=ask.watcher.strip(), briefed=(*permit.briefed, _signed(ask, at)))
                return self.told(new_one, "relieved", now, ask)
            case Finished():
                done = replace(permit, stage="done", finished_by=ask.by, why=None)
                return self.told(
                    replace(done, until=now + int(self.config.accept_within_h * HOUR)), "finished", now, ask
                )
            case Accepted():
                return self.closed(permit, "accepted", now, ask)
        return self.asked_more(ask, permit, now)

    # -- what happens by itself -------------------------------------------------------------------------------

    def tested(self, permit: P, tests: Sequence[GasTest], now: Instant, world: World) -> Moves:
        """Written down; work stops if nobody may work at that."""
        after = replace(permit, gas=with_tests(permit.gas, tests))
        said = Moves(facts=(gas_fact(self.name, permit.id, permit.place, permit.area, tests, now),))
        why = beyond(tests, self.config.limits)
        if why is None or permit.stage not in ("working", "stopped"):
            return replace(said, cases=(self.waking(after),))
        return Moves.joined([said, self.stopped(after, why, world, now, is_air_bad=True)])

    def stopped(
        self, permit: P, why: Text, world: World, now: Instant, *, is_air_bad: bool = False, ask: Ask | None = None
    ) -> Moves:
        """Nobody works from now on, and everybody who is concerned is told; once, if it stands still already."""
        was_working = permit.stage == "working"
        still = replace(permit, stage="stopped", why=why, is_air_bad=is_air_bad or permit.is_air_bad)
        still, facts = self.more_turned(replace(still, paused_at=now) if was_working else still, now)
        if not was_working:
            return Moves(cases=(self.waking(still),), facts=tuple(facts))
        moves = self.told(still, "stopped", now, ask, more={"why": why})
        told = () if ask is not None else messages(self.name, still, why, world, now)
        return replace(moves, facts=(*moves.facts, *facts), notifications=told)

    def _beside(self, permit: P, world: World, now: Instant) -> Moves:
        others = beside(permit, world)
        near = replace(permit, beside=others)
        if permit.stage == "working" and (needs := needs_of(permit, self.name, world)):
            return self.stopped(near, needs[0], world, now)
        return Moves(cases=(near,)) if others != permit.beside else Moves()

    def _spoken(self, permit: P, event: Spoken, world: World, now: Instant) -> Moves:
        if permit.stage == "done":
            return Moves()
        if permit.stage in ("working", "stopped") and (alarm := tells_alarm(event)) is not None:
            why = Text.of("permit.why_sensor", device=event.device, signal=alarm)
            return self.stopped(permit, why, world, now, is_air_bad=True)
        every = int(self.config.sensor_every_min * MINUTE)
        tests = values_of(permit, event, self.config.limits, every, now)
        return self.tested(permit, tests, now, world) if tests else Moves()

    def turn(self, due: Sequence[P], world: World, now: Instant) -> Moves:
        return Moves.joined(self._turned(permit, world, now) for permit in due)

    def _turned(self, permit: P, world: World, now: Instant) -> Moves:
        if permit.stage == "applied" or (permit.stage == "approved" and permit.valid_until <= now):
            is_over = permit.stage == "approved" or (permit.until is not None and permit.until <= now)
            return self.closed(permit, "lapsed", now) if is_over else Moves(cases=(self.waking(permit),))
        moves = []
        if permit.stage == "working" and (at := self._retest_at(permit)) is not None and at <= now:
            moves.append(self.stopped(permit, Text.of("permit.why_not_tested"), world, now, is_air_bad=True))
            permit = moves[0].cases[0]  # type: ignore[assignment]
        if permit.stage in ("working", "stopped") and not permit.is_late and permit.valid_until <= now:
            permit = replace(permit, is_late=True)
            moves.append(self.told(permit, "late", now))
        if permit.stage == "done" and not permit.is_unaccepted and permit.until is not None and permit.until <= now:
            permit = replace(permit, is_unaccepted=True)
            moves.append(self.told(permit, "unaccepted", now))
        permit, facts = self.more_turned(permit, now)
        last = Moves(cases=(self.waking(permit),), facts=tuple(facts))
        return Moves.joined([*(replace(each, cases=()) for each in moves), last])

    def _retest_at(self, permit: P) -> Instant | None:
        return retest_due(permit.gas, permit.gases, self.config.retest_min)

    def waking(self, permit: P) -> P:
        """With the next time at which it has to be looked at."""
        times = [*self.more_due(permit)]
        match permit.stage:
            case "applied":
                times += [permit.until] if permit.until is not None else []
            case "approved":
                times.append(permit.valid_until)
            case "working" | "stopped":
                times += [] if permit.is_late else [permit.valid_until]
                at = self._retest_at(permit) if permit.stage == "working" else None
                times += [at] if at is not None else []
            case "done":
                times += [permit.until] if permit.until is not None and not permit.is_unaccepted else []
        return replace(permit, wake_at=min(times, default=None))

    # -- what is said -------------------------------------------------------------------------------------------

    def closed(self, permit: P, step: str, now: Instant, ask: Ask | None = None) -> Moves:
        """It is over; who worked there stands in the book, where it can be erased."""
        over = replace(permit, is_open=False, holds=None, hears=(), wake_at=None)
        moves = self.told(over, step, now, ask)
        gone = replace(over, workers=(), lead="", watcher="", certificates=(), briefed=(), measures=())
        facts = [*moves.facts, self.fact(over, "closed", now)]
        return replace(moves, cases=(gone,), facts=tuple(facts))

    def told(
        self,
        permit: P,
        step: str,
        now: Instant,
        ask: Ask | None = None,
        fields: Mapping[str, FieldValue] = {},
        more: Mapping[str, Any] = {},
    ) -> Moves:
        """The permit as it stands from now on, and the fact of that step."""
        stands = self.waking(permit) if permit.is_open else permit
        return Moves(cases=(stands,), facts=(self.fact(permit, step, now, ask, fields=fields, more=more),))

    def fact(self, permit: P, step: str, now: Instant, ask: Ask | None = None, **more: Mapping[str, Any]) -> Fact:
        return fact_of(self.name, permit, step, now, ask, **more)

    def _level(self, permit: P) -> Level:
        level = self.kinds[permit.kind].levels[permit.level]
        own = self.config.longest_h.get(f"{permit.kind}.{permit.level}")
        return level if own is None else Level(own, level.approvers, level.by_two)

    def _level_said(self, permit: P) -> Text:
        return Text.of(f"permit_level.{permit.level}")

    def shows(self, case: P, now: Instant) -> dict[str, Any]:
        at = self._retest_at(case) if case.stage == "working" else None
        return {**shown(case), **({"retest_until": at} if at is not None else {})}

    def choices(self, site: Any) -> Mapping[str, Sequence[str]]:
        return {"measures": tuple(dict.fromkeys(each for kind in self.kinds.values() for each in kind.measures))}


def _signed(ask: Relieved, at: Instant) -> Briefed:
    return Briefed((ask.watcher.strip(),), ask.by, at)


def _hears(permit: GradedPermit, world: World) -> tuple[str, ...]:
    """The sensors that were named, and all other gas sensors of the area: the alarm of each of them stops the work."""
    there = [name for name, device in gas_sensors(world).items() if device.area == permit.area]
    return tuple(dict.fromkeys((*permit.devices, *there)))


def _tests(ask: Tested, now: Instant) -> tuple[GasTest, ...]:
    values = {"lel": ask.lel, "oxygen": ask.oxygen, "co": ask.co, "h2s": ask.h2s}
    return measured(values, ask.point, ask.by, now if ask.done_at is None else ask.done_at)
