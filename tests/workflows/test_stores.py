"""Stores: whose card was read, two locks as an interlock, why a door was opened and until when, nobody alone."""

import pytest
from msgspec.structs import replace

from alerts.site_facts import SiteFacts
from alerts.store_table import StoresConfig
from tests.alerts.kernel.room import facts
from tests.workflows.stores import DAY, DEVICES, POISON, SITE, VAULT, StoreRoom, issue, receive
from workflows.stores import Appoint, SayWhy, Store, Stores

MINUTE = 60
LOCKED = replace(POISON, interlock=True)


def why(by: str = "li", purpose: str = "stocktaking", role: str = "operator", case: str = "poison") -> SayWhy:
    return SayWhy(case=case, purpose=purpose, by=by, role=role)


def appoint(*keepers: str, by: str = "boss") -> Appoint:
    return Appoint(case="vault", keepers=keepers, by=by, role="manager")


def late(room: StoreRoom) -> list[str]:
    return room.active("store-opened-without-purpose")


def test_an_opening_without_a_purpose_is_an_alert_after_fifteen_minutes() -> None:
    room = StoreRoom()
    room.step(10, "door.door=on")
    assert ["stores.opened"] == facts(room.effects)
    room.step(30, "door.door=on")
    assert [] == facts(room.effects)
    room.run_until(10 + 15 * MINUTE - 0.001)
    assert [] == late(room)
    room.restart(0.0005)
    room.run_until(10 + 15 * MINUTE)
    assert ["poison"] == late(room)
    room.ask(1_000, why())
    assert [] == late(room)


@pytest.mark.parametrize(
    ("said_at", "is_late"), [(10 + 15 * MINUTE - 0.001, False), (11 + 15 * MINUTE, True), (9, False)]
)
def test_a_purpose_in_the_same_time_names_it(said_at: float, is_late: bool) -> None:
    room = StoreRoom()
    told = list[str]()
    happens: list[tuple[float, SayWhy | str]] = [(10.0, "door.door=on"), (said_at, why())]
    for second, event in sorted(happens, key=lambda one: one[0]):
        told += [*room.run_until(second), *facts(room.step(second, event))]
    told += room.run_until(3_600)
    assert is_late == ("stores.no_purpose" in told)


def test_what_was_said_for_the_last_opening_is_too_old_for_this_one() -> None:
    room = StoreRoom()
    room.step(5, why())
    room.step(6 + 15 * MINUTE, "door.door=on")
    room.run_until(3_600)
    assert ["poison"] == late(room)


def test_a_movement_of_goods_names_it() -> None:
    room = StoreRoom()
    case = room.enter("acid", "chemical", store="poison")
    room.step(10, "door.door=on")
    room.t = 20
    assert "" == room.two(receive(case))
    room.run_until(3_600)
    assert [] == late(room)


def test_a_silent_alarm_leaves_no_trace_in_a_store_that_its_leaders_see() -> None:
    room = StoreRoom()
    before = room.kernel.cases.of("stores")["poison"]
    for told in ("door.panic=on", "reader.panic=on", "reader.duress=on"):
        room.step(10, told)
    assert (before, ("credential", "door")) == (room.kernel.cases.of("stores")["poison"], before.notes)


def test_a_door_found_open_was_not_opened_now() -> None:
    room = StoreRoom()
    room.step(10, "~door.door=on")
    room.run_until(3_600)
    assert [] == late(room)
    room.step(3_601, "door.door=off")
    room.step(3_602, "door.door=on")
    assert ["stores.opened"] == facts(room.effects)


def test_two_cards_open_the_lock_for_ten_seconds_and_one_does_not() -> None:
    """It locks again whatever the device does by itself, also after a restart: a lock left open is no interlock."""
    room = StoreRoom()
    for second, card, orders in ((10, "1:li", 0), (15, "1:li", 0), (20, "1:chen", 0), (70, "1:wang", 1)):
        room.step(second, f"reader.credential={card}")
        assert orders == len(room.effects.outputs), card
    (order,) = room.effects.outputs
    assert ("lock", "lock", True, 10.0) == (order.device, order.what, order.value, order.duration_s)
    room.restart(0.05)
    room.run_until(80)
    assert [False] == [order.value for order in room.effects.outputs]
    room.step(200, "reader.credential=1:li")
    assert [] == room.effects.outputs


def test_a_keeper_who_has_left_opens_nothing_and_signs_nothing() -> None:
    """From the first second of the day on which they were no longer here."""
    room = StoreRoom(stores=(replace(POISON, keepers=("li", "old")),))
    case = room.enter("acid", "chemical", store="poison")
    for second, orders in ((DAY - 2, 1), (DAY, 0)):
        room.step(second, "reader.credential=1:li")
        room.step(second + 1, "reader.credential=1:old")
        assert orders == sum(order.value is True for order in room.effects.outputs)
    room.t = DAY + 5
    assert "second: stock.no_keeper" == room.two(receive(case), second="old")


