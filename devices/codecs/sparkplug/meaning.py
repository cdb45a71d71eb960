"""What a metric means to us: from its name, datatype and unit to a signal, and from what was sent to a value.

The words are tables; a metric that fits none of them is no signal and is left alone, and so is one whose folder says
that it is a setting (``Setpoints/Temperature``) or an order (``Node Control/Reboot``).
"""

import math
import re
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from devices.codecs.sparkplug.wire import Scalar
from devices.codecs.sparkplug.words import AMBIGUOUS, DETECTED, FIRMWARE, LEAVES, NOT_MEASURED, NOT_SENSED, TRIPPED
from devices.errors import MalformedMessage
from devices.message import Reason, Text
from devices.payloads.boolean_words import WORDS_OF, truth
from devices.payloads.signal_aliases import FLAGS, NUMBERS, TEXTS, called, normal
from devices.payloads.units import UNITS, in_our_unit, is_unit_of, plain_unit
from devices.reading import Value
from devices.signals import SIGNALS, base_name

_SIGNED = {1: 8, 2: 16, 3: 32, 4: 64}
_UNSIGNED = {5: 8, 6: 16, 7: 32, 8: 64, 13: 64}
_DECIMAL, _BOOLEAN, _TEXT = (9, 10), 11, (12, 14, 15)
_LONGEST_SUFFIX = 60
_LONGEST_TEXT = 256
_CHANNEL = re.compile(r"(.*?)_?(\d{1,3})")
_LEAF = re.compile(f"_(?:{'|'.join(sorted(LEAVES))})$")

_UNIT_KEYS = {"engunit", "engunits", "engineeringunit", "engineeringunits", "unit", "units", "uom"}
_GOOD = 192


class Sense(msgspec.Struct, frozen=True):
    """A signal and how to come to its value. ``datatype`` is Sparkplug's number of it; ``unit`` is normalised."""

    signal: str
    datatype: int
    unit: str = ""
    upright: bool = True
    rest: str = ""
    """The other words of its name, which tell it from another: ``oil`` of ``Oil Temperature``."""


def senses(metrics: Iterable[tuple[str, int, str]]) -> dict[str, Sense]:
    """Name -> what it is to us, of (name, datatype, unit). What shares a signal is told apart by its folders.

    ``Zone 1/Smoke`` and ``Zone 2/Smoke`` of one device are ``smoke.zone_1`` and ``smoke.zone_2``; alone, either is
    ``smoke``.
    """
    found = {name: sense for name, datatype, unit in metrics if (sense := _sense(name, datatype, unit)) is not None}
    shared: dict[str, list[str]] = {}
    for name, sense in found.items():
        shared.setdefault(sense.signal, []).append(name)
    taken: set[str] = {signal for signal, names in shared.items() if len(names) == 1}
    for names in shared.values():
        if len(names) == 1:
            continue
        for name in names:
            found[name] = apart(name, found[name], taken)
            taken.add(found[name].signal)
    return found


def apart(name: str, sense: Sense, taken: set[str]) -> Sense:
    """The sense under a signal that is not taken: with the metric's folders behind it, then with a number."""
    if "/" not in name and not sense.rest and sense.signal not in taken:
        return sense
    parts = (sense.rest,) if sense.rest else tuple(normal(part) for part in name.split("/")[:-1])
    folders = "_".join(filter(None, parts))[:_LONGEST_SUFFIX]
    signal, _, channel = sense.signal.partition(".")
    stem = f"{signal}.{'_'.join(filter(None, (folders, channel))) or 2}"
    signal, number = stem, 2
    while signal in taken:
        signal, number = f"{stem}_{number}", number + 1
    return msgspec.structs.replace(sense, signal=signal)


def unit_of(properties: dict[str, Scalar]) -> str:
    """The engineering unit that a metric's properties name, normalised, or an empty string."""
    for key, value in properties.items():
        if isinstance(value, str) and "".join(filter(str.isalnum, key.lower())) in _UNIT_KEYS:
            return plain_unit(value)
    return ""


def is_doubtful(properties: dict[str, Scalar]) -> bool:
    """Whether the node itself says that the value is bad or stale (6.4.13, quality codes)."""
    quality = properties.get("Quality")
    return isinstance(quality, int) and quality != _GOOD


@lru_cache(maxsize=4096)
def is_model(name: str) -> bool:
    """Whether the metric of that name says what the device is."""
    return normal(name.rpartition("/")[2]) in ("model", "device_model", "hardware_model")


def is_measured(name: str) -> bool:
    """Whether it is no setting, limit or order by its folders."""
    return not NOT_SENSED.intersection(normal(segment) for segment in name.split("/")[:-1])


@lru_cache(maxsize=4096)
def is_firmware(name: str) -> bool:
    """Whether the metric of that name says which firmware runs: ``Properties/FW``, ``Node Info/Firmware``."""
    return normal(name.rpartition("/")[2]) in FIRMWARE


def fault_of(sense: Sense) -> Reason:
    """Why no value of this metric can be understood, or an empty string: a wrong number is worse than none."""
    if sense.unit and not is_unit_of(sense.signal, sense.unit):
        return Text.of(
            "sparkplug.unit",
            signal=sense.signal,
            unit=repr(sense.unit),
            known=", ".join(UNITS[base_name(sense.signal)]),
        )
    return ""


