"""What a bus brings, frame by frame: noise, pieces, our own echo, and what may go on to the library."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.transports.osdp_frames import LARGEST, Frame, Framer, passes
from gateway.transports.osdp_scan import Scan, question
from tests.gateway.transports.osdp_bytes import (
    ACK,
    CARD,
    CCRYPT,
    KEYPAD,
    LSTATR,
    NAK,
    PDCAP,
    PDID,
    RAW,
    RMAC,
    crc,
    reply,
)

REPLIES = st.builds(
    reply,
    st.integers(0x40, 0x79),
    st.binary(max_size=60),
    address=st.integers(0, 126),
    number=st.integers(0, 3),
    block=st.sampled_from([b"", b"\x16", b"\x18", b"\x12\x01"]),
    checksum=st.booleans(),
)


def framed(data: bytes) -> list[bytes]:
    return [frame.raw for frame in Framer().feed(data)]


def test_a_frame_of_the_standard_is_taken() -> None:
    """The acknowledgement that reader 0 gives to a poll, with the sum and with the CRC."""
    summed, checked = bytes.fromhex("53 80 07 00 01 40 E5"), bytes.fromhex("53 80 08 00 05 40 68 9F")
    assert [summed, checked] == framed(summed + checked)
    (frame,) = Framer().feed(reply(RAW, CARD, address=5, number=2))
    assert (5, RAW, 0) == (frame.address, frame.reply, frame.security)


@given(st.lists(REPLIES, max_size=6), st.lists(st.integers(0, 400), max_size=8))
def test_frames_come_whole_however_they_are_cut(frames: list[bytes], cuts: list[int]) -> None:
    data = b"\xff".join(frames)
    framer, found = Framer(), []
    places = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    for start, end in pairwise(places):
        found += [frame.raw for frame in framer.feed(data[start:end])]
    assert frames == found
    assert 0 == framer.skipped


@given(REPLIES, st.data())
def test_a_frame_with_one_wrong_bit_is_none(frame: bytes, data: st.DataObject) -> None:
    """A wrong length may wait for more; with more there, it is seen to be none."""
    wrong = bytearray(frame)
    place = data.draw(st.integers(0, 8 * len(frame) - 1))
    wrong[place // 8] ^= 1 << place % 8
    has_crc = bool(frame[4] & wrong[4] & 4)
    found = framed(bytes(wrong) + b"\xff" * 2 * LARGEST)
    if has_crc:
        assert [] == found
    else:
        assert frame not in found


@given(st.binary(max_size=2_000), REPLIES)
def test_noise_costs_no_frame_after_it(noise: bytes, frame: bytes) -> None:
    """Where the noise looks like the start of a frame, the next question clears it."""
    framer = Framer()
    framer.feed(noise)
    framer.clear()
    assert [frame] == [found.raw for found in framer.feed(frame)]


@given(st.lists(st.binary(max_size=700), max_size=20))
def test_memory_holds_one_frame_at_most(pieces: list[bytes]) -> None:
    framer = Framer()
    for piece in pieces:
        for frame in framer.feed(piece):
            assert frame.address <= 127
        assert len(framer._held) < LARGEST


def test_our_own_question_comes_back_and_is_no_reply() -> None:
    """Adapters with two wires hear themselves; what it holds is not looked into."""
    assert [] == framed(question(5))
    inner = reply(RAW, CARD)
    body = bytes((0x53, 1, 8 + len(inner), 0, 0x04, 0x80)) + inner
    assert [] == framed(body + crc(body).to_bytes(2, "little"))


@pytest.mark.parametrize(
    "frame",
    [
        reply(RAW, CARD)[:-2] + b"\0\0",
        bytes.fromhex("5381060004400000"),  # too short to hold anything
        reply(RAW, b"\0" * 250),  # longer than the library takes
        bytes((0x53, 0x81, 9, 0, 0x0C, 1, 0x16)) + crc(bytes((0x53, 0x81, 9, 0, 0x0C, 1, 0x16))).to_bytes(2, "little"),
        bytes((0x53, 0x81, 9, 0, 0x0C, 9, 0x16)) + crc(bytes((0x53, 0x81, 9, 0, 0x0C, 9, 0x16))).to_bytes(2, "little"),
    ],
)
def test_what_only_looks_like_a_frame_is_none(frame: bytes) -> None:
    assert [] == framed(frame)


PROTECTED = [reply(RAW, CARD, block=b"\x18"), reply(ACK, block=b"\x16")]
HANDSHAKE = [reply(CCRYPT, bytes(32), block=b"\x12\x01"), reply(RMAC, bytes(16), block=b"\x14\x01")]
WITHOUT_NEWS = [reply(ACK), reply(NAK, b"\x06"), reply(PDID, bytes(12)), reply(PDCAP, bytes(3)), reply(0x79, number=0)]
FORGED = [
    *(reply(code, CARD) for code in (RAW, KEYPAD, LSTATR)),
    *(reply(RAW, CARD, block=block) for block in (b"\x11\x01", b"\x12\x01", b"\x14\x01", b"\x15", b"\x17", b"\x19")),
    reply(CCRYPT, bytes(32)),
    reply(RMAC, bytes(16), block=b"\x12\x01"),
]


def _frame(raw: bytes) -> Frame:
    (frame,) = Framer().feed(raw)
    return frame


@pytest.mark.parametrize("raw", [*PROTECTED, *HANDSHAKE, *WITHOUT_NEWS])
def test_of_a_reader_with_a_key_goes_on_what_the_key_protects_or_what_is_no_news(raw: bytes) -> None:
    assert passes(_frame(raw), is_keyed=True)


@pytest.mark.parametrize("raw", FORGED)
def test_nobody_without_the_key_speaks_for_a_reader_that_has_one(raw: bytes) -> None:
    assert not passes(_frame(raw), is_keyed=True)


def test_of_a_reader_without_a_key_goes_on_what_is_unprotected() -> None:
    assert passes(_frame(reply(RAW, CARD)), is_keyed=False)
    assert not passes(_frame(reply(RAW, CARD, block=b"\x18")), is_keyed=False)


def test_addresses_are_asked_in_turn_but_not_those_of_the_library() -> None:
    scan, known = Scan(is_wanted=True), {0, 2, 3}
    asked = [scan.next(known, now)[2] for now in (0.0, 2.0, 4.0)]
    assert [1, 4, 5] == asked
    assert b"" == scan.next(known, 5.9)
    assert 0x7E == [scan.next(known, 6.0 + 2 * step)[2] for step in range(121)][-1]
    assert 1 == scan.next(known, 248.0)[2]
    assert b"" == Scan(is_wanted=False).next((), 100.0)
    assert b"" == Scan(is_wanted=True).next(range(127), 100.0)


def test_only_who_was_asked_is_found() -> None:
    """In time, and with who it is."""
    identity = bytes.fromhex("0c0b0a010267120000010203")
    scan = Scan(is_wanted=True)
    scan.next((), 0.0)
    scan.heard(_frame(reply(PDID, identity, address=7)))
    assert scan.is_waiting(0.1)
    scan.heard(_frame(reply(PDID, identity, address=0, number=0)))
    assert not scan.is_waiting(0.1)
    expected = {"vendor": 0x0A0B0C, "model": 1, "version": 2, "serial": 4711, "firmware": 0x010203}
    assert [(0, expected)] == scan.found()
    assert [] == scan.found()
    scan.heard(_frame(reply(PDID, identity, address=0)))
    scan.next((), 2.0)
    scan.heard(_frame(reply(PDID, identity[:5], address=1)))
    assert [] == scan.found()
    scan.next((), 4.0)
    assert not scan.is_waiting(4.3)
