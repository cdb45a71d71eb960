"""SIA codes inside DC-09 (``SIA-DCS``, after DC-03): ``#1234|Nri1/FA17^Store^|A SMOKE 17``.

A block begins with its kind: N new events, O old ones, A a text to the events before it. In it stand modifiers in
small letters (``ri`` partition, ``id`` user, ``ti`` time, ``pi``, ``ai`` ...), which hold for what comes behind them,
and codes of two capitals with a number, perhaps a measured value behind ``*``, a text between ``^``, a ``/``.
"""

import re

from msgspec.structs import replace

from devices.codecs.sia_dc09.dcs_codes import CODES, Code
from devices.codecs.sia_dc09.ends import ENDS
from devices.codecs.sia_dc09.envelope import text_of
from devices.codecs.sia_dc09.event import TEXT, Event, Heard, Values, number, of_part
from devices.kinds import ABOUT_ITSELF
from devices.message import Text
from devices.reading import Value
from devices.signals import base_name

_CODE = rb"(?:([a-z]{2})([0-9.:-]*)|([A-Z]{2})([0-9A-F]{0,8}))"
_PACKET = re.compile(_CODE + rb"(?:\*([^/^]*))?(?:\^(?:([^^]*)\^|([^/^]*)))?(?:/|(?=[A-Za-z])|$)")
"""A text may hold a ``/`` if it is closed."""
_SPOILT_PACKET = re.compile(_CODE + rb"?[^/]*/?")
_TEXT, _NEW, _OLD = b"A", b"N", b"O"
_FLAGS = {"1": True, "0": False}
_GLUED = re.compile(rb"([0-9]{1,4})([A-F]{2})([0-9]{1,4})")
"""A number, and behind it without a ``/`` the next code: both are hexadecimal digits."""
_END_OF_TEXT = b"NM"
"""Behind a code and its text, without a ``/``: some panels end so what they have to say."""

Packet = tuple[bytes, bytes, bytes, bytes]
"""Modifier or code, its number, its measured value, its text."""


def events(blocks: list[bytes], account: str) -> Heard:
    """What the blocks between the bars say, and what is odd about them."""
    told: list[Event] = []
    notes: list[Text] = []
    is_unread = False
    for block in blocks:
        kind, packets = _packets(block)
        spoilt = [] if packets or kind == _TEXT else _salvaged(block)
        if spoilt or (packets and (kind != _TEXT or not told)):
            found, odd = _events(packets or spoilt, account, is_old=kind == _OLD)
            told += found
            notes += odd
            if spoilt:
                notes.append(Text.of("sia_dc09.spoilt", block=repr(text_of(block, 80))))
        elif block[:1] == _TEXT and text_of(block[1:]):
            text = text_of(block[1:])
            told = [event if event.text else replace(event, text=text) for event in told] or [
                Event(account, (("action", text),), TEXT)
            ]
        else:
            notes.append(Text.of("sia_dc09.no_sia", block=repr(text_of(block, 40))))
            is_unread = is_unread or block[:1] in (_NEW, _OLD)
    return Heard(told, notes, is_unread)


def _packets(block: bytes) -> tuple[bytes, list[Packet]]:
    """The kind of a block and its packets, none if it has no such. Some panels leave the letter of the kind out."""
    kind = block[:1]
    if kind in (_NEW, _OLD):
        packets = _whole(block[1:])
        if packets:
            return kind, packets
    packets = _whole(block)
    if any(code.isupper() and code.decode() not in CODES for code, *_ in packets) or _is_word(packets):
        return kind, []
    return _TEXT if kind == _TEXT else _NEW, packets


