"""GB/T 26875.3-2011: what a bit, a text, a time and a quantity mean."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs.gbt26875 import tables, units
from devices.codecs.gbt26875.options import Options
from devices.codecs.gbt26875.session import Gbt26875Line
from devices.codecs.gbt26875.shared import Shared
from devices.codecs.gbt26875.time_label import instant_of, label_of
from devices.reading import SECOND
from devices.signals import SIGNALS, base_name
from tests.devices.codecs.gbt26875_frames import T, V, component, frame
from tests.devices.codecs.gbt26875_units import _BITS, NOW, received, values
from tests.words import words


@pytest.mark.parametrize("component_type", [*tables.COMPONENT_TYPES, 200])
@pytest.mark.parametrize("bits", [2, 3, 0xFFFF])
def test_a_fire_is_never_taken_back_by_the_test_bit(component_type: int, bits: int) -> None:
    """Bit 0 clear means test by the letter; devices in the field send fires so. One signal a type, alarm in itself."""
    signal = tables.ALARM_OF_COMPONENT.get(component_type, "fire")
    for trusted in (False, True):
        (decoded,) = received(frame(component(component_type, bits)), trust_test_bit=trusted)
        assert SIGNALS[base_name(signal)].alarm
        assert values(decoded)[signal] is True
        assert (trusted and not bits & 1) == ("test" in values(decoded))


@given(st.sampled_from(list(tables.COMPONENT_TYPES)), _BITS, _BITS)
def test_the_signals_of_a_component_do_not_come_and_go(component_type: int, before: int, after: int) -> None:
    """A cleared bit is the only word for restored, so every bit is told each time."""
    told = [received(frame(component(component_type, bits)))[0].reports[-1].values for bits in (before, after)]
    assert [name for name, _ in told[0]] == [name for name, _ in told[1]]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("东".encode("gb18030") * 16, "东" * 15),
        (b"room 3\0left over", "room 3"),
        (b"  room 3   ", "room 3"),
        ("㐀".encode("gb18030") + b"\x82", "㐀"),
        (b"\xff\xff\xff", ""),
        ("东".encode("gb18030") + b"\xff" * 20, "东"),
        (b"a\x1b[31mb", "a[31mb"),
    ],
)
def test_a_text_is_cut_at_a_whole_character_and_shown_without_tricks(raw: bytes, expected: str) -> None:
    (decoded,) = received(frame(component(42, 1, text=raw[:31])))
    shown = decoded.reports[-1].model.removeprefix("point photoelectric smoke detector").removeprefix(", ")
    assert expected == shown


@given(st.text(max_size=40))
def test_a_text_for_the_wire_holds_no_half_character(text: str) -> None:
    raw = units.text_bytes(text.replace("\0", ""))
    assert 31 == len(raw)
    assert text.replace("\0", "").encode("gb18030", "replace").startswith(raw.rstrip(b"\0"))
    raw.decode("gb18030")


@given(st.integers(946_684_800 + 86_400, 4_070_908_800))
def test_a_time_label_is_exact_to_the_second(seconds: int) -> None:
    zone = Options().zone
    assert seconds * SECOND == instant_of(label_of(seconds * SECOND, zone), zone)


@pytest.mark.parametrize("label", ["0F1E08180D1A", "000000000000", "4B1E08180B1A", "0F1E081F0B1A", "FFFFFFFFFFFF"])
def test_an_impossible_time_costs_the_time_only(label: str) -> None:
    """Reported as of receipt, noted, confirmed."""
    (decoded,) = received(frame(component(42, 3, label=bytes.fromhex(label))))
    assert "there is no time" in words(decoded.malformed)
    assert decoded.reports[-1].time is None
    assert values(decoded)["smoke"] is True
    assert decoded.confirm


def test_the_time_zone_is_a_setting_of_the_device() -> None:
    devices = {"e90300000000": {"time_zone": "UTC"}}
    (decoded,) = received(V["V1"], devices=_own(devices))
    assert NOW + 8 * 3600 * SECOND == decoded.reports[-1].time


def test_zone_and_point_are_split_where_that_is_known() -> None:
    (decoded,) = received(V["V1"], devices=_own({"e90300000000": {"split_address": True}}))
    assert "e90300000000/1.1.2-17" == decoded.reports[-1].address
    (decoded,) = received(V["V1"], devices=_own({"ea0300000000": {"split_address": True}}))
    assert "e90300000000/1.1.02001100" == decoded.reports[-1].address


@pytest.mark.parametrize(
    ("bit", "of_system", "of_component"),
    [
        (1, ("fire", True), ("smoke", True)),
        (2, ("fault", True), ("fault", True)),
        (3, ("disabled", True), ("disabled", True)),
        (4, ("supervisory", True), ("supervisory", True)),
        (5, ("started", True), ("started", True)),
        (6, ("feedback", True), ("feedback", True)),
        (7, ("delaying", True), ("delaying", True)),
        (8, ("mains", False), ("fault.power", True)),
        (9, ("fault.battery", True), None),
        (10, ("fault.bus", True), None),
        (11, ("manual_mode", True), None),
        (12, ("action", "configuration_changed"), None),
        (13, ("action", "reset"), None),
        (14, None, None),
    ],
)
def test_each_bit_of_a_state_says_one_thing(
    bit: int, of_system: tuple[str, Any] | None, of_component: tuple[str, Any] | None
) -> None:
    """Figures 6 and 7: beside what an empty state says, one value is another."""
    for head, tail, expected in (
        (bytes((1, 1, 1, 2)), T, of_system),
        (component(42, 0)[:9], bytes(31) + T, of_component),
    ):
        units_of = [frame(head + bits.to_bytes(2, "little") + tail) for bits in (0, 1 << bit)]
        quiet, told = (set(received(data)[0].reports[-1].values) for data in units_of)
        assert told - quiet == ({expected} if expected is not None else set())


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        (1, {"count": 123}),
        (2, {"level": 1.23}),
        (3, {"temperature": 12.3}),
        (4, {"pressure": 12_300}),
        (5, {"pressure": 12.3}),
        (6, {"gas": 12.3}),
        (7, {"duration": 123}),
        (8, {"voltage": 12.3}),
        (9, {"current": 12.3}),
        (10, {"flow": 12.3}),
        (11, {"air_flow": 12.3}),
        (0, {}),
        (13, {}),
        (128, {}),
    ],
)
def test_each_quantity_of_the_standard_has_its_unit(quantity: int, expected: dict[str, float]) -> None:
    """Table 6; 123 counts."""
    (decoded,) = received(frame(bytes((3, 1, 1, 1, 31, 2, 0, 17, 0, quantity)) + b"\x7b\0" + T))
    assert (expected or {"online": True}) == values(decoded)
    assert (not expected) == ("has no signal" in words(decoded.malformed))


def test_the_versions_of_system_and_device_are_their_firmware() -> None:
    """Types 5 and 25."""
    for unit, firmware in ((bytes((5, 1, 1, 1, 3, 7)), "3.7"), (bytes((25, 1, 2, 10)), "2.10")):
        (decoded,) = received(frame(unit))
        assert ["", firmware] == [report.firmware for report in decoded.reports]


def test_the_private_variant_is_understood_only_where_it_is_allowed() -> None:
    """The time first, three bytes behind: denied by default, for its length fits nothing."""
    unit = component(42, 3)
    private = unit[:2] + T + unit[2:-6] + b"\1\2\3"
    (decoded,) = received(frame(private))
    assert ("type 2 with 1 objects cannot be 51 bytes long", b"") == (words(decoded.malformed), decoded.confirm)
    (decoded,) = received(frame(private), time_first=True)
    assert (NOW, True) == (decoded.reports[-1].time, values(decoded)["smoke"])
    assert private == units.encoded(*units.decoded(private, time_first=True))
    assert unit == units.encoded(*units.decoded(unit, time_first=True))


def test_a_wrong_sum_is_taken_only_where_it_is_allowed_and_noted_each_time() -> None:
    wrong = V["V1"][:-3] + b"\xc2##"
    line = Gbt26875Line(Options(lenient_checksum=True), Shared())
    (decoded,) = line.receive(wrong, NOW)
    assert ("sum c2 instead of c3, taken nevertheless", True) == (words(decoded.malformed), values(decoded)["smoke"])
    assert (decoded.confirm != b"", b"") == (True, line.to_send(NOW))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"time_zone": "Mars/Base"}, "time_zone must be"),
        ({"answer_within_s": 0.0}, "answer_within_s must be"),
        ({"resends": 11}, "resends must be"),
        ({"devices": {"E903": {}}}, "12 hexadecimal digits"),
        ({"devices": {"e90300000000": {"time_zone": "x"}}}, "time_zone must be"),
        ({"handshake": "shout"}, "Invalid enum value"),
        ({"colour": 1}, "unknown field"),
    ],
)
def test_settings_that_cannot_be_are_refused_in_words(options: dict[str, Any], words: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=words):
        msgspec.convert(options, Options)


def _own(devices: dict[str, dict[str, Any]]) -> Any:
    return msgspec.convert({"devices": devices}, Options).devices
