"""The web's share of descriptors leaves room for the rest; what strangers cause is said, and not for ever."""

import asyncio
import logging

import pytest

from gateway.descriptors import LoopFaults, SaidOnce, for_web


@pytest.mark.parametrize(
    ("descriptors", "lines", "most"),
    [(256, 0, 64), (1024, 0, 448), (1024, 2, 368), (65_536, 2, 1_000), (64, 0, 16)],
)
def test_the_web_takes_half_of_what_is_left(descriptors: int, lines: int, most: int) -> None:
    assert for_web(descriptors, lines) == most


def test_that_nothing_can_be_accepted_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    loop, faults = asyncio.new_event_loop(), LoopFaults()
    message = "socket.accept() out of system resource"
    for _ in range(100):
        faults(loop, {"message": message, "exception": OSError(24, "Too many open files")})
    assert ["no descriptors are left"] == [record.message[:23] for record in caplog.records]
    faults(loop, {"message": "something else"})
    assert caplog.records[-1].message == "something else"
    loop.close()


def test_a_sentence_that_a_stranger_causes_is_logged_once_a_minute() -> None:
    said, once = [], SaidOnce()
    for second in range(180):
        record = logging.LogRecord("uvicorn.error", logging.WARNING, "", 0, "Invalid HTTP request received.", (), None)
        record.created = 1_000.0 + second
        if once.filter(record):
            said.append(second)
    assert said == [0, 60, 120]
