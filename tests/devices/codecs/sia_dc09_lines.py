"""Lines of SIA DC-09 with and without a key, and what they told and answered."""

from collections.abc import Callable
from typing import Any

from devices.codec import Decoded, Line
from devices.codecs.sia_dc09 import CODEC
from devices.codecs.sia_dc09.options import Options
from devices.reading import SECOND
from tests.devices.codecs.sia_dc09_frames import (
    KEYS,
)
from tests.words import words

NOW = 1_795_509_015 * SECOND
"""2026-11-24 08:30:15 UTC."""


STAMP = "_08:30:15,11-24-2026"


SMOKE_INSIDE = f"|#1234|1111 01 017]{STAMP}"


KEY = KEYS[16]


def lines(keys: dict[str, bytes] | None = None, **options: Any) -> Callable[[], Line]:
    return CODEC.open_line("panels", Options(**options), (keys or {}).get)


def keyed(key: bytes = KEY, **options: Any) -> Line:
    return lines({"dc09/1234": key}, **options)()


def plain(**options: Any) -> Line:
    return lines(**options)()


def told(decoded: list[Decoded]) -> list[tuple[str, dict[str, Any]]]:
    """Addresses and values of what was said beside ``online``."""
    return [
        (report.address, dict(report.values))
        for one in decoded
        for report in one.reports
        if report.values != (("online", True),)
    ]


def faults(line: Line, frame: bytes) -> list[tuple[str, dict[str, Any]]]:
    """What is reported of each address; whatever it is, it is noted and not confirmed."""
    (decoded,) = line.receive(frame, NOW)
    assert (b"", True) == (decoded.confirm, bool(words(decoded.malformed)))
    return [(report.address, dict(report.values)) for report in decoded.reports]
