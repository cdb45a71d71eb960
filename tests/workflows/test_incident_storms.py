"""Incidents in storms, and whatever happens: nothing is lost, nothing is done that nobody saw."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.alert import Alert, Disposition, State
from alerts.incident import fold_of
from alerts.incident_asks import Acknowledge, Close, Join, Reset, Silence, Split
from devices.reading import SECOND
from tests.alerts.kernel.room import KernelRoom
from tests.alerts.timeline import START, device, rule
from tests.workflows.test_incident import RULES, SITE, TODAY, by, room_of, seen
from workflows.incident import Incidents

WORDS = ["s1.smoke", "s2.smoke", "g1.gas_alarm", "d1.door", "m1.occupancy", "p1.panic", "w1.leak", "s9.smoke"]
ACTS = st.one_of(
    st.tuples(st.sampled_from(WORDS), st.sampled_from(["on", "off"])).map("=".join),
    st.sampled_from(["acknowledge", "stale", "silence", "reset", "close", "join", "split", "restart", "wait"]),
)


@pytest.mark.slow
@given(st.lists(ACTS, max_size=25))
def test_whatever_happens_all_that_is_shouted_belongs_to_one_and_nothing_is_done_that_was_not_seen(
    acts: list[str],
) -> None:
    room, at, stale = room_of(window_min=1), 0, ()
    for act in acts:
        at += 20
        before = {alert.id: alert for alert in room.open()}
        numbers = sorted(alert.incident for alert in before.values() if alert.incident)
        case = numbers[0].removeprefix(TODAY) if numbers else "-01"
        shown = seen(room, case)
        match act:
            case "restart":
                room.restart(20)
                at = (room.now - START) // SECOND
                room.step(at)
            case "wait":
                at += 70
                room.run_until(at)
            case "acknowledge":
                room.step(at, by(Acknowledge, case, saw=shown))
            case "stale":
                room.step(at, by(Acknowledge, case, saw=stale or ("none",)))
            case "silence":
                room.step(at, by(Silence, case, saw=stale or ("none",)))
            case "reset":
                room.step(at, by(Reset, case))
            case "close":
                room.step(at, by(Close, case, disposition=Disposition.CONFIRMED, note="x", saw=shown))
            case "join":
                room.step(at, by(Join, case, other=numbers[-1] if numbers else ""))
            case "split":
                room.step(
                    at,
                    by(Split, case, alerts=tuple(a.id for a in before.values() if a.incident == f"{TODAY}{case}")[:1]),
                )
            case _:
                room.step(at, act)
        _check(room, before, stale if act in ("stale", "silence") else shown)
        stale = shown


def _check(room: KernelRoom, before: dict[str, Alert], shown: tuple[str, ...]) -> None:
    cases = room.kernel.cases.of("incident")
    places: dict[str, list[int]] = {}
    for alert in room.open():
        if alert.suppression is not None and not alert.incident:
            continue
        assert cases[alert.incident].over_at is None
        places.setdefault(alert.incident, []).append(alert.place)
    assert all(len(each) == len(set(each)) for each in places.values())
    assert {number for number, case in cases.items() if case.over_at is None} == places.keys()
    for event in room.effects.alerts:
        was = before.get(event.alert.id)
        if event.action in ("acknowledge", "silence") and was is not None:
            assert f"{was.id}:{was.occurrences}" in shown
        if event.action == "close" and was is not None and was.alert_class in ("fire", "gas", "hold_up"):
            assert was.state is State.ACKNOWLEDGED
    assert not room.kernel.failures


def test_in_a_storm_the_case_is_written_once_a_turn_and_stays_as_long_as_it_was() -> None:
    """Three turns of a hundred alerts in one area: one case each time, and no list in it."""
    many = [device(f"x{number}", kind="leak", signals=("leak",)) for number in range(300)]
    room = KernelRoom(Incidents(), rules=RULES, devices=many, site=SITE)
    sizes = []
    for turn in range(3):
        effects = room.step(1 + turn, *(f"x{number}.leak=on" for number in range(100 * turn, 100 * turn + 100)))
        assert [("incident", f"{TODAY}-01")] == list(effects.cases)
        sizes.append(len(msgspec.json.encode(effects.cases["incident", f"{TODAY}-01"])))
        assert len(effects.facts) == (turn == 0)
    assert sizes[2] <= sizes[0] + 8
    assert [*range(1, 301)] == sorted(alert.place for alert in room.open())


@pytest.mark.slow
def test_in_a_storm_nothing_is_lost_and_the_fire_in_the_middle_stands_first_in_a_line_of_its_own() -> None:
    """Five hundred leaks and tampers in twenty areas, and one fire among them."""
    many = [
        device(f"x{number}", area=f"a{number % 20}", signals=("leak", "door", "smoke", "tamper"))
        for number in range(250)
    ]
    tamper = rule("state", name="tamper", alert_class="tamper", priority=2, signals=["tamper"])
    room = KernelRoom(Incidents(), rules=(*RULES, tamper), devices=many, site=SITE)
    for turn in range(10):
        words = [f"x{number}.{name}=on" for number in range(turn * 25, turn * 25 + 25) for name in ("leak", "tamper")]
        room.step(1 + turn, *words[:25], *(["x120.smoke=on"] if turn == 5 else []), *words[25:])
    shouted = room.open()
    assert 501 == len(shouted)
    assert "fire x120" == f"{shouted[0].rule} {shouted[0].key}"
    assert [shouted[0].id] == [alert.id for alert in shouted if fold_of(alert) == fold_of(shouted[0])]
    assert 41 == len({alert.incident for alert in shouted}) == len(room.kernel.cases.of("incident"))
    assert not room.kernel.failures
