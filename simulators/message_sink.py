"""The outside of a demo: takes what people would be told and writes it to a file, so that nobody is disturbed.

One JSON text a line, as the gateway's webhook sends it. It speaks as much HTTP as that takes, and listens on this
machine only.
"""

import asyncio
from functools import partial
from pathlib import Path

_LARGEST = 64 * 1024
_LENGTH = b"content-length:"
_PATIENCE_S = 10


async def run(port: int, file: Path) -> None:
    """Until cancelled."""
    server = await asyncio.start_server(partial(_take, file), "127.0.0.1", port, limit=_LARGEST)
    async with server:
        await server.serve_forever()


async def _take(file: Path, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        async with asyncio.timeout(_PATIENCE_S):
            body = await _body(reader)
            if body is not None:
                await asyncio.to_thread(_write, file, body)
            writer.write(f"HTTP/1.1 {'400 Bad Request' if body is None else '204 No Content'}\r\n\r\n".encode())
            await writer.drain()
    except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        pass  # whoever hung up is told nothing
    finally:
        writer.close()


async def _body(reader: asyncio.StreamReader) -> bytes | None:
    """None: it is no message."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        (line[len(_LENGTH) :].strip() for line in head.lower().split(b"\r\n") if line.startswith(_LENGTH)), b""
    )
    if not head.startswith(b"POST ") or not length.isdigit() or int(length) > _LARGEST:
        return None
    return await reader.readexactly(int(length))


def _write(file: Path, body: bytes) -> None:
    with file.open("ab") as kept:
        kept.write(body.replace(b"\n", b" ") + b"\n")
