"""JSON as devices write it: one object, or MalformedMessage. What is no number costs its own field alone.

C's printf, Python and JavaScript write ``nan``, ``-inf``, ``Infinity`` or ``1e999`` where JSON has no word for it. They
come as the floats that they mean: whoever reads the field refuses it by name, and smoke beside it is smoke.

Only a message that the reader refused is read again, the slow way; a reader that always takes them is half as fast
for every message. Null would leave no trace, and a text such as ``"nan"`` would be a word to a text signal. The
price: code behind this sees floats that are not finite; the properties over hostile messages send them.
"""

import json
import re
from typing import Any

import msgspec

from devices.errors import MalformedMessage
from devices.message import Reason, Text

_TEXT_OR_NO_NUMBER = re.compile(
    rb'"(?:[^"\\]++|\\.)*+"'
    rb"|(?<![\w.+-])([+-]?)(?:(nan|1\.#(?:IND|QNAN|SNAN)\w*)|(inf(?:inity)?|1\.#INF\w*))(?:\(\w*\))?(?![\w.])",
    re.DOTALL | re.IGNORECASE,
)
"""The last is how Microsoft's C library writes them: ``-1.#IND``, ``nan(ind)``."""
_LONGEST_INTEGER = 30
_MESSAGE = Text.of("json_payload.message")


def json_of(payload: bytes | str) -> Any:
    """What the text holds. Raises msgspec.DecodeError, UnicodeError or RecursionError."""
    try:
        return msgspec.json.decode(payload)
    except msgspec.DecodeError as error:
        text = payload if isinstance(payload, bytes) else payload.encode()
        try:
            said = json.loads(_TEXT_OR_NO_NUMBER.sub(_spelled, text).decode("utf-8-sig"), parse_int=_integer)
            msgspec.json.encode(said)  # half a character, which Python's reader takes, nobody could write again
        except ValueError:
            raise error from None
        return said


def object_of(payload: bytes | str, what: Reason = _MESSAGE) -> dict[str, Any]:
    """The object. Raises MalformedMessage: no JSON, nested without end, or no object; ``what`` names it."""
    try:
        said = json_of(payload)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise MalformedMessage(Text.of("json_payload.no_json", what=what, reason=str(error))) from None
    if not isinstance(said, dict):
        raise MalformedMessage(Text.of("json_payload.no_object", what=what))
    return said


def _spelled(found: re.Match[bytes]) -> bytes:
    """As Python's own reader knows them."""
    if found[2]:
        return b"NaN"
    return (b"-" if found[1] == b"-" else b"") + b"Infinity" if found[3] else found[0]


def _integer(digits: str) -> int | float:
    """Thousands of digits are no number either, and would take their time."""
    return int(digits) if len(digits) <= _LONGEST_INTEGER else float(digits)
