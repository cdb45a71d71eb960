"""Exposure: means of a quarter and of eight hours against limits; over one there is an alert, and a hazard is found."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from alerts.facts import FINDING
from alerts.site_facts import SiteFacts
from tests.alerts.kernel.room import KernelRoom, facts
from tests.alerts.timeline import device
from tests.workflows.terms import SITE, standing
from workflows.exposure import Exposure, ExposureConfig, Limit, Station
from workflows.hazard import Hazards

DUST = replace(device("p1", kind="air_sensor", signals=("pm",)), area="shop")
QUARTER = 900
CONFIG = ExposureConfig(limits=(Limit("pm", day=4_000, short=8_000),))


def room(config: ExposureConfig = CONFIG, *more: Any) -> KernelRoom:
    here = KernelRoom(Exposure(config), *more, rules=(), devices=(), site=SITE)
    here.devices = (DUST,)
    here.begin()
    return here


def speak(here: KernelRoom, since: float, until: float, value: float, every: float = 60) -> list[str]:
    """A reading each minute; the steps of facts that were stated."""
    found: list[str] = []
    at = since
    while at < until:
        found += [*here.run_until(at), *facts(here.step(at, f"p1.pm={value:g}"))]
        at += every
    return found + here.run_until(until)


def station(here: KernelRoom) -> Station:
    (case,) = here.kernel.cases.of("exposure").values()
    return case


def test_over_a_short_limit_it_alarms_and_a_hazard_is_found_once_a_day() -> None:
    here = room(CONFIG, Hazards())
    steps = speak(here, 10, 2 * QUARTER, 9_000)
    assert "exposure.exceeded" in steps
    assert [1, 0] == [standing(here, f"exposure-{word}") for word in ("over-limit", "near-limit")]
    (hazard,) = here.kernel.cases.of("hazard").values()
    assert ("shop", "alert", "health") == (hazard.area, hazard.source, hazard.category)
    assert "9000 > 8000" in hazard.description
    speak(here, 2 * QUARTER, 4 * QUARTER, 100)
    assert 0 == standing(here, "exposure-over-limit")
    speak(here, 4 * QUARTER, 6 * QUARTER, 9_500)
    assert 1 == standing(here, "exposure-over-limit")
    assert 1 == len(here.kernel.cases.of("hazard"))


def test_half_of_a_limit_is_near_and_under_it_nothing() -> None:
    here = room()
    speak(here, 10, 2 * QUARTER, 3_900)
    assert "" == station(here).state
    speak(here, 2 * QUARTER, 4 * QUARTER, 4_100)
    assert [0, 1] == [standing(here, f"exposure-{word}") for word in ("over-limit", "near-limit")]
    speak(here, 4 * QUARTER, 6 * QUARTER, 9_000)
    assert [1, 0] == [standing(here, f"exposure-{word}") for word in ("over-limit", "near-limit")]
    speak(here, 6 * QUARTER, 8 * QUARTER, 5_000)
    assert [0, 1] == [standing(here, f"exposure-{word}") for word in ("over-limit", "near-limit")]
    speak(here, 8 * QUARTER, 10 * QUARTER, 10)
    assert [0, 0] == [standing(here, f"exposure-{word}") for word in ("over-limit", "near-limit")]


def test_a_day_is_the_share_of_eight_hours() -> None:
    """Six hours at 6,000 are over a limit of 4,000 for eight, though never over the short one; over a restart, too."""
    here = room()
    speak(here, 10, 16 * QUARTER, 6_000, every=300)
    assert "near" == station(here).state
    here.restart(1)
    speak(here, 16 * QUARTER + 1, 23 * QUARTER, 6_000, every=300)
    assert "over" == station(here).state
    assert 4_000 < station(here).day < 4_500


def test_what_nobody_heard_is_no_exposure() -> None:
    """After a day in which the gateway was off the quarters before it are gone."""
    here = room()
    speak(here, 10, 4 * QUARTER, 6_000, every=300)
    here.restart(86_400)
    here.run_until(86_400 + 6 * QUARTER)
    assert (0, "") == (station(here).day, station(here).state)


def test_noise_counts_by_its_energy() -> None:
    """85 dB for eight hours is as much as 88 dB for four (GBZ 2.2)."""
    limit = Limit("noise", day=85, decibel=True)
    assert limit.dose(88) * 4 == pytest.approx(limit.dose(85) * 8, rel=0.01)
    assert 85 == pytest.approx(limit.level(limit.dose(85)))
    assert 0 == limit.level(0.0)


@given(st.lists(st.floats(0, 20_000), min_size=15, max_size=15))
def test_the_mean_lies_between_the_least_and_the_most(values: list[float]) -> None:
    here = room()
    for minute, value in enumerate(values):
        here.step(1 + 60 * minute, f"p1.pm={value}")
    here.run_until(QUARTER)
    heard = [*values, 0.0]
    assert min(heard) - 0.01 <= station(here).short <= max(heard) + 0.01


def test_a_finding_is_a_fact_that_others_hear() -> None:
    here = room()
    speak(here, 10, 2 * QUARTER - 1, 9_000)
    told = [fact for fact in here.effects.facts if fact.step == "exceeded"]
    told += [fact for fact in [*_all(here)] if fact.step == "exceeded"]
    assert all(FINDING in fact.topics for fact in told)


def _all(here: KernelRoom) -> Any:
    return here.effects.facts


def test_a_sensor_that_is_gone_is_watched_no_more() -> None:
    here = room()
    speak(here, 10, 2 * QUARTER, 9_000)
    here.devices = ()
    here.restart(1)
    assert "exposure.normal" in here.run_until(4 * QUARTER)
    assert {} == dict(here.kernel.cases.of("exposure"))
    assert 0 == standing(here, "exposure-over-limit")


@pytest.mark.parametrize(
    ("limit", "path"),
    [
        (Limit("nothing", day=1), "signal"),
        (Limit("smoke", day=1), "signal"),
        (Limit("pm"), 0),
        (Limit("pm", day=0), 0),
        (Limit("pm", short=float("inf")), 0),
        (Limit("pm", day=1, devices=("ghost",)), "devices"),
    ],
)
def test_a_limit_that_cannot_be_is_a_fault_of_the_site_file(limit: Limit, path: Any) -> None:
    assert [path] == [fault.path[-1] for fault in ExposureConfig(limits=(limit,)).check(SiteFacts())]


def test_without_limits_it_hears_nothing() -> None:
    assert frozenset() == Exposure().listens.signals
