"""An engine with some rules that many tests need, and the words that move it on."""

from alerts.rule import Rule
from devices.device import Device
from devices.reading import SECOND
from tests.alerts.timeline import Room, device, rule, said

SMOKE = rule("state", name="smoke", signals=["smoke"], title="Smoke")
INTRUSION = rule("state", name="intrusion", alert_class="intrusion", signals=["door"], modes=["armed"])
NIGHTLY = rule("state", name="nightly", alert_class="access", signals=["door"], schedule="night")
LOST = rule("supervision", name="lost", alert_class="fault", interval_s=100)
PAIR = rule("coincidence", name="pair", signals=["smoke"], within_s=60)
A, B = device("a"), device("b")


def tell(room: Room, *words: str, after_s: float = 1) -> list[str]:
    now = room.now + int(after_s * SECOND)
    return said(room.step([room.event(word, now) for word in words], now))


def beat(room: Room, *words: str, every_s: float, times: int) -> None:
    """The same words again and again, while the clock runs as it does for the pipeline."""
    at = room.now
    for _ in range(times):
        at += int(every_s * SECOND)
        room.run_until(at)
        room.step([room.event(word, at) for word in words], at)


def armed(*rules: Rule, devices: tuple[Device, ...] = (A,)) -> Room:  # type: ignore[type-arg]
    return Room(rules, devices, {"store": "armed", "hall": "disarmed"})
