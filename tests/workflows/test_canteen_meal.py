"""Samples of each dish of each meal: enough, in time, cold for 48 h by the fridge's own record, then thrown away."""

from typing import Any

import pytest
from msgspec.structs import replace

from alerts.canteen import Meal
from alerts.canteen_asks import Destroy, Keep, Menu, Move
from alerts.cold_record import Fridge
from alerts.effects import Effects
from alerts.site_facts import ConfigFault, Place, SiteFacts
from devices.message import Name
from devices.reading import SECOND
from ledger.duties import standing_of
from ledger.standing_duty import standing
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import CALENDAR, START, device
from workflows.canteen_fridge import CanteenFridge, FridgeConfig, Kept
from workflows.canteen_meal import CanteenMeal, MealConfig

MINUTE, HOUR = 60, 3_600
LUNCH = 11 * HOUR + 30 * MINUTE
"""Of the first day, after its midnight."""
SITE = SiteFacts(areas={"store": Place("store", Name("Canteen"))}, calendar=CALENDAR)
ONE, TWO = (device(name, signals=("temperature",)) for name in ("f1", "f2"))
KEEPS = FridgeConfig(fridges=(Kept(device="f1", use="samples"),))
BOTH = replace(KEEPS, fridges=(*KEEPS.fridges, Kept(device="f2", use="samples")))
DUTIES = {duty.name: duty for duty in standing_of("safe_enterprise")}


class Kitchen(KernelRoom):
    """Two fridges that say how cold they are, and somebody who keeps samples."""

    def __init__(self, config: FridgeConfig = KEEPS) -> None:
        super().__init__(CanteenMeal(), CanteenFridge(config), rules=(), devices=(ONE, TWO), site=SITE)

    def menu(self, at: float, *dishes: str, **asked: Any) -> Effects:
        said = {"area": "store", "meal": "lunch", "by": "cook", "role": "operator", "dishes": dishes}
        return self.step(at, Menu(**said | asked))

    def keep(self, at: float, dish: str = "rice", grams: float = 125, **asked: Any) -> Effects:
        return self.step(at, Keep(case=self.meal.id, dish=dish, grams=grams, by="cook", role="operator", **asked))

    def destroy(self, at: float, dish: str = "") -> Effects:
        return self.step(at, Destroy(case=self.meal.id, dish=dish, by="chef", role="operator"))

    @property
    def meal(self) -> Meal:
        (meal,) = self.kernel.cases.of("canteen_meal").values()
        assert isinstance(meal, Meal)
        return meal

    def read(self, begin: float, end: float, value: float = 4.0, name: str = "f1") -> list[str]:
        """Every ten minutes; the steps of facts that follow."""
        found, at = list[str](), begin
        while at <= end:
            found += self.run_until(at) + facts(self.step(at, f"{name}.temperature={value}"))
            at += 10 * MINUTE
        return found

    def standing(self, rule: str) -> int:
        return sum(alert.active for alert in self.open(rule))


def sampled(value: float = 4.0, until: float = 48 * HOUR) -> Kitchen:
    """One dish, kept at half past eleven, in a fridge that was read until so long after it."""
    kitchen = Kitchen()
    kitchen.read(LUNCH - HOUR, LUNCH)
    kitchen.menu(LUNCH, "rice")
    kitchen.keep(LUNCH)
    kitchen.read(LUNCH + 10 * MINUTE, LUNCH + until, value)
    return kitchen


