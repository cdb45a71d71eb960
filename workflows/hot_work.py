"""Hot work (动火作业): a permit by two people, detectors held back for a shift at most, a fire watch during and after.

GB 30871-2022: special and first grade 8 h at most, second grade 72 h; on holidays one grade higher; gas is tested at
most 30 min before special and first grade work begins. Detectors are held back for 8 h at most, as by any bypass; a
longer permit asks two people anew for each further stretch. The permit stays open until the last round of its fire
watch was walked, and is an alert when it is late.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec.structs import replace

from alerts.alert import AlertClass
from alerts.case import Case, Hold, Holds
from alerts.facts import FIRE_WATCH_ENDED, SUPPRESSION_ENDED, Fact
from alerts.heard import Listens, Pending
from alerts.kinds import kinds
from alerts.moves import FireWatch, StandingAlert
from alerts.rule import Rule
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import EVERYBODY, Ask, Config, Heard, Moves, Workflow, World
from devices.detector_trigger import is_worked_by_hand
from devices.errors import Refused
from devices.message import At, Text
from devices.reading import SECOND, Instant

MINUTE: Instant = 60 * SECOND
HOUR: Instant = 60 * MINUTE
LONGEST_HELD: Instant = 8 * HOUR
"""One shift (docs/adr/0105)."""
LONGEST_H = {"special": 8, "first": 8, "second": 72}
_WITH_GAS_TEST = ("special", "first")
Grade = Literal["special", "first", "second"]


class HotWorkConfig(Config, frozen=True, kw_only=True):
    """What the site wants of hot work, in minutes and % LEL.

    ``watch_after_min``: how long the fire watch goes on after the work, 30 at least
    ``watch_every_min``: between two of its rounds
    ``gas_valid_min``: how old a gas test may be when the work begins
    ``gas_limit_lel``: what a gas test may show at most, % LEL
    """

    watch_after_min: int = 60
    watch_every_min: int = 30
    gas_valid_min: int = 30
    gas_limit_lel: float = 10

    def check(self, site: SiteFacts) -> list[ConfigFault]:
        found = []
        bounds = (("watch_after_min", 30, 1_440), ("watch_every_min", 5, 120), ("gas_valid_min", 1, 30))
        for name, least, most in bounds:
            if not least <= getattr(self, name) <= most:
                found.append(ConfigFault((name,), Text.of("hot_work.out_of_bounds", least=least, most=most)))
        return found


class Permit(Case, frozen=True, kw_only=True):
    """``ends``: when the work must be over; ``finished``: when it was; ``is_late``: it has been told."""

    grade: Grade
    place: str
    work: str
    lead: str
    devices: tuple[str, ...]
    ends: Instant
    finished: Instant | None = None
    is_late: bool = False


class Apply(Ask, tag="apply", frozen=True, kw_only=True):
    """Ask for a permit for hot work; somebody else approves it.

    ``gas_lel`` % LEL, measured at ``gas_at``: needed for special and first grade.
    """

    ROLES = frozenset({"operator", "technician", "manager", "admin"})
    SECOND = True

    grade: Grade
    place: str
    work: str
    lead: str
    devices: tuple[str, ...]
    hours: float
    gas_lel: float | None = None
    gas_min_ago: int = 0


class Extend(Ask, tag="extend", frozen=True, kw_only=True):
    """Hold the detectors back for a further stretch of the same permit; somebody else approves it."""

    ROLES = frozenset({"operator", "technician", "manager", "admin"})
    SECOND = True


class Finish(Ask, tag="finish", frozen=True, kw_only=True):
    """The work is done: detectors are back, the fire watch goes on for its time."""

    ROLES = EVERYBODY


class HotWork(Workflow[Permit]):
    """Hot work."""

    name, book, case = "hot_work", "hot_work", Permit
    asks = (Apply, Extend, Finish)
    config_type = HotWorkConfig
    listens = Listens(topics=frozenset({FIRE_WATCH_ENDED, SUPPRESSION_ENDED}))

    def rules(self) -> Sequence[Rule[Any]]:
        return (
            kinds()["fact"](
                name="hot-work-late",
                alert_class=AlertClass.DUTY,
                priority=2,
                procedure="1. Call the work lead, have the work stopped. 2. Send somebody to look for embers.",
                procedure_zh="1. 呼叫作业负责人，停止动火。2. 派人到场查看有无烟和余火。",
                begins=("hot_work.late",),  # type: ignore[call-arg]
                ends=("hot_work.closed",),
            ),
        )

    def check(self, ask: Any, cases: Mapping[str, Permit], world: World, now: Instant) -> None:
        if isinstance(ask, Apply):
            self._check_permit(ask, world, now)
        elif ask.case not in cases or cases[ask.case].finished is not None:
            raise Refused(Text.of("hot_work.no_such"))
        elif isinstance(ask, Extend) and cases[ask.case].ends <= now:
            raise Refused(Text.of("hot_work.is_over"))

    def _check_permit(self, ask: Apply, world: World, now: Instant) -> None:
        grade = ask.grade
        if grade != "special" and world.site.calendar.is_holiday(now):
            grade = "special" if grade == "first" else "first"
        if not 0 < ask.hours <= LONGEST_H[grade]:
            raise Refused(Text.of("hot_work.too_long", hours=LONGEST_H[grade], grade=grade))
        if not (ask.place.strip() and ask.work.strip() and ask.lead.strip()):
            raise Refused(Text.of("hot_work.say_what"))
        if grade in _WITH_GAS_TEST and (ask.gas_lel is None or not 0 <= ask.gas_min_ago <= self.config.gas_valid_min):
            raise Refused(Text.of("hot_work.needs_gas_test", minutes=self.config.gas_valid_min))
        if ask.gas_lel is not None and not 0 <= ask.gas_lel <= self.config.gas_limit_lel:
            raise Refused(Text.of("hot_work.gas", limit=self.config.gas_limit_lel))
        found = [world.devices.get(name) for name in ask.devices]
        if not ask.devices or any(device is None for device in found):
            raise Refused(Text.of("hot_work.unknown_devices"))
        by_hand = tuple(device.id for device in found if device is not None and is_worked_by_hand(device))
        if by_hand:
            raise Refused(Text.of("hot_work.by_hand", devices=by_hand))
        if len({device.area for device in found if device is not None}) > 1:
            raise Refused(Text.of("hot_work.several_areas"))
        held = {device for each in world.suppressions() for device in each.holds.devices}
        taken = tuple(name for name in ask.devices if name in held)
        if taken:
            raise Refused(Text.of("hot_work.held_already", devices=taken))

    def sets_aside(self, case: Permit, pending: Pending, world: World) -> Hold | None:
        """What cutting and welding make: smoke and heat. A call for help or an intrusion is none of it."""
        is_made = pending.alert_class not in (AlertClass.HOLD_UP, AlertClass.INTRUSION)
        return Hold(case.holds.until) if is_made and case.holds is not None else None

    def step(self, event: Heard, cases: Mapping[str, Permit], world: World, now: Instant) -> Moves:
        match event:
            case Apply():
                return self._begin(event, world, now)
            case Extend():
                permit = cases[event.case]
                until = min(now + LONGEST_HELD, permit.ends)
                longer = replace(permit, holds=Holds(permit.devices, until), second=event.second)
                return Moves(
                    cases=(longer,),
                    facts=(_fact(longer, "extended", now, event.by, event.second),),
                    alerts=(_alert(longer),),
                )
            case Finish():
                permit = cases[event.case]
                after = self.config.watch_after_min * MINUTE
                late_at = now + after + self.config.watch_every_min * MINUTE
                done = replace(permit, finished=now, holds=None, wake_at=late_at)
                return Moves(
                    cases=(done,),
                    facts=(_fact(done, "finished", now, event.by),),
                    compensations=(self._watch(done, now),),
                    alerts=(_alert(done),),
                )
            case Fact(workflow=HotWork.name, step="suppression_ended") if event.case in cases:
                return Moves(alerts=(_alert(cases[event.case]),))
            case Fact(fields={"for_case": case}) if case in cases and cases[str(case)].finished is not None:
                closed = replace(cases[str(case)], is_open=False)
                return Moves(cases=(closed,), facts=(_fact(closed, "closed", now),), alerts=(_alert(closed),))
        return Moves()

    def _begin(self, ask: Apply, world: World, now: Instant) -> Moves:
        ends = now + int(ask.hours * HOUR)
        permit = Permit(
            id=ask.id,
            area=world.devices[ask.devices[0]].area,
            by=ask.by,
            second=ask.second,
            wake_at=ends,
            holds=Holds(ask.devices, min(ends, now + LONGEST_HELD)),
            grade=ask.grade,
            place=ask.place,
            work=ask.work,
            lead=ask.lead,
            devices=ask.devices,
            ends=ends,
        )
        fact = _fact(permit, "begun", now, ask.by, ask.second)
        if ask.gas_lel is not None:
            fact = replace(fact, fields={**fact.fields, "gas_lel": ask.gas_lel, "gas_min_ago": ask.gas_min_ago})
        watch = self._watch(permit, None)
        return Moves(cases=(permit,), facts=(fact,), compensations=(watch,), alerts=(_alert(permit),))

    def _watch(self, permit: Permit, until: Instant | None) -> FireWatch:
        every, after = self.config.watch_every_min * MINUTE, self.config.watch_after_min * MINUTE
        return FireWatch("watch", permit.area, permit.devices, every, until, after)

    def turn(self, due: Sequence[Permit], world: World, now: Instant) -> Moves:
        """The work is not reported done in time, or the last round of the watch was not walked in time."""
        late = tuple(replace(permit, is_late=True, wake_at=None) for permit in due)
        return Moves(cases=late, facts=tuple(_fact(permit, "late", now) for permit in late))


def _fact(permit: Permit, step: str, now: Instant, by: str = "", second: str = "") -> Fact:
    return Fact(
        workflow=HotWork.name,
        case=permit.id,
        step=step,
        at=now,
        by=by,
        second=second,
        area=permit.area,
        devices=permit.devices,
        text=Text.of(f"hot_work.{step}", place=permit.place, work=permit.work, lead=permit.lead, ends=At(permit.ends)),
        fields={"grade": permit.grade, "place": permit.place, "work": permit.work, "lead": permit.lead},
        personal=("lead",),
    )


def _alert(permit: Permit) -> StandingAlert:
    is_held = permit.holds is not None and permit.is_open
    return StandingAlert(
        key=permit.id,
        area=permit.area,
        text=Text.of(
            "hot_work.stands", place=permit.place, work=permit.work, lead=permit.lead, devices=permit.devices[:20]
        ),
        procedure=Text.of("hot_work.procedure"),
        is_loud=is_held,
        is_active=is_held,
    )


WORKFLOW = HotWork
