"""Prevention coverage: what is missing in an area, and when that is told."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.site_facts import Place, SiteFacts
from devices.message import Name, Text
from devices.reading import SECOND
from ledger.coverage import ASPECTS, Gap, Item, Shares, shares_of
from tests.alerts.kernel.room import GATE, SMOKE, KernelRoom
from tests.alerts.timeline import CALENDAR, START, device, rule
from workflows import bypass
from workflows.coverage import Coverage, CoverageConfig

FAULT = rule("state", name="fault", alert_class="fault", priority=3, signals=["fault"])
SMOKE_TOO = device("s2", kind="smoke", signals=("smoke", "fault"))
PLACES = {"store": Place("store", Name("Store", "库房"), 2, modes=("disarmed", "away"))}


def room_of(*devices: Any, is_on: bool = True, **config: Any) -> KernelRoom:
    flow = Coverage(CoverageConfig(is_on=is_on, agreed=1, **config))
    site = SiteFacts(areas=PLACES, calendar=CALENDAR)
    return KernelRoom(flow, bypass.WORKFLOW(), rules=(FAULT,), devices=devices, site=site)


def stands(room: KernelRoom) -> Shares:
    case: Any = room.kernel.read("coverage", room.cases["coverage", "store"])
    shares: Shares = case.shares
    return shares


def gaps(room: KernelRoom) -> list[tuple[str, str, str]]:
    return [(gap.aspect, gap.what, gap.why.key.removeprefix("coverage.")) for gap in stands(room).gaps]


def test_all_is_there() -> None:
    room = room_of(SMOKE, GATE)
    room.run_until(61)
    assert not gaps(room)


@pytest.mark.parametrize(
    ("devices", "missing"),
    [
        ((), [("technical", "", "none_of"), ("technical", "", "none_of")]),
        ((GATE,), [("technical", "", "none_of")]),
        ((SMOKE,), [("technical", "", "none_of")]),
    ],
)
def test_what_the_risk_needs(devices: Any, missing: list[tuple[str, str, str]]) -> None:
    """An area of high risk needs both; without anything its coverage is nothing."""
    room = room_of(*devices)
    room.run_until(61)
    assert missing == gaps(room)


def test_a_device_that_works_no_more_is_told_once_and_again_when_it_is_back() -> None:
    """The detector beside it still detects; its own gap stays until the fault is gone."""
    room = room_of(SMOKE, SMOKE_TOO, GATE)
    room.run_until(61)
    room.step(70, "s2.fault=on")
    assert "coverage.fell" in room.run_until(130)
    assert [("technical", "s2")] == [(aspect, what) for aspect, what, _ in gaps(room)]
    assert not room.run_until(400)
    assert ["coverage-under-agreed"] == [alert.rule for alert in room.open("coverage-under-agreed")]
    room.step(410, "s2.fault=off")
    assert "coverage.restored" in room.run_until(480)
    assert not gaps(room)


def test_bypassed_with_who_allowed_it_and_until_when() -> None:
    room = room_of(SMOKE, GATE)
    room.ask(
        10, bypass.Begin(by="li", role="technician", devices=("d1",), until=START + 600 * SECOND, reason="painting")
    )
    room.run_until(130)
    assert [("live", "d1", "held_back")] == gaps(room)
    gap = stands(room).gaps[0]
    assert gap.by.startswith("li")
    assert gap.until is not None


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "missing"), [("disarmed", [("live", "store", "disarmed")]), ("away", [])])
def test_disarmed_at_night(mode: str, missing: list[tuple[str, str, str]]) -> None:
    room = room_of(SMOKE, GATE, armed=("22:00", "06:00"))
    room.modes["store"] = mode
    room.restart(1)
    room.run_until(130)
    assert missing == gaps(room)
    room.run_until(7 * 3600)
    assert not gaps(room)


def test_gaps_that_are_not_kept_are_counted() -> None:
    """Of very many a person is told how many more there are."""
    many = tuple(device(f"s{n}", kind="smoke", signals=("smoke", "fault")) for n in range(205))
    room = room_of(*many)
    room.step(5, *(f"{each.id}.fault=on" for each in many))
    room.run_until(130)
    case: Any = room.kernel.read("coverage", room.cases["coverage", "store"])
    assert (200, 7) == (len(case.shares.gaps), case.left_out)


def test_unless_the_site_says_so_nothing_is_looked_at() -> None:
    room = room_of(is_on=False)
    assert not room.run_until(3600)


@pytest.mark.parametrize(
    ("config", "path"),
    [
        (CoverageConfig(agreed=1.1), ("agreed",)),
        (CoverageConfig(needs={"5": ("fire",)}), ("needs", "5")),
        (CoverageConfig(needs={"1": ("smoke",)}), ("needs", "1", 0)),
        (CoverageConfig(armed=("22:00",)), ("armed",)),
        (CoverageConfig(armed=("22:00", "24:00")), ("armed",)),
    ],
)
def test_what_the_site_file_cannot_say(config: CoverageConfig, path: tuple[str | int, ...]) -> None:
    assert [path] == [fault.path for fault in config.check(SiteFacts())]


@given(st.lists(st.tuples(st.sampled_from(ASPECTS), st.booleans()), max_size=30))
def test_shares_are_of_what_counts(items: list[tuple[Any, bool]]) -> None:
    """All in order is 1, nothing in order 0; one gap more is never a higher share."""
    made = [
        Item(aspect, None if is_well else Gap(aspect, "x", Text.of("coverage.faulty"))) for aspect, is_well in items
    ]
    shares = shares_of(made)
    assert 0 <= shares.whole <= 1
    assert len(shares.gaps) == sum(not is_well for _, is_well in items)
    if items and all(is_well for _, is_well in items):
        assert 1 == shares.whole
    worse = shares_of([*made, Item("live", Gap("live", "y", Text.of("coverage.faulty")))])
    assert worse.live is not None
    assert shares.live is None or worse.live <= shares.live
