"""Frames of SIA DC-09 for tests: published vectors, and the encoder of our simulated panel, which shares no code."""

from Crypto.Cipher import AES

from simulators.sia_dc09_panel import framed

KEYS = {16: bytes(range(16)), 24: bytes(range(24)), 32: bytes(range(32))}

FIELD = '9EC40027"ADM-CID"0001L0#1002[#1002|1602 00 001]'
"""Captured in the field (github.com/CreepPork/py-sia-dc-07)."""

SMOKE = '62A8003B"ADM-CID"0042L0#1234[#1234|1111 01 017]_08:30:15,11-24-2026'
ACK = '24240012"ACK"0042L0#1234[]'
RESTORED = '580F003B"ADM-CID"0043L0#1234[#1234|3111 01 017]_08:35:00,11-24-2026'
EXTENDED = '5CC6005F"ADM-CID"0044L0#1234[#1234|1111 01 017][I3F SMOKE 17][H08:30:15,11-24-2026]_08:30:17,11-24-2026'
LINK_TEST = '77C50027"NULL"0000L0#1234[]_08:30:15,11-24-2026'
DUH = '1AFA0012"DUH"0042L0#1234[]'
NAK = '2D5E0025"NAK"0000R0L0A0[]_08:30:16,11-24-2026'
VECTORS = [FIELD, SMOKE, ACK, RESTORED, EXTENDED, LINK_TEST, DUH, NAK]
"""Computed by two small encoders that agree."""


def wire(text: str) -> bytes:
    """A vector between LF and CR."""
    return b"\n" + text.encode() + b"\r"


def message(data: str, behind: str = "", *, token: str = "", sequence: str = "0001", account: str = "1234") -> bytes:
    """A plain message of an event; Contact ID where it begins with a digit."""
    token = token or ("ADM-CID" if data[:1].isdigit() else "SIA-DCS")
    return framed(f'"{token}"{sequence}L0#{account}[#{account}|{data}]{behind}'.encode())


def encrypted(
    text: str, key: bytes, *, token: str = "ADM-CID", sequence: str = "0001", account: str = "1234", pad: str = ""
) -> bytes:
    """A message whose inside is that text, bar and all, behind padding of our choice."""
    count = 16 + -len(text) % 16
    inside = ((pad or "0123456789abcdefghijklmnopqrstuvwxyz") * 2)[:count] + text
    secret = AES.new(key, AES.MODE_CBC, iv=bytes(16)).encrypt(inside.encode())
    return framed(f'"*{token}"{sequence}L0#{account}[{secret.hex().upper()}'.encode())


def inside(answer: bytes, key: bytes) -> bytes:
    """What stands in an encrypted answer."""
    secret = bytes.fromhex(answer[answer.index(b"[") + 1 : -1].decode())
    return AES.new(key, AES.MODE_CBC, iv=bytes(16)).decrypt(secret)
