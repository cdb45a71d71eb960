"""Commissioning: what is wanting is answered for, a restart loses nothing, and what was measured is of one device."""

from typing import Any

import pytest
from msgspec.structs import replace

from alerts.effects import Effects
from devices.commissioning import WINDOW
from devices.device import Device
from devices.device_service import DeviceService
from devices.installed import Hardware, Installed, Place
from devices.message import Text, plain
from devices.orders import Replace
from devices.reading import SECOND
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import device
from tests.words import english
from workflows.commissioning import LONGEST, Begin, Commissioning, Commissions, Finish

DETECTOR = device("s1", kind="smoke_detector", signals=("smoke",), interval_s=100)


class Walk(KernelRoom):
    """A detector that hangs on the wall."""

    def __init__(self, remarks: tuple[Text, ...] = (), *devices: Device) -> None:
        places = {each.id: Place(each) for each in (DETECTOR, *devices)}
        self.service = DeviceService(Installed({}, places), lambda _device: (), lambda _device: remarks)
        super().__init__(Commissions(), devices=(DETECTOR, *devices), installation=self.service)

    def begin_it(self, at: float, by: str = "tom", device: str = "s1") -> Effects:
        return self.step(at, Begin(device=device, by=by, role="technician"))

    def finish(self, at: float, note: str = "") -> Effects:
        return self.step(at, Finish(device="s1", by="tom", role="technician", note=note))

    def case(self) -> Commissioning:
        found = self.kernel.cases.of("commissioning")["s1"]
        assert isinstance(found, Commissioning)
        return found

    def shown(self, at: float = 5) -> dict[str, Any]:
        return Commissions().shows(self.case(), self.started + int(at * SECOND))


def said(effects: Effects) -> str:
    """Why it was refused."""
    ((_, why),) = effects.refused
    return english(why)


def test_a_good_device_is_recorded_with_what_was_measured() -> None:
    walk = Walk()
    walk.begin_it(1)
    for at in range(2, 600, 60):
        walk.step(at, "s1.smoke=off", "s1.linkquality=90")
    assert ["commissioning.triggered"] == facts(walk.step(599, "s1.smoke=on"))
    assert [] == facts(walk.step(600, "s1.smoke=on"))
    effects = walk.finish(1 + WINDOW / SECOND)
    (change,) = effects.devices
    assert ("commissioned", "tom", DETECTOR, "") == (change.action, change.by, change.new, change.note)
    assert ("smoke", 598, 90.0) == tuple(
        change.measured[name] for name in ("trigger", "triggered_s", "linkquality_min")
    )
    assert (change,) == effects.answered[0].changes
    assert {} == walk.kernel.cases.of("commissioning")


def test_whoever_tests_it_is_told_by_the_topic_of_the_fact() -> None:
    walk = Walk()
    walk.begin_it(1)
    (fact,) = walk.step(2, "s1.smoke=on").facts
    assert (("device_tested",), ("s1",)) == (fact.topics, fact.devices)


def test_what_is_wanting_must_be_answered_for() -> None:
    walk = Walk((plain("no rule looks at what it detects"),))
    walk.begin_it(1)
    first = said(walk.finish(6))
    assert first.startswith("no rule looks at what it detects; no live trigger seen yet: trigger the device (smoke")
    (change,) = walk.finish(6, "no test gas at hand").devices
    assert "it has not spoken yet; 595 s of listening are left" in english(change.measured["wanting"])
    assert "begin with `keyarea device commission`" in said(walk.finish(7))


def test_a_restart_goes_on_measuring() -> None:
    walk = Walk()
    walk.begin_it(1)
    walk.step(2, "s1.smoke=on")
    walk.restart(20)
    walk.step(23, "s1.smoke=off")
    assert (2, "smoke") == (walk.case().measured.messages, walk.case().measured.trigger)


@pytest.mark.parametrize("is_known", [False, True], ids=["ordered", "in effect"])
def test_other_hardware_begins_it_anew(is_known: bool) -> None:
    """From the order on: also before it is in effect."""
    walk = Walk()
    walk.begin_it(1)
    walk.service.carry_out([Replace("s1", Hardware("x", "new"), "tom")], walk.now)
    if is_known:
        walk.engine.set_devices(walk.service.devices(), walk.now)
        assert ["commissioning.dropped"] == facts(walk.step(2))
    assert ["commissioning.not_running"] == keys(walk.finish(3, "done"))


def test_what_the_site_file_says_otherwise_after_a_restart_begins_it_anew() -> None:
    walk = Walk()
    walk.begin_it(1)
    moved = replace(DETECTOR, area="hall")
    walk.service.installed = Installed({}, {"s1": Place(moved)})
    walk.restart(5)
    assert ["commissioning.dropped"] == facts(walk.step(6))


def test_nobody_finishes_it_and_it_ends_without_a_record() -> None:
    walk = Walk()
    walk.begin_it(1)
    assert ["commissioning.lapsed"] == walk.run_until(1 + LONGEST / SECOND)
    assert {} == walk.kernel.cases.of("commissioning")


def test_one_may_begin_again_and_too_many_are_refused() -> None:
    others = [device(f"d{number}", kind="x") for number in range(201)]
    walk = Walk((), *others)
    walk.begin_it(1)
    walk.step(2, "s1.smoke=on")
    walk.begin_it(5, "li")
    assert (0, "li") == (walk.case().measured.messages, walk.case().by)
    for other in others[:199]:
        walk.begin_it(6, device=other.id)
    assert "finish some" in said(walk.begin_it(7, device="d200"))
    assert not walk.begin_it(8).refused


def test_what_people_are_shown_is_what_time_makes_of_it() -> None:
    walk = Walk()
    walk.begin_it(1)
    walk.step(2, "s1.smoke=on")
    shown = walk.shown(3)
    assert ("s1", "tom", 598, "smoke") == (
        *(shown[it] for it in ("device", "by", "left_s")),
        shown["measured"]["trigger"],
    )


@pytest.mark.parametrize(("role", "is_refused"), [("operator", True), ("manager", True), ("admin", False)])
def test_it_is_a_technicians_work(role: str, is_refused: bool) -> None:
    assert is_refused is bool(Walk().step(1, Begin(device="s1", by="x", role=role)).refused)
