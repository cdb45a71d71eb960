"""ndjson: newline-delimited JSON on a serial line, the simplest thing that a microcontroller can say.

Firmware seen: none of a third party; this text is the format. Example line:
``{"device": "door-3", "readings": {"door": true}}`` and a line feed. ``time`` (ISO 8601 with offset, or
milliseconds since 1970), ``model`` and ``firmware`` may stand beside them; a reading that is null says nothing, and one
that cannot be read costs no other. A line that makes no sense is counted and skipped; one that grows beyond 64 KiB
without a line feed is thrown away up to the next.

Orders to outputs go back on the line, ``{"device": "siren-1", "id": "...", "output": "siren", "value": true}`` and a
line feed, as over MQTT (devices/codecs/keyarea.py); readings of the device say that it acted.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from devices.codec import Decoded, Key, Line
from devices.device import Device
from devices.errors import MalformedMessage
from devices.message import Text
from devices.output_orders import Commands, OutputOrder
from devices.own_format import order_in_json, report_of, said_in
from devices.payloads.not_understood import bounded
from devices.reading import Instant

_LONGEST_LINE = 64 * 1024
_KEPT = 200
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""Which some tools write first (RFC 8259, 8.1)."""


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing to set."""


class _NdjsonLine:
    """Frames by line feed; what a line means is decided in ``_meaning``."""

    def __init__(self) -> None:
        self._partial = bytearray()
        self._is_skipping = False

    def receive(self, data: bytes, now: Instant) -> list[Decoded]:
        decoded = []
        *whole, rest = data.split(b"\n")
        for piece in whole:
            line = bytes(self._partial + piece).strip()
            self._partial.clear()
            if self._is_skipping:
                self._is_skipping = False
            elif line:
                decoded.append(_meaning(line))
        self._partial += rest
        if len(self._partial) > _LONGEST_LINE:
            if not self._is_skipping:
                excerpt = bytes(self._partial[:_KEPT])
                decoded.append(Decoded(malformed=Text.of("ndjson.no_line_feed", most=_LONGEST_LINE), raw=excerpt))
            self._partial.clear()
            self._is_skipping = True
        return decoded

    def to_send(self, now: Instant) -> bytes:
        return b""

    def command(self, device: Device, order: OutputOrder) -> Commands:
        """The order in one line."""
        return Commands(send=order_in_json(order, device=device.address) + b"\n")

    def wake_at(self) -> Instant | None:
        return None

    def closed(self, now: Instant) -> None:
        """A line that was cut off in the middle of a message does not end it."""
        self._partial.clear()
        self._is_skipping = False

    def settled(self, said: Any, *, is_stored: bool) -> None:
        """Nothing is confirmed on this line."""


def _meaning(line: bytes) -> Decoded:
    try:
        if len(line) > _LONGEST_LINE:
            raise MalformedMessage(Text.of("ndjson.too_long", most=_LONGEST_LINE))
        said, beside = said_in(line.removeprefix(_BYTE_ORDER_MARK))
        if not said.device:
            raise MalformedMessage(Text.of("ndjson.no_device"))
        reports, problem, notes = report_of(said.device, said)
    except MalformedMessage as error:
        return Decoded(malformed=error.text, raw=line[:_KEPT])
    return Decoded(reports, malformed=problem, notes=bounded((*notes, *beside)), raw=line[:_KEPT])


class NdjsonCodec:
    """Newline JSON on a line, as devices.families finds it."""

    family = "ndjson"
    takes_orders = True
    options = Options

    def open_line(self, name: str, options: Options, key: Key) -> Callable[[], Line]:
        return _NdjsonLine


CODEC = NdjsonCodec()
