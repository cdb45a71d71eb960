"""Entry and exit delays: what waits, what never does, and what becomes of it when nobody disarms."""

from collections.abc import Sequence
from typing import Any

import pytest

from alerts.alert import Alert
from alerts.moves import SetMode
from alerts.route import Route, SensorDelay
from alerts.rule import Rule
from alerts.site_facts import SiteFacts
from tests.alerts.kernel.room import KernelRoom
from tests.alerts.timeline import START, device, rule

FRONT = Route(name="front", devices=("door",), through=("hall",), entry_s=30, exit_s=60)
DEVICES = (
    device("door", signals=("door", "tamper", "glass_break")),
    device("hall", signals=("motion",)),
    device("window", signals=("door",)),
    device("smoke", signals=("smoke",)),
)
INTRUSION = rule("state", name="intrusion", alert_class="intrusion", signals=["door", "motion"], modes=["away"])
OTHERS = (
    rule("state", name="fire", signals=["smoke"]),
    rule("state", name="tamper", alert_class="tamper", signals=["tamper"]),
    rule("state", name="hold-up", alert_class="hold_up", signals=["panic"]),
    rule("state", name="always", alert_class="intrusion", signals=["glass_break"]),
)
AWAY, OFF = SetMode("store", "away"), SetMode("store", "disarmed")


class House(KernelRoom):
    """A door, a hall behind it, a window elsewhere."""

    def __init__(self, *routes: Route, rules: Sequence[Rule[Any]] = (INTRUSION, *OTHERS)) -> None:
        super().__init__(rules=rules, devices=DEVICES, site=SiteFacts(routes=routes or (FRONT,)))

    def alarms(self, name: str = "intrusion") -> list[str]:
        return sorted(alert.key for alert in self.open(name) if alert.active)

    def raised(self) -> list[Alert]:
        return self.open("intrusion")


def armed(*routes: Route) -> House:
    """For so long that the exit is over."""
    house = House(*routes)
    house.step(1, AWAY)
    house.run_until(100)
    return house


PER = pytest.mark.parametrize("per", ["device", "area"])


def test_on_the_way_out_nothing_of_the_route_is_an_alarm() -> None:
    house = House()
    house.step(1, AWAY)
    house.step(10, "hall.motion=on", "door.door=on")
    house.step(20, "hall.motion=off", "door.door=off")
    house.run_until(200)
    assert [] == house.raised()


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("window.door=on", "intrusion"),
        ("smoke.smoke=on", "fire"),
        ("door.tamper=on", "tamper"),
        ("door.panic=on", "hold-up"),
        ("door.glass_break=on", "always"),
    ],
)
@pytest.mark.parametrize("when", ["exit", "entry"])
def test_all_else_alarms_at_once_in_every_delay(said: str, name: str, when: str) -> None:
    house = House()
    house.step(1, AWAY)
    at = 10
    if when == "entry":
        house.run_until(100)
        house.step(at := 101, "door.door=on")
    house.step(at + 1, said)
    assert [said.partition(".")[0]] == house.alarms(name)
    assert "door" not in house.alarms()


def test_a_door_left_open_is_told_as_found_when_the_exit_delay_ends() -> None:
    house = House()
    house.step(1, AWAY)
    house.step(10, "door.door=on")
    house.run_until(60.9)
    assert [] == house.raised()
    house.run_until(61)
    (alert,) = house.raised()
    assert "entry_exit.exit_over" in str(alert.text)


def test_what_only_moves_when_the_exit_delay_ends_counts_when_it_moves_again() -> None:
    house = House()
    house.step(1, AWAY)
    house.step(50, "hall.motion=on")
    house.run_until(70)
    assert [] == house.raised()
    house.step(71, "hall.motion=off")
    house.step(72, "hall.motion=on")
    assert ["hall"] == house.alarms()


def test_who_enters_and_disarms_in_time_causes_no_alarm() -> None:
    house = armed()
    house.step(101, "door.door=on")
    house.step(105, "hall.motion=on")
    house.step(129, OFF)
    house.run_until(500)
    assert [] == house.raised()


def test_who_does_not_disarm_is_an_alarm_at_the_deadline_though_all_is_closed_again() -> None:
    house = armed()
    house.step(101, "door.door=on")
    house.step(102, "door.door=off", "hall.motion=on")
    house.run_until(130.9)
    assert [] == house.raised()
    house.run_until(131)
    assert {"door": False, "hall": True} == {alert.key: alert.active for alert in house.raised()}
    assert {START + 131 * 10**9} == {alert.raised for alert in house.raised()}


def test_the_hall_without_the_door_alarms_at_once() -> None:
    house = armed()
    house.step(101, "hall.motion=on")
    assert ["hall"] == house.alarms()


