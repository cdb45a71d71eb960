"""Fields of devices that no table knows, understood by their names (signal_aliases.py): a new detector must be heard.

Flags are believed as they are, numbers only where the bridge tells their unit. What somebody may set is a setting, but
a danger: a converter may be wrong of its field, and a smoke that is lost is worse than one that is mended on site.

A flag without a meaning is ``switch`` with its own name, here as with ESPHome, Tasmota and Shelly, and the installer
renames it: renaming needs a signal that is reported, and what is left out is an alarm lost that nobody notices. A
danger is not guessed from a bare alarm bit (a door contact would cry fire), nor are sensors counted in the order of a
message (the second is the first as soon as the first fails). The price: strangers in quarantine show inputs that mean
nothing, and a badly named setting may look like an alarm until it is mended.
"""

from typing import Any

from devices.codecs.zigbee2mqtt.feature import Feature, NotYesOrNo, Read, Said
from devices.errors import MalformedMessage
from devices.payloads.boolean_words import DOOR, NOTHING, number_of, plain, truth, words
from devices.payloads.signal_aliases import Called, called, normal
from devices.payloads.units import in_our_unit, is_unit_of, plain_unit
from devices.signals import DANGERS, SIGNALS, base_name

_FLAGS = frozenset(
    {"smoke", "heat", "flame", "gas_alarm", "co_alarm", "call_point", "water_flow", "leak", "panic", "duress"}
    | {"intrusion", "tamper", "fault", "battery_low", "glass_break", "motion", "occupancy", "vibration", "door"}
)
_SAY_NOTHING = frozenset({"alarm", "status", "state", "is", "has", "low", "detector", "sensor"})
_WORDS = words("smoke fire gas leak leakage tamper fault low motion presence occupied vibration triggered", "dry")
_OF_SETTINGS = frozenset({
    *("link", "linkage", "linked", "by", "on", "when", "led", "auto", "unlock", "buzzer", "sound", "force", "invert"),
    *("logic", "switch", "function", "preheat", "self", "indicator", "trigger", "dismiss", "action"),
    *("running", "system", "mode", "required", "request", "demand", "supply"),
})  # fmt: skip
"""Words of what shall happen in such a case (``unlock_by_fire``), or is to be set (``invert_logic_gas``)."""
_LONGEST_SUFFIX = 40


def reader_by_name(name: str) -> Read | None:
    """How to read a field of that name; None if its name says nothing."""
    spelled = set(normal(name).split("_"))
    flag, figure = called(name, bool), called(name, float)
    if spelled & _OF_SETTINGS:
        return None
    if flag is not None and flag.signal == "alarm" and any(flag.rest):
        flag = _danger_before_alarm(flag.rest)
    if flag is not None and (flag.signal not in _FLAGS or "window" in spelled):
        flag = None  # a thermostat that infers an open window has seen none
    if flag is None and figure is None:
        return None

    is_danger = flag is not None and SIGNALS[base_name(flag.signal)].alarm

    def read(value: Any, feature: Feature) -> Said:
        if feature.is_setting and not is_danger:
            return ()
        if flag is not None and isinstance(value, bool | str):
            return _said(flag, feature.said(value), is_danger=is_danger)
        if is_danger and flag is not None and isinstance(value, int | float) and value in (0, 1) and figure is None:
            raise NotYesOrNo(_signal(flag), value)
        return () if figure is None or feature.is_setting else _measured(figure, value, feature.unit)

    return read


def _danger_before_alarm(rest: tuple[str, ...]) -> Called | None:
    """``gas_leak_alarm`` is of a gas leak; ``power_alarm`` and ``door_alarm`` are of something else."""
    of = called("_".join(rest), bool)
    return of if of is not None and of.upright and of.signal in DANGERS else None


def _said(flag: Called, value: Any, *, is_danger: bool) -> Said:
    if value in ("0", "1") and is_danger:
        raise NotYesOrNo(_signal(flag), float(value))
    try:
        said = truth(value, DOOR if flag.signal == "door" else _WORDS)
    except MalformedMessage:
        if is_danger:
            raise
        return ()
    return () if said is None else ((_signal(flag), said is flag.upright),)


def _measured(figure: Called, value: Any, unit: str) -> Said:
    told = plain_unit(unit)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not told or not is_number or not is_unit_of(figure.signal, told) or plain(str(value)) in NOTHING:
        return ()
    number = number_of(value)
    return () if number is None else ((_signal(figure), in_our_unit(figure.signal, number, told)),)


def _signal(known: Called) -> str:
    suffix = "_".join(word for word in known.rest if word and word not in _SAY_NOTHING)[:_LONGEST_SUFFIX]
    return f"{known.signal}{'_' if '.' in known.signal else '.'}{suffix}" if suffix else known.signal
