"""A delivery is taken from whoever may deliver, with its papers, cold enough; whatever else is refused at the door."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from alerts.canteen import Supplier
from alerts.canteen_asks import AddSupplier, ChangeSupplier, Deliver, EndSupplier, Menu
from alerts.effects import Effects
from alerts.site_facts import Place, SiteFacts
from devices.message import Name
from ledger.forbidden_foods import SHIPPED, Forbidden, named_in, united
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import CALENDAR, START
from tests.shipped import shipped_books
from workflows.canteen_meal import CanteenMeal
from workflows.canteen_supplier import CanteenSupplier, SupplierConfig, kept_until

HOUR, DAY = 3_600, 86_400
TODAY = CALENDAR.day(START)
SITE = SiteFacts(areas={"store": Place("store", Name("Canteen"))}, calendar=CALENDAR)
GREENS: dict[str, Any] = {
    "supplier": "greens",
    "name": "Greens",
    "address": "Market 1",
    "phone": "0571 1",
    "food_licence": "JY1",
    "food_until": TODAY + timedelta(days=40),
    "business_licence": "91",
}
BOSS = {"by": "boss", "role": "manager"}
CABBAGE: dict[str, Any] = {"product": "Cabbage", "amount": 20, "batch": "b1", "invoice": "7"}


def market(config: SupplierConfig | None = None, **added: Any) -> KernelRoom:
    room = KernelRoom(CanteenSupplier(config), CanteenMeal(), rules=(), devices=(), site=SITE)
    room.ask(HOUR, AddSupplier(**GREENS | added, **BOSS))
    return room


def deliver(room: KernelRoom, at: float, role: str = "operator", **said: Any) -> Effects:
    return room.step(at, Deliver(case="greens", by="cook", role=role, **CABBAGE | said))


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({}, ""),
    ({"product": " "}, "form.wanting"),
    ({"amount": 0}, "canteen_supplier.no_amount"),
    ({"amount": float("nan")}, "canteen_supplier.no_amount"),
    ({"amount": float("inf")}, "canteen_supplier.no_amount"),
    ({"unit": ""}, "canteen_supplier.no_amount"),
    ({"invoice": ""}, "canteen_supplier.no_invoice"),
    ({"invoice": "", "invoice_scan": "sha256:" + 64 * "0"}, ""),
    ({"batch": ""}, "canteen_supplier.no_batch"),
    ({"batch": "", "produced": TODAY}, ""),
    ({"produced": TODAY + timedelta(days=1)}, "canteen_supplier.produced"),
    ({"best_before": TODAY}, ""),
    ({"best_before": TODAY - timedelta(days=1)}, "canteen_supplier.over"),
    ({"look": "bad"}, "canteen_supplier.bad"),
    ({"kept": "chilled"}, "canteen_supplier.too_warm"),
    ({"kept": "chilled", "temperature": 8.0}, ""),
    ({"kept": "chilled", "temperature": 8.1}, "canteen_supplier.too_warm"),
    ({"kept": "frozen", "temperature": -8.9}, "canteen_supplier.too_warm"),
    ({"kept": "frozen", "temperature": -9.0}, ""),
    ({"temperature": 400.0}, "canteen_supplier.no_temperature"),
    ({"maker": "x" * 201}, "canteen_supplier.too_long"),
    ({"product": "工业亚硝酸钠"}, "canteen_supplier.forbidden"),
    ({"product": "Fugu fillet"}, "canteen_supplier.forbidden"),
    ({"product": "Flat  KIDNEY beans"}, "canteen_supplier.needs_reason"),
    ({"product": "四季豆", "reason": "well cooked"}, "canteen_supplier.needs_reason"),
    ({"product": "四季豆", "reason": "well cooked", "role": "manager"}, ""),
    ({"product": "四季豆", "role": "manager"}, "canteen_supplier.needs_reason"),
    ({"result": "refused"}, "canteen_supplier.say_why"),
    ({"product": "Fugu", "invoice": "", "batch": "", "look": "bad", "result": "refused", "reason": "poison"}, ""),
]


@pytest.mark.parametrize(("said", "key"), REFUSED)
def test_a_delivery_is_refused_by_its_field(said: dict[str, Any], key: str) -> None:
    """What was refused at the door can always be written down, with the reason."""
    room = market()
    effects = deliver(room, 2 * HOUR, **said)
    assert ([key] if key else []) == keys(effects)
    step = "refused" if said.get("result") == "refused" else "accepted"
    assert ([] if key else [f"canteen_supplier.{step}"]) == facts(effects)


@pytest.mark.parametrize(("day", "key"), [(40, ""), (41, "canteen_supplier.licence_over")])
def test_a_licence_counts_on_its_last_day(day: int, key: str) -> None:
    room = market()
    room.run_until(day * DAY)
    assert ([key] if key else []) == keys(deliver(room, day * DAY + HOUR))
    assert [] == keys(deliver(room, day * DAY + HOUR, result="refused", reason="no licence"))


def test_a_licence_is_told_before_it_runs_out_and_when_it_has() -> None:
    """30 days before, and on the day after its last; over once it is renewed."""
    room = market()
    assert ["canteen_supplier.due"] == room.run_until(10 * DAY)
    assert 1 == len(room.open("supplier-licence-running-out"))
    room.restart()
    assert ["canteen_supplier.expired"] == room.run_until(41 * DAY)
    assert 1 == sum(alert.active for alert in room.open("supplier-licence-expired"))
    assert 0 == sum(alert.active for alert in room.open("supplier-licence-running-out"))
    renewed = {"food_until": TODAY + timedelta(days=400)}
    effects = room.step(41 * DAY, ChangeSupplier(case="greens", **renewed, **BOSS))
    assert ["canteen_supplier.changed", "canteen_supplier.in_order"] == facts(effects)
    assert 0 == sum(alert.active for alert in room.open("supplier-licence-expired"))


def test_the_earlier_of_both_licences_counts() -> None:
    room = market(business_until=TODAY)
    (supplier,) = room.kernel.cases.of("canteen_supplier").values()
    assert isinstance(supplier, Supplier)
    assert ("due", TODAY) == (supplier.told, supplier.until)
    assert "in_order" not in " ".join(room.run_until(3 * DAY))
    assert ["canteen_supplier.ended"] == facts(room.step(3 * DAY, EndSupplier(case="greens", **BOSS)))
    assert not [alert for alert in room.open() if alert.active]


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"supplier": "greens"}, "canteen_supplier.bad_id"),
        ({"supplier": "../x"}, "canteen_supplier.bad_id"),
        ({"supplier": "b", "name": ""}, "form.wanting"),
        ({"supplier": "b", "phone": " "}, "form.wanting"),
        ({"supplier": "b", "food_until": date(9999, 1, 1)}, "canteen_supplier.wrong_day"),
        ({"supplier": "b", "address": "x" * 201}, "canteen_supplier.too_long"),
        ({"supplier": "b"}, ""),
    ],
)
def test_a_supplier_is_refused_by_its_field(changed: dict[str, Any], key: str) -> None:
    effects = market().step(2 * HOUR, AddSupplier(**GREENS | changed, **BOSS))
    assert ([key] if key else []) == keys(effects)


@pytest.mark.parametrize(
    ("best_before", "until"),
    [
        (None, TODAY.replace(year=2029)),
        (TODAY + timedelta(days=3), TODAY.replace(year=2029)),
        (date(2029, 6, 1), date(2029, 12, 2)),
    ],
)
def test_papers_are_kept_as_long_as_the_law_asks(best_before: date | None, until: date) -> None:
    """The shelf life and six months, two years without one; three at least: and the book keeps them so long."""
    assert until == kept_until(best_before, TODAY)
    fields = deliver(market(), 2 * HOUR, best_before=best_before).facts[0].fields
    assert until.isoformat() == fields["keep_until"]
    book = shipped_books()["canteen_supplies"]
    assert TODAY + timedelta(days=365 * book.kept_years(fields)) >= until - timedelta(days=2)  # type: ignore[arg-type]


@given(st.dates(date(2024, 2, 29), date(2028, 2, 29)), st.none() | st.integers(0, 3_000))
def test_no_paper_is_forgotten_too_soon(day: date, shelf_life: int | None) -> None:
    best_before = day + timedelta(days=shelf_life) if shelf_life is not None else None
    until = kept_until(best_before, day)
    assert until >= day + timedelta(days=3 * 365)
    assert best_before is None or until >= best_before + timedelta(days=184)


FOODS = united(())


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("河豚刺身", ["pufferfish", "raw"]),
        ("Wild mushrooms, dried", ["wild-mushroom"]),
        ("wild mushroomsoup", []),
        ("Green Beans", ["green-beans"]),
        ("evergreen beanstalk", []),
        ("干煸四季豆", ["green-beans"]),
        ("Cabbage", []),
        ("", []),
        ("crawfish", []),
    ],
)
def test_a_food_is_found_by_its_words_in_both_languages(text: str, ids: list[str]) -> None:
    assert ids == [food.id for food in named_in(text, FOODS)]


def test_a_site_adds_foods_and_takes_away_what_does_not_hold_there() -> None:
    own = (Forbidden(id="raw", name="Raw", words=()), Forbidden(id="durian", name="Durian", words=("durian", "榴莲")))
    foods = united(own)
    assert len(SHIPPED) == len(foods)
    assert ["durian"] == [food.id for food in named_in("榴莲 sashimi", foods)]
    room = market(SupplierConfig(forbidden=own))
    assert ["canteen_supplier.forbidden"] == keys(deliver(room, 2 * HOUR, product="Durian"))
    menu = Menu(area="store", meal="lunch", dishes=("durian cake",), by="cook", role="operator")
    assert ["canteen_meal.forbidden"] == keys(room.step(2 * HOUR, menu))
    beans = replace(menu, dishes=("四季豆",))
    assert ["canteen_meal.needs_reason"] == keys(room.step(2 * HOUR, beans))
    assert ["canteen_meal.needs_reason"] == keys(room.step(2 * HOUR, replace(beans, reason="cooked for ten minutes")))
    assert [] == keys(room.step(2 * HOUR, replace(beans, reason="cooked for ten minutes", role="manager")))


def test_what_is_wrong_in_the_site_file_is_named() -> None:
    wrong = (Forbidden(id="x y", name="x", words=("x",)), Forbidden(id="b", name="b", words=(" ",)))
    found = [*SupplierConfig(forbidden=wrong).check(SITE)]
    assert [("forbidden", 0, "id"), ("forbidden", 1, "words")] == [fault.path for fault in found]
