"""What the words and numbers that devices write mean: yes, no, nothing, a number.

The words are those of makers' published codecs and firmware, in English and Chinese. What is over (``alarm release``)
or denied (``no smoke``) is a no. Anything else is refused: a word for smoke must not be guessed.
"""

import math
import re
from typing import Any

from devices.errors import MalformedMessage
from devices.message import Text

NOTHING = frozenset({"", "null", "na", "nan", "undefined", "none"})

YES = frozenset({"true", "yes", "on", "1", "active", "activated", "detected", "detect", "triggered", "trigger"})
NO = frozenset({"false", "no", "off", "0", "inactive"})
_ALARM = YES | frozenset({"alarm", "alarming", "alarmed", "alert", "报警", "告警"})
_CALM = NO | frozenset({"normal", "idle", "clear", "cleared", "ok", "none", "standby", "safe", "正常"})
_RELEASED = re.compile(
    r"(.+?)(?:released?|dismiss(?:ed)?|recover(?:y|ed)|restored?|deactivat(?:ion|ed)|clear(?:ed)?|end(?:ed)?|lifted|over)"
)
_DENIED = re.compile(r"(?:not|non|no)(.+)")

_SUBJECTS = frozenset({
    *("smoke", "fire", "water", "gas", "alarm", "tamper", "movement", "motion", "battery", "voltage", "level"),
    *("door", "window", "contact", "contacts", "local", "remote", "the", "is", "was", "has", "been"),
    *("co", "carbon", "monoxide", "heat"),
})  # fmt: skip
"""Words of a sentence that say what it is about, not how that is: ``Local smoke Alarm activated``."""
_MOST_WORDS = 6

Words = tuple[frozenset[str], frozenset[str]]


def words(yes: str = "", no: str = "") -> Words:
    return _ALARM | frozenset(yes.split()), _CALM | frozenset(no.split())


SMOKE = words("smoke smokealarm smokedetected fire firealarm 火警")
HEAT = words("heat heatalarm hightemp hightemperature overheat burning burningalarm burningalarmtrigger")
GAS = words("gas gasalarm leak leakage leakagealarm gasleak gasleakage abnormal 燃气")
LEAK = words(
    "leak leaking leaked leakage leakagealarm waterleak waterleakage flood flooded wet water 漏水"
    " present small medium large",
    "dry",
)
MOTION = words("motion moving movement occupied presence present started", "vacant unoccupied still stopped")
OCCUPANCY = words("occupied occupancy presence present", "vacant unoccupied empty absent")
TAMPER = words(
    "tamper tampered tamperalarm removed uninstalled dismantled disassembled opened open", "installed closed close"
)
FAULT = words(
    "fault failure failed faulty error abnormal malfunction defect defective broken faultdetected failuredetected"
    " errordetected 故障 异常",
    "good healthy pass passed",
)
LOW = words("low lowbattery lowpower ultralow empty critical", "good high full medium")
CONTACT = words("high h closed connect connected", "low l open disconnect disconnected")
TESTED = words("test testing pressed testisrunning producttestisrunning running", "testoff producttestoff")
PRESSED = words("pressed press")
POWERED = words("connected present", "disconnected absent lost failed failure outage")
DOOR = (YES | {"open", "opened", "opening", "ajar", "开", "打开"}, NO | {"close", "closed", "shorted", "关", "关闭"})
LOCK = (frozenset({"unlocked", "unlock", "open", "opened"}), frozenset({"locked", "lock", "close", "closed"}))


WORDS_OF: dict[str, Words] = {
    "smoke": SMOKE,
    "heat": HEAT,
    "gas_alarm": GAS,
    "leak": LEAK,
    "motion": MOTION,
    "occupancy": OCCUPANCY,
    "tamper": TAMPER,
    "battery_low": LOW,
    "call_point": PRESSED,
    "panic": PRESSED,
    "mains": POWERED,
    "door": DOOR,
    "lock": LOCK,
    "flame": words(),
    "co_alarm": words("co"),
    "water_flow": words("flow flowing"),
    "fire": SMOKE,
}
"""Signal -> the words that say yes and no of it."""


def plain(text: str) -> str:
    return re.sub(r"[\W_]", "", text).lower()


def _without_subjects(text: str) -> str:
    """The rest of a sentence of some words, plain; empty for a single word and for a long text."""
    spoken = re.findall(r"[^\W_]+", text[:80].lower())
    rest = [word for word in spoken if word not in _SUBJECTS]
    return "".join(rest) if 1 < len(spoken) <= _MOST_WORDS and len(rest) < len(spoken) else ""


def truth(value: Any, words: Words, *, numbers: bool = True) -> bool | None:
    """What a word, number or flag says; None for the words for nothing. Raises MalformedMessage."""
    yes, no = words
    if isinstance(value, str):
        word = plain(value)
        for said in (word, _without_subjects(value)):
            if said in no:
                return False
            if said in yes:
                return True
            over, denied = _RELEASED.fullmatch(said), _DENIED.fullmatch(said)
            if (over and over[1] in yes) or (denied and denied[1] in yes):
                return False
            if denied and denied[1] in no:
                return True
        if word in NOTHING:
            return None
    elif numbers and value in (0, 1):
        return bool(value)
    raise MalformedMessage(Text.of("boolean_words.neither", value=_shown(value)))


def _shown(value: Any) -> str:
    """A value as an error message may hold it: short, whatever it is."""
    if isinstance(value, str):
        return repr(value[:40])
    small = isinstance(value, bool | float) or (isinstance(value, int) and abs(value) < 1e15)
    return repr(value) if small else f"a value of type {type(value).__name__}"


def number_of(value: Any) -> float | None:
    """A finite number, given as one or as text; None for the words for nothing. Raises MalformedMessage."""
    if isinstance(value, str):
        if plain(value) in NOTHING:
            return None
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise MalformedMessage(Text.of("boolean_words.no_number", value=_shown(value)))
    try:
        number = float(value)
    except (ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise MalformedMessage(Text.of("boolean_words.not_finite", value=_shown(value)))
    return number
