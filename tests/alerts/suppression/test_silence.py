"""Whatever is done to it, no live danger is silent: it is in the open, or set aside for a reason that holds now."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from alerts.alert import Alert
from alerts.event import Event, Tick
from devices.device import Device
from devices.reading import SECOND
from tests.alerts.timeline import Room, device, rule
from workflows.bypass import LONGEST_FOR_LIFE

_DANGERS = ("smoke", "heat")
SMOKE, HEAT = (rule("state", name=name, signals=[name]) for name in _DANGERS)
AREA = rule("state", name="area", signals=["smoke"], per="area")
LOST = rule("supervision", name="lost", alert_class="fault", interval_s=50)
LINE = rule("state", name="line", alert_class="fault", device_kinds=["gateway_line"], signals=["fault"])
_DETECTOR = {"kind": "multi_detector", "signals": ("smoke", "heat")}
COM = replace(device("line:com1", "gateway", kind="gateway_line", signals=("fault",)), family="gateway")
DEVICES = (device("a", **_DETECTOR), device("b", line="com1", **_DETECTOR), device("c", "hall", **_DETECTOR), COM)

_WORDS = st.sampled_from(
    [
        *(f"{mark}{name}.{signal}={value}" for mark in ("", "", "~") for name in "abc" for signal in _DANGERS
          for value in ("on", "off")),
        *(f"bypass {names} {seconds} work" for names in ("a", "a,b", "area:store", "c") for seconds in (5, 60, 28000)),
        *(f"endbypass {name}" for name in "abc"),
        *(f"wish {names} 2000 work" for names in ("a", "a,b")),
        *(f"consent {name} zhao" for name in "ab"),
        *(f"walk {names} {seconds}" for names in ("a", "a,b", "area:store", "area:hall") for seconds in (20, 2000)),
        "endwalk",
        *(f"line:com1.fault={value}" for value in ("on", "off")),
        *(f"{word} {key}" for word in ("ack", "reset", "close") for key in ("a", "b", "c", "store", "hall")),
    ]
)  # fmt: skip
_DEEDS = st.sampled_from(
    [
        *(f"restart {seconds}" for seconds in (0, 5, 200, -300, -90_000, 90_000)),
        *(f"move {name} {area}" for name in "abc" for area in ("store", "hall")),
        *(f"replace {name}" for name in "abc"),
        *(f"retire {name}" for name in "abc"),
        *(f"adopt {name}" for name in "abc"),
    ]
)
_steps = st.tuples(st.integers(0, 60), st.one_of(st.lists(_WORDS, max_size=4), _DEEDS))
_OPENINGS = st.sampled_from(
    [
        [["bypass a,b 28000 work", "bypass c 60 work"]],
        [["walk a 2000", "bypass b 28000 work"]],
        [["line:com1.fault=on", "bypass a 60 work"]],
        [["a.smoke=off", "b.heat=off"], ["walk area:store 2000", "walk area:hall 2000"], ["a.smoke=on"]],
        [["a.smoke=off", "a.heat=off"], ["walk a 2000"], ["a.smoke=on"]],
    ]
)
stories = st.builds(
    lambda opening, rest: [*((1, words) for words in opening), *rest], _OPENINGS, st.lists(_steps, max_size=12)
)


class Watched:
    """A room whose devices come, go and move, with a truth of its own: who tells of a danger now."""

    def __init__(self, rules: Any = (SMOKE, HEAT, AREA, LOST, LINE)) -> None:
        self.room = Room(rules, DEVICES, {"store": "armed", "hall": "armed", "gateway": "armed"})
        self.up: dict[tuple[str, str], bool] = {}
        self.spoken: dict[str, Device] = {}

    def play(self, story: list[tuple[int, list[str] | str]]) -> None:
        for pause, told in story:
            now = self.room.now + pause * SECOND
            self._run_until(now)
            if isinstance(told, str):
                self._do(told)
                self._step([Tick(self.room.now)], self.room.now)
            else:
                self._step([*(self.room.event(word, now) for word in told if self._may_speak(word)), Tick(now)], now)
                self._step([Tick(now)], now)

    def _may_speak(self, word: str) -> bool:
        """What is not installed does not reach the rules."""
        name, is_reading, _ = word.removeprefix("~").partition(".")
        return not is_reading or any(each.id == name for each in self.room.devices)

    def _run_until(self, end: int) -> None:
        for _ in range(5_000):
            wake_at = self.room.engine.wake_at
            if wake_at is None or wake_at >= end:
                return
            self._step([Tick(max(self.room.now, wake_at))], max(self.room.now, wake_at))
        raise AssertionError("woken again and again")

    def _step(self, events: list[Event], now: int) -> None:
        self.room.step(events, now)
        installed = {device.id for device in self.room.devices}
        for (name, signal), reading in self.room.latest.items():
            if signal in _DANGERS and name in installed:
                self.up[name, signal] = reading.value is True
        self.look()

    def _do(self, deed: str) -> None:
        word, name, *where = deed.split()
        devices = {each.id: each for each in self.room.devices}
        match word:
            case "restart":
                self.room.restart(int(name))
                return
            case "move" if name in devices:
                devices[name] = replace(devices[name], area=where[0])
            case "replace" if name in devices:
                devices[name] = replace(devices[name], address=devices[name].address + "x")
            case "retire":
                devices.pop(name, None)
                self.room.latest = {at: told for at, told in self.room.latest.items() if at[0] != name}
                self.up = {at: is_up for at, is_up in self.up.items() if at[0] != name}
            case "adopt" if name not in devices:
                devices[name] = next(each for each in DEVICES if each.id == name)
        self.room.devices = tuple(devices.values())
        self.room.engine.set_devices(self.room.devices, self.room.now)

    def look(self) -> None:
        alerts = {(alert.rule, alert.key): alert for alert in self.room.engine.open_alerts()}
        areas = {each.id: each.area for each in self.room.devices}
        for (name, signal), is_up in self.up.items():
            if not is_up or name not in areas:
                continue
            alert = alerts.get((signal, name))
            assert alert is not None, f"{name} tells of {signal}, and nobody is told"
            assert alert.active
            assert alert.suppression is None or self._is_right(alert, name, signal, areas), alert
        for alert in alerts.values():
            assert alert.suppression is None or alert.rule in ("lost", "smoke", "heat", "area"), alert

    def _is_right(self, alert: Alert, name: str, signal: str, areas: dict[str, str]) -> bool:
        """By what the stores hold."""
        assert alert.suppression is not None
        now, source = self.room.now, alert.suppression.source
        if alert.suppression.why == "bypass":
            bypass = self.room.bypasses[source]
            is_agreed = bypass.second not in ("", bypass.by)
            is_in_time = bypass.opened <= now < bypass.until <= bypass.opened + LONGEST_FOR_LIFE
            return is_agreed and is_in_time and name in bypass.devices and areas[name] == bypass.area
        if alert.suppression.why == "walk_test":
            test = self.room.tests[source]
            answer = test.answer_of(name)
            is_in_time = test.ended is None and test.started <= now < test.until
            is_ticked = answer is not None and answer.signal == signal and now < answer.at + test.window
            return is_in_time and is_ticked and name in test.devices
        return False


@given(stories)
def test_a_live_danger_is_in_the_open_or_set_aside_for_a_reason_that_holds(story: list[Any]) -> None:
    """Over restarts, clocks set back and ahead, devices that move, go and come, and lines that are lost."""
    Watched().play(story)
