"""What real devices sent, and what must be understood of it: one file a family, ``<family>.toml`` beside this one.

A case is a table, named after what is special in it:

topic     where the message came in; none on a line
payload   its text, or ``payload_hex`` where it is no text
before    messages that came earlier; ``toml``: the payload is that file of the product as JSON
expected  what is understood, as ``told`` writes it; on a line a list, one for each message in the bytes
refused   true: the family raises MalformedMessage
again     what is understood when it comes a second time, where that is not the same (lines)
"""

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from devices.codec import Decoded
from tests.words import words

ROOT = Path(__file__).parents[3]
HERE = Path(__file__).parent


class Recording(msgspec.Struct, frozen=True):
    """One case. ``before``: topic and payload of each earlier message; ``expected`` is None where it is refused."""

    family: str
    name: str
    topic: str
    payload: bytes
    before: tuple[tuple[str, bytes], ...]
    expected: Any
    again: Any

    def __str__(self) -> str:
        return f"{self.family}/{self.name}"


@cache
def recordings(family: str) -> tuple[Recording, ...]:
    """In the order of the file; none if there is no file."""
    path = HERE / f"{family}.toml"
    cases = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return tuple(_recording(family, name, case) for name, case in cases.items())


def recorded_families() -> set[str]:
    """Each that has a file."""
    return {path.stem for path in HERE.glob("*.toml")}


class _Said(str):
    """Why a message was not understood: a recording may have ``true`` instead of the words."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return other is True or str.__eq__(self, other)

    __hash__ = str.__hash__


def told(decoded: Decoded) -> dict[str, Any]:
    """A decoded message as the recordings write it: what is not there, or as always, is left out."""
    reports = [
        {"address": r.address, "values": dict(r.values)}
        | ({"time": r.time} if r.time is not None else {})
        | ({"model": r.model} if r.model else {})
        | ({"firmware": r.firmware} if r.firmware else {})
        | ({"event": True} if r.event else {})
        | ({"reset": list(r.reset_of) or True} if r.reset else {})
        for r in decoded.reports
    ]
    return (
        ({"reports": reports} if reports else {})
        | ({"malformed": _Said(why)} if (why := words(decoded.malformed)) else {})
        | ({"notes": [words(note.text) for note in decoded.notes]} if decoded.notes else {})
    )


def _recording(family: str, name: str, case: dict[str, Any]) -> Recording:
    known = {"topic", "payload", "payload_hex", "before", "expected", "refused", "again"}
    assert case.keys() <= known, f"{family}/{name}: {sorted(case.keys() - known)}"
    assert ("expected" in case) != ("refused" in case), f"{family}/{name}: expected, or refused = true"
    before = tuple((said["topic"], _payload(said)) for said in case.get("before", ()))
    expected = case.get("expected")
    return Recording(family, name, case.get("topic", ""), _payload(case), before, expected, case.get("again", expected))


def _payload(said: dict[str, Any]) -> bytes:
    if "toml" in said:
        return json.dumps(tomllib.loads((ROOT / said["toml"]).read_text(encoding="utf-8"))).encode()
    return bytes.fromhex(said["payload_hex"]) if "payload_hex" in said else said["payload"].encode()
