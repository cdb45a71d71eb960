"""A message that must be one JSON object: what it holds, or MalformedMessage in words."""

from typing import Any

import msgspec

from devices.errors import MalformedMessage


def object_of(payload: bytes | str, what: str = "the message") -> dict[str, Any]:
    """The object. Raises MalformedMessage: no JSON, nested without end, or no object; ``what`` names it."""
    try:
        said = msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise MalformedMessage(f"{what} is no JSON: {error}") from None
    if not isinstance(said, dict):
        raise MalformedMessage(f"{what} must be a JSON object")
    return said
