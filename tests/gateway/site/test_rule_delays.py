"""What standards allow a rule to wait, of whatever kind: by what the kind declares, and by no name of a key."""

import re
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from alerts.alert import AlertClass
from alerts.event import Event, LastHeard
from alerts.rule import Memory, Rule
from devices.device import Device
from devices.reading import SECOND, Instant, Reading
from gateway.site.load import parse
from gateway.site.model import Site
from gateway.site.safety import safety_faults
from tests.alerts.timeline import START, Room, device, rule
from tests.gateway.site.site_texts import GOOD

SITE = parse(GOOD, "site.toml")
SMOKE = Device(id="s", family="keyarea", address="s", area="store", kind="smoke_detector", signals=("smoke",))
CALL = Device(id="c", family="keyarea", address="c", area="store", kind="call_point", signals=("call_point",))


class Dawdling(Rule[Memory], frozen=True, kw_only=True, tag="dawdling"):
    """A kind that nobody has heard of."""

    patience: float = 0
    calm_s: float = 0

    def watched_signals(self) -> tuple[str, ...]:
        return ("smoke",)

    def watches(self, device: Device, signal: str) -> bool:
        return signal in (*self.watched_signals(), "call_point")

    def longest_delay_s(self) -> float:
        return self.patience + self.calm_s

    def start(self) -> Memory:
        return Memory()

    def step(self, memory: Memory, event: Event, now: Instant) -> Memory:
        return memory


class Sleepy(Dawdling, frozen=True, kw_only=True, tag="sleepy"):
    """It waits for devices, for as long as it likes."""

    listens = (LastHeard,)

    def waits(self, memory: Memory, device: Device) -> tuple[float, str]:
        return (device.interval_s, "set") if device.interval_s is not None else (self.calm_s, "rule")


def faults(made: Rule[Any], *devices: Device) -> list[tuple[Any, ...]]:
    """(the way to what is wrong, in words) of each fault of that rule."""
    site: Site = replace(SITE, devices=devices or (SMOKE,), rules=(made,))
    return [(*fault.path[2:], fault.problem) for fault in safety_faults(site)]


def dawdling(alert_class: str, **parameters: float) -> Rule[Any]:
    return Dawdling(name="d", alert_class=AlertClass(alert_class), priority=1, procedure="run", **parameters)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("alert_class", "allowed_s", "expected"),
    [
        ("fire", 60, "verified for 60 s at most"),
        ("gas", 60, "verified for 60 s at most"),
        ("hold_up", 0, "never delayed"),
        ("intrusion", 45, "45 s at most"),
    ],
)
@pytest.mark.parametrize(
    ("kind", "key", "parameters"),
    [
        ("state", "hold_s", {"signals": ["smoke"]}),
        ("threshold", "hold_s", {"signal": "temperature", "above": 57}),
        ("fault", "hold_s", {"signals": ["fault"]}),
        ("held_open", "open_s", {}),
        ("dawdling", "calm_s", {}),
    ],
)
def test_a_rule_of_any_kind_waits_as_long_as_its_class_allows(
    kind: str, key: str, parameters: dict[str, Any], alert_class: str, allowed_s: float, expected: str
) -> None:
    def made(seconds: float) -> Rule[Any]:
        if kind == "dawdling":
            return dawdling(alert_class, calm_s=seconds)
        return rule(kind, alert_class=alert_class, **parameters, **{key: seconds})

    assert [] == faults(made(allowed_s))
    ((where, problem),) = faults(made(allowed_s + 1))
    assert key == where
    assert expected in problem


def test_a_delay_that_no_single_key_holds_is_a_fault_of_the_rule() -> None:
    ((problem,),) = faults(dawdling("fire", patience=30, calm_s=31))
    assert "60 s at most; found 61" in problem


def test_what_is_no_danger_may_wait() -> None:
    assert [] == faults(dawdling("fault", calm_s=86_400))


@pytest.mark.parametrize("seconds", [1, 30])
def test_a_call_point_never_waits_whatever_the_kind(seconds: float) -> None:
    assert [] == faults(dawdling("fire"), CALL)
    ((where, problem),) = faults(dawdling("fire", calm_s=seconds), CALL)
    assert ("calm_s", True) == (where, "never delayed (EN 54-2)" in problem)


def test_a_kind_that_waits_for_fire_devices_gives_them_no_longer_than_the_loss_may_show() -> None:
    def sleepy(seconds: float) -> Rule[Any]:
        return Sleepy(name="s", alert_class=AlertClass.FAULT, priority=3, procedure="look", calm_s=seconds)

    assert [] == faults(sleepy(100))
    ((where, problem),) = faults(sleepy(101))
    assert ("calm_s", True) == (where, "'s' has no interval_s of its own and would get 101" in problem)
    assert [] == faults(sleepy(101), replace(SMOKE, tags=("radio",)), replace(SMOKE, kind="door_contact"))


@pytest.mark.parametrize(
    ("made", "word"),
    [
        (rule("state", signals=["smoke"], hold_s=30), "a.smoke=on"),
        (rule("threshold", signal="temperature", above=57, hold_s=20), "a.temperature=60"),
        (rule("fault", alert_class="fault", hold_s=50), "a.fault=on"),
        (rule("held_open", alert_class="access", open_s=40), "a.door=on"),
        (rule("state", signals=["smoke"]), "a.smoke=on"),
    ],
    ids=lambda value: value.__struct_config__.tag if isinstance(value, Rule) else "",
)
def test_a_kind_waits_as_long_as_it_declares(made: Rule[Any], word: str) -> None:
    room = Room((made,), (device("a"),))
    first = room.event(word, START)
    assert isinstance(first, Reading)
    room.step([replace(first, value=False if first.value is True else 0.0)], START)  # it was seen to be calm
    begun = START + SECOND
    room.step([room.event(word, begun)], begun)
    told = room.run_until(begun + int(made.longest_delay_s() * SECOND))
    assert [] == told
    room.run_until(begun + int(made.longest_delay_s() * SECOND) + 1)
    assert ["a"] == [alert.key for alert in room.engine.open_alerts()]


def test_the_check_knows_no_kind_and_no_key_of_one() -> None:
    """No line of it has to be written for a new kind."""
    text = Path(__file__).parents[3].joinpath("gateway/site/safety.py").read_text(encoding="utf-8")
    assert [] == re.findall(r"hold_s|open_s|every_s|hasattr|getattr|alerts\.rules", text)
