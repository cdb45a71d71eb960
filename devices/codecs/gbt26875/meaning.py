"""What the objects of an upload say, as Reports: which address, which signals, when.

Every bit of a state is reported each time, set or not: the protocol has no word for "restored" but a cleared bit.
Bit 0 (in operation, or in test) never takes a fire back: real devices send a fire with bit 0 clear.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

import msgspec

from devices.codec import Report
from devices.codecs.gbt26875 import tables
from devices.codecs.gbt26875.framing import Frame
from devices.codecs.gbt26875.options import Options
from devices.codecs.gbt26875.time_label import instant_of, text_of
from devices.codecs.gbt26875.units import (
    Analogue,
    ComponentConfiguration,
    ComponentState,
    DeviceConfiguration,
    DeviceOperation,
    DeviceState,
    DeviceTime,
    DeviceVersion,
    Object,
    SystemConfiguration,
    SystemOperation,
    SystemState,
    SystemTime,
    SystemVersion,
)
from devices.codecs.gbt26875.units import text_of as words_of
from devices.message import Reason, Text
from devices.reading import Instant, Value

_FIRE, _FEEDBACK, _RESET = 1, 6, 13
_ENDING = ("reset", "alarm_cleared")
_ALARMS = frozenset((*tables.ALARM_OF_COMPONENT.values(), "fire"))
_LONGEST_TEXT = 120

Values = list[tuple[str, Value]]


class Said(msgspec.Struct, frozen=True):
    """The reports of a frame and what in it could not be one: ``notes`` are (kind, words), one a kind and frame."""

    reports: tuple[Report, ...]
    notes: tuple[tuple[str, Reason], ...] = ()


def device_model(frame: Frame) -> str:
    """The transmission device by its number, and the protocol version that it claims (any is accepted).

    Makers put an IPv4 address and a port where the standard has a number: so large a one is shown both ways.
    """
    number = int.from_bytes(frame.source, "little")
    name = f"{number} or {'.'.join(str(byte) for byte in frame.source[:4])}" if number >> 32 else f"{number}"
    return f"transmission device no. {name}, protocol {frame.version[0]}.{frame.version[1]}"


def presence(frame: Frame, *more: tuple[str, Value], why: str = "") -> Report:
    """Whoever sends a good frame is there; a heartbeat says no more. ``why`` is for whoever finds it waiting."""
    model = f"{device_model(frame)}; {why}" if why else device_model(frame)
    return Report(frame.source.hex(), (("online", True), *more), model=model)


class History(Protocol):
    """When the parts of a device told of alarms: told again it is no new one, and the past does not end it."""

    def is_new(self, address: str, label: bytes) -> bool: ...
    def newest(self, source: str) -> Instant: ...
    def alarmed(self, source: str, at: Instant) -> None: ...


def said(
    frame: Frame, objects: Iterable[Object], options: Options, history: History, *, snapshot: bool = False
) -> Said:
    """All that a frame says. ``snapshot``: it answers a question of ours, so it tells of no change."""
    sense = _Sense(frame, options, history, snapshot=snapshot)
    for item in objects:
        sense.take(item)
    return Said((presence(frame), *sense.reports), tuple(sense.notes.items()))


class _Sense:
    def __init__(self, frame: Frame, options: Options, history: History, *, snapshot: bool) -> None:
        self._frame, self._options, self._history, self._snapshot = frame, options, history, snapshot
        self._source, self._zone = frame.source.hex(), options.zone
        self.reports: list[Report] = []
        self.notes: dict[str, Reason] = {}

    def take(self, item: Object) -> None:
        match item:
            case SystemState():
                self._reserved("system", item.bits, 0x3FFF)
                values, is_reset = self._system_state(item.bits), bool(item.bits >> _RESET & 1)
                self._report(self._system(item), values, item.label, _system_model(item), is_reset=is_reset)
            case ComponentState():
                self._reserved("component", item.bits, 0x01FF)
                model = _named(_component_model(item), item.text)
                self._report(self._component(item), self._component_state(item), item.label, model)
            case Analogue():
                values = self._analogue(item)
                if values:
                    self._report(self._component(item), values, item.label, _component_model(item))
            case SystemOperation():
                self._reserved("operation", item.bits, 0x7F)
                values = _operation(item.bits, item.operator, tables.OPERATIONS)
                is_reset = _is_reset(values)
                self._report(self._system(item), values, item.label, _system_model(item), is_reset=is_reset)
            case SystemVersion():
                self._about(self._system(item), _system_model(item), f"{item.major}.{item.minor}")
            case SystemConfiguration():
                self._about(self._system(item), _named(_system_model(item), item.text))
            case ComponentConfiguration():
                self._about(self._component(item), _named(_component_model(item), item.text))
            case DeviceState():
                self._reserved("device", item.bits, 0x7F)
                self._report(self._source, self._device_state(item.bits), item.label, device_model(self._frame))
            case DeviceOperation():
                values = _operation(item.bits, item.operator, tables.DEVICE_OPERATIONS)
                is_reset = _is_reset(values)
                self._report(self._source, values, item.label, device_model(self._frame), is_reset=is_reset)
            case DeviceVersion():
                self._about(self._source, device_model(self._frame), f"{item.major}.{item.minor}")
            case DeviceConfiguration():
                self._about(self._source, _named(device_model(self._frame), item.text))
            case SystemTime() | DeviceTime():
                self._time(item.label)

    # -- addresses -----------------------------------------------------------------------------------------

    def _system(self, item: SystemState | SystemOperation | SystemVersion | SystemConfiguration) -> str:
        return f"{self._source}/{item.system_type}.{item.system}"

    def _component(self, item: ComponentState | Analogue | ComponentConfiguration) -> str:
        component = item.component.hex()
        if self._options.split_address:
            zone, point = (int.from_bytes(half, "little") for half in (item.component[:2], item.component[2:]))
            component = f"{zone}-{point}"
        return f"{self._source}/{item.system_type}.{item.system}.{component}"

    # -- values --------------------------------------------------------------------------------------------

    def _system_state(self, bits: int) -> Values:
        values = _states(bits, tables.SYSTEM_BITS)
        values += [("action", name) for bit, name in tables.SYSTEM_MOMENTS.items() if bits >> bit & 1]
        return values + self._test(bits)

    def _component_state(self, item: ComponentState) -> Values:
        bits = item.bits
        alarm = bool(bits >> _FIRE & 1)
        if item.component_type in tables.WATER_FLOW:
            alarm = alarm or bool(bits >> _FEEDBACK & 1)
        signal = tables.ALARM_OF_COMPONENT.get(item.component_type, "fire")
        return [(signal, alarm), *_states(bits, tables.COMPONENT_BITS), *self._test(bits)]

    def _device_state(self, bits: int) -> Values:
        return _states(bits, tables.DEVICE_BITS) + self._test(bits)

    def _test(self, bits: int) -> Values:
        return [("test", not bits & 1)] if self._options.trust_test_bit else []

    def _analogue(self, item: Analogue) -> Values:
        known = tables.ANALOGUES.get(item.quantity)
        if known is None:
            self._note(f"analogue {item.quantity}", Text.of("gbt26875.no_signal", quantity=item.quantity))
            return []
        signal, numerator, denominator, lowest, highest = known
        if not lowest <= item.counts <= highest:
            self._note(
                "range", Text.of("gbt26875.outside", signal=signal, counts=item.counts, lowest=lowest, highest=highest)
            )
            return []
        return [(signal, item.counts * numerator / denominator)]

    # -- reports -------------------------------------------------------------------------------------------

    def _report(self, address: str, values: Values, label: bytes, model: str, *, is_reset: bool = False) -> None:
        label = label or self._frame.label
        time = self._time(label)
        is_event = False
        if not self._snapshot and any(value is True and signal in _ALARMS for signal, value in values):
            is_event = self._history.is_new(address, label if time is not None else self._frame.label)
            if time is not None:
                self._history.alarmed(self._source, time)
        if is_reset and not self._snapshot and time is not None and time < self._history.newest(self._source):
            self._note("reset", Text.of("gbt26875.old_reset"))
            is_reset = False
        is_reset = is_reset and not self._snapshot
        report = Report(address, tuple(values), time, self._snapshot, model, event=is_event, reset=is_reset)
        self.reports.append(report)
        if is_reset and address.endswith("/0.0"):
            self.reports.append(Report(self._source, (), time, reset=True, model=device_model(self._frame)))

    def _reserved(self, whose: str, bits: int, known: int) -> None:
        """A maker's own meaning, perhaps a fault."""
        places = ", ".join(str(bit) for bit in range(16) if bits & ~known & 0xFFFF & 1 << bit)
        if places:
            self._note(f"{whose} {places}", Text.of("gbt26875.reserved", places=places, whose=whose))

    def _about(self, address: str, model: str, software: str = "") -> None:
        """Nothing to read, but it says what hangs there: for the technician who takes it over from quarantine."""
        model = f"{model}, software {software}" if software else model
        self.reports.append(Report(address, (), None, self._snapshot, model, software))

    def _time(self, label: bytes) -> Instant | None:
        time = instant_of(label, self._zone)
        if time is None:
            self._note("time", Text.of("gbt26875.no_time", label=text_of(label)))
        return time

    def _note(self, kind: str, words: Reason) -> None:
        self.notes.setdefault(kind, words)


