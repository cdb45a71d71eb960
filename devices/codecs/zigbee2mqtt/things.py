"""What a device is, by the description in its definition: what its fields of a general name (``alarm``) are of.

Source: the descriptions of the 4,500 definitions of zigbee-herdsman-converters.

Zigbee2MQTT calls the alarm of a heat detector, a door, a siren and a plug all ``alarm``; read without the thing, heat
and leaks were missed and each opening of a door was a false alarm. An expose's own description goes before the
definition's; several dangers in one are ``alarm``, and so is one without a definition: a danger that may be false is
looked at, one that is lost is not. A number in place of yes or no is read by the model's code where that is known
(one hands on Tuya's, where 0 is the alarm), else it is ``fault.<field>`` and a note. A table of models was rejected:
4,500, and new ones each week. The price: descriptions are people's words; all 56 definitions of 26.112 that have such
a field were tried.
"""

import re
from functools import lru_cache

_DANGERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("heat", re.compile(r"\bheat (?:alarm|detector|sensor)|\bthermal (?:alarm|detector)|\btemperature detector")),
    ("co_alarm", re.compile(r"carbon monoxide|\bco\b(?! ?2)")),
    ("gas_alarm", re.compile(r"\bgas\b(?! ?(?:meter|valve|boiler))|\blpg\b|\bmethane\b|combustible")),
    ("smoke", re.compile(r"smoke|\bfire (?:alarm|detector|sensor)")),
    (
        "leak",
        re.compile(r"water ?leak|\bleak(?:age)?\b(?! ?current)|\bflood\b(?! light)|\bwater (?:alarm|sensor|detector)"),
    ),
    ("panic", re.compile(r"\bemergency (?:button|switch|call|pull)|\bpanic\b|\bsos\b|nurse call")),
    ("glass_break", re.compile(r"glass ?break|broken glass|glass sensor")),
)
_OTHERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("siren", re.compile(r"\bsiren|sounder|sound (?:and|&) (?:flash|light)|\b(?:light|flash) (?:and|&) sound|strobe")),
    (
        "fault",
        re.compile(
            r"breaker|\brcbo\b|\bmeter\b|charger|\bplug\b|socket|\brelay\b|\btrv\b|thermostat|\busb\b|dimmer|\bvalve"
        ),
    ),
    ("door", re.compile(r"\bdoor|window|contact|opening sensor|magnet")),
    ("vibration", re.compile(r"vibration|shock|knock")),
    ("occupancy", re.compile(r"presence|occupancy|radar")),
    ("motion", re.compile(r"\bpir\b|motion|movement")),
    ("water_flow", re.compile(r"\bsprinkler (?:flow|alarm)")),
)
_OF_FIELDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("supervisory.water", re.compile(r"(?:water )?shortage|lack of water")),
    ("fault", re.compile(r"over ?(?:current|load|power|voltage)|calibration|\bmotor\b")),
    ("tamper", re.compile(r"tamper")),
    ("battery_low", re.compile(r"\bbattery\b")),
)
"""What a field's own description may say besides."""
_ELECTRIC = re.compile(r"breaker|\brcbo\b|\benergy meter\b")
"""Their leakage is one of current."""
_NO_DOOR = re.compile(r"doorbell|dry contact|contactor|door lock|\block\b|opener|garage|pusher|drive\b|curtain")
_LONGEST = 300


@lru_cache(maxsize=1024)
def thing_of(description: str) -> str:
    """The signal that its bare alarm is of: ``heat``, ``leak``, ``door``; ``alarm`` for several; "" for none known."""
    said = description[:_LONGEST].lower()
    dangers = [signal for signal, spoken in _DANGERS if spoken.search(said) and not _ELECTRIC.search(said)]
    if dangers:
        return dangers[0] if len(dangers) == 1 else "alarm"
    found = next((signal for signal, spoken in _OTHERS if spoken.search(said)), "")
    return "" if found == "door" and _NO_DOOR.search(said) else found


@lru_cache(maxsize=1024)
def meaning_of(field: str, description: str, thing: str) -> str:
    """The signal of a field of a general name, by its own description, else by the device it is of."""
    said = description[:_LONGEST].lower()
    own = next((signal for signal, spoken in (*_OF_FIELDS, *_DANGERS) if spoken.search(said)), "")
    if not own and re.search(r"vibration is|vibration detect", said):
        own = "vibration"
    signal = own or thing
    return f"{signal}{'_' if '.' in signal else '.'}2" if signal and field.endswith("_2") else signal


def is_state(description: str) -> bool:
    """Whether a field tells how it is, though it may be set: to be taken back."""
    return re.search(r"^alarm state|\bindicates\b|\btriggered\b", description[:_LONGEST].lower()) is not None
