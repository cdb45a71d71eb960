"""What could not be understood: the newest messages that made no sense, each with the reason."""

from collections.abc import Mapping
from typing import Any

import msgspec

from api.auth import Permission
from api.console.web_page import Asked, Page
from api.ports import MalformedSample

_SHOWN, _EXCERPT = 100, 120


class _Row(msgspec.Struct, frozen=True):
    """One message, ready to draw."""

    at: str
    sender: str
    reason: str
    payload: str


def _show(asked: Asked) -> Mapping[str, Any]:
    senders = asked.gateway.senders
    over = senders.passed_over()
    return {
        "samples": [_row(asked, sample) for sample in senders.malformed()[:_SHOWN]],
        "over": ", ".join(f"{family} {over[family]}" for family in sorted(over)),
    }


def _row(asked: Asked, sample: MalformedSample) -> _Row:
    times = f" ({sample.times} ×)" if sample.times > 1 else ""
    return _Row(
        at=asked.clock(sample.at, day=True),
        sender=f"{sample.source} · {sample.address}",
        reason=asked.say.said(sample.reason) + times,
        payload=sample.payload.decode("utf-8", "backslashreplace")[:_EXCERPT],
    )


PAGES = (
    Page(
        path="/console/malformed",
        permission=Permission.SERVE_DEVICES,
        title="console.malformed",
        template="malformed.html",
        place=("devices", 50),
        under="/console/devices",
        modules=("fresh.js",),
        show=_show,
    ),
)