def test_whoever_signs_at_the_machine_is_who_they_signed_as() -> None:
    room = StoreRoom()
    case = room.enter("acid", "chemical")
    assert "" == room.two(receive(case, by="li (os:root)"))
    assert "by: stock.no_keeper" == room.two(receive(case, by="os:li"))


def test_a_card_at_the_store_is_the_second_signature() -> None:
    room = StoreRoom()
    case = room.enter("acid", "chemical", store="poison")
    room.step(10, "reader.credential=1:wang")
    room.t = 10 + 10 * MINUTE - 1
    effects = room.step(room.next(), receive(case))
    (fact,) = (each for each in effects.facts if each.step == "received")
    assert ("li", "wang", "card") == (fact.by, fact.second, fact.fields["second_proof"])
    room.t = 10 + 10 * MINUTE + 1
    (answer,) = room.step(room.next(), issue(case)).answered
    assert answer.waits


@pytest.mark.parametrize(
    ("cards", "said"),
    [
        ((), "second: stock.two_cards"),
        (("1:li",), "second: stock.two_cards"),
        (("1:wang",), "second: stock.two_cards"),
        (("1:wang", "1:zhao"), "second: stock.two_cards"),
        (("1:wang", "1:li"), ""),
    ],
)
def test_an_interlock_wants_both_cards_before_anything_moves(cards: tuple[str, ...], said: str) -> None:
    room = StoreRoom(stores=(LOCKED,))
    case = room.enter("acid", "chemical", store="poison")
    for second, card in enumerate(cards, 10):
        room.step(second, f"reader.credential={card}")
    room.t = 30
    assert said == room.two(receive(case))


def test_nobody_is_alone_in_there() -> None:
    """By the rule two_person, which is shipped for each store with readers."""
    room = StoreRoom()
    for second, event in ((10, "reader.credential=1:li"), (10, "reader.access=granted")):
        room.step(second, event)
    room.run_until(69)
    assert [] == room.active("store-alone")
    room.run_until(70)
    assert ["store"] == room.active("store-alone")
    for event in ("reader.credential=1:wang", "reader.access=granted"):
        room.step(80, event)
    assert [] == room.active("store-alone")
    assert ["store-opened-without-purpose"] == [rule.name for rule in Stores().rules()]


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (why("chen"), "by: stores.no_keeper"),
        (why("chen", role="manager"), ""),
        (why(purpose=" "), "purpose: stores.say_why"),
        (why(case="cellar"), "stores.none_such"),
        (appoint("p-li"), "keepers: stores.how_many"),
        (appoint("p-li", "p-li"), "keepers: stores.how_many"),
        (appoint("p-li", "nobody"), "keepers: stores.nobody"),
        (appoint("p-li", "p-chen"), ""),
    ],
)
def test_who_may_say_why_and_who_keeps_it(ask: SayWhy | Appoint, said: str) -> None:
    room = StoreRoom()
    assert said == room.two(ask, second="boss2", role="manager")


def test_two_leaders_appoint_who_may_move_what_is_there() -> None:
    room = StoreRoom()
    case = room.enter("acid", "chemical")
    assert "by: stock.no_keeper" == room.two(receive(case, by="chen"))
    assert "" == room.two(appoint("p-chen", "p-li"), second="boss2", role="manager")
    assert "" == room.two(receive(case, by="chen"), second="li")
    assert "second: stock.no_keeper" == room.two(receive(case), second="wang")


def test_a_store_that_the_site_file_knows_no_more_is_over() -> None:
    room = StoreRoom()
    flow = Stores(StoresConfig(stores=(VAULT,)))
    room.workflows = tuple(flow if isinstance(each, Stores) else each for each in room.workflows)
    room.restart(1)
    room.step(10)
    cases = room.kernel.cases.of("stores")
    assert ["vault"] == list(cases)
    assert isinstance(cases["vault"], Store)


@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        (StoresConfig(stores=(VAULT, POISON)), []),
        (StoresConfig(stores=(VAULT, VAULT)), [("stores", 1, "id")]),
        (StoresConfig(stores=(replace(VAULT, area="moon"),)), [("stores", 0, "area")]),
        (StoresConfig(stores=(replace(VAULT, interlock=True),)), [("stores", 0, "interlock")]),
        (StoresConfig(stores=(replace(POISON, doors=("gate",)),)), [("stores", 0, "doors")]),
        (StoresConfig(stores=(replace(POISON, lock="bolt"),)), [("stores", 0, "lock")]),
        (StoresConfig(stores=(replace(POISON, release_s=0),)), [("stores", 0, "release_s")]),
        (StoresConfig(purpose_within_min=0), [("purpose_within_min",)]),
    ],
)
def test_what_is_wrong_in_the_site_file_has_its_line(table: StoresConfig, wrong: list[tuple[str | int, ...]]) -> None:
    site = SiteFacts(areas=SITE.areas, devices=DEVICES)
    assert wrong == [fault.path for fault in table.check(site)]
