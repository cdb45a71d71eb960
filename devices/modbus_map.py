"""A register map: which registers of a Modbus device hold what, and what may be asked for in one request.

A map is data: one TOML file a model, shipped in ``devices/modbus_maps/`` or a site's own (docs/modbus-maps.md).
"""

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
