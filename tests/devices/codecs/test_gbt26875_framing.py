"""GB/T 26875.3-2011: frames are found however the bytes are cut, torn or spoilt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs.gbt26875.framing import LARGEST_UNIT, Failed, Frame, Framer, Skipped
from devices.codecs.gbt26875.options import Options
from devices.codecs.gbt26875.session import Gbt26875Line
from devices.codecs.gbt26875.shared import Shared
from devices.reading import SECOND
from tests.devices.codecs.gbt26875_frames import CENTRE, DEVICE, V, component, frame
from tests.devices.codecs.gbt26875_units import NOW, framed, received, values
from tests.words import words

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
def test_start_marks_without_end_are_a_few_notes() -> None:
    line = Gbt26875Line(Options(), Shared())
    notes = line.receive(b"@@" * 50_000, NOW)
    assert len(notes) < 30
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
    assert words(decoded.malformed).startswith("sum ")
    (denied,) = framed(line.to_send(NOW))
    assert isinstance(denied, Frame)
    assert (data[2], 6, CENTRE, DEVICE) == (denied.serial, denied.command, denied.source, denied.destination)


def test_a_spoilt_end_mark_is_denied_too() -> None:
    line = Gbt26875Line(Options(), Shared())
    assert "ends with 23 24" in words(line.receive(V["V1"][:-1] + b"$", NOW)[0].malformed)
    assert line.to_send(NOW)


def test_a_length_beyond_1024_is_denied_and_not_skipped() -> None:
    """A good frame right behind that head is found."""
    head = V["V1"][:24] + b"\x01\x04\x02"
    line = Gbt26875Line(Options(), Shared())
    first, good = line.receive(head + V["V4"], NOW)
    assert "data unit of 1025 bytes, 1024 are allowed" == words(first.malformed)
    assert {"temperature": 68.5} == values(good)
    assert 6 == line.to_send(NOW)[26]


def test_frames_of_another_protocol_are_named() -> None:
    """Some services claim this standard and speak 68 ... 16."""
    decoded = received(bytes.fromhex("68 06 01 02 00 00 2A 33 16") + V["V10"])
    assert "9 bytes that belong to no frame, frames 68 ... 16 of another protocol (FSCN8001)" == words(
        decoded[0].malformed
    )
    assert "online" in values(decoded[1])
