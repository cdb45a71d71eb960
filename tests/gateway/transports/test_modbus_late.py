"""Answers that come too late on a stream without numbers: never another question's, whatever connection brings them."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.framer.rtu import FramerRTU

from gateway.site.modbus_maps import load_maps
from gateway.transports.modbus_polls import Polls, due_at
from gateway.transports.modbus_stream import LATE_S, MOST_LATE_S, Pairing, first_frame
from tests.gateway.transports.test_modbus import Bus, tcp, unit
from tests.rim.processes import free_port
from tests.words import words

TWO_BLOCKS = """\
model = "both"
description = "Both"
description_zh = "Both"
source = "none"
[[blocks]]
name = "climate"
kind = "holding"
first = 0
count = 1
[[blocks.points]]
signal = "temperature"
at = 0
factor = 0.1
[[blocks]]
name = "state"
kind = "holding"
first = 100
count = 1
[[blocks.points]]
signal = "smoke"
at = 0
"""


def frame(number: int, *words: int, function: int = 3) -> bytes:
    body = bytes((number, function, 2 * len(words))) + b"".join(word.to_bytes(2, "big") for word in words)
    return body + FramerRTU.compute_CRC(body).to_bytes(2, "big")


class SerialServer:
    """A serial device server: what its bus brings goes to whoever is connected now, however old the question.

    Every fifth question is answered only when the next one comes, just before that is answered.
    """

    def __init__(self, words: dict[int, int]) -> None:
        self.port = free_port()
        self._words, self._asked, self._held = words, 0, b""
        self._lock = threading.Lock()
        self._door = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                channel, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(channel,), daemon=True).start()

    def _talk(self, channel: socket.socket) -> None:
        with channel:
            try:
                while question := channel.recv(100):
                    channel.sendall(self._answer(question))
            except OSError:
                return

    def _answer(self, question: bytes) -> bytes:
        with self._lock:
            answer = frame(question[0], self._words[int.from_bytes(question[2:4], "big")])
            answer, self._held = self._held + answer, b""
            self._asked += 1
            if self._asked % 5 == 4:
                answer, self._held = b"", answer
            return answer

    def close(self) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()


@pytest.fixture
def server() -> Iterator[SerialServer]:
    server = SerialServer({0: 213, 100: 0})
    yield server
    server.close()


def test_a_temperature_is_never_the_smoke_bit_nor_the_other_way_round(server: SerialServer, tmp_path: Path) -> None:
    """Each late answer reaches the next question's connection, of the same unit, function and length."""
    (tmp_path / "both.toml").write_text(TWO_BLOCKS)
    with Bus(tcp(server.port, 0.3, "rtu", maps=str(tmp_path)), unit(1, "both")) as bus:
        for _ in range(2):
            bus.until("1", "temperature", 21.3)
            bus.until("1", "smoke", False)
    read = [(name, value) for name, value in zip(bus.signals, bus.values, strict=True) if name != "online"]
    assert {("temperature", 21.3), ("smoke", False)} == set(read)


def test_what_answers_another_question_is_left_out_and_counted_and_ours_is_found_behind_it() -> None:
    """Of another unit, function or length; cut anywhere, each byte counted once."""
    others = frame(2, 1) + frame(1, 1, function=4) + frame(1, 1, 2)
    ours = frame(1, 213)
    pairing = Pairing(LATE_S)
    pairing.asks(1, 3, 2)
    whole = others + ours
    for end in range(1, len(whole) + 1):
        left = pairing.sifted(whole[:end], 0.0)
    assert (ours, len(others)) == (left, pairing.left_out)
    assert all("came too late" in words(text) for text in pairing.told())
    assert pairing.told() == []


def test_a_refusal_of_ours_is_an_answer_and_noise_is_left_to_the_library() -> None:
    refusal = bytes((1, 0x83, 2))
    refusal += FramerRTU.compute_CRC(refusal).to_bytes(2, "big")
    for data in (refusal, b"\xff" * 9, frame(1, 5)[:-1]):
        pairing = Pairing(LATE_S)
        pairing.asks(1, 3, 2)
        assert (data, 0) == (pairing.sifted(data, 0.0), pairing.left_out)


def test_what_lies_there_before_a_question_is_told_and_lateness_is_learnt() -> None:
    pairing = Pairing(LATE_S)
    pairing.asks(7, 3, 2)
    assert pairing.gave_up(10.0) == 10.0 + LATE_S
    pairing.read_away(frame(7, 1) + b"\x00\x01", 14.0)
    assert {words(text).partition(":")[0] for text in pairing.told()} == {
        "unit 7",
        "bytes that nobody had asked for were left out",
    }
    assert pairing.gave_up(20.0) == 28.0
    pairing.read_away(frame(7, 1), 20.0 + 10 * MOST_LATE_S)
    assert pairing.gave_up(0.0) == MOST_LATE_S


@given(st.binary(max_size=300))
def test_any_bytes_are_read_away(data: bytes) -> None:
    pairing = Pairing(LATE_S)
    pairing.read_away(data, 0.0)
    assert pairing.left_out == len(data)
    assert data.startswith(first_frame(data))


def test_the_first_answer_after_a_silence_is_asked_for_again() -> None:
    """Whichever question it is to; nothing is asked before the late answer can come no more, other units are."""
    polls = Polls(load_maps()[0], 1.0, 0.1)
    polls.serve([(9, "waveshare-io8"), (1, "smoke-generic")])
    first = polls.next()
    assert first is not None
    assert first.unit.number == 9
    polls.unanswered(first, 0.0)
    polls.doubts(first, 5.0)
    while (second := polls.next()) is not None and second.unit.number == 1:
        assert not polls.is_doubtful(second, 1.0, 0.2)
        polls.answered(second, 100.0)
    assert second is not None
    assert due_at(second) == 5.0
    assert polls.is_doubtful(second, 6.0, 0.2)
    assert (polls.next(), due_at(second)) == (second, 6.2)
    assert not polls.is_doubtful(second, 6.3, 0.2)


def test_after_a_line_was_gone_a_question_of_others_may_be_open() -> None:
    polls = Polls(load_maps()[0], 1.0, 0.1)
    polls.serve([(1, "smoke-generic")])
    (poll,) = [polls.next()]
    assert poll is not None
    polls.line_back(0.0, in_doubt=False)
    assert not polls.is_doubtful(poll, 1.0, 0.2)
    polls.line_back(2.0, in_doubt=True)
    assert polls.is_doubtful(poll, 3.0, 0.2)
