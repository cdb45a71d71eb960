"""SIA DC-09, frames and meaning: the published vectors, every code, and that nothing spoilt is ever an event."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs.sia_dc09 import contact_id as contact_id_codec
from devices.codecs.sia_dc09 import contact_id_codes, dcs_codes
from devices.codecs.sia_dc09 import dcs as dcs_codec
from devices.codecs.sia_dc09.event import Event
from devices.codecs.sia_dc09.framing import Failed, Frame, Framer, Skipped, encoded
from devices.reading import SECOND, Value
from devices.signals import base_name, check
from tests.devices.codecs.sia_dc09_frames import FIELD, SMOKE, VECTORS, message, wire
from tests.words import words

NOW = 1_795_509_015 * SECOND
"""2026-11-24 08:30:15 UTC."""


def pieces(*parts: bytes, framer: Framer | None = None) -> list[Frame | Failed | Skipped]:
    framer = framer or Framer()
    return [piece for part in parts for piece in framer.feed(part, NOW)]


def contact_id(blocks: list[bytes], account: str) -> tuple[list[Event], list[str]]:
    heard = contact_id_codec.events(blocks, account)
    return heard.events, list(map(words, heard.notes))


def dcs(blocks: list[bytes], account: str) -> tuple[list[Event], list[str]]:
    heard = dcs_codec.events(blocks, account)
    return heard.events, list(map(words, heard.notes))


# -- frames ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector[8:18])
def test_a_vector_goes_both_ways(vector: str) -> None:
    """Taken apart and put together it is the same, with a sum of digits as with one of two bytes."""
    (frame,) = pieces(wire(vector))
    assert isinstance(frame, Frame)
    assert wire(vector) == encoded(frame.body)
    (binary,) = pieces(encoded(frame.body, binary_sum=True))
    assert Frame(frame.body, binary.raw, binary_sum=True) == binary


@pytest.mark.slow
@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector[8:18])
def test_no_bit_may_be_wrong(vector: str) -> None:
    """Each single bit flipped: no frame, or (a small letter in the sum) the same."""
    good = wire(vector)
    (frame,) = pieces(good)
    assert isinstance(frame, Frame)
    for place in range(len(good) * 8):
        spoilt = bytearray(good)
        spoilt[place // 8] ^= 1 << place % 8
        for piece in pieces(bytes(spoilt), b"\r\n"):
            assert not isinstance(piece, Frame) or piece.body == frame.body


@pytest.mark.parametrize("binary_sum", [False, True])
def test_frames_may_be_cut_anywhere_glued_and_between_rubbish(binary_sum: bool) -> None:
    bodies = [vector[8:].encode() for vector in VECTORS]
    stream = b"\r\n".join(encoded(body, binary_sum=binary_sum) for body in bodies)
    for size in (1, 2, 3, 7, 64, len(stream)):
        found = pieces(*(stream[at : at + size] for at in range(0, len(stream), size)))
        assert bodies == [piece.body for piece in found if isinstance(piece, Frame)]
        assert len(bodies) == len(found)


@pytest.mark.slow
def test_a_sum_of_two_bytes_may_hold_line_ends() -> None:
    """Each of the four places where an LF or CR can fall, in a frame whose sum is made so."""
    for wanted in (b"\n", b"\r"):
        for byte in (0, 1):
            body = next(
                body
                for number in range(100_000)
                if encoded(body := b'"NULL"0000L0#%04X[]' % number, binary_sum=True)[1 + byte : 2 + byte] == wanted
            )
            (frame,) = pieces(*(bytes([one]) for one in encoded(body, binary_sum=True)))
            assert isinstance(frame, Frame)
            assert body == frame.body


def test_what_is_wrong_with_a_frame_is_told() -> None:
    short, long = wire(FIELD.replace("0027", "0026")), wire(FIELD.replace("0027", "0FFF"))
    assert ["no end after the 38 bytes that it tells of"] == [
        words(piece.reason) for piece in pieces(short) if isinstance(piece, Failed)
    ]
    assert ["tells of 4095 bytes and has 39"] == [
        words(piece.reason) for piece in pieces(long) if isinstance(piece, Failed)
    ]
    assert ["sum 9EC5 instead of 9EC4"] == [
        words(piece.reason) for piece in pieces(wire(FIELD.replace("9EC4", "9EC5"))) if isinstance(piece, Failed)
    ]


def test_a_torn_frame_costs_only_itself() -> None:
    """Cut off at any place and followed by a whole one, at once: that is understood."""
    good = wire(SMOKE)
    for cut in range(len(good) - 1):
        assert isinstance(pieces(good[:cut] + good)[-1], Frame), cut


def test_a_frame_that_never_ends_is_given_up_after_ten_seconds() -> None:
    framer = Framer()
    assert [] == framer.feed(wire(SMOKE)[:-1], NOW)
    assert framer.wake_at() == NOW + 10 * SECOND
    assert [] == framer.feed(b"", NOW + 9 * SECOND)
    (skipped,) = framer.feed(b"", NOW + 10 * SECOND)
    assert isinstance(skipped, Skipped)
    assert len(wire(SMOKE)) - 2 == skipped.count
    assert isinstance(pieces(wire(SMOKE), framer=framer)[-1], Frame)


@pytest.mark.slow
@pytest.mark.parametrize("byte", [b"\n", b"\r", b'"', b"0", b"\n0000" + b"0FFF" + b'"', b"\x00"])
def test_a_megabyte_of_anything_stays_small(byte: bytes) -> None:
    framer, data = Framer(), byte * (1_048_576 // len(byte))
    for at in range(0, len(data), 10_000):
        framer.feed(data[at : at + 10_000], NOW)
        assert framer.held() < 10_000
    assert isinstance(pieces(b"\n", wire(SMOKE), framer=framer)[-1], Frame)


@given(
    rubbish=st.lists(st.binary(max_size=50) | st.sampled_from([b"\n", wire(SMOKE)[:30], b'\n00000005"']), max_size=6)
)
def test_whatever_comes_before_a_good_frame_is_understood_after_a_silence(rubbish: list[bytes]) -> None:
    framer = Framer()
    for piece in rubbish:
        framer.feed(piece, NOW)
    framer.feed(b"", NOW + 60 * SECOND)
    last = framer.feed(wire(SMOKE), NOW + 60 * SECOND)[-1]
    assert isinstance(last, Frame)
    assert SMOKE[8:].encode() == last.body


# -- Contact ID --------------------------------------------------------------------------------------------------


def said(data: str) -> tuple[Event, list[str]]:
    ((event,), notes) = contact_id([data.encode()], "1234")
    return event, notes


def meaning(data: str) -> tuple[str, str, tuple[tuple[str, Value], ...]]:
    event, _ = said(data)
    return event.partition, event.point, event.values


def test_all_published_codes_are_there() -> None:
    assert 322 == len(contact_id_codes.CODES)


@pytest.mark.parametrize("qualifier", "136")
def test_every_code_comes_to_values_that_its_signals_can_have(qualifier: str) -> None:
    for code in contact_id_codes.CODES:
        event, notes = said(f"{qualifier}{code} 01 017")
        assert not notes
        assert event.values
        for signal, value in event.values:
            check(signal, value)
        assert (qualifier == "6") == event.is_status


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("1131 01 015", ("1", "15", (("intrusion.perimeter", True),))),
        ("1111 01 017", ("1", "17", (("smoke", True),))),
        ("3111 01 017", ("1", "17", (("smoke", False),))),
        ("6111 01 017", ("1", "17", (("smoke", True),))),
        ("1110 00 001", ("", "1", (("fire", True),))),
        ("1115 02 000", ("2", "", (("call_point", True),))),
        ("1113 01 002", ("1", "2", (("water_flow", True),))),
        ("1114 01 002", ("1", "2", (("heat", True),))),
        ("1117 01 002", ("1", "2", (("flame", True),))),
        ("1118 01 002", ("1", "2", (("supervisory.near_alarm", True),))),
        ("1120 01 002", ("1", "2", (("panic", True),))),
        ("1151 01 002", ("1", "2", (("gas_alarm", True),))),
        ("1154 01 002", ("1", "2", (("leak", True),))),
        ("1162 01 002", ("1", "2", (("co_alarm", True),))),
        ("1301 00 000", ("", "", (("mains", False),))),
        ("3301 00 000", ("", "", (("mains", True),))),
        ("1302 00 000", ("", "", (("battery_low", True),))),
        ("1423 02 003", ("2", "3", (("intrusion.forced_door", True),))),
        ("1383 01 017", ("1", "17", (("tamper", True),))),
        ("1570 01 017", ("1", "17", (("disabled", True),))),
        ("3570 01 017", ("1", "17", (("disabled", False),))),
        ("1602 00 000", ("", "", (("action", "periodic test"),))),
        ("1401 01 005", ("1", "", (("action.operator", "user 5"), ("arm_request", "disarmed")))),
        ("3401 01 005", ("1", "", (("action.operator", "user 5"), ("arm_request", "armed")))),
        ("3441 01 005", ("1", "", (("action.operator", "user 5"), ("arm_request", "armed_stay")))),
        ("1121 01 005", ("1", "", (("action.operator", "user 5"), ("duress", True)))),
        ("1421 01 005", ("1", "", (("credential", "user 5"), ("access", "denied")))),
        ("1607 00 000", ("", "", (("test.walk", True),))),
        ("3607 00 000", ("", "", (("test.walk", False),))),
        ("111101017", ("1", "17", (("smoke", True),))),
    ],
)
def test_what_a_code_means(data: str, expected: tuple[str, str, tuple[tuple[str, Value], ...]]) -> None:
    assert expected == meaning(data)


@pytest.mark.parametrize(
    ("code", "signal"),
    [
        ("119", "fire.119"),
        ("1FF", "alarm.1FF"),
        ("2AA", "supervisory.2AA"),
        ("399", "fault.399"),
        ("5B0", "disabled.5B0"),
    ],
)
def test_a_code_of_no_table_keeps_its_class(code: str, signal: str) -> None:
    """Noted, never lost, and restored on the same channel."""
    event, notes = said(f"1{code} 01 017")
    assert (((signal, True),), [f"Contact ID code {code} is not known"]) == (event.values, notes)
    assert ((signal, False),) == said(f"3{code} 01 017")[0].values


@pytest.mark.parametrize("code", ["499", "6FF", "7AB", "8FE", "000", "FFF"])
def test_a_code_of_no_class_is_told_as_it_stands(code: str) -> None:
    event, notes = said(f"1{code} 00 000")
    assert (("action", f"event {code}"),) == event.values
    assert notes


@given(
    st.from_regex(r"[0-9A-F]{4} [0-9A-F]{2} [0-9A-F]{3}", fullmatch=True),
)
def test_smoke_fire_and_heat_come_from_their_own_codes_alone(data: str) -> None:
    told = {base_name(signal) for signal, value in said(data)[0].values if value is True}
    dangers = told & {"fire", "smoke", "heat", "flame", "call_point", "water_flow", "gas_alarm", "co_alarm"}
    assert not dangers or data[1:3] in ("11", "15", "16")


# -- SIA codes ----------------------------------------------------------------------------------------------------


def told(*blocks: str) -> list[tuple[str, str, tuple[tuple[str, Value], ...], str]]:
    events, _ = dcs([block.encode() for block in blocks], "1234")
    return [(event.partition, event.point, event.values, event.text) for event in events]


def test_every_sia_code_comes_to_values_that_its_signals_can_have() -> None:
    for code in dcs_codes.CODES:
        ((event,), notes) = dcs([f"Nri1/{code}17".encode()], "1234")
        assert not notes
        assert event.values
        for signal, value in event.values:
            check(signal, value)


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("NFA17", ("", "17", (("fire", True),), "")),
        ("NFH017", ("", "17", (("fire", False),), "")),
        ("Nri1/FR17", ("1", "17", (("fire", False), ("fault", False), ("supervisory", False)), "")),
        ("Nri01FT017^Lobby^", ("1", "17", (("fault", True),), "Lobby")),
        ("NBA1A", ("", "1A", (("intrusion", True),), "")),
        ("NBR12", ("", "12", (("intrusion", False), ("fault", False), ("supervisory", False)), "")),
        ("NBB12", ("", "12", (("disabled", True),), "")),
        ("NBU12", ("", "12", (("disabled", False),), "")),
        ("NGA3", ("", "3", (("gas_alarm", True),), "")),
        ("NHA3", ("", "3", (("panic", True),), "")),
        ("NKA3", ("", "3", (("heat", True),), "")),
        ("NSA3", ("", "3", (("water_flow", True),), "")),
        ("NWA3", ("", "3", (("leak", True),), "")),
        ("NTA3", ("", "3", (("tamper", True),), "")),
        ("NZA3", ("", "3", (("supervisory.low_temperature", True),), "")),
        ("NAT", ("", "", (("mains", False),), "")),
        ("NAR", ("", "", (("mains", True),), "")),
        ("NYT", ("", "", (("battery_low", True),), "")),
        ("NYR", ("", "", (("battery_low", False), ("fault.battery", False)), "")),
        ("NRP", ("", "", (("action", "periodic test"),), "")),
        ("Nri2/OP7", ("2", "", (("action.operator", "user 7"), ("arm_request", "disarmed")), "")),
        ("Nri2/CL7", ("2", "", (("action.operator", "user 7"), ("arm_request", "armed")), "")),
        ("Nid7/NL2", ("2", "", (("action.operator", "user 7"), ("arm_request", "armed_stay")), "")),
        ("Nri2id7/DD3", ("2", "door3", (("credential", "user 7"), ("access", "denied")), "")),
        ("Nda11-24-26/ti08:30/pi010/ai3/BA4", ("", "4", (("intrusion", True),), "")),
        ("BA4", ("", "4", (("intrusion", True),), "")),
        ("NTS", ("", "", (("test", True),), "")),
        ("NTE", ("", "", (("test", False),), "")),
        ("NLT2", ("", "", (("fault.line-2", True),), "")),
    ],
)
def test_what_a_sia_code_means(block: str, expected: tuple[str, str, tuple[tuple[str, Value], ...], str]) -> None:
    assert [expected] == told(block)


def test_several_events_in_one_block_keep_their_modifiers() -> None:
    """A partition holds for all that comes behind it; the text at the end for all that have none."""
    first, second, third = told("Nri1/FA17/ri2/BA3^Gate^/AT", "A KITCHEN")
    assert ("1", "17", (("fire", True),), "KITCHEN") == first
    assert ("2", "3", (("intrusion", True),), "Gate") == second
    assert ("", "", (("mains", False),), "KITCHEN") == third


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("Nri1/FA17^HALL 3/STORE^/BA18", [("1", "17", "fire", "HALL 3/STORE"), ("1", "18", "intrusion", "")]),
        ("NFA17^Gate/BA18", [("", "17", "fire", "Gate"), ("", "18", "intrusion", "")]),
        ("Nri1/FA17*'SMOKE 17'NM", [("1", "17", "fire", "SMOKE 17")]),
        ("Nri1/FA 017", [("1", "", "fire", "")]),
        ("NFA017.3/BA018", [("", "", "fire", ""), ("", "18", "intrusion", "")]),
        ("Nri2/BA018/(?)/FA3/QZ-1", [("2", "18", "intrusion", ""), ("2", "3", "fire", "")]),
    ],
)
def test_no_spoilt_word_costs_an_alarm(block: str, expected: list[tuple[str, str, str, str]]) -> None:
    """Whose number cannot be read is an alarm of its partition, and what is not understood is noted."""
    events, _ = dcs([block.encode()], "1234")
    assert expected == [(event.partition, event.point, event.values[0][0], event.text) for event in events]


def test_a_text_before_the_events_is_no_row_of_codes() -> None:
    """FIRE is not FI (fire test) and RE, nor AF (scenario) and IR (equipment in order)."""
    assert [("", "", (("action", "FIRE"),), ""), ("", "1", (("fire", True),), "")] == told("AFIRE", "NFA1")
    assert [("", "", (("mains", False),), "")] == told("AT000")


@pytest.mark.parametrize(
    ("block", "address"),
    [
        ("1111 01 017", "1.17"),
        ("111101017", "1.17"),
        ("18 1111 01 017", "1.17"),
        ("1111 1 17", "1.17"),
        ("1111 01 1017", "1.1017"),
        ("  1111  01  017 ", "1.17"),
    ],
)
def test_numbers_of_other_widths_are_read_between_blanks(block: str, address: str) -> None:
    ((event,), notes) = contact_id([block.encode()], "1234")
    assert (address, (("smoke", True),), []) == (f"{event.partition}.{event.point}", event.values, notes)


def test_an_old_event_is_no_transition() -> None:
    ((old,), _) = dcs([b"Ori1/FA17"], "1234")
    ((new,), _) = dcs([b"Nri1/FA17"], "1234")
    assert (True, False) == (old.is_status, new.is_status)


def test_an_unknown_sia_code_is_told_and_noted() -> None:
    ((event,), notes) = dcs([b"NQZ17"], "1234")
    assert ((("action", "event QZ"),), ["SIA code QZ is not known"]) == (event.values, notes)


@given(st.lists(st.binary(max_size=40) | st.text("NOAri0123/^*FABT|", max_size=30).map(str.encode), max_size=5))
def test_no_block_breaks_anything(blocks: list[bytes]) -> None:
    """And whatever comes of it can be reported."""
    for read in (contact_id, dcs):
        events, _ = read(blocks, "1234")
        for event in events:
            assert event.values
            for signal, value in event.values:
                check(signal, value)


def test_the_longest_message_is_quickly_read() -> None:
    """4,095 bytes of the smallest events: no more than their number."""
    events, _ = dcs([b"N" + b"AT/" * 1300], "1234")
    assert 1300 == len(events)
    assert message("N" + "AT/" * 1300)
