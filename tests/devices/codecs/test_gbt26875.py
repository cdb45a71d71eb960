"""GB/T 26875.3-2011: data units both ways, and what they mean."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs.gbt26875 import commands, units
from devices.codecs.gbt26875.framing import LARGEST_UNIT, Frame, encoded
from devices.errors import MalformedMessage
from devices.signals import SIGNALS, base_name
from tests.devices.codecs.gbt26875_frames import T, V, frame
from tests.devices.codecs.gbt26875_units import _BITS, framed, received


@pytest.mark.parametrize("name", V)
def test_a_worked_frame_decodes_and_encodes_to_the_same_bytes(name: str) -> None:
    """Frame and data unit, up and down."""
    (read,) = framed(V[name])
    assert isinstance(read, Frame)
    assert V[name] == read.raw
    assert V[name] == encoded(read)
    if read.unit:
        assert read.unit == units.encoded(*units.decoded(read.unit))


def test_what_the_centre_asks_is_worded_as_in_the_standard() -> None:
    asked = [commands.duty_check(10), commands.component_states([(1, 1, bytes.fromhex("02001100"))])]
    asked.append(commands.set_clock(T))
    expected = [framed(V[name])[0] for name in ("V7", "V8", "V9")]
    assert [(want.command, want.unit) for want in expected if isinstance(want, Frame)] == asked


def test_every_question_can_be_asked() -> None:
    """Types 61 to 68, 81 to 88, 89 to 91: each with its own type flag, none too long."""
    system, one = (1, 2), (1, 2, b"\1\2\3\4")
    asked = {
        61: commands.system_states([system] * 102),
        62: commands.component_states([one] * 22),
        63: commands.analogues([one] * 63),
        64: commands.system_operations(system, 102, T),
        65: commands.system_version(system),
        66: commands.system_configurations([system] * 3),
        67: commands.component_configurations([one] * 26),
        68: commands.system_time(system),
        81: commands.device_state(),
        84: commands.device_operations(1, T),
        85: commands.device_version(),
        86: commands.device_configuration(),
        88: commands.device_time(),
        89: commands.initialise(),
        90: commands.set_clock(T),
        91: commands.duty_check(255),
    }
    lengths = {61: 206, 62: 134, 63: 380, 64: 11, 65: 4, 66: 8, 67: 158, 68: 4, 81: 3, 84: 9, 85: 3, 86: 3, 88: 3}
    assert {**lengths, 89: 3, 90: 8, 91: 3} == {flag: len(unit) for flag, (_, unit) in asked.items()}
    assert list(asked) == [unit[0] for _, unit in asked.values()]
    assert {flag: 1 if flag > 88 else 4 for flag in asked} == {flag: command for flag, (command, _) in asked.items()}
    with pytest.raises(ValueError, match="1 to 102"):
        commands.device_operations(103, T)
    with pytest.raises(ValueError, match="at most 22"):
        commands.component_states([one] * 23)


_BYTE = st.integers(0, 255)


_FOUR, _SIX = st.binary(min_size=4, max_size=4), st.binary(min_size=6, max_size=6)


_TEXT = st.binary(min_size=31, max_size=31)


_COUNTS = st.integers(-32768, 32767)


_LABEL = {"label": _SIX}


OBJECTS: dict[int, tuple[int, st.SearchStrategy[Any]]] = {
    1: (102, st.builds(units.SystemState, _BYTE, _BYTE, _BITS, **_LABEL)),
    2: (22, st.builds(units.ComponentState, _BYTE, _BYTE, _BYTE, _FOUR, _BITS, _TEXT, **_LABEL)),
    3: (63, st.builds(units.Analogue, _BYTE, _BYTE, _BYTE, _FOUR, _BYTE, _COUNTS, **_LABEL)),
    4: (102, st.builds(units.SystemOperation, _BYTE, _BYTE, _BYTE, _BYTE, **_LABEL)),
    5: (1, st.builds(units.SystemVersion, _BYTE, _BYTE, _BYTE, _BYTE)),
    6: (3, st.builds(units.SystemConfiguration, _BYTE, _BYTE, st.binary(max_size=255))),
    7: (26, st.builds(units.ComponentConfiguration, _BYTE, _BYTE, _BYTE, _FOUR, _TEXT)),
    8: (1, st.builds(units.SystemTime, _BYTE, _BYTE, _SIX)),
    21: (1, st.builds(units.DeviceState, _BYTE, **_LABEL)),
    24: (127, st.builds(units.DeviceOperation, _BYTE, _BYTE, **_LABEL)),
    25: (1, st.builds(units.DeviceVersion, _BYTE, _BYTE)),
    26: (1, st.builds(units.DeviceConfiguration, st.binary(max_size=255))),
    28: (1, st.builds(units.DeviceTime, _SIX)),
}


@pytest.mark.parametrize("flag", OBJECTS)
@given(data=st.data())
def test_every_upload_comes_back_as_it_was(flag: int, data: st.DataObject) -> None:
    """Whatever its fields hold; and the session understands it, confirms it, and says so of known signals only."""
    most, objects = OBJECTS[flag]
    items = data.draw(st.lists(objects, max_size=min(most, 4)))
    unit = units.encoded(flag, items)
    assert (flag, items) == units.decoded(unit)
    (decoded,) = received(frame(unit))
    assert decoded.confirm
    assert set() == {base_name(name) for report in decoded.reports for name, _ in report.values} - set(SIGNALS)


@pytest.mark.parametrize("flag", OBJECTS)
def test_the_largest_unit_fits_and_one_object_more_does_not(flag: int) -> None:
    most = OBJECTS[flag][0]
    shortest: dict[int, Any] = {
        6: units.SystemConfiguration(1, 1, b"x" * 255),
        26: units.DeviceConfiguration(b"x" * 255),
    }
    width = {1: 10, 2: 46, 3: 16, 4: 10, 5: 4, 7: 38, 8: 8, 21: 7, 24: 8, 25: 2, 28: 6}.get(flag, 0)
    unit = bytes((flag, most)) + bytes(width) * most
    if flag in shortest:
        unit = units.encoded(flag, [shortest[flag]] * most)
    largest = {1: 1022, 2: 1014, 3: 1010, 4: 1022, 5: 6, 6: 776, 7: 990, 8: 10, 21: 9, 24: 1018, 25: 4, 26: 258, 28: 8}
    assert largest[flag] == len(unit)
    read = units.decoded(unit)[1]
    assert unit == units.encoded(flag, read)
    with pytest.raises(ValueError, match=f"at most {most} objects"):
        units.encoded(flag, [*read, read[0]])


@given(st.binary(max_size=LARGEST_UNIT))
def test_a_hostile_unit_is_refused_in_words(unit: bytes) -> None:
    for flag in OBJECTS:
        try:
            units.decoded(bytes((flag,)) + unit)
        except MalformedMessage:
            continue
