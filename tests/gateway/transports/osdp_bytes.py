"""Replies of OSDP readers as they stand on the wire, written apart from what is tested."""

ACK, NAK, PDID, PDCAP, LSTATR, RAW, KEYPAD, CCRYPT, RMAC = 0x40, 0x41, 0x45, 0x46, 0x48, 0x50, 0x53, 0x76, 0x78
CARD = bytes.fromhex("00011a000a2c1f80")
"""Reader 0, Wiegand, 26 bits: facility 20, number 22591."""


def crc(data: bytes) -> int:
    """CRC-16 with polynomial 0x1021 that begins with 0x1D0F, bit by bit."""
    value = 0x1D0F
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ 0x1021 if value & 0x8000 else value << 1) & 0xFFFF
    return value


def reply(
    code: int, data: bytes = b"", *, address: int = 1, number: int = 1, block: bytes = b"", checksum: bool = False
) -> bytes:
    """A reply; ``block`` is its security block without its length."""
    body = (bytes((len(block) + 1,)) + block if block else b"") + bytes((code,)) + data
    length = 5 + len(body) + (1 if checksum else 2)
    control = number | (0 if checksum else 0x04) | (0x08 if block else 0)
    frame = bytes((0x53, address | 0x80, length & 255, length >> 8, control)) + body
    return frame + (bytes((-sum(frame) & 255,)) if checksum else crc(frame).to_bytes(2, "little"))
