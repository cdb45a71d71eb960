"""What somebody typed at a keypad is kept nowhere, also where the message about it was not understood.

A field is taken for one of codes by its name (``action_code``, ``pin``, ``pin_code_alarm``, ``passwords``), or a topic
by its end. What such a field holds is left out, in whatever form, and so is the same word wherever else it stands in
the message or in what is said of it. The price: ``error_code`` is left out, too.
"""

import re

from devices.message import Param, Part, Text

_NAME = rb"""(?:code|pin|password)s?(?:[_-][\w-]{0,20})?["']?\s{0,4}[:=]\s{0,4}"""
_VALUE = rb"""(?:"(?:\\.|[^"\\])*"?|'[^']*'?|\[[^\]]*\]?|\{[^}]*\}?|[^"',;&}\s\[{]+)"""
_FIELD = re.compile(rb"(%b)(%b)" % (_NAME, _VALUE), re.IGNORECASE)
_OF_A_CODE = ("code", "codes", "pin", "pins", "password", "passwords")
"""The end of a topic on which nothing else is told."""
_WORD = re.compile(rb"[0-9A-Za-z:]*[0-9][0-9A-Za-z:]*")
_LEAST, _LOOKED_AT, _MOST = 4, 512, 20
_LEFT_OUT = "..."


def typed_in(address: str, payload: bytes) -> tuple[str, ...]:
    """The words that fields of codes hold, the longest first."""
    looked_at = payload[:_LOOKED_AT]
    is_all = address.lower().endswith(_OF_A_CODE)
    if not (is_all or _may_hold(looked_at)):
        return ()
    held = [looked_at] if is_all else [field.group(2) for field in _FIELD.finditer(looked_at)]
    found = {word for value in held for word in _WORD.findall(value) if len(word) >= _LEAST}
    return tuple(word.decode() for word in sorted(found, key=len, reverse=True)[:_MOST])


def excerpt_without(address: str, payload: bytes, words: tuple[str, ...], most: int) -> bytes:
    """The beginning of a payload without its fields of codes and without these words."""
    if address.lower().endswith(_OF_A_CODE):
        return b""
    looked_at = payload[:_LOOKED_AT]
    if not _may_hold(looked_at):
        return looked_at[:most]
    left = _FIELD.sub(rb"\1" + _LEFT_OUT.encode(), looked_at)
    for word in words:
        left = left.replace(word.encode(), _LEFT_OUT.encode())
    return left[:most]


def _may_hold(payload: bytes) -> bool:
    """Cheap: most of a flood ends here."""
    low = payload.lower()
    return b"code" in low or b"pin" in low or b"password" in low


def text_without(text: Text, words: tuple[str, ...]) -> Text:
    """The same sentence without these words."""
    return Text(text.key, {name: _param(value, words) for name, value in text.params.items()}) if words else text


def _param(value: Param, words: tuple[str, ...]) -> Param:
    return tuple(_part(one, words) for one in value) if isinstance(value, tuple) else _part(value, words)


def _part(value: Part, words: tuple[str, ...]) -> Part:
    match value:
        case Text():
            return text_without(value, words)
        case str():
            for word in words:
                value = value.replace(word, _LEFT_OUT)
            return value
        case bool():
            return value
        case int() | float():
            return _LEFT_OUT if str(value) in words else value
    return value
