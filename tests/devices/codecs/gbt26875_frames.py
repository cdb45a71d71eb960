"""Worked frames of GB/T 26875.3-2011 and a short encoder of our own for tests, apart from the one that is tested."""

import struct

T = bytes.fromhex("0F1E08180B1A")
"""2026-11-24 08:30:15 at UTC+8."""
DEVICE, CENTRE = bytes.fromhex("E90300000000"), bytes.fromhex("010000000000")

_TEXT = "41 B6 B0 33 B2 E3 C5 E4 B5 E7 BC E4 D1 CC B8 D0 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"
_UP = "0F 1E 08 18 0B 1A E9 03 00 00 00 00 01 00 00 00 00 00"
_DOWN = "0F 1E 08 18 0B 1A 01 00 00 00 00 00 E9 03 00 00 00 00"
_LATER = "10 1E 08 18 0B 1A"

WORKED = {
    "V1": f"40 40 01 00 01 00 {_UP} 30 00 02 02 01 01 01 2A 02 00 11 00 03 00 {_TEXT} 0F 1E 08 18 0B 1A C3 23 23",
    "V2": f"40 40 01 00 01 00 {_LATER} 01 00 00 00 00 00 E9 03 00 00 00 00 00 00 03 65 23 23",
    "V3": f"40 40 01 00 01 00 {_LATER} 01 00 00 00 00 00 E9 03 00 00 00 00 00 00 06 68 23 23",
    "V4": f"40 40 02 00 01 00 {_UP} 12 00 02 03 01 01 01 1F 02 00 11 00 03 AD 02 0F 1E 08 18 0B 1A D2 23 23",
    "V5": f"40 40 03 00 01 00 {_UP} 12 00 02 03 01 01 01 1F 02 00 11 00 03 85 FF 0F 1E 08 18 0B 1A A8 23 23",
    "V6": f"40 40 04 00 01 00 {_UP} 0C 00 02 01 01 01 01 05 01 0F 1E 08 18 0B 1A EE 23 23",
    "V7": f"40 40 09 00 01 00 {_DOWN} 03 00 01 5B 01 0A D3 23 23",
    "V7a": f"40 40 09 00 01 00 {_LATER} E9 03 00 00 00 00 01 00 00 00 00 00 00 00 03 6D 23 23",
    "V7b": "40 40 05 00 01 00 02 22 08 18 0B 1A E9 03 00 00 00 00 01 00 00 00 00 00"
    " 0A 00 02 18 01 20 07 01 22 08 18 0B 1A 10 23 23",
    "V8": f"40 40 0A 00 01 00 {_DOWN} 08 00 04 3E 01 01 01 02 00 11 00 CA 23 23",
    "V8a": f"40 40 0A 00 01 00 {_LATER} E9 03 00 00 00 00 01 00 00 00 00 00"
    f" 30 00 05 02 01 01 01 2A 02 00 11 00 01 00 {_TEXT} {_LATER} CF 23 23",
    "V9": f"40 40 0B 00 01 00 {_DOWN} 08 00 01 5A 01 0F 1E 08 18 0B 1A 41 23 23",
    "V10": f"40 40 06 00 01 00 {_UP} 00 00 02 68 23 23",
    "V11": f"40 40 07 00 01 00 {_UP} 5E 00 02 02 02 01 01 2A 02 00 11 00 05 00 {_TEXT} 0F 1E 08 18 0B 1A"
    " 01 01 17 02 00 12 00 09 00 41 B6 B0 33 B2 E3 CA D6 B1 A8"
    f" {'00 ' * 21}0F 1E 08 18 0B 1A 0A 23 23",
}
"""Computed from the standard's tables by two encoders that agree."""

V = {name: bytes.fromhex(text) for name, text in WORKED.items()}


def frame(
    unit: bytes | str,
    *,
    serial: int = 1,
    command: int = 2,
    source: bytes = DEVICE,
    label: bytes = T,
    to: bytes = CENTRE,
) -> bytes:
    """A frame of a device to the centre."""
    unit = bytes.fromhex(unit) if isinstance(unit, str) else unit
    body = struct.pack("<HBB6s6s6sHB", serial, 1, 0, label, source, to, len(unit), command) + unit
    return b"@@" + body + bytes((sum(body) & 255,)) + b"##"


def component(component_type: int, bits: int, *, text: bytes = b"", label: bytes = T) -> bytes:
    """A data unit of type 2 with one component."""
    return bytes((2, 1, 1, 1, component_type, 2, 0, 17, 0)) + struct.pack("<H", bits) + text.ljust(31, b"\0") + label
