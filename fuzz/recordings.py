"""The recorded messages of a family (tests/devices/codecs/<family>/<case>), as the input of its target."""

import json
import tomllib
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).parent.parent
_RECORDINGS = ROOT / "tests" / "devices" / "codecs"


class Recorded(msgspec.Struct, frozen=True):
    """One message; ``before`` are those that came earlier, as (topic, payload)."""

    topic: str
    payload: bytes
    before: tuple[tuple[str, bytes], ...] = ()


def recordings(family: str) -> list[Recorded]:
    """In the order of their names."""
    cases = sorted((_RECORDINGS / family).glob("*/message.json"))
    return [_recorded(json.loads(case.read_text(encoding="utf-8"))) for case in cases]


def _recorded(message: dict[str, Any]) -> Recorded:
    before = tuple((said["topic"], _earlier(said)) for said in message.get("before", ()))
    payload = bytes.fromhex(message["payload_hex"]) if "payload_hex" in message else message["payload"].encode()
    return Recorded(message["topic"], payload, before)


def _earlier(said: dict[str, Any]) -> bytes:
    if "payload_hex" in said:
        return bytes.fromhex(said["payload_hex"])
    payload = tomllib.loads((ROOT / said["toml"]).read_text(encoding="utf-8")) if "toml" in said else said["payload"]
    return payload.encode() if isinstance(payload, str) else json.dumps(payload).encode()
