"""Does what a device said, and nobody understood, speak of a danger? Such words must reach the technician.

A family hands in what it could not read; what says alarm, fire, smoke, gas, leak, fault or the like in its name or in
its value comes back as a Note, for ``Decoded.notes``. A value that says no is noted too, as calm: the day it says yes
is too late to learn that nobody reads it. What somebody has set (``alarm_volume``) and what a thing is
called (``"model": "Gas Sensor"``) says nothing.

Makers invent names and words faster than tables grow; the first to learn of one that was left out without a trace
would be the fire. Calm notes are one line for all devices that say them, with room of their own. The same note of a
device is one line with a count, so figures are not shown in it, only codes up to 15. At most 12 notes a message, then
"and so many more". Not an alert for each: a word that nobody understands may be a setting, and alarms would drown.
The price: some rows are harmless (``water_meter: a number``), a danger in a field that is named like a setting is
found by its value alone, and a hostile sender can fill the 200 rows of dangers with inventions, which are counted all
the same.
"""

import contextlib
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

import msgspec

from devices.errors import MalformedMessage
from devices.message import Reason, Text
from devices.payloads.boolean_words import WORDS_OF, Words, truth, words
from devices.payloads.json_payload import json_of

MOST_NOTES = 12
"""Of one message. One more says how many there were besides."""
_MOST_LOOKED_AT = 1_000
_MOST_LISTED = 50
_DEEPEST = 6
_LONGEST_NAME = 80
_LONGEST_VALUE = 60
_MOST_SEARCHED = 200

_SPEAKS = re.compile(
    r"alarm|alert|smok[ei]|gas(?!ket|tro|olin)|(?<!mis)fire(?!base|fox|ware|wall|fly|wire)|flam[ei](?!ngo)|leak|flood(?!l)|panic|emergenc|tamper"
    r"|(?<!de)fault|failure|failed|malfunction|trouble|abnormal|anomal|(?<![a-z])hazard|danger|intru[ds]|burglar|duress"
    r"|hold_?up|man_?down|help_?me|overheat|over_?temp|explo[sd]|monoxide|methane|propane|lpg|poison|toxic"
    r"|evacuat|glass_?br|forced|break_?glass|call_?point|sabotage|violat|warning|critical|wet(?![a-z])"
    r"|报警|告警|警报|警情|火|烟|燃气|煤气|可燃|泄漏|泄露|漏|水浸|溢水|故障|异常|失效|紧急|求救|求助|胁迫|劫持|入侵|防拆|拆动|防盗|一氧化碳|甲烷|超温|高温|危险"
)
_ALONE = frozenset({
    *("gas", "co", "sos", "heat", "water", "burning", "burn", "fall", "fallen", "help", "attack", "robbery", "error"),
    *("errors", "err", "alm", "flt", "ch4", "lel", "h2s", "mcp", "spark", "arc", "shock", "jam", "jammed", "stolen"),
})  # fmt: skip
"""Short words that stand inside too many others: only as a word of its own."""
_ALONE_AS_VALUE = _ALONE - {"heat", "water", "co", "gas", "shock", "arc", "err", "errors", "error", "fall"} | {
    *("co_alarm", "gas_alarm"),
}
"""A heater's mode is ``heat``."""
_SETTINGS = frozenset({
    *("volume", "ringtone", "melody", "sensitivity", "threshold", "thresholds", "limit", "limits", "interval", "delay"),
    *("duration", "enable", "enabled", "disable", "disabled", "config", "configuration", "setting", "settings", "mode"),
    *("calibration", "timestamp", "time", "date", "version", "unit", "units", "setpoint", "schedule", "hysteresis"),
    *("icon", "color", "brightness", "language", "min", "max", "upper", "lower", "period", "timeout", "seq", "id"),
})  # fmt: skip
_COUNTED = frozenset({"count", "counts", "counter", "times", "total", "consumed", "consumption", "usage", "meter"}) | {
    *("num", "number", "ago", "since", "flow"),
}
"""Last words of names whose figures count: how often there was a leak is history, how much water flowed no danger."""
_FIGURE = re.compile(r"\s*[+-]?\d*(?:\d\d|\.\d+|\d[eE][+-]?\d+)\s*")
_THINGS = frozenset({"sensor", "detector", "button", "panel", "probe", "lorawan", "lora"})
"""Last words of texts that say what a thing is: ``smoke sensor``."""
_SET_IN_CHINESE = re.compile("音量|灵敏度|阈值|设置|时长|间隔|使能|铃声|时间")
_CALLED = frozenset({
    *("name", "model", "manufacturer", "vendor", "brand", "description", "label", "location", "room", "area", "site"),
    *("firmware", "hardware", "version", "id", "title", "topic", "unit", "device", "product", "application", "profile"),
    *("class", "url", "link", "icon", "ssid", "host", "hostname", "serial", "group", "zone", "category", "kind"),
    *("名称", "型号", "厂家", "位置"),
})  # fmt: skip
"""Last words of names whose text is what something is called: a room may be the fire station."""

_ORDERS = re.compile(
    r"(?:^|/)(?:cmnd|set|get|commands?|ncmd|dcmd|rpc_in|bridge|discover|discovery)(?:/|$)|/config$",
    re.IGNORECASE,
)
"""Topics on which others speak to devices, or software of itself."""

_CALM: Words = (
    frozenset().union(*(yes for yes, _ in WORDS_OF.values() if "open" not in yes)),
    words(no="dry good fine healthy none never safe 无 否 无报警 解除 恢复")[1],
)


class Note(msgspec.Struct, frozen=True):
    """``text`` is ``field: what it said``, in 200 characters at most. ``is_calm``: it says that all is well.

    Names and words of a device are the same in every language; what we say of them is a Text.
    """

    text: Reason
    is_calm: bool = False


