"""Reporting to a city's fire centre as a transmission device (用户信息传输装置), GB/T 26875.3-2011, clauses 5 to 8.

What stands at a place goes up as the state of a component (type 2), all of it with each change, because the protocol
has no message for an end; what is wrong with the gateway as the state of the device (type 21), answers of people as its
operations (type 24). An upload said again has the same serial number. The centre's duty check and clock are confirmed,
its questions about the device answered, those about components denied: this is no control unit. Its clock is taken for
the labels that it is sent, the machine's own is left alone.

There is no login in the standard. ``hello`` says what the centre's makers want first (protocols in the field differ).
"""

from collections.abc import Callable, Sequence
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from devices.centre import Alive, CentreEvent, ClockTold, Condition, Confirmed, Denied, DutyAsked, Told, Transceiver
from devices.codec import Key
from devices.codecs.gbt26875 import framing, units
from devices.codecs.gbt26875.framing import ANSWER, CONFIRM, DENY, SEND, Failed, Frame, Framer, encoded
from devices.codecs.gbt26875.reporting_codes import COMPONENT_STATES, DEVICE_STATES, NORMAL, OPERATIONS
from devices.codecs.gbt26875.time_label import instant_of, label_of
from devices.errors import MalformedMessage
from devices.message import Text
from devices.reading import SECOND, Instant

_REMEMBERED = 512
_MOST_SERIAL = 0xFFFF
_FURTHEST: Instant = 86_400 * SECOND
"""A centre whose clock is further away is confirmed and not believed."""
_REGISTER = 0
_FIRE_SYSTEM = 1
_INITIALISE = 89
_VERSION = (0, 1)
"""Of this gateway, in the two bytes of types 25 and 86."""


class ReportingOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """each holds for one centre.

    ``source`` and ``destination``: the addresses of this device and of the centre, as the centre gives them;
    ``system``: the number of the fire alarm system that is told of; ``hello``: what is said first: ``state`` (types
    21 and 25), ``handshake`` (the one byte 16) or ``register`` (command 0, Dahua); ``heartbeat``: how it is asked
    whether it is there: by the device's ``state``, or by an ``empty`` upload; ``user_version``: the second version
    byte; ``time_zone``: of the time labels.
    """

    source: int
    destination: int = 0
    system: int = 1
    hello: Literal["state", "handshake", "register"] = "state"
    heartbeat: Literal["state", "empty"] = "state"
    user_version: int = 0
    time_zone: str = "Asia/Shanghai"

    def __post_init__(self) -> None:
        for name in ("source", "destination"):
            if not 0 <= getattr(self, name) < 1 << 48:
                raise ValueError(f"{name} must be 0 to 281474976710655, the six bytes of an address")
        for name in ("system", "user_version"):
            if not 0 <= getattr(self, name) <= 255:
                raise ValueError(f"{name} must be 0 to 255")
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"time_zone must be a name like Asia/Shanghai, not {self.time_zone!r}") from None


class Serials:
    """What all connections to one centre share: serial numbers, its clock, and what is wrong with the device itself."""

    def __init__(self) -> None:
        self._next: int | None = None
        self._of_event: dict[str, int] = {}
        self._events: dict[int, str] = {}
        self.ahead: Instant = 0
        self.of_device: tuple[Condition, ...] = ()

    def fresh(self, now: Instant) -> int:
        last = now // SECOND if self._next is None else self._next
        self._next = (last + 1) & _MOST_SERIAL
        self._events.pop(self._next, None)
        return self._next

    def of(self, event: str, now: Instant) -> int:
        """The same for the same event."""
        if event not in self._of_event:
            serial = self.fresh(now)
            self._of_event[event], self._events[serial] = serial, event
            while len(self._of_event) > _REMEMBERED:
                self._events.pop(self._of_event.pop(next(iter(self._of_event))), None)
        return self._of_event[event]

    def event(self, serial: int) -> str:
        return self._events.get(serial, "")


