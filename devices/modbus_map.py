"""A register map: which registers of a Modbus device hold what, and what may be asked for in one request.

A map is data: one TOML file a model, shipped in ``devices/modbus_maps/`` or a site's own (docs/modbus-maps.md).
"""

from collections.abc import Iterator
from typing import Literal, TypeAlias

import msgspec

from devices.signals import SIGNALS, base_name

Kind: TypeAlias = Literal["holding", "input", "coil", "discrete"]

BIT_KINDS = ("coil", "discrete")
WIDTHS = {"u16": 1, "i16": 1, "u32": 2, "i32": 2, "f32": 2, "bit": 1}
"""Type of a point -> registers (or bits) that it takes."""

MOST_REGISTERS = 125
MOST_BITS = 2_000
"""In one answer: Modbus Application Protocol V1.1b3, 6.1 to 6.4."""
_MOST_BLOCKS = 64
_MOST_POINTS = 256


class Point(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One value. ``at`` counts registers (or bits) from the first of its block.

    A number is (raw × ``factor``) + ``offset``, in the signal's unit. ``order`` says how four bytes lie: ``"ABCD"``
    (high word first), ``"CDAB"``, ``"BADC"``, ``"DCBA"``; of two bytes ``"BADC"`` and ``"DCBA"`` are swapped. ``mask``
    keeps some bits of a whole number, shifted down. A true-or-false signal is true if any bit of ``mask`` is set (of
    the whole, without a mask), ``inverted`` the other way round; or ``states`` says for each code, in decimal or 0x
    hexadecimal, what it means. Codes in ``missing`` mean that nothing is connected: no value. Codes in ``broken``
    mean that the probe is at fault: no value, and ``fault.<signal>`` is true (else false). Both are compared to the
    raw, unsigned bits. A current loop is at fault below ``broken_below`` and above ``broken_above`` (raw; 0: nowhere).
    A number under ``least`` counts as that: the zero of a loop wanders a little.
    """

    signal: str
    at: int
    type: Literal["u16", "i16", "u32", "i32", "f32", "bit"] = "u16"
    order: Literal["ABCD", "CDAB", "BADC", "DCBA"] = "ABCD"
    factor: float = 1
    offset: float = 0
    mask: int = 0
    inverted: bool = False
    states: dict[str, bool | str] = {}
    missing: tuple[int, ...] = ()
    broken: tuple[int, ...] = ()
    broken_below: int = 0
    broken_above: int = 0
    least: float | None = None

    @property
    def can_break(self) -> bool:
        """Whether the device says when the probe is at fault."""
        return bool(self.broken or self.broken_below or self.broken_above)

    def is_broken(self, raw: int) -> bool:
        """Whether these bits say so."""
        return raw in self.broken or raw < self.broken_below or raw > self.broken_above > 0

    def codes(self) -> dict[int, bool | str]:
        """``states`` by number."""
        return {int(code, 0): meaning for code, meaning in self.states.items()}


class Block(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Neighbouring registers or bits. ``first`` is the address in the request, which counts from 0.

    ``poll_s``: how often to ask, 0: as often as the line's ``poll_s`` says.
    """

    name: str
    kind: Kind
    first: int
    count: int
    points: tuple[Point, ...]
    poll_s: float = 0


class RegisterMap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A model. ``source`` says where its registers are described; ``most`` bounds one request, in registers.

    ``identify``: it says who it is (function 0x2B, MEI type 0x0E), and is asked whenever it comes online.
    """

    model: str
    description: str
    description_zh: str
    source: str
    blocks: tuple[Block, ...]
    most: int = MOST_REGISTERS
    identify: bool = False


class Request(msgspec.Struct, frozen=True):
    """One question to a unit, and the blocks that its answer holds."""

    kind: Kind
    first: int
    count: int
    poll_s: float
    blocks: tuple[Block, ...]


def requests(register_map: RegisterMap) -> tuple[Request, ...]:
    """What to ask a device of that model: neighbouring blocks of one kind and pace in one request.

    Only blocks that touch or overlap are joined: many devices refuse a request that runs over a gap.
    """
    asked: list[Request] = []
    for block in sorted(register_map.blocks, key=lambda block: (block.kind, block.poll_s, block.first)):
        most = MOST_BITS if block.kind in BIT_KINDS else min(register_map.most, MOST_REGISTERS)
        last = asked[-1] if asked else None
        if last is not None and (last.kind, last.poll_s) == (block.kind, block.poll_s):
            count = max(last.first + last.count, block.first + block.count) - last.first
            if block.first <= last.first + last.count and count <= most:
                asked[-1] = Request(last.kind, last.first, count, last.poll_s, (*last.blocks, block))
                continue
        asked.append(Request(block.kind, block.first, block.count, block.poll_s, (block,)))
    return tuple(asked)


def faults(register_map: RegisterMap) -> list[str]:
    """Everything that is wrong with a map of the right shape, in words; nothing if it can be worked with."""
    return list(_faults(register_map))


def _faults(register_map: RegisterMap) -> Iterator[str]:
    if not register_map.model or not all(letter.isalnum() or letter in "-_." for letter in register_map.model):
        yield f"model {register_map.model[:60]!r} must be one word of letters, digits, '-', '_' and '.'"
    if not 1 <= register_map.most <= MOST_REGISTERS:
        yield f"most must be from 1 to {MOST_REGISTERS} registers; found {register_map.most}"
    if not 0 < len(register_map.blocks) <= _MOST_BLOCKS:
        yield f"a map has 1 to {_MOST_BLOCKS} blocks; found {len(register_map.blocks)}"
    names: set[str] = set()
    signals: set[str] = set()
    for block in register_map.blocks:
        where = f"block {block.name[:60]!r}"
        if not block.name or not all(letter.isalnum() or letter in "-_." for letter in block.name):
            yield f"{where}: its name must be one word of letters, digits, '-', '_' and '.'"
        if block.name in names:
            yield f"{where}: an earlier block has that name already"
        names.add(block.name)
        yield from (f"{where}: {problem}" for problem in _block_faults(block, register_map.most))
        for point in block.points:
            yield from (f"{where}, {point.signal[:60]!r}: {problem}" for problem in _point_faults(block, point))
            for signal in produced(point):
                if signal in signals:
                    problem = f"an earlier point gives {signal!r} already; a second channel is called '{signal}.2'"
                    yield f"{where}, {point.signal[:60]!r}: {problem}"
                signals.add(signal)


def produced(point: Point) -> tuple[str, ...]:
    """The signals that a point can give."""
    return (point.signal, f"fault.{point.signal}") if point.can_break else (point.signal,)


def channels(register_map: RegisterMap) -> dict[str, tuple[str, str]]:
    """Each signal that is one of several of its kind: signal -> (channel, what it is called without that).

    ``smoke.2`` is channel 2 of ``smoke``; plain ``smoke`` beside it is channel 1.
    """
    told = {signal for block in register_map.blocks for point in block.points for signal in produced(point)}
    found: dict[str, tuple[str, str]] = {}
    for signal in told:
        name, _, channel = signal.rpartition(".")
        if f"{signal}.2" in told:
            found[signal] = ("1", signal)
        elif name and base_name(name) in SIGNALS and not (name == "fault" and channel in SIGNALS):
            found[signal] = (channel, name)
    return found


def _block_faults(block: Block, most_registers: int) -> Iterator[str]:
    most = MOST_BITS if block.kind in BIT_KINDS else min(most_registers, MOST_REGISTERS)
    if not 1 <= block.count <= most:
        yield f"count must be from 1 to {most}; found {block.count}"
    if not 0 <= block.first <= 65_535 or block.first + block.count > 65_536:
        yield f"addresses run from 0 to 65535; found {block.first} and {block.count - 1} more"
    if block.poll_s and not 0.1 <= block.poll_s <= 86_400:
        yield f"poll_s must be from 0.1 to 86400 seconds, or 0 for the line's; found {block.poll_s:g}"
    if not 0 < len(block.points) <= _MOST_POINTS:
        yield f"a block has 1 to {_MOST_POINTS} points; found {len(block.points)}"


def _point_faults(block: Block, point: Point) -> Iterator[str]:
    signal = SIGNALS.get(point.signal) or SIGNALS.get(base_name(point.signal))
    if signal is None:
        yield "is not a signal of the vocabulary (docs/signals.md)"
    if point.at < 0 or point.at + WIDTHS[point.type] > block.count:
        yield f"lies outside its block: {WIDTHS[point.type]} from {point.at}, of {block.count}"
    if (block.kind in BIT_KINDS) != (point.type == "bit"):
        yield f"type {point.type!r} does not go with {block.kind}: coils and discrete inputs are bits, nothing else is"
    width = 1 if point.type == "bit" else 16 * WIDTHS[point.type]
    if point.mask and (point.type in ("f32", "i16", "i32", "bit") or not 0 < point.mask < 1 << width):
        yield f"a mask picks bits of u16 (to 0xFFFF) or u32 (to 0xFFFFFFFF); found {point.mask:#x} of {point.type}"
    if any(not 0 <= code < 1 << width for code in (*point.missing, *point.broken)):
        yield f"missing and broken are raw codes of {width} bits without a sign"
    if set(point.missing) & set(point.broken):
        yield "a code cannot be both missing and broken"
    if not point.factor:
        yield "factor must not be 0"
    if (point.broken_below or point.broken_above) and point.type not in ("u16", "u32"):
        yield "broken_below and broken_above go with u16 and u32"
    yield from _meaning_faults(point, None if signal is None else signal.python_type, width)


def _meaning_faults(point: Point, wanted: type | None, width: int) -> Iterator[str]:
    """What the value becomes must be of the signal's type."""
    bad = [code for code in point.states if not _is_code(code, width)]
    if bad:
        yield f"the codes of states must be whole numbers of {width} bits, like '3' or '0x0103'; found {bad[0][:20]!r}"
    if point.states and point.type == "f32":
        yield "a floating-point number has no states"
    if point.states and wanted is not None and any(type(meaning) is not wanted for meaning in point.states.values()):
        yield "its states must all be " + (
            "true or false" if wanted is bool else "texts" if wanted is str else "left out"
        )
    if not point.states and wanted is str:
        yield "a text needs states that say what each code means"
    if point.type == "bit" and wanted is float:
        yield "a single bit is no number"
    if wanted is bool and point.type in ("f32", "i16", "i32"):
        yield "true or false is read from u16, u32 or bit"
    if wanted is not float and (point.factor != 1 or point.offset or point.least is not None):
        yield "only a number has a factor, an offset and a least"
    if point.inverted and (wanted is not bool or point.states):
        yield "only true or false without states can be inverted"


def _is_code(text: str, width: int) -> bool:
    if not text.isascii() or len(text) > 12 or not text.replace("x", "").isalnum():
        return False
    try:
        return 0 <= int(text, 0) < 1 << width
    except ValueError:
        return False
