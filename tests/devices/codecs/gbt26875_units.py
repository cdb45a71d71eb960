"""Frames and data units of GB/T 26875.3 as the tests read them."""

from typing import Any

from hypothesis import strategies as st

from devices.codec import Decoded
from devices.codecs.gbt26875.framing import Failed, Frame, Framer, Skipped
from devices.codecs.gbt26875.options import Options
from devices.codecs.gbt26875.session import Gbt26875Line
from devices.codecs.gbt26875.shared import Shared
from devices.reading import SECOND

NOW = 1_795_480_215 * SECOND


def framed(data: bytes, *, lenient: bool = False) -> list[Frame | Failed | Skipped]:
    return Framer(lambda source: lenient).feed(data, NOW)


def received(data: bytes, **options: Any) -> list[Decoded]:
    return Gbt26875Line(Options(**options), Shared()).receive(data, NOW)


def values(decoded: Decoded) -> dict[str, Any]:
    """What the last report says, without what is at rest."""
    return {signal: value for signal, value in decoded.reports[-1].values if value is not False}


_BITS = st.integers(0, 65535)
