"""A workflow that raises wherever it can loses and delays no alarm, and an alert names it."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from alerts.alert import AlertClass
from alerts.effects import Effects
from alerts.event import Tick
from alerts.heard import Listens, Pending, Slot
from alerts.moves import Receipt
from alerts.workflow import Ask, Heard, Hold, Moves, Workflow, World
from devices.reading import SECOND, Instant
from tests.alerts.kernel.room import CALL, DOOR, FIRE, KernelRoom, facts, keys
from tests.alerts.kernel.toy import Close, Closing, Reopen, Toy
from tests.alerts.timeline import START, reading, rule

PLACES = ("hold", "listen", "step", "turn", "open", "slot", "takes_two", "check", "nonsense")
GAS = rule("state", name="gas", alert_class="gas", signals=["gas_alarm"])
REAL = ("fire", "call", "door")


class Broken(Toy):
    """The toy, which raises in these places."""

    def __init__(self, *places: str) -> None:
        super().__init__()
        self.places = places

    def fail(self, place: str) -> None:
        if place in self.places:
            raise ZeroDivisionError(place)

    def takes_two(self, ask: Any, world: World) -> bool:
        self.fail("takes_two")
        return False

    def check(self, ask: Any, cases: Mapping[str, Closing], world: World, now: Instant) -> None:
        self.fail("check")

    def opens(self, last: Instant, world: World, now: Instant) -> Instant | None:
        self.fail("open")
        return (last or now) + 5 * SECOND

    def sets_aside(self, case: Closing, pending: Pending, world: World) -> Hold | None:
        self.fail("hold")
        return Hold(pending.now + 1) if "nonsense" in self.places else None

    def step(self, event: Heard, cases: Mapping[str, Closing], world: World, now: Instant) -> Moves:
        self.fail("slot" if isinstance(event, Slot) else "step" if isinstance(event, Ask) else "listen")
        moves = super().step(event, cases, world, now)
        if "nonsense" in self.places and moves.cases:
            return replace(moves, cases=(*moves.cases, "no case"))  # type: ignore[arg-type]
        return moves

    def turn(self, due: Sequence[Closing], world: World, now: Instant) -> Moves:
        self.fail("turn")
        return super().turn(due, world, now)


def alarms(effects: Effects) -> list[tuple[str, str, str, bool]]:
    """What people hear of the rules in this step."""
    return [
        (event.action, event.alert.rule, event.alert.key, event.alert.suppression is None)
        for event in effects.alerts
        if event.alert.rule in REAL
    ]


EVENTS = st.sampled_from(
    [
        *("s1.smoke=on", "s1.smoke=off", "b1.call_point=on", "b1.call_point=off", "d1.door=on", "d1.door=off"),
        Close(by="li", role="technician", devices=("s1", "b1", "d1"), hours=0.01),
        Reopen(by="li", role="technician", case="?"),
        Receipt("n", "sent", START),
    ]
)


@given(
    st.lists(st.tuples(st.integers(1, 40), st.lists(EVENTS, max_size=4)), max_size=12),
    st.sets(st.sampled_from(PLACES[:-1]), min_size=1),
)
def test_no_alarm_is_lost_or_delayed(story: list[tuple[int, list[Any]]], places: set[str]) -> None:
    room, plain = KernelRoom(Broken(*places)), KernelRoom(rules=(FIRE, CALL, DOOR))
    now = START
    for pause, events in story:
        now += pause * SECOND
        given_ = [reading(event, now) if isinstance(event, str) else event for event in events]
        mine = room._step(given_ or [Tick(now)], now)
        theirs = plain._step([event for event in given_ if not isinstance(event, Ask)] or [Tick(now)], now)
        assert alarms(theirs) == alarms(mine)


@pytest.mark.parametrize("place", PLACES[1:6])
def test_an_alert_names_the_workflow_that_failed(place: str) -> None:
    room = KernelRoom(Broken(place))
    room.step(1, Close(by="li", role="technician", devices=("d1",), hours=0.01))
    room.step(2, "d1.door=on")
    room.step(60)
    (alert,) = [alert for alert in room.open("workflow:toy") if alert.key == "failed:toy"]
    assert AlertClass.FAULT is alert.alert_class
    assert room.kernel.failures["toy"]


def test_one_that_fails_over_holding_back_lets_the_alarm_through() -> None:
    room = KernelRoom(Broken("hold"))
    room.step(1, Close(by="li", role="technician", devices=("d1",)))
    effects = room.step(2, "d1.door=on")
    assert [("raised", "door", "d1", True)] == alarms(effects)
    assert ["failed:toy"] == [a.key for a in room.open("workflow:toy") if a.key.startswith("failed")]


def test_of_moves_that_make_no_sense_nothing_is_done() -> None:
    room = KernelRoom(Broken("nonsense"))
    effects = room.step(1, Close(by="li", role="technician", devices=("d1",)))
    assert ["workflow.cannot"] == keys(effects)
    assert not effects.cases
    assert [] == facts(effects)


def test_a_case_that_fails_costs_no_other() -> None:
    class Choosy(Toy):
        def turn(self, due: Sequence[Closing], world: World, now: Instant) -> Moves:
            if any(case.by == "wang" for case in due):
                raise ValueError("wang")
            return super().turn(due, world, now)

    room = KernelRoom(Choosy())
    asks = [Close(id=str(n), by="wang" if n == 3 else "li", role="technician") for n in range(5)]
    room.step(1, *asks)
    assert 4 == len([step for step in facts(room.step(3_700)) if step == "toy.late"])
    assert room.engine.wake_at is not None
    assert room.engine.wake_at > room.now


@pytest.mark.parametrize(
    ("workflow", "content", "why"),
    [
        ("toy", b"{", "Input data was truncated"),
        ("toy", b'{"id": 7}', "Expected"),
        ("gone", b'{"id": "x"}', "workflow.gone"),
        ("toy", b'{"id": "x", "version": 9}', "ZeroDivisionError"),
    ],
)
def test_a_case_that_nobody_can_read_holds_nothing_back(workflow: str, content: bytes, why: str) -> None:
    class Upgrading(Toy):
        def upgrade(self, version: int, stored: dict[str, Any]) -> dict[str, Any]:
            raise ZeroDivisionError

    room = KernelRoom(Upgrading())
    room.ask(1, Close(by="li", role="technician", devices=("d1",)))
    assert room.step(2, "d1.door=on").alerts[0].alert.suppression is not None
    (name,) = [name for name in room.cases if name[0] == "toy"]
    del room.cases[name]
    room.cases[workflow, name[1]] = content
    room.restart()
    room.step(3)
    (alert,) = room.open("door")
    assert alert.suppression is None
    assert why in str(room.kernel.unreadable[workflow, name[1]])
    assert content == room.cases[workflow, name[1]]
    assert [f"unreadable:{name[1]}"] == [
        a.key for a in room.open(f"workflow:{workflow}") if a.active and "unreadable" in a.key
    ]


def test_an_older_case_is_upgraded() -> None:
    class New(Closing, frozen=True, kw_only=True):
        VERSION = 2

        floor: int

    class Upgrading(Toy):
        case = New

        def upgrade(self, version: int, stored: dict[str, Any]) -> dict[str, Any]:
            return {**stored, "floor": version}

    room = KernelRoom(Toy())
    case = room.ask(1, Close(by="li", role="technician", devices=("d1",)))
    room.workflows = (Upgrading(),)
    room.restart()
    assert (1, 2) == (room.kernel.cases.of("toy")[case].floor, room.kernel.cases.of("toy")[case].version)
    assert room.kernel.cases.holds("d1")


# -- circles -----------------------------------------------------------------------------------------------


class Echo(Workflow[Closing]):
    """Answers each fact of the other by one of its own."""

    book, case = "", Closing
    asks: tuple[type[Ask], ...] = ()

    def __init__(self, name: str, other: str, *, is_new: bool) -> None:
        super().__init__()
        self.name = name  # type: ignore[misc]
        self.listens = Listens(topics=frozenset({f"{other}.said", "toy.closed"}))  # type: ignore[misc]
        self.is_new, self.said = is_new, 0

    def step(self, event: Heard, cases: Mapping[str, Closing], world: World, now: Instant) -> Moves:
        from alerts.facts import Fact
        from devices.message import Text

        self.said += 1
        case = f"{self.name} {self.said}" if self.is_new else self.name
        return Moves(facts=(Fact(workflow="", case=case, step="said", at=now, text=Text.of("toy.closed")),))


@pytest.mark.parametrize("is_new", [False, True])
def test_a_circle_is_broken_and_names_both(is_new: bool) -> None:
    one, other = Echo("ping", "pong", is_new=is_new), Echo("pong", "ping", is_new=is_new)
    room = KernelRoom(Toy(), one, other)
    room.step(1, Close(by="li", role="technician", devices=("d1",)))
    room.run_until(10)
    assert one.said + other.said < 20
    reasons = [str(alert.text) for alert in room.open() if alert.key.startswith("failed:")]
    assert reasons
    assert all("one=ping, other=pong" in reason for reason in reasons)
    assert room.kernel.wake_at is None or room.kernel.wake_at > room.now


def test_a_long_chain_goes_on_in_the_next_turn() -> None:
    chain = [Echo("w0", "none", is_new=False), *(Echo(f"w{n}", f"w{n - 1}", is_new=False) for n in range(1, 12))]
    for flow in chain[1:]:
        flow.listens = Listens(topics=flow.listens.topics - {"toy.closed"})  # type: ignore[misc]
    room = KernelRoom(Toy(), *chain)
    first = room.step(1, Close(by="li", role="technician", devices=("d1",)))
    assert "w11.said" not in facts(first)
    assert room.engine.wake_at is not None
    assert room.engine.wake_at <= room.now
    assert "w11.said" in room.run_until(1.5)