def test_a_second_door_does_not_prolong_an_entry_and_may_shorten_it() -> None:
    short = {"window": SensorDelay(entry_s=5)}
    house = armed(Route(name="side", devices=("door", "window"), entry_s=40, exit_s=0, sensors=short))
    house.step(101, "door.door=on")
    house.step(120, "window.door=on")
    house.run_until(124.9)
    assert [] == house.raised()
    house.run_until(125)
    assert ["door", "window"] == house.alarms()


def test_no_entry_is_longer_than_the_standard_lets_it_be() -> None:
    house = armed(Route(name="slow", devices=("door",), entry_s=600, exit_s=0))
    house.step(101, "door.door=on")
    house.run_until(146)
    assert ["door"] == house.alarms()


@PER
@pytest.mark.parametrize("outage_s", [5, 300])
def test_a_restart_in_an_entry_alarms_at_its_deadline_or_at_once_if_that_has_passed(per: str, outage_s: float) -> None:
    intrusion = rule("state", name="intrusion", alert_class="intrusion", signals=["door"], modes=["away"], per=per)
    house = House(FRONT, rules=(intrusion,))
    house.step(1, AWAY)
    house.run_until(100)
    house.step(101, "door.door=on")
    house.restart(outage_s)
    if outage_s < 30:
        house.run_until(130.9)
        assert [] == house.raised()
    house.run_until(max(131, 101 + outage_s))
    assert 1 == len(house.alarms())


def test_after_a_restart_with_the_clock_set_back_an_entry_is_no_longer_than_it_was() -> None:
    house = armed()
    house.step(101, "door.door=on")
    house.restart(-90)
    house.run_until(11 + 31)
    assert ["door"] == house.alarms()


def test_a_restart_in_an_exit_delay_goes_on_with_it() -> None:
    house = House()
    house.step(1, AWAY)
    house.step(10, "door.door=on")
    house.restart(5)
    house.run_until(60.9)
    assert [] == house.raised()
    house.run_until(61)
    assert ["door"] == house.alarms()


def test_a_device_for_24_hours_waits_for_nothing() -> None:
    always = device("door", signals=("door",), tags=("24h",))
    house = House()
    house.devices = (always, *DEVICES[1:])
    house.restart()
    house.step(1, AWAY)
    house.step(10, "door.door=on")
    assert ["door"] == house.alarms()


def test_who_disarms_and_arms_again_in_an_entry_has_an_exit_delay_of_their_own() -> None:
    house = armed()
    house.step(101, "door.door=on")
    house.step(110, OFF)
    house.step(111, AWAY)
    house.step(120, "door.door=off")
    house.run_until(400)
    assert [] == house.raised()


@PER
def test_a_window_that_joins_an_entry_is_an_alarm_at_once(per: str) -> None:
    intrusion = rule("state", name="intrusion", alert_class="intrusion", signals=["door"], modes=["away"], per=per)
    house = House(FRONT, rules=(intrusion,))
    house.step(1, AWAY)
    house.run_until(100)
    house.step(101, "door.door=on")
    house.step(102, "window.door=on")
    assert 1 == len(house.alarms())


def test_who_closes_the_last_door_behind_them_has_left() -> None:
    house = House(Route(name="front", devices=("door",), through=("hall",), exit_s=60, arm_on_close=True))
    house.step(1, AWAY)
    house.step(5, "door.door=on")
    house.step(8, "door.door=off")
    house.step(20, "hall.motion=on")
    assert ["hall"] == house.alarms()


def test_what_was_held_and_cannot_be_read_after_a_restart_alarms_by_itself() -> None:
    house = armed()
    house.step(101, "door.door=on", "door.door=off")
    name = ("gateway:entry_exit", "route:front")
    house.memories[name] = house.memories[name][:-3]
    house.restart(5)
    house.run_until(200)
    (alert,) = house.open("gateway-entry-unread")
    assert ("intrusion", "store", "front") == (alert.alert_class, alert.area, alert.key)
    house.restart(5)
    house.run_until(300)
    assert [alert.raised] == [each.raised for each in house.open("gateway-entry-unread")]


def test_the_zone_of_a_panel_waits_on_its_route_and_nowhere_else() -> None:
    house = House()
    break_in = rule("state", name="break-in", alert_class="intrusion", signals=["intrusion"], modes=["away"])
    house.rules.append(break_in)
    house.devices = (*DEVICES[:2], device("window", signals=("intrusion",)), device("smoke", signals=("smoke",)))
    house.restart()
    house.step(1, AWAY)
    house.run_until(100)
    house.step(101, "door.intrusion=on", "window.intrusion=on")
    assert ["window"] == house.alarms("break-in")
    house.run_until(131)
    assert ["door", "window"] == house.alarms("break-in")
