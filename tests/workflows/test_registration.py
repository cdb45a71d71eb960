"""Registration: each ask is an order on what is installed; a second person is told what is taken out of service."""

from datetime import date
from typing import Any

import pytest

from alerts.effects import Effects
from alerts.kernel.consent import Give, Waiting
from devices.device import Device, SenderKey
from devices.device_service import DeviceService
from devices.installed import Installed, Place
from devices.message import Text, plain
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import device
from tests.words import chinese, drafts_of, english
from workflows.registration import Adopt, Amend, Ask, Readmit, Registration, Reject, Replace, Retire

FIRE = device("fire", kind="smoke_detector", signals=("smoke",), interval_s=90, tags=("north",))
DOOR = device("door", kind="door_contact", signals=("door",))
STRANGER = {"family": "keyarea", "address": "x"}


def check(found: Device) -> list[tuple[str, Text]]:
    return [("area", plain("there is no such area"))] if found.area == "cellar" else []


class Technician(KernelRoom):
    """What is installed, and who orders."""

    def __init__(self) -> None:
        self.service = DeviceService(Installed({}, {each.id: Place(each) for each in (FIRE, DOOR)}), check)
        super().__init__(Registration(), devices=(FIRE, DOOR), installation=self.service)

    def order(self, kind: type[Ask], /, **fields: Any) -> Effects:
        self.now += 1
        return self._step([kind(**{"by": "tom", "role": "technician", **fields})], self.now)

    def device(self, name: str) -> Device | None:
        return self.service.installed.device(name)

    def waiting(self) -> list[Waiting]:
        return list(self.kernel.cases.of("consent").values())


@pytest.fixture
def tom() -> Technician:
    return Technician()


def test_a_device_is_adopted_as_it_is_described(tom: Technician) -> None:
    described = {"name": "North", "kind": "heat_detector", "signals": ("heat",), "installed": date(2026, 5, 1)}
    effects = tom.order(Adopt, device="new", family="f", address="a", area="store", **described, note="spare part")
    (change,) = effects.devices
    assert ("adopted", "tom", "spare part") == (change.action, change.by, change.note)
    assert Device("new", "f", "a", "store", **described) == tom.device("new")
    assert ["registration.adopted"] == facts(effects)
    assert [("installation", "adopted")] == [(d.book, d.fields["action"]) for d in drafts_of(effects, tom.now)]


def test_what_is_left_out_of_an_amendment_stays(tom: Technician) -> None:
    tom.order(Amend, device="fire", name="By the gate", tags=("north",))
    amended = tom.device("fire")
    assert amended is not None
    assert ("By the gate", ("smoke",), 90, ("north",)) == (
        *(amended.name, amended.signals, amended.interval_s, amended.tags),
    )
    tom.order(Amend, device="door", interval_s=5)
    tom.order(Amend, device="door", interval_s=None)
    assert tom.device("door") == DOOR


def test_every_field_that_is_wrong_is_named(tom: Technician) -> None:
    effects = tom.order(Adopt, device="new", family=FIRE.family, address=FIRE.address, area="cellar")
    assert {"area", "address"} == {column for _, column, _ in effects.faults[0]}
    assert tom.device("new") is None


def test_a_sender_is_rejected_and_readmitted(tom: Technician) -> None:
    tom.order(Reject, **STRANGER)
    assert {SenderKey("", "keyarea", "x")} == tom.service.installed.rejected
    assert ["registration.rejected_already"] == keys(tom.order(Reject, **STRANGER))
    tom.order(Readmit, **STRANGER)
    assert frozenset() == tom.service.installed.rejected


GRAVE: dict[str, tuple[type[Ask], dict[str, Any], str, str]] = {
    "retired": (Retire, {"note": "wall is gone"}, "fire retired (wall is gone)", "fire 已停用（wall is gone）"),
    "moved": (Amend, {"area": "hall"}, "fire moved to hall", "fire 移至 hall"),
    "exchanged": (Replace, {"family": "f", "address": "z"}, "fire replaced by other hardware", "fire 更换为其他硬件"),
}


@pytest.mark.parametrize(("kind", "fields", "told", "said"), GRAVE.values(), ids=GRAVE)
def test_the_second_person_reads_what_is_taken_away(
    tom: Technician, kind: type[Ask], fields: dict[str, Any], told: str, said: str
) -> None:
    effects = tom.order(kind, device="fire", **fields)
    (waiting,) = tom.waiting()
    assert ("store", ("fire",), tom.device("fire")) == (waiting.area, waiting.devices, FIRE)
    assert (told, True) == (english(waiting.what or ""), said in chinese(waiting.what or ""))
    assert told in str(drafts_of(effects, tom.now)[-1].fields["text"])
    done = tom.order(Give, case=waiting.id, by="olga", role="operator")
    assert ["tom + olga"] == [change.by for change in done.devices]
    assert tom.device("fire") != FIRE


def test_who_told_a_danger_is_turned_away_by_two(tom: Technician) -> None:
    tom.service.has_told_danger = lambda sender: sender.address == "x"
    tom.order(Reject, **STRANGER)
    (waiting,) = tom.waiting()
    assert "keyarea x rejected, which has told a danger" == english(waiting.what or "")
    assert "gateway" not in {alert.area for alert in tom.open()}
    assert not tom.order(Reject, family="keyarea", address="y").answered[0].waits


def test_the_room_may_change_while_it_waits_and_then_it_is_looked_at_anew(tom: Technician) -> None:
    tom.order(Replace, device="fire", family="f", address="z")
    tom.order(Adopt, device="other", family="f", address="z", area="store")
    (waiting,) = tom.waiting()
    assert ["registration.faults"] == keys(tom.order(Give, case=waiting.id, by="olga", role="operator"))
    tom.engine.set_devices(tom.service.devices(), tom.now)
    tom.step(60)
    assert [] == tom.waiting()


@pytest.mark.parametrize("kind", Registration.asks)
def test_it_is_a_technicians_work(kind: type[Ask]) -> None:
    assert frozenset({"technician", "admin"}) == kind.ROLES


def test_what_is_only_checked_changes_nothing(tom: Technician) -> None:
    effects = tom.order(Retire, device="fire", only_check=True)
    (answer,) = effects.answered
    assert (True, ["retired"], []) == (answer.waits, [change.action for change in answer.changes], effects.devices)
    assert ([], FIRE) == (tom.waiting(), tom.device("fire"))
