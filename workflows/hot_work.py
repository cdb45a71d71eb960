"""Hot work 动火作业: a ticket for welding and grinding, with gas tests, detectors out of service and a fire watch.

A ticket is issued by two, graded, and valid for 8 h (special and first grade) or 72 h (second grade) at most, without
extension: longer work takes a new ticket (GB 30871-2022; other trades may follow). Work begins with a fresh gas test;
the smoke detectors named are then out of service for 8 h at most, which two people consent to, and to each further
stretch anew. The **bypass** always ends at its time by itself. The **ticket** stays open, and is late when its time is
over, until the work is done, was watched for an hour, and a last round was walked.

A bypass beside the ticket would have an end of its own that could differ; a ticket that closed at its time would hide
that the place is still hot. A gas test is 30 min old at most, and anew after a break of 30 or 60 min; holidays and
nights count one grade higher (GB 30871-2022), so a long ticket of the second grade rests at night. When night is, and
the hour of watching, are house practice, and settings.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from msgspec.structs import replace

from alerts.alert import AlertClass
from alerts.case import Holds
from alerts.facts import FIRE_WATCH_ENDED, PERMIT, PERMITS_AT, Fact
from alerts.heard import Listens, Pending
from alerts.moves import FireWatch, StandingAlert
from alerts.permit import (
    HOUR,
    MINUTE,
    Permit,
    beside,
    check_area,
    check_needs,
    check_valid,
    check_wanted,
    check_watcher,
    concerned,
    here,
    late_rule,
    needs_of,
)
from alerts.permit_gas import GasTest, Limit, check_air, gas_fact, measured, with_tests
from alerts.permit_words import shown_beside, shown_test
from alerts.rule import Rule
from alerts.schedule import minutes
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import Ask, Config, Heard, Hold, Moves, Workflow, World
from devices.detector_trigger import detects_fire, is_worked_by_hand
from devices.errors import ConfigError, Refused
from devices.message import At, Text
from devices.reading import Instant

STRETCH: Instant = 8 * HOUR
"""So long two people may take a fire detector out of service at once (docs/adr/0134)."""
_MOST_DEVICES = 50
_DAY_MIN = 1_440
Level = Literal["special", "first", "second"]
_LONGEST_H: dict[Level, float] = {"special": 8, "first": 8, "second": 72}
_BREAK_MIN: dict[Level, float] = {"special": 30, "first": 30, "second": 60}
"""After so long a break the gas is tested anew."""


class Ticket(Permit, frozen=True, kw_only=True):
    """``stage``: issued, working, paused, done. ``paused_at``: since when nobody works."""

    level: Level
    worker: str
    certificate: str
    devices: tuple[str, ...]
    measures: str = ""
    stage: Literal["issued", "working", "paused", "done"] = "issued"


class Issue(Ask, tag="issue", frozen=True, kw_only=True):
    """A new ticket.

    ``hours``: how long it is valid; ``devices``: smoke detectors that would go off by the work. ``place`` and ``work``:
    where and what; ``worker`` with the number of his ``certificate``; ``watcher``: who watches him; ``measures``: what
    was made safe, and by whom.
    """

    ROLES = frozenset({"technician", "manager", "admin"})
    SECOND = True
    SECOND_ROLES = frozenset({"operator", "manager", "admin"})

    area: str
    place: str
    work: str
    level: Level
    hours: float
    worker: str
    certificate: str
    watcher: str
    measures: str = ""
    devices: tuple[str, ...] = ()


class RecordGas(Ask, tag="test_gas", frozen=True, kw_only=True):
    """What the gas detector shows at a ``point``, in percent of the lower explosive limit."""

    ROLES = frozenset({"operator", "technician", "manager", "admin"})

    point: str
    value: float


class Start(Ask, tag="start", frozen=True, kw_only=True):
    """Work begins, goes on after a break, or needs its detectors out of service for a further stretch."""

    ROLES = frozenset({"technician", "manager", "admin"})
    SECOND_ROLES = frozenset({"operator", "manager", "admin"})


class Pause(Ask, tag="pause", frozen=True, kw_only=True):
    """A break: the detectors are in service meanwhile."""

    ROLES = frozenset({"operator", "technician", "manager", "admin"})


class Finish(Ask, tag="finish", frozen=True, kw_only=True):
    """The work is done and the place is in order; it is watched for a while yet."""

    ROLES = frozenset({"technician", "manager", "admin"})


class HotWorkConfig(Config, frozen=True, kw_only=True):
    """What it takes.

    ``watch_after_min``: how long the place is watched after the work, in minutes
    ``round_every_min``: how often somebody walks through it meanwhile
    ``gas_fresh_min``: how old a gas test may be when work begins
    ``gas_limit_lel``: percent of the lower explosive limit from which nobody begins
    ``night_start``: from this local time on it is night, and a ticket counts one grade higher
    ``night_end``: until this time; the same as the start: there is no night
    """

    watch_after_min: float = 60
    round_every_min: float = 30
    gas_fresh_min: float = 30
    gas_limit_lel: float = 10
    night_start: str = "22:00"
    night_end: str = "06:00"

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        for name in ("watch_after_min", "round_every_min", "gas_fresh_min", "gas_limit_lel"):
            if not 0 < getattr(self, name) <= _DAY_MIN:
                yield ConfigFault((name,), Text.of("hot_work.not_a_number", field=name))
        for name in ("night_start", "night_end"):
            try:
                minutes(getattr(self, name))
            except ConfigError:
                yield ConfigFault((name,), Text.of("hot_work.not_a_time", field=name))


class HotWork(Workflow[Ticket]):
    """One ticket is one case."""

    name, book, case, counts_holidays = "hot_work", "hot_work", Ticket, True
    asks = (Issue, RecordGas, Start, Pause, Finish)
    config_type = HotWorkConfig
    listens = Listens(topics=frozenset({FIRE_WATCH_ENDED, PERMIT}))
    provides = {PERMITS_AT: here(name)}

    def rules(self) -> Sequence[Rule[Any]]:
        return (LATE,)

    def takes_two(self, ask: Any, world: World) -> bool:
        return isinstance(ask, Issue | Start)

    def check(self, ask: Any, cases: Mapping[str, Ticket], world: World, now: Instant) -> None:
        if isinstance(ask, Issue):
            self._check_ticket(ask, world, now)
            return
        ticket = cases.get(ask.case)
        if ticket is None:
            raise Refused(Text.of("hot_work.no_ticket"))
        if ticket.stage == "done" or (isinstance(ask, Pause) and ticket.stage != "working"):
            raise Refused(Text.of("hot_work.not_now", stage=ticket.stage))
        if isinstance(ask, Start):
            self._check_start(ticket, world, now)
        if isinstance(ask, RecordGas):
            _tests(ask, now)

    def step(self, event: Heard, cases: Mapping[str, Ticket], world: World, now: Instant) -> Moves:
        match event:
            case Issue():
                return self._issued(event, world, now)
            case Fact():
                return self._heard(event, cases, world, now)
            case RecordGas():
                tests, ticket = _tests(event, now), cases[event.case]
                fact = gas_fact(self.name, ticket.id, ticket.place, ticket.area, tests, now)
                return Moves(cases=(replace(ticket, gas=with_tests(ticket.gas, tests)),), facts=(fact,))
            case Start():
                return self._started(cases[event.case], event, world, now)
            case Pause():
                return _told(_paused(cases[event.case], now), "paused", now, event)
            case Finish():
                return self._finished(cases[event.case], event, now)
        return Moves()

    def turn(self, due: Sequence[Ticket], world: World, now: Instant) -> Moves:
        """Their time is over: no longer valid, and so is each stretch that did not end before."""
        return Moves.joined(_told(_late(ticket, now), "late", now) for ticket in due)

    def sets_aside(self, case: Ticket, pending: Pending, world: World) -> Hold | None:
        if case.holds is None or pending.alert_class is not AlertClass.FIRE:
            return None
        return Hold(case.holds.until, Text.of("hot_work.held", place=case.place))

    def shows(self, case: Ticket, now: Instant) -> dict[str, Any]:
        return {"gas": tuple(map(shown_test, case.gas[-12:])), "beside": tuple(map(shown_beside, case.beside))}

    # -- what speaks against it ----------------------------------------------------------------------------

    def _check_ticket(self, ask: Issue, world: World, now: Instant) -> None:
        check_wanted(ask, ("place", "work", "worker", "certificate", "watcher"), self.name)
        check_area(ask.area, world)
        check_watcher(ask.watcher, (ask.worker,))
        level = self._raised(ask.level, world, now)
        if not 0 < ask.hours <= _LONGEST_H[level]:
            raise Refused(Text.of("hot_work.too_long", hours=_LONGEST_H[level], level=level))
        if len(ask.devices) > _MOST_DEVICES:
            raise Refused(Text.of("hot_work.too_many", most=_MOST_DEVICES))
        for name in ask.devices:
            device = world.devices.get(name)
            if device is None or device.area != ask.area:
                raise Refused(Text.of("hot_work.not_there", device=name, area=ask.area))
            if is_worked_by_hand(device) or not detects_fire(device):
                raise Refused(Text.of("hot_work.no_detector", device=name))

    def _check_start(self, ticket: Ticket, world: World, now: Instant) -> None:
        check_valid(ticket, now)
        check_needs(ticket, self.name, world)
        if self._is_too_long(ticket, world, now):
            level = self._raised(ticket.level, world, now)
            raise Refused(Text.of("hot_work.counts_higher", level=level, hours=_LONGEST_H[level]))
        if ticket.stage == "working" and ticket.holds is not None and ticket.holds.until > now + HOUR:
            raise Refused(Text.of("hot_work.runs", until=At(ticket.holds.until)))
        gone = [name for name in ticket.devices if name not in world.devices]
        if gone:
            raise Refused(Text.of("hot_work.gone", devices=tuple(gone)))
        pause = now - ticket.paused_at if ticket.paused_at is not None else None
        if pause is not None and pause <= int(_BREAK_MIN[self._raised(ticket.level, world, now)] * MINUTE):
            return
        if ticket.stage == "working":
            return
        limits = {"lel": Limit(below=self.config.gas_limit_lel)}
        check_air(ticket.gas, limits, limits, self.config.gas_fresh_min, ticket.paused_at or 0, now)

    # -- what follows --------------------------------------------------------------------------------------

    def _heard(self, fact: Fact, cases: Mapping[str, Ticket], world: World, now: Instant) -> Moves:
        """The last round was walked; or another permit at its place has moved, and it may need that one."""
        ticket = cases.get(str(fact.fields.get("for_case", "")))
        if ticket is not None and ticket.stage == "done" and fact.fields.get("for_workflow") == self.name:
            return self._closed(ticket, now)
        moves = []
        for each in concerned(fact, cases):
            others = beside(each, world)
            near = replace(each, beside=others)
            if each.stage == "working" and needs_of(each, self.name, world):
                moves.append(_told(_paused(near, now), "paused", now))
            elif others != each.beside:
                moves.append(Moves(cases=(near,)))
        return Moves.joined(moves)

    def _issued(self, ask: Issue, world: World, now: Instant) -> Moves:
        until = now + int(ask.hours * HOUR)
        ticket = Ticket(
            id=ask.id,
            area=ask.area,
            by=ask.by,
            second=ask.second,
            place=ask.place.strip(),
            work=ask.work.strip(),
            level=ask.level,
            worker=ask.worker.strip(),
            certificate=ask.certificate.strip(),
            watcher=ask.watcher.strip(),
            devices=ask.devices,
            measures=ask.measures,
            valid_until=until,
            wake_at=until,
        )
        return _told(replace(ticket, beside=beside(ticket, world)), "issued", now, ask)

    def _started(self, ticket: Ticket, ask: Start, world: World, now: Instant) -> Moves:
        until = min(now + STRETCH, ticket.valid_until)
        night = world.site.calendar.next_at(minutes(self.config.night_start) % _DAY_MIN, now)
        if self._is_too_long(ticket, world, night):  # what goes on into the night takes a ticket for it
            until = min(until, night)
        reason = f"{ticket.work}, {ticket.place}"
        holds = Holds(ticket.devices, until, reason=reason) if ticket.devices else None
        step = "went_on" if ticket.stage == "working" else "started"
        started = replace(ticket, stage="working", paused_at=None, holds=holds, by=ask.by, second=ask.second)
        every = int(self.config.round_every_min * MINUTE)
        moves = _told(started, step, now, ask)
        return replace(
            moves, compensations=(FireWatch("watch", ticket.area, ticket.devices, every, None, self._after),)
        )

    def _finished(self, ticket: Ticket, ask: Finish, now: Instant) -> Moves:
        done = replace(ticket, stage="done", holds=None, wake_at=None if ticket.is_late else ticket.wake_at)
        every = int(self.config.round_every_min * MINUTE)
        moves = _told(done, "finished", now, ask)
        if ticket.stage == "issued":  # nobody ever began
            return self._closed(done, now)
        return replace(moves, compensations=(FireWatch("watch", ticket.area, ticket.devices, every, now, self._after),))

    def _closed(self, ticket: Ticket, now: Instant) -> Moves:
        return _told(replace(ticket, is_open=False, holds=None, wake_at=None), "closed", now)

    def _raised(self, level: Level, world: World, now: Instant) -> Level:
        """On holidays and at night a ticket counts as one grade higher (GB 30871-2022)."""
        start, end = minutes(self.config.night_start), minutes(self.config.night_end)
        is_night = (world.site.calendar.minute(now) - start) % _DAY_MIN < (end - start) % _DAY_MIN
        if not (is_night or world.site.calendar.is_holiday(now)):
            return level
        return "first" if level == "second" else "special"

    def _is_too_long(self, ticket: Ticket, world: World, now: Instant) -> bool:
        """Whether it was issued for longer than its grade allows at that time."""
        return ticket.valid_until - ticket.opened > _LONGEST_H[self._raised(ticket.level, world, now)] * HOUR

    @property
    def _after(self) -> Instant:
        return int(self.config.watch_after_min * MINUTE)


def _late(ticket: Ticket, now: Instant) -> Ticket:
    return replace(ticket, is_late=True, wake_at=None, holds=None)


def _tests(ask: RecordGas, now: Instant) -> tuple[GasTest, ...]:
    return measured({"lel": ask.value}, ask.point, ask.by, now if ask.done_at is None else ask.done_at)


def _paused(ticket: Ticket, now: Instant) -> Ticket:
    return replace(ticket, stage="paused", paused_at=now, holds=None)


def _told(ticket: Ticket, step: str, now: Instant, ask: Ask | None = None) -> Moves:
    fact = Fact(
        workflow="hot_work",
        case=ticket.id,
        step=step,
        at=now,
        by=ask.by if ask is not None else "",
        second=ask.second if ask is not None else "",
        area=ticket.area,
        devices=ticket.devices,
        text=Text.of(f"hot_work.{step}", place=ticket.place, work=ticket.work, until=At(ticket.valid_until)),
        fields={
            "place": ticket.place,
            "work": ticket.work,
            "level": ticket.level,
            "worker": ticket.worker,
            "certificate": ticket.certificate,
            "watcher": ticket.watcher,
            "measures": ticket.measures,
            "note": ask.note if ask is not None else "",
        },
        personal=("worker", "certificate", "watcher"),
        topics=(PERMIT,),
    )
    return Moves(cases=(ticket,), facts=(fact,), alerts=(_alert(ticket, step),))


def _alert(ticket: Ticket, step: str) -> StandingAlert:
    """Detectors out of service are a disabled condition, indicated for as long as it lasts (EN 54-2 9.4)."""
    until = ticket.holds.until if ticket.holds is not None else 0
    return StandingAlert(
        key=ticket.id,
        area=ticket.area,
        text=Text.of("hot_work.stands", place=ticket.place, devices=ticket.devices[:20], until=At(until)),
        procedure=Text.of("hot_work.procedure"),
        is_loud=step == "started",
        is_active=ticket.is_open and ticket.holds is not None,
    )


LATE = late_rule(
    "hot_work",
    {
        "name": "hot-work-late",
        "title": "Hot work overdue",
        "title_zh": "动火作业超时",
        "procedure": "1. Call the work lead and the watcher.\n2. Stop the work, or have a new ticket issued.\n"
        "3. Look at the place until it is cold.",
        "procedure_zh": "1. 联系作业负责人和监护人。\n2. 停止作业，或重新办理作业票。\n3. 在现场完全冷却前持续查看。",
    },
)
WORKFLOW = HotWork
