"""Looks for readers that nobody has registered: asks one address every two seconds who is there, 0 to 126 and again.

Only where the site file says so: each question holds the bus for 0.2 s, and nobody else may control it. No I/O and no
clock. Source of the format: IEC 60839-11-5, osdp_ID and osdp_PDID.
"""

from binascii import crc_hqx
from collections.abc import Collection

from gateway.transports.osdp_frames import Frame

_EVERY_S = 2.0
_ANSWERS_WITHIN_S = 0.2
_ADDRESSES = 127
_PDID = 0x45
_PDID_DATA = 12


class Scan:
    """Which address is asked next, and who has answered."""

    def __init__(self, is_wanted: bool) -> None:
        self._is_wanted = is_wanted
        self._address = -1
        self._asked_at = -_EVERY_S
        self._is_open = False
        self._found: list[tuple[int, dict[str, int]]] = []

    def next(self, known: Collection[int], now: float) -> bytes:
        """The question that is due, b"" if none is; ``known`` are asked by the library."""
        if not self._is_wanted or now - self._asked_at < _EVERY_S:
            return b""
        for step in range(1, _ADDRESSES + 1):
            address = (self._address + step) % _ADDRESSES
            if address not in known:
                self._address, self._asked_at, self._is_open = address, now, True
                return question(address)
        return b""

    def is_waiting(self, now: float) -> bool:
        """Whether an answer may still come: nobody else may speak until then."""
        self._is_open = self._is_open and now - self._asked_at < _ANSWERS_WITHIN_S
        return self._is_open

    def heard(self, frame: Frame) -> None:
        """A reader spoke that is none of the library's."""
        if not self._is_open or frame.address != self._address:
            return
        self._is_open = False
        data = frame.raw[6 : 6 + _PDID_DATA]
        if frame.reply != _PDID or frame.security or len(data) < _PDID_DATA:
            return
        identity = {
            "vendor": int.from_bytes(data[:3], "little"),
            "model": data[3],
            "version": data[4],
            "serial": int.from_bytes(data[5:9], "little"),
            "firmware": int.from_bytes(data[9:], "big"),
        }
        self._found.append((frame.address, identity))

    def found(self) -> list[tuple[int, dict[str, int]]]:
        """Who has answered since this was last asked."""
        found, self._found = self._found, []
        return found


def question(address: int) -> bytes:
    """Who is there? The number 0 says that we begin anew."""
    frame = bytes((0x53, address, 9, 0, 0x04, 0x61, 0x00))
    return b"\xff" + frame + crc_hqx(frame, 0x1D0F).to_bytes(2, "little")
