"""A toy workflow that uses all of the interface: a room is closed for work, held back, watched, opened again."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from alerts.alert import AlertClass, AlertEvent
from alerts.facts import FIRE_WATCH_ENDED, ON_DUTY, Fact
from alerts.heard import Listens, ModeSet, Pending, Slot
from alerts.moves import FireWatch, Notification, Receipt, SetMode, StandingAlert
from alerts.rule import Rule
from alerts.workflow import Ask, Case, Config, Heard, Hold, Moves, Workflow, World
from devices.errors import Refused
from devices.message import Text
from devices.reading import SECOND, Instant, Reading
from tests.alerts.timeline import rule

MINUTE = 60 * SECOND
HOUR = 60 * MINUTE


class Closing(Case, frozen=True, kw_only=True):
    """``late``: its end has passed."""

    devices: tuple[str, ...] = ()
    late: bool = False
    heard: tuple[str, ...] = ()


class Close(Ask, tag="close", frozen=True, kw_only=True):
    """Close these devices' room for work."""

    ROLES = frozenset({"technician", "admin"})

    devices: tuple[str, ...] = ()
    hours: float = 1
    mode: str = ""


class Reopen(Ask, tag="reopen", frozen=True, kw_only=True):
    """The work is done."""

    ROLES = frozenset({"technician", "admin"})


class ToyConfig(Config, frozen=True, kw_only=True):
    """``daily_minute``: when a case is opened by the clock, in minutes after midnight."""

    daily_minute: int | None = None


class Toy(Workflow[Closing]):
    """Not for use."""

    name, book, case = "toy", "toys", Closing
    asks = (Close, Reopen)
    config_type = ToyConfig
    listens = Listens(
        signals=frozenset({"door"}), topics=frozenset({FIRE_WATCH_ENDED}), alerts=True, receipts=True, modes=True
    )
    provides = {ON_DUTY: lambda about, cases, world, now: tuple(case.by for case in cases.values())}

    def rules(self) -> Sequence[Rule[Any]]:
        return (LATE,)

    def takes_two(self, ask: Any, world: World) -> bool:
        return isinstance(ask, Close) and any(
            world.guards_life(world.devices[name]) for name in ask.devices if name in world.devices
        )

    def check(self, ask: Any, cases: Mapping[str, Closing], world: World, now: Instant) -> None:
        if isinstance(ask, Close) and not all(name in world.devices for name in ask.devices):
            raise Refused(Text.of("toy.unknown"))

    def opens(self, last: Instant, world: World, now: Instant) -> Instant | None:
        if self.config.daily_minute is None:
            return None
        return world.site.calendar.next_at(self.config.daily_minute, last or now)

    def sets_aside(self, case: Closing, pending: Pending, world: World) -> Hold | None:
        return Hold(case.holds.until) if case.holds is not None else None

    def step(self, event: Heard, cases: Mapping[str, Closing], world: World, now: Instant) -> Moves:
        match event:
            case Close():
                return self._close(event, world, now)
            case Reopen():
                if event.case not in cases:
                    raise Refused(Text.of("toy.unknown"))
                over = replace(cases[event.case], is_open=False)
                return Moves(cases=(over,), facts=(fact(over, "reopened", now, event.by),), alerts=(alert(over),))
            case Slot():
                made = Closing(id=f"slot {event.at}", wake_at=None)
                return Moves(cases=(made,), facts=(fact(made, "slot", now),))
            case Fact(fields={"for_case": case}) if case in cases:
                return Moves(facts=(fact(cases[str(case)], "watch_over", now),))
            case AlertEvent() if event.alert.rule != "door":
                return Moves()
            case Reading() | AlertEvent() | ModeSet() | Receipt() if cases:
                word = type(event).__name__
                return Moves(cases=tuple(replace(case, heard=(*case.heard, word)) for case in cases.values()))
        return Moves()

    def _close(self, ask: Close, world: World, now: Instant) -> Moves:
        until = now + int(ask.hours * HOUR)
        from alerts.case import Holds

        made = Closing(
            id=ask.id,
            area="store",
            by=ask.by,
            second=ask.second,
            devices=ask.devices,
            wake_at=until,
            holds=Holds(ask.devices, until) if ask.devices else None,
        )
        return Moves(
            cases=(made,),
            facts=(fact(made, "closed", now, ask.by),),
            compensations=(FireWatch("watch", "store", ask.devices, 30 * MINUTE, None, HOUR),) if ask.second else (),
            notifications=(Notification(f"{made.id}.1", ("li",), Text.of("toy.closed"), case=made.id),),
            alerts=(alert(made),),
            modes=(SetMode("store", ask.mode),) if ask.mode else (),
        )

    def turn(self, due: Sequence[Closing], world: World, now: Instant) -> Moves:
        late = tuple(replace(case, late=True, wake_at=None) for case in due)
        return Moves(cases=late, facts=tuple(fact(case, "late", now) for case in late))


def fact(case: Closing, step: str, now: Instant, by: str = "") -> Fact:
    text = Text.of(f"toy.{step}")
    return Fact(workflow="toy", case=case.id, step=step, at=now, text=text, by=by, area=case.area)


def alert(case: Closing) -> StandingAlert:
    return StandingAlert(
        key=case.id,
        area=case.area,
        text=Text.of("toy.closed"),
        alert_class=AlertClass.SUPERVISORY,
        is_active=case.is_open,
    )


LATE = rule("fact", name="toy-late", alert_class="duty", priority=3, begins=["toy.late"], ends=["toy.reopened"])
