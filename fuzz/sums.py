"""Puts the sums, lengths and ciphers of spoilt frames right, so that input reaches what lies behind them.

Of a family that is not here, input is as the mix made it. Encoders are small and shared with nobody.
"""

import re
from collections.abc import Callable
from random import Random

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

KEY = bytes(range(16))
"""The key of every second account, as the targets hand it out."""

_BODY = re.compile(rb'"[^\n\r]{4,}')


def has_key(name: str) -> bool:
    """Whether the targets know a key of that name."""
    return sum(name.encode()) % 2 == 0


def _gbt26875(data: bytes, chance: Random) -> bytes:
    """Every piece that begins with @@ becomes a frame: length, sum and end mark by what it holds."""
    first, *pieces = data.split(b"@@")
    return first + b"".join(_gbt26875_frame(piece) for piece in pieces)


def _gbt26875_frame(piece: bytes) -> bytes:
    head, unit = piece[:22].ljust(22, b"\1"), piece[25:].removesuffix(b"##")[:-1][:1024]
    body = head + len(unit).to_bytes(2, "little") + (piece[24:25] or b"\2") + unit
    return b"@@" + body + bytes((sum(body) & 0xFF,)) + b"##"


def _sia_dc09(data: bytes, chance: Random) -> bytes:
    """Every run from a quote to the end of a line becomes a frame; those of accounts with a key mostly encrypted."""
    return b"".join(_sia_dc09_frame(body, chance) for body in _BODY.findall(data)) or data


def _sia_dc09_frame(body: bytes, chance: Random) -> bytes:
    head, bracket, inside = body.partition(b"[")
    account = head.rpartition(b"#")[2]
    if bracket and has_key("dc09/" + account.decode("latin-1").upper()) and chance.random() < 0.8:
        inside = b"0123456789abcdefghijklmnopqrstuv"[: 16 + -(len(inside) + 1) % 16] + b"|" + inside
        cipher = Cipher(algorithms.AES(KEY), modes.CBC(bytes(16))).encryptor()
        secret = (cipher.update(inside) + cipher.finalize()).hex().upper().encode()
        head = head if head.startswith(b'"*') else b'"*' + head[1:]
        body = head + bracket + secret
    body = body[:0xFFF]
    crc = 0
    for byte in body:
        crc = crc >> 8 ^ _CRC[(crc ^ byte) & 0xFF]
    told = crc.to_bytes(2, "big") if chance.random() < 0.1 else b"%04X" % crc
    return b"\n" + told + b"%04X" % len(body) + body + b"\r"


def _crc_of_byte(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (0xA001 if byte & 1 else 0)
    return byte


_CRC = tuple(_crc_of_byte(byte) for byte in range(256))

SUMS: dict[str, Callable[[bytes, Random], bytes]] = {"gbt26875": _gbt26875, "sia_dc09": _sia_dc09}
