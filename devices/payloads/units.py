"""The units that makers write beside a number, and how to come from them to ours (devices/signals.py names ours).

Parts of air and weight in air are converted for 25 °C and 1 atm (24.45 L/mol).
"""

import re
from functools import lru_cache

from devices.errors import MalformedMessage
from devices.message import Text
from devices.signals import base_name

_LONGEST = 40

_FACTORS: dict[str, dict[str, float]] = {
    "pressure": {"pa": 0.001, "hpa": 0.1, "mbar": 0.1, "kpa": 1, "bar": 100, "mpa": 1_000, "atm": 101.325}
    | {"psi": 6.894757, "psig": 6.894757, "mmhg": 0.1333224, "inhg": 3.386389, "mh2o": 9.80665, "cbar": 1},
    "level": {"m": 1, "cm": 0.01, "mm": 0.001, "ft": 0.3048, "in": 0.0254},
    "flow": {"l/s": 1, "l/min": 1 / 60, "lpm": 1 / 60, "l/h": 1 / 3_600, "gpm": 0.0630902}
    | {"m3/h": 1 / 3.6, "m3/min": 1_000 / 60, "m3/s": 1_000, "gal/min": 0.0630902, "ft3/min": 0.4719474},
    "voltage": {"v": 1, "mv": 0.001, "kv": 1_000, "volt": 1, "volts": 1},
    "current": {"a": 1, "ma": 0.001, "ka": 1_000, "amp": 1, "amps": 1},
    "residual_current": {"ma": 1, "a": 1_000, "ua": 0.001},
    "power": {"w": 1, "kw": 1_000, "watt": 1, "watts": 1},
    "co": {"ppm": 1, "ppb": 0.001, "%": 10_000, "mg/m3": 24.45 / 28.01, "ug/m3": 24.45 / 28_010},
    "co2": {"ppm": 1, "ppb": 0.001, "%": 10_000},
    "h2s": {"ppm": 1, "ppb": 0.001, "mg/m3": 24.45 / 34.08},
    "oxygen": {"%": 1, "%vol": 1, "vol%": 1, "percent": 1},
    "tvoc": {"ppb": 1, "ppm": 1_000},
    "pm": {"ug/m3": 1, "mg/m3": 1_000},
    "formaldehyde": {"mg/m3": 1, "ug/m3": 0.001, "ppm": 30.03 / 24.45, "ppb": 0.03003 / 24.45},
    "gas": {"%lel": 1, "lel": 1, "lel%": 1, "%": 1},
    "humidity": {"%": 1, "%rh": 1, "rh%": 1, "rh": 1, "percent": 1},
    "battery": {"%": 1, "percent": 1},
    "smoke_density": {"%/m": 1, "%obs/m": 1},
    "linkquality": {"lqi": 1},
    "illuminance": {"lx": 1, "lux": 1, "klx": 1_000, "fc": 10.7639},
    "rssi": {"dbm": 1},
}

UNITS: dict[str, dict[str, tuple[float, float]]] = {
    "temperature": {
        **dict.fromkeys(("c", "cel", "degc", "celsius", "degreecelsius", "degreescelsius"), (1.0, 0.0)),
        **dict.fromkeys(("f", "degf", "fahrenheit", "degreesfahrenheit"), (1 / 1.8, -32 / 1.8)),
        **dict.fromkeys(("k", "kelvin", "degk"), (1.0, -273.15)),
    },
    **{signal: {unit: (factor, 0.0) for unit, factor in factors.items()} for signal, factors in _FACTORS.items()},
}
"""Signal -> unit -> (factor, then what to add) to our unit. ``mw`` is not there: mega or milli, nobody knows."""


@lru_cache(maxsize=1024)
def plain_unit(text: str) -> str:
    """The unit as UNITS writes it: ``° C`` is ``c``, ``µg/m³`` is ``ug/m3``."""
    text = re.sub(r"[\s°º˚]|^deg\.", "", text[:_LONGEST].lower())
    return text.replace("µ", "u").replace("μ", "u").replace("³", "3").replace("℃", "c").replace("℉", "f")


def is_unit_of(signal: str, unit: str) -> bool:
    """Whether a number in that unit (as plain_unit writes it) can be brought into the signal's."""
    known = UNITS.get(base_name(signal))
    return known is None or unit in known


def in_our_unit(signal: str, number: float, unit: str) -> float:
    """The number in the signal's unit; ``unit`` as plain_unit writes it. Raises MalformedMessage: not a unit of it."""
    known = UNITS.get(base_name(signal))
    if not unit or known is None:
        return number
    if unit not in known:
        raise MalformedMessage(Text.of("units.other", signal=signal, unit=repr(unit), known=tuple(known)))
    factor, plus = known[unit]
    return number if (factor, plus) == (1, 0) else round(number * factor + plus, 9)