class Reporting:
    """The Transceiver of devices/centre.py."""

    def __init__(self, name: str, options: ReportingOptions, serials: Serials, version: tuple[int, int]) -> None:
        self._name, self._options, self._serials, self._version = name, options, serials, version
        self._zone = ZoneInfo(options.time_zone)
        self._framer = Framer(lambda source: False)
        self._unsent = bytearray()

    def hello(self, now: Instant) -> bytes:
        match self._options.hello:
            case "handshake":
                return self._frame(SEND, b"\x16", self._serials.fresh(now), now)
            case "register":
                return self._frame(_REGISTER, b"", self._serials.fresh(now), now)
        version = units.encoded(25, [units.DeviceVersion(*self._version)])
        return self._state(now) + self._frame(SEND, version, self._serials.fresh(now), now)

    def probe(self, now: Instant) -> bytes:
        if self._options.heartbeat == "empty":
            return self._frame(SEND, b"", self._serials.fresh(now), now)
        return self._state(now)

    def tell(self, event: CentreEvent, now: Instant) -> bytes:
        if event.condition in DEVICE_STATES:
            self._serials.of_device = event.standing
        return self._frame(SEND, self._unit(event), self._serials.of(event.id, now), now)

    def _unit(self, event: CentreEvent) -> bytes:
        label = self._label(event.at)
        if event.condition in DEVICE_STATES:
            return units.encoded(21, [units.DeviceState(_device_bits(event.standing), label)])
        if event.condition in OPERATIONS:
            return units.encoded(
                24, [units.DeviceOperation(1 << OPERATIONS[event.condition], event.zone & 0xFF, label)]
            )
        component, _ = COMPONENT_STATES[event.condition]
        bits = NORMAL
        for condition in event.standing:
            if condition in COMPONENT_STATES:
                bits |= 1 << COMPONENT_STATES[condition][1]
        address = (event.partition & 0xFFFF).to_bytes(2, "little") + (event.zone & 0xFFFF).to_bytes(2, "little")
        text = units.text_bytes(event.text)
        where = (_FIRE_SYSTEM, self._options.system, component, address)
        return units.encoded(2, [units.ComponentState(*where, bits, text, label)])

    def _state(self, now: Instant) -> bytes:
        state = units.DeviceState(_device_bits(self._serials.of_device), self._label(now))
        return self._frame(SEND, units.encoded(21, [state]), self._serials.fresh(now), now)

    def _frame(self, command: int, unit: bytes, serial: int, now: Instant) -> bytes:
        options = self._options
        return encoded(
            Frame(
                serial,
                (1, options.user_version),
                self._label(now),
                options.source.to_bytes(6, "little"),
                options.destination.to_bytes(6, "little"),
                command,
                unit,
            )
        )

    def _label(self, at: Instant) -> bytes:
        return label_of(at + self._serials.ahead, self._zone)

    # -- what the centre says ------------------------------------------------------------------------------

    def receive(self, data: bytes, now: Instant) -> Sequence[Told]:
        found: list[Told] = []
        for piece in self._framer.feed(data, now):
            if isinstance(piece, Frame):
                found += self._heard(piece, now)
            elif isinstance(piece, Failed) and piece.deny is not None:
                self._answer(piece.deny, DENY, now)  # clause 6.5.3
        return found

    def to_send(self) -> bytes:
        sent = bytes(self._unsent)
        self._unsent.clear()
        return sent

    def _heard(self, frame: Frame, now: Instant) -> list[Told]:
        if frame.destination != self._options.source.to_bytes(6, "little"):
            return []  # it speaks with somebody else
        event = self._serials.event(frame.serial)
        match frame.command:
            case framing.CONFIRM:
                return [Alive(), Confirmed(event)] if event else [Alive()]
            case framing.DENY:
                return [Alive(), Denied(event, Text.of("gbt26875.refused"))] if event else [Alive()]
            case framing.CONTROL:
                return [Alive(), *self._controlled(frame, now)]
            case framing.REQUEST:
                self._asked(frame, now)
                return [Alive()]
        return [Alive()]

    def _controlled(self, frame: Frame, now: Instant) -> list[Told]:
        found: list[Told] = []
        match self._objects(frame):
            case [units.SetClock(time=label)]:
                time = instant_of(label, self._zone)
                if time is None:
                    self._answer(frame, DENY, now)
                    return found
                ahead = (time - now) // SECOND * SECOND
                if abs(ahead) <= _FURTHEST:
                    self._serials.ahead = ahead
                found.append(ClockTold(ahead / SECOND))
            case [units.DutyCheck(minutes=minutes)]:
                confirm = encoded(frame.answer(CONFIRM, self._label(now)))
                return [DutyAsked(f"{self._name}-{frame.serial}-{frame.label.hex()}", minutes, confirm)]
            case [units.OfDevice()] if frame.unit[0] == _INITIALISE:
                self._unsent += self.hello(now)  # what waits to be confirmed is evidence, and stays
            case _:
                self._answer(frame, DENY, now)
                return found
        self._answer(frame, CONFIRM, now)
        return found

    def _asked(self, frame: Frame, now: Instant) -> None:
        label = self._label(now)
        kind = frame.unit[0] if frame.unit else 0
        replies: dict[int, tuple[int, units.Object]] = {
            81: (21, units.DeviceState(_device_bits(self._serials.of_device), label)),
            85: (25, units.DeviceVersion(*self._version)),
            86: (26, units.DeviceConfiguration(b"keyarea")),
            88: (28, units.DeviceTime(label)),
        }
        if kind not in replies or not self._objects(frame):
            self._answer(frame, DENY, now)
            return
        type_flag, reply = replies[kind]
        self._answer(frame, ANSWER, now, units.encoded(type_flag, [reply]))

    def _objects(self, frame: Frame) -> list[units.Object]:
        """None for what has no layout, or is an upload."""
        if not frame.unit or frame.unit[0] not in units.KNOWN or units.is_upload(frame.unit[0]):
            return []
        try:
            return units.decoded(frame.unit)[1]
        except MalformedMessage:
            return []

    def _answer(self, frame: Frame, command: int, now: Instant, unit: bytes = b"") -> None:
        self._unsent += encoded(frame.answer(command, self._label(now), unit))


class ReportingCentre:
    """The Centre of devices/centre.py."""

    options = ReportingOptions
    conditions = frozenset((*COMPONENT_STATES, *DEVICE_STATES, *OPERATIONS))

    def open(self, name: str, options: ReportingOptions, key: Key) -> Callable[[], Transceiver]:
        serials = Serials()
        return lambda: Reporting(name, options, serials, _VERSION)

    def keys(self, name: str, options: ReportingOptions) -> Sequence[str]:
        return ()


def _device_bits(standing: Sequence[Condition]) -> int:
    bits = NORMAL
    for condition in standing:
        bits |= 1 << DEVICE_STATES[condition] if condition in DEVICE_STATES else 0
    return bits
