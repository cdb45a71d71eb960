"""Rules that fail: each is a fault that people see, and stops no other."""

from collections.abc import Callable
from typing import ClassVar

from alerts.alert import AlertClass
from alerts.event import Event, Tick
from alerts.rule import Breach, Memory, Rule
from devices.device import Device
from devices.message import plain
from devices.reading import SECOND, Instant, Reading
from tests.alerts.room import SMOKE, armed, tell
from tests.alerts.timeline import START, device
from tests.words import english


class BrokenRule(Rule[Memory], frozen=True, tag="broken"):
    """Fails as it is told to."""

    fails: ClassVar[Callable[[Event], bool]] = lambda event: True

    def watches(self, device: Device, signal: str) -> bool:
        return signal == "smoke"

    def start(self) -> Memory:
        return Memory()

    def step(self, memory: Memory, event: Event, now: Instant) -> Memory:
        if isinstance(event, Reading) and event.value is True:
            raise ZeroDivisionError("division by zero")
        return memory


BROKEN = BrokenRule(name="broken", alert_class=AlertClass.FIRE, priority=1, procedure="run")


def test_a_rule_that_fails_is_a_fault_that_people_see_and_stops_no_other() -> None:
    room = armed(BROKEN, SMOKE)
    tell(room, "a.smoke=off")
    assert ["raised rule:broken", "raised a"] == tell(room, "a.smoke=on")
    fault = next(alert for alert in room.engine.open_alerts() if alert.rule == "broken")
    assert (AlertClass.FAULT, 1, "store") == (fault.alert_class, fault.priority, fault.area)
    assert "rule broken failed and may miss alarms (ZeroDivisionError: division by zero)" == english(fault.text)


def test_a_rule_that_fails_at_every_reading_is_one_alert_and_counted() -> None:
    room = armed(BROKEN)
    tell(room, "a.smoke=on", "a.smoke=on", "a.smoke=on")
    assert 1 == len(room.alerts)
    assert {"broken": 3} == room.engine.failures


def test_the_fault_of_a_rule_ends_with_a_start_and_comes_again_if_it_fails_again() -> None:
    room = armed(BROKEN)
    tell(room, "a.smoke=on")
    room.restart()
    assert ["gone rule:broken"] == tell(room)
    assert ["again rule:broken"] == tell(room, "a.smoke=on")


def test_a_rule_that_fails_at_a_start_is_a_fault_that_stands() -> None:
    class Stillborn(BrokenRule, frozen=True, tag="stillborn"):
        eager = True

        def step(self, memory: Memory, event: Event, now: Instant) -> Memory:
            raise ZeroDivisionError("division by zero")

    stillborn = Stillborn(name="stillborn", alert_class=AlertClass.FIRE, priority=1, procedure="run")
    room = armed(stillborn, devices=(device("a", signals=("smoke",)),))
    assert ["raised rule:stillborn"] == tell(room)
    room.restart()
    assert ["gone rule:stillborn", "again rule:stillborn"] == tell(room)
    assert [True] == [alert.active for alert in room.engine.open_alerts()]


def test_a_rule_that_always_wants_to_be_woken_at_once_does_not_hang_the_engine() -> None:
    class RestlessRule(Rule[Memory], frozen=True, tag="restless"):
        eager = True

        def watches(self, device: Device, signal: str) -> bool:
            return signal == "smoke"

        def start(self) -> Memory:
            return Memory()

        def step(self, memory: Memory, event: Event, now: Instant) -> Memory:
            return Memory(wake_at=now, breach=Breach(since=now, text=plain("restless")))

    restless = RestlessRule(name="restless", alert_class=AlertClass.FAULT, priority=4, procedure="mend it")
    room = armed(restless, devices=(device("a", signals=("smoke",)),))
    room.step([Tick(START)], START)
    room.step([Tick(START)], START)
    assert START + SECOND == room.engine.wake_at
