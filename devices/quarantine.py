"""Unknown devices wait here: neither dropped nor trusted, with a guess of what they are."""

from collections.abc import Sequence

import msgspec

from devices.codec import Message, Report
from devices.reading import Instant, Value
from devices.signals import base_name

_MOST_SENDERS = 1_000
_MOST_SIGNALS = 40

_KINDS: tuple[tuple[str, str], ...] = (
    ("smoke", "smoke_detector"),
    ("smoke_density", "smoke_detector"),
    ("heat", "heat_detector"),
    ("flame", "flame_detector"),
    ("gas_alarm", "gas_detector"),
    ("gas", "gas_detector"),
    ("co", "co_detector"),
    ("call_point", "call_point"),
    ("panic", "panic_button"),
    ("leak", "leak_detector"),
    ("door", "door_contact"),
    ("lock", "lock"),
    ("credential", "reader"),
    ("access", "reader"),
    ("checkpoint", "checkpoint_reader"),
    ("glass_break", "glass_break_detector"),
    ("motion", "motion_detector"),
    ("occupancy", "motion_detector"),
    ("vibration", "vibration_detector"),
    ("siren", "siren"),
    ("temperature", "temperature_sensor"),
)
"""The first signal that a sender has names its kind."""


class Sender(msgspec.Struct):
    """One unknown device: who, when, how often, what it said last, what we take it for."""

    family: str
    address: str
    first_heard: Instant
    last_heard: Instant
    messages: int
    guess_model: str
    guess_kind: str
    signals: dict[str, Value]


class Quarantine:
    """At most 1,000 senders; more are counted in ``turned_away`` and not kept."""

    def __init__(self) -> None:
        self._senders: dict[tuple[str, str], Sender] = {}
        self.turned_away = 0

    def heard(self, family: str, report: Report, message: Message) -> None:
        key = (family, report.address)
        sender = self._senders.get(key)
        if sender is None:
            if len(self._senders) >= _MOST_SENDERS:
                self.turned_away += 1
                return
            sender = Sender(family, report.address, message.received, message.received, 0, "", "", {})
            self._senders[key] = sender
        sender.messages += 1
        sender.last_heard = message.received
        sender.guess_model = report.model or sender.guess_model
        for signal, value in report.values:
            if signal in sender.signals or len(sender.signals) < _MOST_SIGNALS:
                sender.signals[signal] = value
        sender.guess_kind = guess_kind(tuple(sender.signals))

    def senders(self) -> Sequence[Sender]:
        """Those heard last first."""
        return sorted(self._senders.values(), key=lambda sender: -sender.last_heard)

    def forget(self, family: str, address: str) -> None:
        """It was adopted or rejected."""
        self._senders.pop((family, address), None)


def guess_kind(signals: Sequence[str]) -> str:
    """What hangs on the wall, from what it reports; "" if nothing fits."""
    bases = {base_name(signal) for signal in signals}
    return next((kind for signal, kind in _KINDS if signal in bases), "")
