"""Modbus: devices with registers that the gateway asks for, over RS485 (Modbus RTU) or a network (Modbus TCP).

Source of the format: Modbus Application Protocol Specification V1.1b3 (functions 1 to 4). What a register means is
the maker's affair: a register map for each model says it (``devices/modbus_maps/*.toml``, and a site's own). The
device's ``address`` is its unit, ``1`` to ``247`` (makers go on to ``255``), its ``model`` names the map. A unit may
carry devices of several areas, as the zones of a fire panel: ``7/3`` is what the map calls channel 3 (``smoke.3``,
``fault.3``, there plain ``smoke`` and ``fault``), and ``7`` then all the rest of it.

Example: ``7/th-transmitter/values`` with ``02 92 FF 9B`` is what unit 7 gave for the block ``values`` of that map:
registers of two bytes each, high byte first, or bits of coils and inputs, eight a byte, lowest bit first. Before the
first of a model, ``map/<model>`` brings its map as JSON. A retained message is the first after a silence: a snapshot.

Orders write what the map reads: the coil, or the holding register with ``states`` for true and false, of ``switch``
(``channel`` 2: ``switch.2``), ``siren`` or ``lock`` (functions 5 and 6). The next poll says that it acted.
"""

import math
import re
import struct
from collections.abc import Iterator

import msgspec

from devices.bus_orders import RegisterWrite
from devices.codec import Decoded, Decoder, Message, Report
from devices.device import Device
from devices.errors import MalformedMessage
from devices.message import Reason, Text, of_field, several
from devices.modbus_map import BIT_KINDS, WIDTHS, Block, Point, RegisterMap
from devices.modbus_map_faults import faults
from devices.output_orders import Commands, OutputOrder, refused, usual_feedback
from devices.reading import Value
from devices.signals import SIGNALS, base_name, check

_MOST_MODELS = 1_000
_LARGEST_MAP = 256 * 1024
_PART = re.compile(r"[\w-]{1,40}", re.ASCII)
_ORDERS = {"ABCD": (0, 1, 2, 3), "CDAB": (2, 3, 0, 1), "BADC": (1, 0, 3, 2), "DCBA": (3, 2, 1, 0)}

_read_map = msgspec.json.Decoder(RegisterMap).decode


