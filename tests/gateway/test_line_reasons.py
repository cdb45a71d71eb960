"""Why a line was lost is said in the reader's language, whoever said it first; what nobody foresaw is quoted."""

import errno
import os
import socket

import pytest

from gateway.line_reasons import line_reason


@pytest.mark.parametrize(
    ("said", "key"),
    [
        (str(ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))), "refused"),
        (f"write failed: {BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))}", "closed"),
        (str(FileNotFoundError(errno.ENOENT, "could not open port /dev/ttyUSB0")), "no_port"),
        (str(socket.gaierror(socket.EAI_NONAME, "Name or service not known")), "no_such_host"),
        (str(TimeoutError("timed out")), "timed_out"),
        ("the broker refused the connection: Not authorized", "bad_sign_in"),
        ("the broker does not let us listen to any topic", "hears_nothing"),
        ("its unit does not answer", "no_answer"),
        ("none of 3 units answers", "no_answer"),
        ("Keep alive timeout", "timed_out"),
        ("something new", "said"),
    ],
)
def test_a_reason_has_its_key(said: str, key: str) -> None:
    assert f"line_reason.{key}" == line_reason(said).key


def test_what_has_no_key_is_quoted() -> None:
    assert "something new" in str(line_reason("something new").params)
