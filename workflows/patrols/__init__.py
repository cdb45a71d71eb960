"""Patrols 电子巡查: rounds over checkpoints, opened by the timetable or by a guard, scanned by phone or by reader.

Each scan has the time when it was done and when it was received, so what a phone without a network hands in later sets
right what was missed. What fell into an outage of the gateway is not observed, not missed (GB 50348-2018: route, time
and person are managed; an alarm if a point does not report in its time). A scan proves a tag and no guard: sensors on
the way grade it, and what is odd about it is marked on it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from alerts.facts import (
    FINDING,
    PATROL_CLOSED,
    PATROL_SET_RIGHT,
    ROSTER,
    Fact,
)
from alerts.heard import Listens, Slot
from alerts.key_area import key_area
from alerts.kinds import kinds
from alerts.person import person_of
from alerts.rule import Rule
from alerts.workflow import Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import At, Name, Text
from devices.reading import SECOND, Instant, Quality, Reading
from devices.signals import base_name
from ledger.posts import raised_periods
from workflows.patrols import facts, proof
from workflows.patrols.answers import answers_of
from workflows.patrols.asks import Begin, Countersign, Find, HandInScan
from workflows.patrols.clocks import ahead_s, done_at
from workflows.patrols.plan import HOUR, MINUTE, PatrolsConfig, Route
from workflows.patrols.rounds import Mark, Point, Round, Scan, chosen, not_listened, opened, scanned
from workflows.patrols.walks import learnt_from

_CLOCK_SUSPECT, _SNAPSHOT = int(Quality.CLOCK_SUSPECT), int(Quality.SNAPSHOT)
_NOTHING = Moves()


class Patrols(Workflow[Round]):
    """One round is one case."""

    name, book, case = "patrols", "patrol_rounds", Round
    asks = (HandInScan, Find, Begin, Countersign)
    config_type = PatrolsConfig
    page = "/console/patrols"
    listens = Listens(signals=frozenset({"checkpoint", *proof.NOTICES}), topics=frozenset({ROSTER}), window_s=900)

    config: PatrolsConfig

    def __init__(self, config: PatrolsConfig | None = None) -> None:
        super().__init__(config)
        self.provides = answers_of(self.config)

    def rules(self) -> Sequence[Rule[Any]]:
        kind = kinds().get("patrol")
        return (msgspec.convert(_ROUNDS, kind),) if self.config.routes and kind is not None else ()

    # -- what speaks against it ----------------------------------------------------------------------------

    def check(self, ask: Any, cases: Mapping[str, Round], world: World, now: Instant) -> None:
        match ask:
            case HandInScan():
                self._check_scan(ask, cases, world, now)
            case Find():
                if not ask.description.strip():
                    raise Refused(Text.of("patrols.say_what"))
                if self._place(ask, world) is None:
                    raise Refused(Text.of("patrols.say_where"))
                self._check_time(ask, now)
            case Begin():
                self._check_begin(ask, cases, now)
            case Countersign():
                a_round = cases.get(ask.case)
                if a_round is None:
                    raise Refused(Text.of("patrols.no_round"))
                if not a_round.is_over:
                    raise Refused(Text.of("patrols.not_over", ends=At(a_round.ends_at)))
                if a_round.countersigned_by:
                    raise Refused(Text.of("patrols.signed_already", by=a_round.countersigned_by))
                if ask.by in a_round.walkers:
                    raise Refused(Text.of("patrols.signs_himself"))

    def _check_scan(self, ask: HandInScan, cases: Mapping[str, Round], world: World, now: Instant) -> None:
        if self.config.of_tag(ask.tag.strip()) is None:
            raise Refused(Text.of("patrols.no_such_tag"))
        done = self._check_time(ask, now)
        if ask.case and ask.case not in cases:
            raise Refused(Text.of("patrols.no_round"))
        scan = self._scan(ask.tag.strip(), ask.by, done, world, now)
        if scan is not None and any(each.has_heard(scan) for each in cases.values()):
            raise Refused(Text.of("patrols.replayed", checkpoint=scan.checkpoint.called, at=At(done)))

    def _check_time(self, ask: HandInScan | Find, now: Instant) -> Instant:
        done, _ = done_at(ask, now)
        if done < now - int(self.config.upload_within_h * HOUR):
            raise Refused(Text.of("patrols.too_old", hours=self.config.upload_within_h))
        return done

    def _check_begin(self, ask: Begin, cases: Mapping[str, Round], now: Instant) -> None:
        route = self.config.route(ask.route)
        if route is None:
            raise Refused(Text.of("patrols.no_route", routes=tuple(each.called for each in self.config.routes)))
        runs = [each for each in cases.values() if each.route == route.id and not each.is_over]
        if any(each.starts_at <= now for each in runs):
            raise Refused(Text.of("patrols.runs", route=route.called))

    # -- what follows --------------------------------------------------------------------------------------

    def opens(self, last: Instant, world: World, now: Instant) -> Instant | None:
        """The next beginning of a round; with nothing made up for at the very first start."""
        raised = raised_periods(world)
        starts = self.config.starts(world.site.calendar, last or now, raised=raised)
        return min((at for at, _ in starts), default=None)

    def step(self, event: Heard, cases: Mapping[str, Round], world: World, now: Instant) -> Moves:
        match event:
            case Reading():
                return self._read(event, cases, world, now) if base_name(event.signal) == "checkpoint" else _NOTHING
            case HandInScan():
                done, jumped = done_at(event, now)
                scan = self._scan(event.tag.strip(), event.by, done, world, now)
                assert scan is not None  # it was checked
                scan = replace(scan, way=event.way, is_clock_off=jumped)
                more = {"phone_ahead_s": ahead_s(event, now), "note": event.note}
                return self._scanned(scan, event.case, cases, world, now, more)
            case Find():
                return self._found(event, cases, world, now)
            case Begin():
                route = self.config.route(event.route)
                assert route is not None
                return self._opened(route, event.id, now, 0, cases, world, event.by)
            case Countersign():
                a_round = replace(cases[event.case], countersigned_by=event.by)
                if now >= a_round.closes_at:
                    a_round = replace(a_round, is_open=False, wake_at=None)
                return Moves(
                    cases=(a_round,), facts=(facts.of_round(a_round, "countersigned", now, self.config, by=event.by),)
                )
            case Slot():
                return self._begun(event, cases, world, now)
        return _NOTHING

    def turn(self, due: Sequence[Round], world: World, now: Instant) -> Moves:
        return Moves.joined(self._turned(each, world, now) for each in due)

    def waits_for(self, case: Round, account: str, role: str) -> bool:
        """To be walked, or countersigned by who did not walk it."""
        if not case.is_over:
            return role in HandInScan.ROLES
        return not case.countersigned_by and role in Countersign.ROLES and account not in case.walkers

    def shows(self, case: Round, now: Instant) -> dict[str, Any]:
        left = tuple(self.config.called(each) for each in case.left)
        return {"left": left, "points": None, "plans": None, "route": None}  # the page of patrols draws them

    # -- rounds --------------------------------------------------------------------------------------------

    def _begun(self, slot: Slot, cases: Mapping[str, Round], world: World, now: Instant) -> Moves:
        """Of each route the newest beginning; earlier ones fell into an outage, and nobody saw them."""
        since = slot.last or slot.at - 1
        times: dict[str, list[Instant]] = {}
        routes = {route.id: route for route in self.config.routes}
        for at, route in self.config.starts(world.site.calendar, since, slot.at, raised_periods(world)):
            times.setdefault(route.id, []).append(at)
        moves = []
        for name, starts in sorted(times.items()):
            at, route = max(starts), routes[name]
            a_round = self._opened(route, f"{name}.{at // SECOND}", at, len(starts) - 1, cases, world, "")
            moves.append(a_round)
        return Moves.joined(moves)

    def _opened(
        self, route: Route, name: str, at: Instant, unseen: int, cases: Mapping[str, Round], world: World, by: str
    ) -> Moves:
        if name in cases:
            return _NOTHING
        starts = at if by else at + int(route.start_within_min * world.chance(name)) * MINUTE
        order = list(route.checkpoints)
        if route.order == "random":
            order.sort(key=lambda each: world.chance(f"{name} {each}"))
        first = self.config.checkpoint(order[0])
        area = first.area if first is not None else ""
        a_round = opened(route, name, starts, order, self._persons(route, world), self.config, area)
        points = [found for each in order if (found := self.config.checkpoint(each)) is not None]
        plans = tuple(plan for plan in self.config.plans if plan.id in {point.plan for point in points})
        a_round = replace(a_round, called=route.called, points=tuple(map(Point.of, points)), plans=plans)
        stated = [facts.of_round(replace(a_round, by=by), "begun", starts if by else at, self.config, by=by)]
        if unseen:
            text = Text.of("patrols.rounds_unseen", route=route.called, count=unseen)
            stated.append(
                Fact(
                    workflow=self.name, case=route.id, step="not_observed", at=at, area=area, text=text,
                    fields={"route": route.id, "rounds": unseen},
                )
            )  # fmt: skip
        return Moves(cases=(replace(a_round, by=by),), facts=tuple(stated))

    def _persons(self, route: Route, world: World) -> int:
        if route.persons:
            return route.persons
        areas = {found.area for each in route.checkpoints if (found := self.config.checkpoint(each)) is not None}
        return 2 if any(key_area(world, area) is not None for area in areas) else 1

    def _turned(self, a_round: Round, world: World, now: Instant) -> Moves:
        if not a_round.is_over:
            return self._ended(a_round, world, now)
        if now >= a_round.leaves_at or a_round.countersigned_by:
            left = replace(a_round, is_open=False, wake_at=None)
            is_told = now < a_round.leaves_at or a_round.leaves_at == a_round.closes_at
            return Moves(cases=(left,), facts=(self._closed(left, now),) if is_told else ())
        return Moves(cases=(replace(a_round, wake_at=a_round.leaves_at),), facts=(self._closed(a_round, now),))

    def _closed(self, a_round: Round, now: Instant) -> Fact:
        return replace(facts.of_round(a_round, "closed", now, self.config, topics=(PATROL_CLOSED,)), book="")

    def _ended(self, a_round: Round, world: World, now: Instant) -> Moves:
        """Its time is over: what nobody scanned is missed, or was not observed."""
        left = a_round.left
        route = self.config.route(a_round.route)
        tolerance = int((route.tolerance_min if route is not None else 0) * MINUTE)
        is_unseen = bool(left) and not_listened(a_round, world.outages(a_round.starts_at), tolerance)
        a_round = replace(
            a_round,
            is_over=True,
            missed=() if is_unseen else left,
            unseen=left if is_unseen else (),
            wake_at=a_round.closes_at,
        )
        step = "not_observed" if is_unseen else "missed" if left else "too_few" if a_round.too_few else "done"
        at = min(now, a_round.ends_at)
        stated = [facts.of_round(a_round, step, at, self.config, left or a_round.too_few)]
        if left and a_round.too_few:
            stated.append(replace(facts.of_round(a_round, "too_few", at, self.config, a_round.too_few), book=""))
        return Moves(
            cases=(a_round,), facts=tuple(replace(fact, recorded=now if now > at else None) for fact in stated)
        )

    # -- scans ---------------------------------------------------------------------------------------------

    def _read(self, reading: Reading, cases: Mapping[str, Round], world: World, now: Instant) -> Moves:
        """A reader on a line, a serial wand, a tag reader on MQTT: ``gate``, or ``gate|wang`` with the guard's card."""
        tag, _, who = str(reading.value).partition("|")
        person = person_of(world, card=who.strip()) or person_of(world, account=who.strip()) if who.strip() else None
        by = (person.account or person.name) if person is not None else who.strip()
        done = min(reading.time, now)
        if person is not None and not person.is_here(world.site.calendar.day(done)):
            by = ""  # the card of somebody who has left: it was scanned, and by nobody who is known
        scan = self._scan(tag.strip(), by, done, world, now)
        is_old = done < now - int(self.config.upload_within_h * HOUR)
        if (
            scan is None
            or is_old
            or reading.quality & _SNAPSHOT
            or any(each.has_heard(scan) for each in cases.values())
        ):
            return _NOTHING
        scan = replace(scan, way="reader", is_clock_off=bool(reading.quality & _CLOCK_SUSPECT))
        return self._scanned(scan, "", cases, world, now, {"reader": reading.device})

    def _scan(self, tag: str, by: str, done: Instant, world: World, now: Instant) -> Scan | None:
        checkpoint = self.config.of_tag(tag)
        if checkpoint is None:
            return None
        within = int(self.config.noticed_within_s * SECOND)
        return Scan(
            checkpoint=checkpoint,
            by=by,
            done_at=done,
            received=now,
            noticed=proof.noticed(checkpoint, done, within, world),
            silent=proof.silent(checkpoint, done, within, world),
        )

    def _scanned(
        self, scan: Scan, wanted: str, cases: Mapping[str, Round], world: World, now: Instant, more: dict[str, Any]
    ) -> Moves:
        before = chosen([*cases.values()], scan, wanted)
        if before is None:
            marks: tuple[Mark, ...] = (
                *(("clock_jumped",) if scan.is_clock_off else ()),
                *(("contradicted",) if scan.silent else ()),
            )
            return Moves(facts=(facts.of_scan(scan, None, None, marks, more),))
        route = self.config.route(before.route)
        after, marks = scanned(before, scan, route, self.config, learnt_from(cases.values()))
        stated: list[Fact] = []
        if before.is_over:
            stated += self._set_right(before, after, scan, now)
        elif not after.left and not after.too_few:
            after = replace(after, is_over=True, wake_at=after.closes_at)
            stated.append(facts.of_round(after, "done", scan.done_at, self.config))
        return Moves(cases=(after,), facts=(facts.of_scan(scan, after, route, marks, more), *stated))

    def _set_right(self, before: Round, after: Round, scan: Scan, now: Instant) -> list[Fact]:
        """What was missed, not observed, or scanned by too few, and is so no more."""
        lacked = (before.missed, before.unseen, before.too_few)
        if lacked == (after.missed, after.unseen, after.too_few) or now > after.closes_at:
            return []
        is_whole = not (after.left or after.too_few)
        fact = facts.of_round(
            after,
            "set_right",
            scan.done_at,
            self.config,
            (scan.checkpoint.id,),
            topics=(PATROL_SET_RIGHT, *(("patrols.done",) if is_whole else ())),
        )
        text = Text.of("patrols.set_right", **fact.text.params, at=At(scan.done_at))
        return [replace(fact, recorded=now, by=scan.by, text=text)]

    # -- findings ------------------------------------------------------------------------------------------

    def _place(self, ask: Find, world: World) -> tuple[str, Name] | None:
        """The key area, and what the place is called."""
        checkpoint = self.config.checkpoint(ask.checkpoint)
        if checkpoint is not None:
            return checkpoint.area, checkpoint.called
        area = world.site.areas.get(ask.area)
        return (area.id, area.name) if area is not None and not ask.checkpoint else None

    def _found(self, ask: Find, cases: Mapping[str, Round], world: World, now: Instant) -> Moves:
        place = self._place(ask, world)
        assert place is not None
        done, _ = done_at(ask, now)
        area, name = place
        walked = [each for each in cases.values() if ask.by in each.walkers and each.starts_at <= done <= each.ends_at]
        its = cases.get(ask.case) or max(walked, key=lambda each: each.starts_at, default=None)
        fact = Fact(
            workflow=self.name,
            case=its.id if its is not None else "",
            step="found",
            at=done,
            recorded=now if now - done > SECOND else None,
            by=ask.by,
            area=area,
            text=Text.of("patrols.found", place=name, description=ask.description.strip()),
            fields={
                "description": ask.description.strip(),
                "place": name.en,
                "checkpoint": ask.checkpoint,
                "source": "patrol",
                "level": ask.level,
                "is_corrected": ask.is_corrected,
                "attachment": ask.attachment,
                "note": ask.note,
            },
            topics=(FINDING,),
        )
        if its is None:
            return Moves(facts=(fact,))
        its = replace(its, findings=its.findings + 1, handled=its.handled + ask.is_corrected)
        return Moves(cases=(its,), facts=(fact,))


_ROUNDS = {
    "kind": "patrol",
    "name": "patrol-rounds",
    "title": "Patrol",
    "title_zh": "巡更异常",
    "alert_class": "duty",
    "priority": 3,
    "procedure": "1. Call the guard.\n2. No answer: send the stand-in, and have the guard looked for.\n"
    "3. Write down why.",
    "procedure_zh": "1. 呼叫巡查人员。\n2. 无应答：派备勤人员补查并寻找巡查人员。\n3. 记录原因。",
}
"""What a round that is not as it must be means to an operator; a rule of this name in the site file takes its place."""

WORKFLOW = Patrols