def note_of(name: str, value: Any) -> Note | None:
    """The note on a plain value that nobody understood; None if it speaks of no danger, and for what says nothing."""
    if value is None or value == "" or isinstance(value, dict | list):
        return None
    if not (_speaks_in_name(name[:_LONGEST_NAME]) or _speaks_in_value(name[-_LONGEST_NAME:], value)):
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and _counts(name[-_LONGEST_NAME:]):
        return Note(_is_a_number(name), is_calm=True)
    said = _said(value)
    text = f"{_shown(name, _LONGEST_NAME)}: {said}" if said else _is_a_number(name)
    return Note(text, is_calm=_is_calm(value))


def notes_in(said: Any, understood: Container[str] = (), within: str = "") -> tuple[Note, ...]:
    """The notes on all that a message holds, in its objects and lists as well, but for the fields ``understood``.

    Those are names of the outermost object, passed over with all that they hold. ``within`` stands before each name.
    """
    return bounded(
        note for name, value in _plain_values(said, understood, within) if (note := note_of(name, value)) is not None
    )


def notes_among(fields: Iterable[tuple[str, Any]]) -> list[Note]:
    """The same for single fields of a message, most of them plain values: cheap, and not yet bounded."""
    found: list[Note] = []
    for name, value in fields:
        if isinstance(value, dict | list):
            found += notes_in({name: value})
        elif (note := note_of(name, value)) is not None:
            found.append(note)
    return found


def notes_on(topic: str, payload: bytes) -> tuple[Note, ...]:
    """The notes on a whole MQTT message in which its family found nothing: an object, or a text named by its topic.

    What others order, set or configure there is nothing that a device said.
    """
    if _ORDERS.search(topic) or not payload.strip():
        return ()
    leaf = topic.rpartition("/")[2]
    if payload.lstrip()[:1] in (b"{", b"["):
        with contextlib.suppress(msgspec.DecodeError, UnicodeError, RecursionError):
            return notes_in(json_of(payload), within="" if payload.lstrip()[:1] == b"{" else leaf)
    return notes_in(payload[:_MOST_SEARCHED].decode("utf-8", "replace"), within=leaf)


def bounded(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Each once, those that are not calm first, and no more than a message may have."""
    found = list(dict.fromkeys(notes))
    if not found:
        return ()
    found.sort(key=lambda note: note.is_calm)
    left_out = found[MOST_NOTES:]
    if not left_out:
        return tuple(found)
    more = Note(f"(+{len(left_out)})", is_calm=all(note.is_calm for note in left_out))
    return (*found[:MOST_NOTES], more)


def _plain_values(said: Any, understood: Container[str], within: str) -> Iterator[tuple[str, Any]]:
    """(name, value), where the name of an inner value has the names around it before it: ``a.b``. The nearest first."""
    waiting: list[tuple[str, Any]] = [(within.rstrip("."), said)]
    left = _MOST_LOOKED_AT
    for depth in range(_DEEPEST):
        below: list[tuple[str, Any]] = []
        for around, value in waiting:
            inner: Iterable[tuple[str, Any]]
            if isinstance(value, Mapping):
                inner = ((str(name), one) for name, one in value.items() if depth or name not in understood)
                inner = ((f"{around}.{name}" if around else name, one) for name, one in inner)
            elif isinstance(value, list):
                inner = ((around, one) for one in value[:_MOST_LISTED])
            else:
                yield around, value
                continue
            for entry in islice(inner, left):
                left -= 1
                below.append(entry)
        waiting = below
    # What lies deeper still is named by what is around it.
    yield from ((name, "{...}") for name, _ in waiting)


def _spelled(text: str) -> str:
    """``smokeAlarm 2``, ``SMOKE_ALARM``: lower case, with a line between its words."""
    return re.sub(r"[\W_]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)).lower().strip("_")


@lru_cache(maxsize=4096)
def _speaks_in_name(name: str) -> bool:
    spelled = _spelled(name)
    alone = set(spelled.split("_"))
    if not (_SPEAKS.search(spelled) or alone & _ALONE):
        return False
    last = _spelled(name.rpartition(".")[2])
    return not (_SETTINGS.intersection(last.split("_")) or _SET_IN_CHINESE.search(last))


@lru_cache(maxsize=4096)
def _counts(name: str) -> bool:
    return _spelled(name.rpartition(".")[2]).rpartition("_")[2] in _COUNTED


def _speaks_in_value(name: str, value: Any) -> bool:
    if not isinstance(value, str) or _is_called(name):
        return False
    spelled = _spelled(value[:_MOST_SEARCHED])
    if spelled.rpartition("_")[2] in _THINGS:
        return False
    return bool(_SPEAKS.search(spelled) or _ALONE_AS_VALUE.intersection(spelled.split("_")))


@lru_cache(maxsize=4096)
def _is_called(name: str) -> bool:
    return _spelled(name.rpartition(".")[2]).rpartition("_")[2] in _CALLED or name.lower().endswith(("name", "model"))


def _is_calm(value: Any) -> bool:
    if not isinstance(value, str):
        return not value
    try:
        return truth(value, _CALM) is not True
    except MalformedMessage:
        return False


def _is_a_number(name: str) -> Text:
    return Text.of("not_understood.number", field=_shown(name, _LONGEST_NAME))


def _said(value: Any) -> str:
    """Figures that change with every message would be a note each: only codes are shown, "" for the others."""
    if isinstance(value, str):
        return "" if _FIGURE.fullmatch(value[:_LONGEST_VALUE]) else repr(_shown(value, _LONGEST_VALUE))
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if value in range(-1, 16) else ""


def _shown(text: str, most: int) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text[:most])
