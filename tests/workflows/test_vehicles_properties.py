"""Whatever passes the gate and whatever people say: one trip at a time, and an alert exactly while it is wanted."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.vehicle_asks import Back, Cancel, Explain, Leave
from tests.workflows.test_vehicles import FINE, HOUR, MEI, WU, Check, after, passed, room_of, standing, start, vehicle

ACTS = st.lists(
    st.tuples(
        st.sampled_from(["in", "out", "", "start", "leave", "back", "explain", "cancel", "check", "restart"]),
        st.integers(1, 5 * HOUR),
        st.booleans(),
    ),
    max_size=30,
)
ASKS: dict[str, Any] = {
    "leave": Leave(case="C-1", **WU),
    "back": Back(case="C-1", **WU),
    "cancel": Cancel(case="C-1", **WU),
    "explain": Explain(case="C-1", driver="li", purpose="post", note="forgotten", **MEI),
    "check": Check(case="C-1", tread_mm=4, **FINE, **WU),
}


@pytest.mark.slow
@given(ACTS)
def test_an_alert_stands_exactly_while_it_is_out_after_hours_without_an_entry(
    acts: list[tuple[str, int, bool]],
) -> None:
    room, at, km = room_of(insured_until=after(2)), 1.0, 1_000
    for act, pause, is_closed in acts:
        at += pause
        room.run_until(at)
        if act in ("in", "out", ""):
            passed(room, at, act, closed=is_closed, closes=at + HOUR)
        elif act == "restart":
            room.restart()
        elif act == "start":
            trip = vehicle(room).trip
            today = room.site.calendar.day(room.now)
            refused = room.step(at, start()).refused
            was_free = trip is None or (trip.is_entered and trip.back_at is not None)
            assert refused or (was_free and today <= after(2))
        else:
            room.step(at, ASKS[act])
        case = vehicle(room)
        unentered = case.trip is not None and not case.trip.is_entered
        assert int(case.is_after_hours) == standing(room, "vehicle-out-after-hours")
        assert not case.is_after_hours or (unentered and case.is_out)
        assert case.closes_at is None or (unentered and case.is_out and case.closes_at > room.now)
        assert km <= case.km
        km = case.km
