"""Bypass and walk test, failing wherever they can, lose and delay no alarm; whole, they hold back what they may."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.ask import Ask
from alerts.event import Tick
from alerts.kernel.consent import Give
from alerts.workflow import Hold, Moves
from devices.reading import SECOND
from tests.alerts.kernel.room import CALL, DOOR, FIRE, KernelRoom
from tests.alerts.kernel.test_alarm_first import alarms
from tests.alerts.timeline import START, reading
from workflows import bypass, walk_test

PLACES = ("hold", "listen", "turn", "step", "upgrade")
FLOWS = {"bypass": bypass.WORKFLOW, "walk_test": walk_test.WORKFLOW}
BEGIN: dict[str, Ask] = {
    "bypass": bypass.Begin(
        by="li", role="technician", devices=("s1", "d1"), reason="work", until=START + 1_000 * SECOND
    ),
    "walk_test": walk_test.Start(by="li", role="technician", devices=("s1", "b1", "d1")),
}


def failing(name: str, places: Sequence[str]) -> Any:
    """That workflow, which holds nothing back and raises in these places once its case is open."""

    class Failing(FLOWS[name]):  # type: ignore[misc]
        is_open = False

        def fail(self, place: str) -> None:
            if self.is_open and place in places:
                raise ZeroDivisionError(place)

        def sets_aside(self, case: Any, pending: Any, world: Any) -> Hold | None:
            self.fail("hold")
            return None

        def step(self, event: Any, cases: Any, world: Any, now: int) -> Moves:
            self.fail("step" if isinstance(event, Ask) else "listen")
            moves: Moves = super().step(event, cases, world, now)
            return moves

        def turn(self, due: Any, world: Any, now: int) -> Moves:
            self.fail("turn")
            moves: Moves = super().turn(due, world, now)
            return moves

    return Failing()


EVENTS = st.sampled_from(
    ["s1.smoke=on", "s1.smoke=off", "b1.call_point=on", "b1.call_point=off", "d1.door=on", "d1.door=off"]
)


@pytest.mark.slow
@pytest.mark.parametrize("name", FLOWS)
@given(
    story=st.lists(st.tuples(st.integers(1, 400), st.lists(EVENTS, max_size=4)), max_size=10),
    places=st.sets(st.sampled_from(PLACES[:3]), min_size=1),
)
def test_no_alarm_is_lost_or_delayed(name: str, story: list[tuple[int, list[str]]], places: set[str]) -> None:
    flow = failing(name, tuple(places))
    room, plain = KernelRoom(flow, rules=(FIRE, CALL, DOOR)), KernelRoom(rules=(FIRE, CALL, DOOR))
    answer = room.step(1, BEGIN[name]).answered[0]
    if answer.waits:
        room.step(1, Give(case=answer.case, by="zhao", role="operator"))
    assert room.kernel.cases.of(name)
    flow.is_open = True
    now = START + SECOND
    for pause, words in story:
        now += pause * SECOND
        events: list[Any] = [reading(word, now) for word in words] or [Tick(now)]
        assert alarms(plain._step(events, now)) == alarms(room._step(events, now))


@pytest.mark.parametrize("name", FLOWS)
def test_whole_it_holds_back_what_it_may(name: str) -> None:
    room = KernelRoom(FLOWS[name]())
    room.ask(1, BEGIN[name], second="zhao")
    told = alarms(room.step(2, "d1.door=on", "s1.smoke=on"))
    assert [("raised", "door", "d1", False), ("raised", "fire", "s1", False)] == told
    called = alarms(room.step(100, "b1.call_point=on"))
    assert ("raised", "call", "b1", name == "bypass") in called


def test_one_that_fails_while_it_hears_a_device_in_test_lets_its_alarm_through() -> None:
    flow = failing("walk_test", ("listen",))
    room = KernelRoom(flow)
    room.step(1, BEGIN["walk_test"])
    flow.is_open = True
    assert [("raised", "fire", "s1", True)] == alarms(room.step(2, "s1.smoke=on"))
    assert ["failed:walk_test"] == [a.key for a in room.open("workflow:walk_test") if a.key.startswith("failed")]
