"""How readings and signals are put into words for people."""

from api.console.locale import Say
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


def signal_label(signal: str, say: Say) -> str:
    """What a signal is called, with its channel."""
    known = SIGNALS.get(base_name(signal))
    if known is None:
        return signal
    channel = signal[len(base_name(signal)) :].removeprefix(".")
    name = known.label_zh if say.language == "zh" else _ENGLISH.get(known.name, known.name.replace("_", " "))
    return f"{name} {channel}".rstrip()


def value_label(signal: str, value: Value, say: Say) -> str:
    """A value with its unit: ``21.5 °C``, ``yes``."""
    if isinstance(value, bool):
        return say("value.yes") if value else say("value.no")
    if isinstance(value, str):
        return value if len(value) <= _MOST_TEXT else value[: _MOST_TEXT - 1] + "…"
    known = SIGNALS.get(base_name(signal))
    return f"{value:g} {known.unit}".rstrip() if known is not None else f"{value:g}"
