"""A message that must be one JSON object: what it holds, or MalformedMessage in words."""

import re
from typing import Any

import msgspec

from devices.errors import MalformedMessage

_TEXT_OR_NO_NUMBER = re.compile(rb'"(?:[^"\\]++|\\.)*+"|-?\bInfinity\b|\bNaN\b', re.DOTALL)


def without_nan(payload: bytes) -> bytes:
    """NaN and Infinity, which some libraries write and JSON does not know, as null: smoke beside them is smoke."""
    return _TEXT_OR_NO_NUMBER.sub(lambda found: found[0] if found[0].startswith(b'"') else b"null", payload)


def object_of(payload: bytes | str, what: str = "the message") -> dict[str, Any]:
    """The object. Raises MalformedMessage: no JSON, nested without end, or no object; ``what`` names it."""
    try:
        try:
            said = msgspec.json.decode(payload)
        except msgspec.DecodeError:
            said = msgspec.json.decode(without_nan(payload if isinstance(payload, bytes) else payload.encode()))
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise MalformedMessage(f"{what} is no JSON: {error}") from None
    if not isinstance(said, dict):
        raise MalformedMessage(f"{what} must be a JSON object")
    return said