def _whole(text: bytes) -> list[Packet]:
    packets: list[Packet] = []
    place = 0
    while place < len(text):
        found = _PACKET.match(text, place)
        if found is None:
            return []
        modifier, value, code, counted, measured, words, unclosed = found.groups()
        is_end = code == _END_OF_TEXT and place and not counted and text[place - 1 : place] != b"/"
        counted = (value if modifier else counted) or b""
        if is_end and any(each.isupper() for each, *_ in packets):
            place = found.end()
            continue
        glued = _GLUED.fullmatch(counted) if code and len(counted) > 4 else None
        if glued is not None and glued[2].decode() in CODES:
            packets.append((code, glued[1], b"", b""))
            code, counted = glued[2], glued[3]
        packets.append((modifier or code, counted, measured or b"", words or unclosed or b""))
        place = found.end()
    return packets if any(code.isupper() for code, *_ in packets) else []


def _salvaged(block: bytes) -> list[Packet]:
    """The known codes of a block that is spoilt somewhere: a fire whose number cannot be read is a fire."""
    packets: list[Packet] = []
    place = int(block[:1] in (_NEW, _OLD))
    while place < len(block):
        whole = _PACKET.match(block, place)
        found = whole or _SPOILT_PACKET.match(block, place)
        if found is None:
            break
        modifier, value, code, counted = found.groups()[:4]
        if modifier or (code and code.decode() in CODES):
            number_of = (value if modifier else counted) or b""
            packets.append((modifier or code, number_of if whole else b"", b"", b""))
        place = found.end()
    return packets if any(code.isupper() for code, *_ in packets) else []


def _is_word(packets: list[Packet]) -> bool:
    """``AFIRE`` is a text and no row of codes."""
    return len(packets) > 1 and not any(number for _, number, *_ in packets[:-1])


def _events(packets: list[Packet], account: str, *, is_old: bool) -> tuple[list[Event], list[Text]]:
    told: list[Event] = []
    notes: list[Text] = []
    partition = user = ""
    for code, counted, measured, words in packets:
        if code == b"ri":
            partition = number(counted.decode())
        elif code == b"id":
            user = number(counted.decode())
        elif code.isupper():
            name = code.decode()
            if name not in CODES:
                notes.append(Text.of("sia_dc09.sia_code", code=name))
            text = text_of(words) or text_of(_quoted(measured))
            event = _event(name, account, partition, number(counted.decode()), user)
            told.append(replace(event, is_status=is_old, text=text))
    return told, notes


def _quoted(measured: bytes) -> bytes:
    """Some panels put a text where a value would be: ``*"SMOKE 17"NM``, ``*'SMOKE 17'NM``."""
    return next((measured.split(mark)[1] for mark in (b'"', b"'") if measured.count(mark) == 2), b"")


def _event(name: str, account: str, partition: str, counted: str, user: str) -> Event:
    code = CODES.get(name) or Code("Z", (), f"event {name}")
    by = "credential" if any(signal == "access" for signal, _ in code.effects) else "action.operator"
    if code.counts == "U":
        user = counted or user
    who: Values = ((by, f"user {user}"),) if user else ()
    values = who + _values(code)
    ends = ENDS.get(code.ends, ())
    match code.counts:
        case "Z":
            over = {base_name(signal) for signal, value in values if value is False} - ABOUT_ITSELF
            return Event(account, values, code.name, partition, counted, ends=ends or tuple(over - _NO_ALARM))
        case "D":
            return Event(account, values, code.name, partition, f"door{counted}" if counted else "")
        case "A":
            return Event(account, values, code.name, counted or partition, ends=ends)
        case "U":
            return Event(account, values, code.name, partition, ends=ends)
        case _:
            parts = tuple(of_part(signal, value, counted) for signal, value in values)
            return Event(account, parts, code.name, partition if ends else "", ends=ends)


def _values(code: Code) -> Values:
    if not code.effects:
        return (("action", code.name),)
    return tuple((_SIGNALS.get(signal, signal), _value(signal, value)) for signal, value in code.effects)


_SIGNALS = {"arm": "arm_request"}
_NO_ALARM = frozenset({"supervisory"})


def _value(signal: str, written: str) -> Value:
    return written if signal in ("arm", "access") else _FLAGS[written]
