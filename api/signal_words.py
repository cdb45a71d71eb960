"""How readings and signals are put into words for people."""

from devices.language import Language
from devices.reading import Value
from devices.signals import SIGNALS, base_name

_MOST_TEXT = 60
_ENGLISH = {
    "linkquality": "link quality",
    "co": "CO",
    "co2": "CO2",
    "co_alarm": "CO alarm",
    "tvoc": "TVOC",
    "rssi": "RSSI",
}


def signal_label(signal: str, language: Language) -> str:
    """What a signal is called, with its channel."""
    known = SIGNALS.get(base_name(signal))
    if known is None:
        return signal
    channel = signal[len(base_name(signal)) :].removeprefix(".")
    name = known.label_zh if language.is_chinese else _ENGLISH.get(known.name, known.name.replace("_", " "))
    return f"{name} {channel}".rstrip()


def value_label(signal: str, value: Value, language: Language) -> str:
    """A value with its unit: ``21.5 °C``, ``yes``."""
    if isinstance(value, bool):
        return language.show(value)
    if isinstance(value, str):
        return value if len(value) <= _MOST_TEXT else value[: _MOST_TEXT - 1] + "…"
    known = SIGNALS.get(base_name(signal))
    return f"{value:g} {known.unit}".rstrip() if known is not None else f"{value:g}"
