"""GB/T 26875.3-2011: frames and data units both ways, and what they mean."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codec import Decoded
from devices.codecs.gbt26875 import commands, tables, units
from devices.codecs.gbt26875.framing import LARGEST_UNIT, Failed, Frame, Framer, Skipped, encoded
from devices.codecs.gbt26875.options import Options
from devices.codecs.gbt26875.session import Gbt26875Line
from devices.codecs.gbt26875.shared import Shared
from devices.codecs.gbt26875.time_label import instant_of, label_of
from devices.errors import MalformedMessage
from devices.reading import SECOND
from devices.signals import SIGNALS, base_name
from tests.devices.codecs.gbt26875_frames import CENTRE, DEVICE, T, V, component, frame

NOW = 1_795_480_215 * SECOND


def framed(data: bytes, *, lenient: bool = False) -> list[Frame | Failed | Skipped]:
    return Framer(lambda source: lenient).feed(data, NOW)


def received(data: bytes, **options: Any) -> list[Decoded]:
    return Gbt26875Line(Options(**options), Shared()).receive(data, NOW)


def values(decoded: Decoded) -> dict[str, Any]:
    """What the last report says, without what is at rest."""
    return {signal: value for signal, value in decoded.reports[-1].values if value is not False}


# -- frames and units, both ways -------------------------------------------------------------------------------


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
_BITS = st.integers(0, 65535)
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


# -- the stream ------------------------------------------------------------------------------------------------

GOOD = [V["V1"], V["V4"], V["V10"], V["V11"]]
RUBBISH = st.binary(max_size=20) | st.sampled_from([b"@", b"@@", b"@@@@", b"##", V["V1"][:40], b"\x68\x04\x01\x16"])


@given(
    st.lists(st.tuples(RUBBISH, st.sampled_from(GOOD)), max_size=5),
    RUBBISH,
    st.lists(st.integers(1, 90), max_size=20),
)
def test_good_frames_are_found_however_the_bytes_are_cut(
    pairs: list[tuple[bytes, bytes]], behind: bytes, cuts: list[int]
) -> None:
    """Rubbish between them, half a frame before them: after a silence at the latest, each is there, in order."""
    stream = b"".join(rubbish + good for rubbish, good in pairs) + behind
    framer = Framer(lambda source: False)
    found = []
    for cut in cuts:
        found += framer.feed(stream[:cut], NOW)
        stream = stream[cut:]
    if stream:
        found += framer.feed(stream, NOW)
    found += framer.feed(b"", NOW + 10 * SECOND)
    assert [good for _, good in pairs] == [piece.raw for piece in found if isinstance(piece, Frame)]
    assert framer.wake_at() is None


@given(st.lists(st.binary(max_size=200) | st.sampled_from([V["V1"][:50], b"@@" * 20, V["V9"]]), max_size=30))
def test_random_bytes_raise_nothing_and_fill_nothing(pieces: list[bytes]) -> None:
    line = Gbt26875Line(Options(), Shared())
    for piece in pieces:
        line.receive(piece, NOW)
        assert len(line._framer._buffer) <= LARGEST_UNIT + 30
        assert len(line.to_send(NOW)) <= 4096


@pytest.mark.slow
def test_a_megabyte_of_start_marks_is_a_few_notes() -> None:
    line = Gbt26875Line(Options(), Shared())
    notes = line.receive(b"@@" * 500_000, NOW)
    assert len(notes) < 300
    assert len(line._framer._buffer) < 100


@pytest.mark.parametrize("length", range(len(V["V1"])))
def test_half_a_frame_waits_for_the_rest_for_ten_seconds(length: int) -> None:
    framer = Framer(lambda source: False)
    assert [] == framer.feed(V["V1"][:length], NOW)
    assert V["V1"] in [getattr(piece, "raw", b"") for piece in framer.feed(V["V1"][length:], NOW + 9 * SECOND)]
    framer.feed(V["V1"][:length], NOW)
    framer.feed(b"", NOW + 10 * SECOND)
    assert framer.wake_at() is None


def test_a_fire_behind_a_torn_frame_waits_a_second_for_it_and_not_ten() -> None:
    """The first promised 900 bytes and broke off, as does what comes between: no fire hangs on what never comes."""
    torn = frame(b"\x80" + bytes(900))[:200]
    framer = Framer(lambda source: False)
    assert [] == framer.feed(torn + V["V1"] + torn[:40] + V["V4"], NOW)
    assert NOW + SECOND == framer.wake_at()
    assert [] == framer.feed(b"", NOW + SECOND - 1)
    found = framer.feed(b"", NOW + SECOND) + framer.feed(b"", NOW + SECOND)
    assert [V["V1"], V["V4"]] == [piece.raw for piece in found if isinstance(piece, Frame)]
    assert [] == [piece for piece in found if isinstance(piece, Failed)]


def test_a_frame_that_still_comes_is_not_taken_for_its_own_text() -> None:
    """A text that is itself a frame counts only if the rest of the outer one stays away."""
    outer = frame(component(42, 3, text=V["V10"]))
    framer = Framer(lambda source: False)
    found = [piece for place in range(len(outer)) for piece in framer.feed(outer[place : place + 1], NOW + place)]
    assert [outer] == [piece.raw for piece in found]


def test_frames_that_came_in_one_read_are_two() -> None:
    assert [V["V1"], V["V2"]] == [piece.raw for piece in framed(V["V1"] + V["V2"])]


def test_start_marks_before_a_frame_cost_themselves_only() -> None:
    assert [Skipped(8, b"junk@@@@"), V["V1"]] == [
        piece.raw if isinstance(piece, Frame) else piece for piece in framed(b"junk@@@@" + V["V1"])
    ]


def test_an_end_mark_inside_the_data_ends_nothing() -> None:
    data = frame(component(42, 3, text=b"##@@##"))
    assert data == framed(data)[0].raw


@pytest.mark.parametrize("place", [2, 5, 27, 40, 75])
def test_one_flipped_bit_is_denied_and_nothing_is_reported(place: int) -> None:
    """By its serial number, to whom it came from; clause 6.5.3."""
    data = bytearray(V["V1"])
    data[place] ^= 4
    line = Gbt26875Line(Options(), Shared())
    (decoded,) = line.receive(bytes(data), NOW)
    assert ((), b"") == (decoded.reports, decoded.confirm)
    assert decoded.malformed.startswith("sum ")
    (denied,) = framed(line.to_send(NOW))
    assert isinstance(denied, Frame)
    assert (data[2], 6, CENTRE, DEVICE) == (denied.serial, denied.command, denied.source, denied.destination)


def test_a_spoilt_end_mark_is_denied_too() -> None:
    line = Gbt26875Line(Options(), Shared())
    assert "ends with 23 24" in line.receive(V["V1"][:-1] + b"$", NOW)[0].malformed
    assert line.to_send(NOW)


def test_a_length_beyond_1024_is_denied_and_not_skipped() -> None:
    """A good frame right behind that head is found."""
    head = V["V1"][:24] + b"\x01\x04\x02"
    line = Gbt26875Line(Options(), Shared())
    first, good = line.receive(head + V["V4"], NOW)
    assert "data unit of 1025 bytes, 1024 are allowed" == first.malformed
    assert {"temperature": 68.5} == values(good)
    assert 6 == line.to_send(NOW)[26]


def test_frames_of_another_protocol_are_named() -> None:
    """Some services claim this standard and speak 68 ... 16."""
    decoded = received(bytes.fromhex("68 06 01 02 00 00 2A 33 16") + V["V10"])
    assert "9 bytes that belong to no frame, frames 68 ... 16 of another protocol (FSCN8001)" == decoded[0].malformed
    assert "online" in values(decoded[1])


# -- meaning ---------------------------------------------------------------------------------------------------


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
    assert "there is no time" in decoded.malformed
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
    assert (not expected) == ("has no signal" in decoded.malformed)


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
    assert ("type 2 with 1 objects cannot be 51 bytes long", b"") == (decoded.malformed, decoded.confirm)
    (decoded,) = received(frame(private), time_first=True)
    assert (NOW, True) == (decoded.reports[-1].time, values(decoded)["smoke"])
    assert private == units.encoded(*units.decoded(private, time_first=True))
    assert unit == units.encoded(*units.decoded(unit, time_first=True))


def test_a_wrong_sum_is_taken_only_where_it_is_allowed_and_noted_each_time() -> None:
    wrong = V["V1"][:-3] + b"\xc2##"
    line = Gbt26875Line(Options(lenient_checksum=True), Shared())
    (decoded,) = line.receive(wrong, NOW)
    assert ("sum c2 instead of c3, taken nevertheless", True) == (decoded.malformed, values(decoded)["smoke"])
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
