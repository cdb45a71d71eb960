"""The outside of a demo: what people would be told stands in a file."""

import asyncio
from pathlib import Path

import pytest

from simulators.message_sink import run
from tests.rim.processes import free_port


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b'POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\n{"text": "a\n', (b"204", b'{"text": "a \n')),
        (b"GET / HTTP/1.1\r\n\r\n", (b"400", b"")),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", (b"400", b"")),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", (b"400", b"")),
    ],
)
def test_a_message_is_a_line_and_nothing_else_is(sent: bytes, expected: tuple[bytes, bytes], tmp_path: Path) -> None:
    async def say() -> bytes:
        port = free_port()
        sink = asyncio.create_task(run(port, tmp_path / "messages.txt"))
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                break
            except OSError:
                await asyncio.sleep(0)
        writer.write(sent)
        answer = await reader.read()
        writer.close()
        sink.cancel()
        return answer.split()[1]

    assert expected[0] == asyncio.run(say())
    kept = tmp_path / "messages.txt"
    assert expected[1] == (kept.read_bytes() if kept.exists() else b"")