def value_of(sense: Sense, sent: Scalar) -> Value:
    """The value in our unit. Raises MalformedMessage where the datatype, the sign, the range or the unit forbids it."""
    plain = _plain(sense.datatype, sent)
    kind = SIGNALS[base_name(sense.signal)].python_type
    if kind is bool:
        if isinstance(plain, str):
            said = truth(plain, WORDS_OF[base_name(sense.signal)], numbers=False)
            if said is None:
                raise MalformedMessage(Text.of("sparkplug.empty_text", signal=sense.signal))
            return said is sense.upright
        if plain not in (0, 1):
            raise MalformedMessage(Text.of("sparkplug.no_flag", signal=sense.signal, value=repr(str(plain)[:40])))
        return bool(plain) is sense.upright
    if kind is str:
        return str(plain)[:_LONGEST_TEXT]
    if isinstance(plain, str | bool):
        raise MalformedMessage(Text.of("sparkplug.no_number", signal=sense.signal, value=repr(str(plain)[:40])))
    number = float(plain)
    if not math.isfinite(number):
        raise MalformedMessage(Text.of("sparkplug.not_finite", signal=sense.signal))
    return in_our_unit(sense.signal, number, sense.unit)


def _plain(datatype: int, sent: Scalar) -> Scalar:
    """What was sent, as its datatype means it: integers travel unsigned, whatever their width (6.4.16)."""
    if isinstance(sent, bool) or not isinstance(sent, int):
        return sent
    if datatype in _SIGNED:
        bits = _SIGNED[datatype]
        low = sent & (1 << bits) - 1
        return low - (1 << bits) if low >> bits - 1 else low
    if datatype in _UNSIGNED and sent >> _UNSIGNED[datatype]:
        raise MalformedMessage(Text.of("sparkplug.bits", sent=sent, bits=_UNSIGNED[datatype]))
    return sent


@lru_cache(maxsize=8192)
def _sense(name: str, datatype: int, unit: str) -> Sense | None:
    segments = [normal(segment) for segment in name.split("/")]
    if NOT_SENSED.intersection(segments[:-1]):
        return None
    if base_name(name) in SIGNALS and re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]{1,60})?", name):
        known = SIGNALS[base_name(name)].python_type
        return Sense(name, datatype, unit) if _may_be(known, datatype) else None
    if len(segments) > 1 and segments[-1] in TRIPPED and (danger := _danger(segments[:-1], datatype)) is not None:
        return danger
    if len(segments) > 1 and segments[-1] in LEAVES:
        segments.pop()
    for word in ("_".join(segments[-2:]), segments[-1]):
        channel = _CHANNEL.fullmatch(word)
        found = _called(word, datatype) or _called(_LEAF.sub("", word), datatype)
        if found is None and channel is not None and (found := _called(channel[1], datatype)) is not None:
            number = int(channel[2])
            found = (found[0] if number == 1 else f"{found[0]}.{number}", found[1])
        if found is not None:
            return Sense(found[0], datatype, unit, found[1])
    return _spoken(segments, datatype, unit)


def _spoken(segments: list[str], datatype: int, unit: str) -> Sense | None:
    """What is called by more words than ours: ``Oil Temperature``, ``Temp_C``, ``Smoke Detector/Alarm``."""
    words = _words(segments)
    *before, last = words or [""]
    if datatype == _BOOLEAN or datatype in _TEXT:
        return (_danger(before, datatype) if last in TRIPPED else None) or _flag(words, datatype)
    if not _may_be(float, datatype) or datatype not in _DECIMAL + tuple(_SIGNED) + tuple(_UNSIGNED):
        return None
    found = _number(words, datatype, unit)
    if found is None and before and (found := _number(before, datatype, last)) is not None:
        found = found if last in UNITS.get(base_name(found.signal), {}) else None
        if found is not None and unit:
            found = msgspec.structs.replace(found, unit=unit)
    return found


def _words(segments: list[str]) -> list[str]:
    return [word for segment in segments for word in segment.split("_") if word]


def _danger(segments: list[str], datatype: int) -> Sense | None:
    """What has tripped where ``Smoke Detector/Alarm`` is true: a danger, or nothing."""
    found = _flag(_words(segments), datatype) if datatype == _BOOLEAN or datatype in _TEXT else None
    return found if found is not None and SIGNALS[found.signal].alarm else None


def _flag(words: list[str], datatype: int) -> Sense | None:
    found = called("_".join(words), bool)
    if found is None or found.signal == "alarm" or not _may_be(bool, datatype, found.signal):
        return None
    bare = [word for word in words if word not in DETECTED]
    if len(bare) > 1 and bare[-1] in AMBIGUOUS and not DETECTED.intersection(words):
        return None
    return Sense(found.signal, datatype, "", found.upright, "_".join(found.rest))


def _number(words: list[str], datatype: int, unit: str) -> Sense | None:
    found = called("_".join(words), float)
    if found is None or NOT_MEASURED.intersection(found.rest):
        return None
    return Sense(found.signal, datatype, unit, rest="_".join(found.rest))


def _called(word: str, datatype: int) -> tuple[str, bool] | None:
    """(signal, whether true means true) of what is called by that word in that datatype."""
    if word in FLAGS and _may_be(bool, datatype) and (datatype == _BOOLEAN or word not in NUMBERS):
        return FLAGS[word]
    if word in NUMBERS and _may_be(float, datatype):
        return NUMBERS[word], True
    if word in TEXTS and _may_be(str, datatype):
        return TEXTS[word], True
    if word in FLAGS and _may_be(bool, datatype, FLAGS[word][0]):
        return FLAGS[word]
    return None


def _may_be(kind: type, datatype: int, signal: str = "") -> bool:
    """Whether a signal of that Python type can come in that datatype; a date or a data set is no signal of ours.

    A text may say a flag if ``signal`` is one for which words are known.
    """
    is_integer = datatype in _SIGNED or 5 <= datatype <= 8
    if kind is bool:
        return is_integer or datatype == _BOOLEAN or (datatype in _TEXT and signal in WORDS_OF)
    if kind is float:
        return is_integer or datatype in _DECIMAL
    return datatype in _TEXT or is_integer  # a card's number may come as an integer
