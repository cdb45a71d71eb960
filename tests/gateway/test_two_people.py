"""What takes a point of fire, gas or hold-up out of service takes two people, whichever road it goes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from alerts.alert import State
from alerts.command import Acknowledge
from alerts.kernel.consent import Decline, Give
from devices.danger_points import lost
from devices.detector_trigger import is_danger_point
from devices.device import Device, SenderKey
from devices.installed import Hardware
from devices.orders import Adopt, Amend, Import, Reject, Replace, Retire
from tests.gateway.house import House, smoke
from tests.words import english

FIRE = Device(
    id="fire", family="keyarea", address="fire", area="store", kind="smoke_detector", signals=("smoke",), interval_s=90
)
PANIC = Device(id="panic", family="keyarea", address="panic", area="store", kind="panic_button")
DOOR = Device(id="door", family="keyarea", address="door", area="store", kind="door_contact")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    built = House(tmp_path)
    for device in (FIRE, PANIC, DOOR):
        built.ask(Adopt(device, "tom"))
    built.arrive()
    built.arrive()
    built.answers.clear()
    yield built
    built.series.close()
    built.records.close()
    built.inbox.close()


ROADS = {
    "retire": Retire("fire", "tom"),
    "retire a panic button": Retire("panic", "tom"),
    "other hardware": Replace("fire", Hardware("keyarea", "dummy"), "tom"),
    "another kind": Amend(replace(FIRE, kind="door_contact"), "tom"),
    "no signals": Amend(replace(FIRE, signals=()), "tom"),
    "another area": Amend(replace(FIRE, area="hall"), "tom"),
    "a longer silence": Amend(replace(FIRE, interval_s=9_000), "tom"),
    "no interval": Amend(replace(FIRE, interval_s=None), "tom"),
    "a signal called otherwise": Amend(replace(FIRE, rename={"smoke": "motion"}), "tom"),
    "other tags": Amend(replace(FIRE, tags=("x",)), "tom"),
    "no restore": Amend(replace(FIRE, restores=False), "tom"),
}


def installed(house: House) -> dict[str, Device]:
    return {device.id: device for device in house.device_service.devices()}


@pytest.mark.parametrize("road", ROADS)
def test_no_road_leads_past_the_second_person(house: House, road: str) -> None:
    before = installed(house)
    house.ask(ROADS[road])
    house.arrive()
    assert (["done"], before) == (house.answers, installed(house))
    (wish,) = house.waiting()
    assert {"workflow:consent"} == {alert.rule for alert in house.engine.open_alerts()}
    for somebody in ("tom", "tom (os:root)"):
        house.ask(Give(case=wish.id, by=somebody, role="technician"))
    house.arrive()
    assert (before, 2) == (installed(house), sum("somebody else than tom" in answer for answer in house.answers))
    house.ask(Give(case=wish.id, by="olga", role="operator"))
    house.arrive()
    assert before != installed(house)
    assert [] == house.waiting()
    house.arrive()
    (gone,) = (alert for alert in house.engine.open_alerts() if alert.rule == "gateway-point-gone")
    assert (gone.alert_class, gone.state) == ("supervisory", State.RETURNED)
    house.ask(Acknowledge(gone.id, "olga"))
    house.arrive()
    assert "gateway-point-gone" not in {alert.rule for alert in house.engine.open_alerts()}
    told = [entry.draft.fields for entry in house.records.ledger(limit=1_000)]
    assert ["asked", "given"] == [fields["step"] for fields in told if "asked_by" in fields]
    done = [entry.draft for entry in house.records.ledger(limit=1_000) if entry.draft.book == "installation"]
    assert ("tom", "olga") == (done[-1].by, done[-1].second)


@pytest.mark.parametrize(
    "order",
    [
        Retire("door", "tom"),
        Amend(replace(DOOR, area="hall"), "tom"),
        Amend(replace(FIRE, name="Smoke by the gate", position=(0.5, 0.5), interval_s=60), "tom"),
        Replace("door", Hardware("keyarea", "door2"), "tom"),
        Reject(SenderKey("", "keyarea", "lamp"), "tom"),
    ],
)
def test_what_takes_nothing_of_that_away_takes_one(house: House, order: Any) -> None:
    house.ask(order)
    house.arrive()
    assert ["done"] == house.answers


def test_a_list_takes_no_such_point_out_of_service(house: House) -> None:
    listed = Import((replace(FIRE, area="hall"), replace(DOOR, name="Gate")), "tom")
    house.ask(house.device_service.prepare(listed, house.clock.now()))
    house.arrive()
    (answer,) = house.answers
    assert "a list takes no point of fire" in answer
    assert (FIRE, DOOR) == (installed(house)["fire"], installed(house)["door"])


def test_whoever_told_a_danger_is_rejected_by_two(house: House) -> None:
    house.arrive(smoke(1, "x"))
    house.ask(Reject(SenderKey("", "keyarea", "x"), "tom"))
    house.arrive()
    (wish,) = house.waiting()
    assert (["done"], frozenset()) == (house.answers, house.device_service.installed.rejected)
    assert "keyarea x rejected, which has told a danger" == english(wish.what)


def test_a_wish_lapses_survives_a_restart_and_can_be_declined(house: House) -> None:
    house.ask(Retire("fire", "tom"))
    house.arrive()
    house.build()
    house.arrive()
    (wish,) = house.waiting()
    house.clock.seconds += 1_801
    house.arrive()
    house.ask(Give(case=wish.id, by="olga", role="operator"))
    house.arrive()
    assert "it may have lapsed" in house.answers[-1]
    house.ask(Retire("fire", "tom"))
    house.arrive()
    (wish,) = house.waiting()
    house.ask(Decline(case=wish.id, by="olga", role="operator", note="it is needed"))
    house.arrive()
    assert ([], FIRE) == (house.waiting(), installed(house)["fire"])


def test_what_was_asked_for_is_looked_at_anew_when_somebody_consents(house: House) -> None:
    house.ask(Replace("fire", Hardware("keyarea", "dummy"), "tom"))
    house.arrive()
    (wish,) = house.waiting()
    house.ask(Adopt(Device("other", "keyarea", "dummy", "store"), "tom"))
    house.ask(Give(case=wish.id, by="olga", role="operator"))
    house.arrive()
    assert any("keyarea dummy is other already" in answer for answer in house.answers)
    assert FIRE == installed(house)["fire"]
    house.arrive()  # what is installed has changed by now: it could not be asked for any more, and lapses
    assert [] == house.waiting()


def test_the_same_is_not_asked_for_twice(house: House) -> None:
    for note in ("", "once more"):
        house.clock.seconds += 1
        house.ask(Retire("fire", "tom", note))
        house.arrive()
    assert 1 == len(house.waiting())
    assert "tom has asked for that already" in house.answers[-1]


def test_points_of_danger_are_known_by_kind_and_by_signals() -> None:
    kinds = ("smoke_detector", "gas_detector", "call_point", "panic_button", "flow_switch")
    assert all(is_danger_point(Device("a", "f", "a", "s", kind=kind)) for kind in kinds)
    assert is_danger_point(Device("a", "f", "a", "s", kind="motion_detector", signals=("motion", "duress.2")))
    assert not is_danger_point(Device("a", "f", "a", "s", kind="door_contact", signals=("door", "tamper")))


def test_what_only_names_or_dates_it_takes_nothing_away() -> None:
    assert lost(FIRE, replace(FIRE, name="x", model="y", position=(0.1, 0.1), signals=("smoke", "heat"))) is None
