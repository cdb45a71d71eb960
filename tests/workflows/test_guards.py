"""Guards: signs of life of whoever is alone, where each was seen last, and who came to an alert."""

from typing import Any

import pytest
from msgspec.structs import replace

from alerts.facts import SCAN, Fact
from alerts.site_facts import Place, SiteFacts
from devices.message import Name, Text
from devices.reading import SECOND
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import START
from tests.workflows.test_patrols import AT_TWO, CONFIG, DEVICES, SITE
from workflows.guards import Alone, Back, Guards, Well
from workflows.patrols import HandInScan, Patrols
from workflows.patrols.plan import Leg

AREAS = SiteFacts(areas={"store": Place("store", Name("Store"))})


def room() -> KernelRoom:
    return KernelRoom(Guards(), site=AREAS)


def who(**more: Any) -> dict[str, Any]:
    return {"by": "wang", "role": "operator"} | more


def alone(a_room: KernelRoom, at: float = 0, every_min: float = 10) -> None:
    a_room.ask(at, Alone(every_min=every_min, area="store", **who()))


def silent(a_room: KernelRoom) -> bool:
    return any(alert.active for alert in a_room.open("guard-gives-no-sign"))


def test_who_gives_no_sign_of_life_is_an_alert_until_they_do() -> None:
    a_room = room()
    alone(a_room)
    a_room.ask(599, Well(**who()))
    assert [] == a_room.run_until(1_198)
    assert ["guards.no_sign"] == a_room.run_until(1_199)
    assert silent(a_room)
    a_room.restart(60)
    assert [] == a_room.run_until(100_000), "told once"
    assert silent(a_room)
    a_room.ask(100_001, Well(**who()))
    assert not silent(a_room)
    assert ["guards.no_sign"] == a_room.run_until(100_601)
    a_room.ask(100_700, Back(person="wang", **who(by="li")))
    assert not silent(a_room)
    assert [] == a_room.run_until(400_000)


def test_a_sign_that_was_given_too_long_ago_ends_no_silence() -> None:
    """Handed in late: it says how they were then."""
    a_room = room()
    alone(a_room)
    a_room.run_until(600)
    a_room.ask(3_000, Well(done_at=START + 300 * SECOND, **who()))
    assert silent(a_room)
    a_room.ask(3_001, Well(done_at=START + 2_900 * SECOND, **who()))
    assert not silent(a_room)


@pytest.mark.parametrize(
    ("ask", "key"),
    [
        (Well(**who()), "guards.not_alone"),
        (Back(**who()), "guards.not_alone"),
        (Back(person="li", **who()), "guards.not_alone"),
        (Alone(every_min=10, area="nowhere", **who()), "guards.no_area"),
    ],
)
def test_what_cannot_be_is_refused(ask: Any, key: str) -> None:
    assert [key] == keys(room().step(1, ask))


def scan(a_room: KernelRoom, at: float, area: str = "store", *, done: float | None = None, **fields: Any) -> None:
    """As whoever keeps rounds states it."""
    done_at = START + int((at if done is None else done) * SECOND)
    fact = Fact(
        workflow="guards", case="r", step="scanned", at=done_at, by="wang", area=area, text=Text.of("guards.back"),
        fields={"checkpoint": area, **fields}, topics=(SCAN,),
    )  # fmt: skip
    a_room.kernel.tell(fact)
    a_room.step(at)


def places(a_room: KernelRoom) -> list[tuple[str, str]]:
    (found,) = a_room.kernel.world.ask_of("last_place")
    return [(place.person, place.checkpoint) for place in found]


def test_the_last_place_is_where_they_were_last_not_what_was_heard_last() -> None:
    a_room = room()
    scan(a_room, 100, "store")
    scan(a_room, 200, "office", done=50)
    assert [("wang", "store")] == places(a_room)
    a_room.run_until(100 + 25 * 3_600)
    assert [] == places(a_room)


def test_a_lone_walker_of_a_watched_round_has_to_scan_in_time() -> None:
    a_room = room()
    scan(a_room, 100, sign_within_s=300)
    assert ["guards.no_sign"] == a_room.run_until(400)
    scan(a_room, 500, sign_within_s=300)
    assert not silent(a_room)
    scan(a_room, 600, sign_within_s=0)
    assert [] == a_room.run_until(5_000)


@pytest.mark.parametrize(
    ("raised", "scanned", "done", "area", "expected"),
    [
        (10, 20, 20, "store", True),
        (10, 20, 20, "office", False),
        (10, 20, 5, "store", False),
        (10, 900, 500, "store", False),
    ],
)
def test_a_scan_by_an_open_alert_is_written_on_it(
    raised: float, scanned: float, done: float, area: str, expected: bool
) -> None:
    """Once, and only if it was done after the alert and just now."""
    a_room = room()
    a_room.step(raised, "s1.smoke=on")
    scan(a_room, scanned, area, done=done)
    notes = [event.note for event in a_room.effects.alerts if event.action == "comment"]
    assert expected == bool(notes)
    assert expected == ("guards.on_the_scene" in facts(a_room.effects))
    scan(a_room, scanned + 1, area, done=done + 1)
    assert not [event for event in a_room.effects.alerts if event.action == "comment"]


@pytest.mark.parametrize(
    ("least_s", "expected"),
    [(120, ("near", "at", "far")), (30, ("near", "far", "at"))],  # the gate is 100 m away on the plan: 40 s
)
def test_the_nearest_guard_is_in_the_area_or_the_fewest_seconds_away(least_s: float, expected: tuple[str, ...]) -> None:
    """Between floors and buildings by what is said of the way."""
    config = replace(CONFIG, legs=(Leg(between=("store", "tower"), least_s=least_s),))
    a_room = KernelRoom(Patrols(config), Guards(), devices=DEVICES, site=SITE)
    a_room.run_until(AT_TWO)
    for second, by, tag in ((1, "far", "T-tower"), (2, "near", "T-store"), (3, "at", "T-gate")):
        a_room.ask(AT_TWO + second, HandInScan(tag=tag, by=by, role="operator"))
    (nearest,) = a_room.kernel.world.ask_of("nearest_guard", area="store")
    assert expected == nearest
    (nearest,) = a_room.kernel.world.ask_of("nearest_guard", area="yard")
    assert {"far", "at"} == set(nearest[:2])