def _is_reset(values: Values) -> bool:
    return any(pair in values for pair in (("action", word) for word in _ENDING))


def _states(bits: int, table: Mapping[int, tuple[str, bool]]) -> Values:
    return [(signal, bool(bits >> bit & 1) is when_set) for bit, (signal, when_set) in table.items()]


def _operation(bits: int, operator: int, table: Mapping[int, str]) -> Values:
    """What somebody did: a moment each, no state. But a manual alarm stands until reset or cleared."""
    done = [name for bit, name in table.items() if bits >> bit & 1]
    values: Values = [("action", name) for name in done]
    if "reset" in done or "alarm_cleared" in done:
        values.append(("call_point", False))
    if "manual_alarm" in done:
        values.append(("call_point", True))
    if "reset" in done:
        values.append(("silenced", False))
    if "silence" in done:
        values.append(("silenced", True))
    if done:
        values.append(("action.operator", str(operator)))
    return values


def _system_model(item: SystemState | SystemOperation | SystemVersion | SystemConfiguration) -> str:
    return tables.SYSTEM_TYPES.get(item.system_type) or f"system of type {item.system_type}"


def _component_model(item: ComponentState | Analogue | ComponentConfiguration) -> str:
    return tables.COMPONENT_TYPES.get(item.component_type) or f"component of type {item.component_type}"


def _named(model: str, raw: bytes) -> str:
    """The model and what somebody wrote about it: mostly where it hangs."""
    words = "".join(character for character in words_of(raw) if character.isprintable())[:_LONGEST_TEXT].strip()
    return f"{model}, {words}" if words else model
