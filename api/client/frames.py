"""Server-sent events of the bytes of a stream, in whatever pieces they come (pure)."""

from collections.abc import Iterator

import msgspec

_LARGEST = 16 * 1024 * 1024


class Frame(msgspec.Struct, frozen=True):
    """One event as it was sent. ``number``: its position in the stream, None for what is no event of the gateway."""

    kind: str
    data: bytes
    number: int | None


class Frames:
    """Is fed the pieces of one stream in their order."""

    def __init__(self) -> None:
        self._rest = b""
        self._fields: dict[bytes, bytes] = {}

    def of(self, piece: bytes) -> list[Frame]:
        """Those that are whole by now. Raises OSError for a line without end."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        if len(self._rest) > _LARGEST:
            raise OSError(f"a line of more than {_LARGEST} bytes")
        return list(self._whole(lines))

    def _whole(self, lines: list[bytes]) -> Iterator[Frame]:
        for line in lines:
            name, _, value = line.rstrip(b"\r").partition(b": ")
            if name:
                self._fields[name] = value
                continue
            fields, self._fields = self._fields, {}
            if b"data" in fields:
                number = fields.get(b"id", b"")
                kind = fields.get(b"event", b"message").decode(errors="replace")
                yield Frame(kind, fields[b"data"], int(number) if number.isdigit() else None)
