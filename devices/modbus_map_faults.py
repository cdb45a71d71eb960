"""What is wrong with a register map of the right shape (devices/modbus_map.py): each fault with its block and point.

Read on a terminal by who writes the map, and under *Not understood* where a line brought one that cannot be used.
"""

from collections.abc import Iterator

from devices.message import Param, Text
from devices.modbus_map import BIT_KINDS, MOST_BITS, MOST_REGISTERS, WIDTHS, Block, Point, RegisterMap, produced
from devices.signals import SIGNALS, base_name

_MOST_BLOCKS = 64
_MOST_POINTS = 256
_SHOWN = 60
"""Characters of a name that somebody made too long."""


def faults(register_map: RegisterMap) -> list[Text]:
    """Everything that is wrong with it; nothing if it can be worked with."""
    return list(_faults(register_map))


def _of(name: str, **params: Param) -> Text:
    return Text.of(f"modbus_map_faults.{name}", **{name: _kept(param) for name, param in params.items()})


def _kept(param: Param) -> Param:
    """A number of more digits than a store takes is cut: a line may bring anything."""
    return str(param)[:_SHOWN] if isinstance(param, int) and param.bit_length() > 63 else param


def _is_word(name: str) -> bool:
    return bool(name) and all(letter.isalnum() or letter in "-_." for letter in name)


def _faults(register_map: RegisterMap) -> Iterator[Text]:
    if not _is_word(register_map.model):
        yield _of("model", found=register_map.model[:_SHOWN])
    if not 1 <= register_map.most <= MOST_REGISTERS:
        yield _of("most", limit=MOST_REGISTERS, found=register_map.most)
    if not 0 < len(register_map.blocks) <= _MOST_BLOCKS:
        yield _of("blocks", limit=_MOST_BLOCKS, found=len(register_map.blocks))
    names: set[str] = set()
    signals: set[str] = set()
    for block in register_map.blocks:
        problems = [*_name_faults(block, names), *_block_faults(block, register_map.most)]
        yield from (_of("in_block", block=block.name[:_SHOWN], problem=problem) for problem in problems)
        names.add(block.name)
        for point in block.points:
            problems = [*_point_faults(block, point), *_twice(point, signals)]
            signals.update(produced(point))
            yield from (
                _of("in_point", block=block.name[:_SHOWN], signal=point.signal[:_SHOWN], problem=problem)
                for problem in problems
            )


def _name_faults(block: Block, earlier: set[str]) -> Iterator[Text]:
    if not _is_word(block.name):
        yield _of("block_name")
    if block.name in earlier:
        yield _of("block_twice")


def _twice(point: Point, earlier: set[str]) -> Iterator[Text]:
    for signal in produced(point):
        if signal in earlier:
            yield _of("signal_twice", given=signal)


def _block_faults(block: Block, most_registers: int) -> Iterator[Text]:
    most = MOST_BITS if block.kind in BIT_KINDS else min(most_registers, MOST_REGISTERS)
    if not 1 <= block.count <= most:
        yield _of("count", limit=most, found=block.count)
    if not 0 <= block.first <= 65_535 or block.first + block.count > 65_536:
        yield _of("addresses", first=block.first, more=block.count - 1)
    if block.poll_s and not 0.1 <= block.poll_s <= 86_400:
        yield _of("poll_s", found=block.poll_s)
    if not 0 < len(block.points) <= _MOST_POINTS:
        yield _of("points", limit=_MOST_POINTS, found=len(block.points))


def _point_faults(block: Block, point: Point) -> Iterator[Text]:
    signal = SIGNALS.get(point.signal) or SIGNALS.get(base_name(point.signal))
    if signal is None:
        yield _of("no_signal")
    if point.at < 0 or point.at + WIDTHS[point.type] > block.count:
        yield _of("outside", width=WIDTHS[point.type], at=point.at, count=block.count)
    if (block.kind in BIT_KINDS) != (point.type == "bit"):
        yield _of("type", type=point.type, kind=block.kind)
    width = 1 if point.type == "bit" else 16 * WIDTHS[point.type]
    if point.mask and (point.type in ("f32", "i16", "i32", "bit") or not 0 < point.mask < 1 << width):
        yield _of("mask", mask=f"{point.mask:#x}"[:_SHOWN], type=point.type)
    if any(not 0 <= code < 1 << width for code in (*point.missing, *point.broken)):
        yield _of("raw_codes", width=width)
    if set(point.missing) & set(point.broken):
        yield _of("missing_and_broken")
    if not point.factor:
        yield _of("no_factor")
    if (point.broken_below or point.broken_above) and point.type not in ("u16", "u32"):
        yield _of("broken_limits")
    yield from _meaning_faults(point, None if signal is None else signal.python_type, width)


def _meaning_faults(point: Point, wanted: type | None, width: int) -> Iterator[Text]:
    """What the value becomes must be of the signal's type."""
    bad = [code for code in point.states if not _is_code(code, width)]
    if bad:
        yield _of("state_codes", width=width, found=bad[0][:20])
    if point.states and point.type == "f32":
        yield _of("states_of_float")
    if point.states and wanted is not None and any(type(meaning) is not wanted for meaning in point.states.values()):
        yield _of("states_of_flag" if wanted is bool else "states_of_text" if wanted is str else "states_of_number")
    if not point.states and wanted is str:
        yield _of("no_states")
    if point.type == "bit" and wanted is float:
        yield _of("bit_is_no_number")
    if wanted is bool and point.type in ("f32", "i16", "i32"):
        yield _of("flag_type")
    if wanted is not float and (point.factor != 1 or point.offset or point.least is not None):
        yield _of("only_numbers")
    if point.inverted and (wanted is not bool or point.states):
        yield _of("inverted")


def _is_code(text: str, width: int) -> bool:
    if not text.isascii() or len(text) > 12 or not text.replace("x", "").isalnum():
        return False
    try:
        return 0 <= int(text, 0) < 1 << width
    except ValueError:
        return False