def test_a_meal_from_its_menu_to_its_last_sample() -> None:
    kitchen = Kitchen()
    kitchen.read(LUNCH - HOUR, LUNCH)
    assert ["canteen_meal.planned"] == facts(kitchen.menu(LUNCH, "rice", "红烧肉"))
    assert ["canteen_meal.kept"] == facts(kitchen.keep(LUNCH + 5 * MINUTE, place="shelf 2"))
    assert ["canteen_meal.kept"] == facts(kitchen.keep(LUNCH + 10 * MINUTE, "红烧肉", 130.5))
    first, second = kitchen.meal.samples
    assert ("20261123-L01", "20261123-L02") == (first.number, second.number)
    assert START + (LUNCH + 5 * MINUTE + 48 * HOUR) * SECOND == first.kept_until
    told = kitchen.read(LUNCH + 20 * MINUTE, LUNCH + 49 * HOUR)
    assert ["canteen_meal.proved"] * 2 == told
    effects = kitchen.destroy(LUNCH + 49 * HOUR)
    assert ["canteen_meal.destroyed"] * 2 + ["canteen_meal.closed"] == facts(effects)
    fields = effects.facts[1].fields
    assert ("红烧肉", 130.5, 4.0, "proved", "chef", "f1") == tuple(
        fields[name] for name in ("dish", "grams", "high", "verdict", "destroyed_by", "fridge")
    )
    assert not kitchen.kernel.cases.of("canteen_meal")
    assert not kitchen.open()


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ({"grams": 124}, "canteen_meal.too_little"),
        ({"grams": 124.9}, "canteen_meal.too_little"),
        ({"grams": float("nan")}, "canteen_meal.too_little"),
        ({"grams": 1e9}, "canteen_meal.too_little"),
        ({"dish": "soup"}, "canteen_meal.no_dish"),
        ({"fridge": "f2"}, "canteen_meal.which_fridge"),
        ({"place": "x" * 101}, "canteen_meal.too_long"),
        ({"done_at": START}, "canteen_meal.wrong_time"),
        ({"grams": 125}, ""),
        ({"grams": 125, "fridge": "f1"}, ""),
    ],
)
def test_a_sample_is_refused_by_its_field(asked: dict[str, Any], key: str) -> None:
    """125 g is enough and 124 g is not."""
    kitchen = Kitchen()
    kitchen.menu(LUNCH, "rice")
    effects = kitchen.keep(LUNCH, **{"grams": 125} | asked)
    assert ([key] if key else []) == keys(effects)
    if key:
        assert not kitchen.meal.samples


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ({"area": "moon"}, "canteen_meal.no_area"),
        ({"day": CALENDAR.day(START).replace(year=2027)}, "canteen_meal.wrong_day"),
        ({"served": "25:00"}, "canteen_meal.no_time"),
        ({"dishes": ()}, "canteen_meal.wrong_dishes"),
        ({"dishes": ("x" * 101,)}, "canteen_meal.wrong_dishes"),
        ({"dishes": tuple(f"dish {n}" for n in range(61))}, "canteen_meal.wrong_dishes"),
        ({"served": "12:15"}, ""),
    ],
)
def test_a_menu_is_refused_by_its_field(asked: dict[str, Any], key: str) -> None:
    assert ([key] if key else []) == keys(Kitchen().menu(0, **{"dishes": ("rice",)} | asked))


def test_a_dish_with_a_sample_stays_and_one_that_is_not_served_says_why() -> None:
    kitchen = Kitchen()
    kitchen.menu(LUNCH, "rice", "soup")
    kitchen.keep(LUNCH)
    assert ["canteen_meal.has_sample"] == keys(kitchen.menu(LUNCH, "soup"))
    assert ["canteen_meal.say_why"] == keys(kitchen.menu(LUNCH, "rice"))
    assert ["canteen_meal.changed"] == facts(kitchen.menu(LUNCH, "rice", note="the stove is broken"))
    assert [] == kitchen.run_until(LUNCH + HOUR)


@pytest.mark.parametrize("at", [30 * MINUTE - 1, 30 * MINUTE])
def test_a_dish_without_a_sample_is_an_alert_half_an_hour_after_it_was_served(at: float) -> None:
    """Until it is kept after all."""
    kitchen = Kitchen()
    kitchen.menu(8 * HOUR, "rice", "soup")
    kitchen.keep(LUNCH)
    told = kitchen.run_until(LUNCH + at)
    assert (["canteen_meal.missing"] if at >= 30 * MINUTE else []) == told
    assert (at >= 30 * MINUTE) == kitchen.standing("food-sample-missing")
    kitchen.keep(LUNCH + at, "soup")
    assert 0 == kitchen.standing("food-sample-missing")


def test_what_was_never_kept_stands_for_a_day() -> None:
    kitchen = Kitchen()
    kitchen.menu(LUNCH, "rice")
    kitchen.run_until(LUNCH + 24 * HOUR)
    assert 1 == kitchen.standing("food-sample-missing")
    assert ["canteen_meal.closed"] == kitchen.run_until(LUNCH + 25 * HOUR)
    assert 0 == kitchen.standing("food-sample-missing")


