"""Answers ``keyarea status`` on a Unix socket in the data folder: whoever may read the folder may ask."""

import asyncio
import os
import socket
from collections.abc import Callable
from pathlib import Path

import msgspec

from api.ports import Health
from devices.errors import StoreUnavailable

NAME = "status.sock"
_LONGEST_ANSWER = 1_000_000
_TIMEOUT_S = 5


async def serve(folder: Path, health: Callable[[], Health]) -> None:
    """Answer every connection with one JSON document, until cancelled."""

    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(msgspec.json.encode(health()))
        writer.close()

    path = folder / NAME
    path.unlink(missing_ok=True)
    before = os.umask(0o177)
    try:
        server = await asyncio.start_unix_server(answer, path)
    finally:
        os.umask(before)
    try:
        await server.serve_forever()
    finally:
        path.unlink(missing_ok=True)


def ask(folder: Path) -> Health:
    """What the gateway that runs on this data folder says. Raises StoreUnavailable if none answers."""
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(_TIMEOUT_S)
        try:
            asking.connect(os.path.relpath(folder / NAME))
            answer = bytearray()
            while piece := asking.recv(65_536):
                answer += piece
                if len(answer) > _LONGEST_ANSWER:
                    break
        except OSError as error:
            raise StoreUnavailable(
                f"no gateway answers in {folder} ({error.strerror or error}); start one with `keyarea serve`, "
                "or name its data folder with --data"
            ) from error
    return msgspec.json.decode(bytes(answer), type=Health)
