"""Each fault of a register map is named, with where it stands, in both languages."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.catalogue import language, templates
from devices.message import Text
from devices.modbus_map import RegisterMap
from devices.modbus_map_faults import faults

SMOKE = {"signal": "smoke", "at": 0}
HEAT = {"signal": "temperature", "at": 1}
PRESSED = {"signal": "action", "at": 0}


def found(*points: dict[str, Any], block: dict[str, Any] | None = None, **of_map: Any) -> list[Text]:
    """The faults of a map with one block of four input registers."""
    one = {"name": "state", "kind": "input", "first": 16, "count": 4, "points": list(points or [SMOKE, HEAT])}
    known = {"model": "acme", "description": "d", "description_zh": "d", "source": "s", "blocks": [one | (block or {})]}
    return faults(msgspec.convert(known | of_map, RegisterMap))


def keys(said: list[Text]) -> set[str]:
    """Of the faults themselves, without the keys that say where."""
    inner = (text.params.get("problem", text) for text in said)
    return {text.key.removeprefix("modbus_map_faults.") for text in inner if isinstance(text, Text)}


def test_a_map_that_can_be_worked_with_has_none() -> None:
    assert found() == []


WRONG: list[tuple[str, list[Text]]] = [
    ("model", found(model="acme gas")),
    ("most", found(most=126)),
    ("blocks", found(blocks=[])),
    ("block_name", found(block={"name": ""})),
    ("count", found(block={"count": 126})),
    ("addresses", found(block={"first": 65_533})),
    ("poll_s", found(block={"poll_s": 0.05})),
    ("points", found(block={"points": []})),
    ("signal_twice", found(SMOKE, SMOKE)),
    ("no_signal", found({"signal": "smoek", "at": 0})),
    ("outside", found(HEAT | {"at": 3, "type": "u32"})),
    ("type", found(SMOKE | {"type": "bit"})),
    ("mask", found(SMOKE | {"mask": 0x1_0000})),
    ("raw_codes", found(HEAT | {"missing": [-1]})),
    ("missing_and_broken", found(HEAT | {"missing": [7], "broken": [7]})),
    ("no_factor", found(HEAT | {"factor": 0})),
    ("broken_limits", found(HEAT | {"type": "i16", "broken_below": 4})),
    ("state_codes", found(SMOKE | {"states": {"seven": True}})),
    (
        "states_of_float",
        found(HEAT | {"type": "f32", "states": {"1": True}}),
    ),
    ("states_of_flag", found(SMOKE | {"states": {"1": "yes"}})),
    ("states_of_text", found(PRESSED | {"states": {"1": True}})),
    ("states_of_number", found(HEAT | {"states": {"1": True}})),
    ("no_states", found(PRESSED)),
    ("bit_is_no_number", found(HEAT | {"type": "bit"}, block={"kind": "coil"})),
    ("flag_type", found(SMOKE | {"type": "i16"})),
    ("only_numbers", found(SMOKE | {"offset": 1})),
    ("inverted", found(HEAT | {"inverted": True})),
]


@pytest.mark.parametrize(("key", "said"), WRONG, ids=[key for key, _ in WRONG])
def test_a_fault_is_named(key: str, said: list[Text]) -> None:
    assert key in keys(said)


def test_two_blocks_of_one_name_are_told_apart() -> None:
    block = {"name": "state", "kind": "input", "first": 0, "count": 1, "points": [SMOKE]}
    assert {"block_twice", "signal_twice"} == keys(found(blocks=[block, block]))


def test_no_fault_is_without_a_map_that_has_it() -> None:
    known = {key.partition(".")[2] for key in templates("en") if key.startswith("modbus_map_faults.")}
    assert known - {"in_block", "in_point"} == {key for key, _ in WRONG} | {"block_twice"}


def test_where_it_stands_is_said_in_both_languages() -> None:
    (said,) = found(HEAT | {"factor": 0})
    assert language("en").render(said) == "block 'state', 'temperature': factor must not be 0"
    assert language("zh").render(said) == "区块“state”，“temperature”：factor 不得为 0"


NUMBERS = st.integers() | st.sampled_from([0, 1, 16, 1 << 64, -(1 << 80)])


@given(NUMBERS, NUMBERS, NUMBERS, st.text())
def test_whatever_a_line_brings_can_be_kept(first: int, count: int, mask: int, name: str) -> None:
    """Reasons are stored with the message that was not understood."""
    said = found(SMOKE | {"mask": mask, "at": count}, block={"first": first, "count": count, "name": name}, most=first)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(said), type=list[Text]) == said