@pytest.mark.parametrize(
    ("after", "is_refused"), [(48 * HOUR - MINUTE, True), (48 * HOUR - 1, True), (48 * HOUR, False)]
)
def test_a_sample_is_thrown_away_after_48_hours_and_not_before(after: float, is_refused: bool) -> None:
    kitchen = sampled(until=47 * HOUR + 50 * MINUTE)
    effects = kitchen.destroy(LUNCH + after)
    assert (["canteen_meal.too_early"] if is_refused else []) == keys(effects)


@pytest.mark.parametrize(
    ("value", "step", "state"), [(8.0, "proved", "kept"), (8.1, "broken", "broken"), (0.0, "proved", "kept")]
)
def test_the_fridge_proves_a_sample_or_breaks_it(value: float, step: str, state: str) -> None:
    """8.0 and 8.1 °C; and the plan's duty says the same."""
    kitchen = sampled(value)
    assert step == kitchen.meal.samples[0].proof.verdict  # type: ignore[union-attr]
    found = standing(DUTIES["plan-g1-samples-cold"], kitchen.open(), {}, 1.0)
    assert state == found.state
    kitchen.destroy(LUNCH + 49 * HOUR)
    assert 0 == kitchen.standing("food-sample-not-cold")


def test_what_was_not_read_is_not_made_up() -> None:
    """Silent for half a day: neither proved nor broken, and said so."""
    kitchen = sampled(until=20 * HOUR)
    kitchen.read(LUNCH + 32 * HOUR, LUNCH + 48 * HOUR)
    proof = kitchen.meal.samples[0].proof
    assert proof is not None
    assert ("not_observed", 12 * 60) == (proof.verdict, proof.unseen // (MINUTE * SECOND))
    assert 1 == kitchen.standing("food-sample-not-cold")


def test_the_record_goes_on_over_a_restart_and_an_outage_is_not_observed() -> None:
    kitchen = sampled(until=10 * HOUR)
    kitchen.restart(10 * MINUTE)
    kitchen.read(LUNCH + 10 * HOUR + 20 * MINUTE, LUNCH + 24 * HOUR)
    kitchen.restart(2 * HOUR)
    kitchen.read(LUNCH + 26 * HOUR, LUNCH + 48 * HOUR)
    proof = kitchen.meal.samples[0].proof
    assert proof is not None
    assert "not_observed" == proof.verdict
    assert 110 <= proof.unseen // (MINUTE * SECOND) <= 130


def test_a_sample_that_is_moved_is_proved_by_the_fridge_it_stands_in() -> None:
    """The first fridge grew warm only after it had been moved."""
    kitchen = Kitchen(BOTH)
    kitchen.menu(LUNCH, "rice")
    kitchen.step(LUNCH, "f1.temperature=4.0", "f2.temperature=3.0")
    assert ["canteen_meal.which_fridge"] == keys(kitchen.keep(LUNCH))
    kitchen.keep(LUNCH, fridge="f1")
    kitchen.read(LUNCH, LUNCH + HOUR)
    kitchen.read(LUNCH + HOUR, LUNCH + HOUR, 3.0, "f2")
    moved = kitchen.step(LUNCH + HOUR, Move(case=kitchen.meal.id, fridge="f2", by="cook", role="operator"))
    assert ["canteen_meal.moved"] == facts(moved)
    kitchen.step(LUNCH + 2 * HOUR, "f1.temperature=19.0")
    kitchen.read(LUNCH + HOUR, LUNCH + 48 * HOUR, 3.0, "f2")
    proof = kitchen.meal.samples[0].proof
    assert proof is not None
    assert ("proved", 3.0, 4.0) == (proof.verdict, proof.low, proof.high)


def test_a_sample_is_not_moved_for_ever() -> None:
    kitchen = Kitchen(BOTH)
    kitchen.menu(LUNCH, "rice")
    kitchen.keep(LUNCH, fridge="f1")
    refused = []
    for number in range(25):
        move = Move(case=kitchen.meal.id, fridge=("f2", "f1")[number % 2], by="cook", role="operator")
        refused += keys(kitchen.step(LUNCH + 60 * number, move))
    assert ["canteen_meal.too_often"] * 6 == refused
    assert 20 == len(kitchen.meal.samples[0].legs)


@pytest.mark.parametrize(("minutes", "alerts"), [(15 - 1 / 60, 0), (15, 1)])
def test_a_warm_fridge_is_an_alert_whatever_is_in_it(minutes: float, alerts: int) -> None:
    """After a quarter of an hour; over once it is cold again."""
    kitchen = Kitchen()
    kitchen.step(HOUR, "f1.temperature=8.1")
    kitchen.run_until(HOUR + minutes * MINUTE)
    assert alerts == kitchen.standing("fridge-temperature")
    kitchen.step(HOUR + minutes * MINUTE, "f1.temperature=8.0")
    assert 0 == kitchen.standing("fridge-temperature")


def test_a_freezer_has_its_own_limit() -> None:
    config = replace(KEEPS, fridges=(Kept(device="f2", use="frozen"),))
    kitchen = Kitchen(config)
    (limits,) = (case.limits for case in kitchen.kernel.cases.of("canteen_fridge").values() if isinstance(case, Fridge))
    assert (-60, -12) == (limits.lowest, limits.highest)
    kitchen.step(1, "f2.temperature=-11.9")
    kitchen.run_until(HOUR)
    assert 1 == kitchen.standing("freezer-temperature")


def test_a_fridge_that_is_not_of_this_site_any_more_is_gone() -> None:
    kitchen = Kitchen(BOTH)
    assert {"f1", "f2"} == set(kitchen.kernel.cases.of("canteen_fridge"))
    kitchen.workflows = (CanteenMeal(), CanteenFridge(KEEPS))
    kitchen.restart()
    kitchen.step(10)
    assert {"f1"} == set(kitchen.kernel.cases.of("canteen_fridge"))


def test_a_reading_that_changes_nothing_writes_nothing() -> None:
    """A fridge that speaks every minute is written down each five minutes."""
    kitchen = Kitchen()
    wrote = sum(
        ("canteen_fridge", "f1") in kitchen.step(HOUR + at, "f1.temperature=4.0").cases for at in range(0, HOUR, 60)
    )
    assert 10 <= wrote <= 14


def test_what_is_no_temperature_leaves_no_trace_in_a_fridge() -> None:
    """It is seen by people who must not know of a silent alarm: not even a revision tells of one."""
    kitchen = Kitchen()
    kitchen.step(HOUR, "f1.temperature=4.0")
    effects = kitchen.step(2 * HOUR, "f1.panic=on", "f1.door=on")
    assert ("canteen_fridge", "f1") not in effects.cases
    (fridge,) = kitchen.kernel.cases.of("canteen_fridge").values()
    assert ("temperature",) == fridge.notes


def kept(name: str) -> Kept:
    return Kept(device=name)


def faults(config: FridgeConfig | MealConfig) -> list[str]:
    site = replace(SITE, devices=(ONE, TWO, device("s1", signals=("smoke",))))
    found: list[ConfigFault] = [*config.check(site)]
    return [".".join(map(str, fault.path)) for fault in found]


@pytest.mark.parametrize(
    ("config", "wrong"),
    [
        (BOTH, []),
        (FridgeConfig(fridges=tuple(map(kept, ("s1", "f1", "f1")))), ["fridges.0.device", "fridges.2.device"]),
        (FridgeConfig(highest=8.1, lowest=-0.1), ["lowest", "highest"]),
        (FridgeConfig(freezer_highest=-11.9, spared_min=31), ["freezer_highest", "spared_min"]),
        (FridgeConfig(delay_min=61, gap_min=61), ["delay_min", "gap_min"]),
        (MealConfig(served={"lunch": "12:00"}), []),
        (MealConfig(served={"tea": "16:00", "lunch": "noon"}), ["served.tea", "served.lunch"]),
        (MealConfig(least_g=124, sample_within_min=-1), ["least_g", "sample_within_min"]),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_site_file_is_named(config: FridgeConfig | MealConfig, wrong: list[str]) -> None:
    assert wrong == faults(config)