class _ModbusDecoder:
    """Knows the maps that it was told; at 1,000 of them it takes no more, in words."""

    def __init__(self) -> None:
        self._maps: dict[str, dict[str, Block]] = {}

    def command(self, device: Device, order: OutputOrder) -> Commands:
        """What is to be written. Raises Refused."""
        unit, _, part = device.address.partition("/")
        wanted = _signals_of(order, part)
        for block in self._maps.get(device.model, {}).values():
            for point in block.points if block.kind in ("coil", "holding") else ():
                if point.signal in wanted and (code := _code(block, point, order)) is not None:
                    return Commands(bus=RegisterWrite(int(unit), block.kind, block.first + point.at, code))
        raise refused("no_such_output", order)

    def decode(self, message: Message) -> Decoded:
        """The values in one block of one unit."""
        first, _, rest = message.address.partition("/")
        model, _, name = rest.partition("/")
        if first == "map" and not name:
            self._learn(model, message.payload)
            return Decoded()
        if not _is_unit(first):
            raise MalformedMessage(Text.of("modbus.address"))
        block = self._maps.get(model, {}).get(name)
        if block is None:
            raise MalformedMessage(Text.of("modbus.no_block", name=repr(name[:60]), model=repr(model[:60])))
        expected = (block.count + 7) // 8 if block.kind in BIT_KINDS else 2 * block.count
        if len(message.payload) != expected:
            raise MalformedMessage(
                Text.of("modbus.block_length", name=name, expected=expected, found=len(message.payload))
            )
        values, problems = _values(block, message.payload)
        problem = several(problems)
        if problem and not values:
            raise MalformedMessage(problem)
        report = Report(str(int(first)), values, None, message.retained, model)
        return Decoded((report,) if values else (), malformed=problem, raw=message.payload[:200] if problem else b"")

    def _learn(self, model: str, payload: bytes) -> None:
        if len(payload) > _LARGEST_MAP:
            raise MalformedMessage(Text.of("modbus.map_too_large", most=_LARGEST_MAP))
        try:
            known = _read_map(payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise MalformedMessage(Text.of("modbus.no_map", error=str(error))) from None
        wrong: list[Reason] = [*faults(known)]
        if known.model != model:
            wrong.insert(0, Text.of("modbus.other_model", found=repr(known.model[:60]), model=repr(model[:60])))
        if wrong:
            raise MalformedMessage(several(wrong))
        if model not in self._maps and len(self._maps) >= _MOST_MODELS:
            raise MalformedMessage(Text.of("modbus.too_many_maps", most=_MOST_MODELS))
        self._maps[model] = {block.name: block for block in known.blocks}


def _is_unit(text: str) -> bool:
    """Modbus over Serial Line V1.02, 2.2: 0 is for all, 248 to 255 are reserved; sensors leave the factory with them.

    On TCP a device that is no gateway for others is to be asked as 255.
    """
    return text.isascii() and text.isdecimal() and len(text) < 4 and 1 <= int(text) <= 255


def _signals_of(order: OutputOrder, part: str) -> frozenset[str]:
    """What the map may call the output: a siren hangs on a relay as well."""
    channel = order.channel or part
    signals = {usual_feedback(order.what, channel), usual_feedback("relay", channel)} - {""}
    return frozenset(signals | {f"{signal}.1" for signal in signals if channel in ("", "1")})


def _code(block: Block, point: Point, order: OutputOrder) -> int | None:
    """What to write so that the point then reads as ordered; None for a point that can't be written alone."""
    if block.kind == "coil":
        return int(order.value is not point.inverted) if type(order.value) is bool else None
    if point.mask or point.type != "u16":
        return None
    return next((code for code, meaning in point.codes().items() if meaning == order.value), None)


def _values(block: Block, payload: bytes) -> tuple[tuple[tuple[str, Value], ...], list[Reason]]:
    """What the points of a block say, and what is wrong with the others."""
    values: list[tuple[str, Value]] = []
    problems: list[Reason] = []
    for point in block.points:
        try:
            values += _read(block, point, payload)
        except MalformedMessage as error:
            problems.append(of_field(f"{block.kind} {block.first + point.at}", error.text))
    return tuple(values), problems


def _read(block: Block, point: Point, payload: bytes) -> Iterator[tuple[str, Value]]:
    raw, packed = _raw(block, point, payload)
    if raw in point.missing:
        return
    if point.is_broken(raw):
        yield f"fault.{point.signal}", True
        return
    value = check(point.signal, _meaning(point, raw, packed))
    yield point.signal, value
    if point.can_break:
        yield f"fault.{point.signal}", False


def _raw(block: Block, point: Point, payload: bytes) -> tuple[int, bytes]:
    """The bits of a point without a sign, and its bytes, high one first."""
    if block.kind in BIT_KINDS:
        bit = payload[point.at // 8] >> point.at % 8 & 1
        return bit, bytes([bit])
    taken = payload[2 * point.at : 2 * (point.at + WIDTHS[point.type])]
    order = _ORDERS[point.order]
    places = order if len(taken) == 4 else (0, 1) if order[0] < order[1] else (1, 0)
    packed = bytes(taken[place] for place in places)
    return int.from_bytes(packed, "big"), packed


def _meaning(point: Point, raw: int, packed: bytes) -> Value:
    if point.mask:
        lowest = (point.mask & -point.mask).bit_length() - 1
        raw = (raw & point.mask) >> lowest
    if point.states:
        meaning = point.codes().get(raw)
        if meaning is None:
            raise MalformedMessage(Text.of("modbus.no_state", signal=point.signal, raw=raw))
        return meaning
    known = SIGNALS.get(point.signal) or SIGNALS.get(base_name(point.signal))
    if known is not None and known.python_type is bool:
        return bool(raw) != point.inverted
    if point.type == "f32":
        number = float(struct.unpack(">f", packed)[0])
        if not math.isfinite(number):
            raise MalformedMessage(Text.of("modbus.not_finite", signal=point.signal))
        return _scaled(point, number, 7)
    return _scaled(point, int.from_bytes(packed, "big", signed=True) if point.type in ("i16", "i32") else raw, 10)


def _scaled(point: Point, raw: float, digits: int) -> float:
    """In the signal's unit. 215 × 0.1 is 21.5, and a single-precision 21.3 is 21.3: no digit that was not sent."""
    number = float(f"{raw * point.factor + point.offset:.{digits}g}")
    return number if point.least is None else max(number, point.least)


class ModbusCodec:
    """Modbus, as devices.families finds it."""

    family = "modbus"
    takes_orders = True
    answers_for_parts = True

    def feedback(self, what: str, channel: str) -> str:
        """What hangs on a numbered relay is told as that relay."""
        return usual_feedback("relay" if channel and what != "lock" else what, channel)

    def open_bus(self) -> Decoder:
        return _ModbusDecoder()

    def refuses(self, address: str) -> Text | None:
        unit, slash, part = address.partition("/")
        if not _is_unit(unit) or unit != str(int(unit)):
            return Text.of("modbus.no_unit")
        if slash and not _PART.fullmatch(part):
            return Text.of("modbus.no_part")
        return None


CODEC = ModbusCodec()
