"""Readings and signals in the words of a page."""

from api import signal_words
from api.console.locale import Say
from devices.reading import Value


def signal_label(signal: str, say: Say) -> str:
    """What a signal is called, with its channel."""
    return signal_words.signal_label(signal, say.words)


def value_label(signal: str, value: Value, say: Say) -> str:
    """A value with its unit: ``21.5 °C``, ``yes``."""
    return signal_words.value_label(signal, value, say.words)
