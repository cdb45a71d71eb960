"""Orders to devices that do something: a siren sounds, a voice speaks, a relay switches, a lock opens.

An order is a value in the engine's answer. The transport sends it after the commit; a reading of the device (its
feedback) then says that it acted. A family that can be ordered has ``command(device, order)`` on its decoder or line,
which returns ``Commands`` or raises Refused. The same order sent twice does the same once: it says how the device shall
be, never "toggle".
"""

from typing import Any, Literal, TypeAlias

import msgspec

from devices.errors import Refused
from devices.message import Text
from devices.reading import Instant, Origin

What: TypeAlias = Literal["siren", "strobe", "relay", "lock", "keypad", "led", "buzzer", "voice"]

AUDIBLE = frozenset({"siren", "buzzer", "voice"})
"""What a person silences (EN 54-2, 13.7: silencing is no reset, and a new alarm resounds)."""
PERCEIVED = frozenset({"siren", "strobe", "buzzer", "led", "keypad", "voice"})
"""What an offender hears or sees."""
_URGENT = frozenset({"siren", "strobe", "voice"})
_URGENT_CLASSES = frozenset({"fire", "gas"})

_FEEDBACK = {
    "siren": "siren",
    "strobe": "siren.strobe",
    "relay": "switch",
    "lock": "lock",
    "buzzer": "siren.buzzer",
    "voice": "voice",
}
"""The signal that says how it stands, where a family has no other."""


class OutputOrder(msgspec.Struct, frozen=True):
    """How one output of a device shall be from now on.

    ``value`` is what the feedback then says: true sounds, flashes, is on; a lock is open (true) or locked (false); of a
    keypad the mode that it shows, of an LED the colour, of a voice the message that it speaks ("": none), by its text
    or its number in the device. ``channel`` is the family's own name of the output where the device has several.
    ``duration_s``: the device may end it by itself after so long; 0: it waits for the next order.
    ``origin`` says whether it is for a real alarm. ``alert`` and ``alert_class`` are what started it, "" for nothing.
    ``attempt`` counts how often it was sent: the ``id`` stays the same. ``by``: the person who ordered it; ``holder``:
    the case that wants it so until it orders it back. ``stops``: off, whatever wants it on, until a new alarm does.
    """

    id: str
    device: str
    what: What
    value: bool | str
    at: Instant
    reason: Text
    channel: str = ""
    duration_s: float = 0
    origin: Origin = "real"
    alert: str = ""
    alert_class: str = ""
    area: str = ""
    attempt: int = 1
    by: str = ""
    holder: str = ""
    stops: bool = False

    @property
    def key(self) -> str:
        """Which output of the device."""
        return output_key(self.what, self.channel)

    @property
    def is_urgent(self) -> bool:
        """Whether it does not wait for a store that can't be written: siren, strobe or voice for fire or gas."""
        return bool(self.value) and self.what in _URGENT and self.alert_class in _URGENT_CLASSES


Step: TypeAlias = Literal["acted", "failed", "refused", "early", "silenced", "stopped"]


class OutputFact(msgspec.Struct, frozen=True):
    """What became of an order. ``early``: it went out before it was stored. ``by``: who silenced or stopped it."""

    order: OutputOrder
    step: Step
    at: Instant
    by: str = ""
    why: Text | None = None


class Commands(msgspec.Struct, frozen=True):
    """An order in a family's own words: (topic, payload) to publish, bytes for its line, or what its bus is told.

    ``is_mute``: nothing that this device says shows whether it acted, so nobody waits for that.
    """

    publish: tuple[tuple[str, bytes], ...] = ()
    send: bytes = b""
    bus: Any = None
    is_mute: bool = False


def output_key(what: str, channel: str = "") -> str:
    """The name of one output of a device: ``siren``, ``relay:2``."""
    return f"{what}:{channel}" if channel else what


def usual_feedback(what: str, channel: str = "") -> str:
    """The signal by which a device says how that output stands; "" for what devices don't tell."""
    signal = _FEEDBACK.get(what, "")
    if not signal or channel in ("", "0", "1"):
        return signal
    return f"{signal}{'_' if '.' in signal else '.'}{channel}"


def refused(name: str, order: OutputOrder, **params: str | float) -> Refused:
    """That the family, or this device, has no such output; ``name`` is a key of this file's catalogue."""
    return Refused(
        Text.of(f"output_orders.{name}", device=order.device, what=Text.of(f"output.{order.what}"), **params)
    )


def switched(order: OutputOrder, on: str = "ON", off: str = "OFF") -> str:
    """The family's word for on or off. Raises Refused for a value that is neither."""
    if type(order.value) is not bool:
        raise refused("no_such_value", order, value=str(order.value))
    return on if order.value else off
