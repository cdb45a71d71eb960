"""What was found in one message, where several of its fields may speak of one signal."""

from collections.abc import Iterable

from devices.reading import Value
from devices.signals import SIGNALS, base_name

_MOST_SIGNALS = 60


def merge(found: dict[str, Value], signal: str, value: Value) -> None:
    """Adds what is said of a signal. The first to speak is believed, but a danger stands if any says so.

    Sixty signals at most; a danger always has room.
    """
    danger = SIGNALS[base_name(signal)].alarm
    if signal in found:
        if danger and value is True:
            found[signal] = True
    elif danger or len(found) < _MOST_SIGNALS:
        found[signal] = value


def merge_all(found: dict[str, Value], said: Iterable[tuple[str, Value]]) -> None:
    """Adds each of them."""
    for signal, value in said:
        merge(found, signal, value)
