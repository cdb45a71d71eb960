"""Unknown devices: who has just spoken on top, what each probably is, adopt or reject; and those turned away.

A press of 100 ms loses its button when its card is built anew, so cards are patched in their place (static/fresh.js),
and a sender that speaks all the time keeps its place (api/device_rank.py): a finger hits what it aims at.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import msgspec

from api.auth import Permission
from api.console.asking import give
from api.console.kinds import kind_name
from api.console.sender_card import card, key_of, query_of
from api.console.web_page import Again, Asked, Given, GoTo, Page
from api.ports import QuarantinedSender
from devices.device import SenderKey
from devices.errors import Refused

_AT, _REJECT = "/console/waiting", "/console/reject"
_DEVICES = "/console/devices"
_SHOWN = 60


def _show(asked: Asked) -> Mapping[str, Any]:
    text = asked.query.get("text", "").strip()[:100]
    senders = asked.board.waiting()
    found = [sender for sender in senders if not text or text.casefold() in _words(asked, sender)]
    away, now = asked.gateway.senders.rejected(), asked.gateway.site.now()
    return {
        "at": _AT,
        "text": text,
        "is_empty": not senders,
        "cards": [card(sender, now, asked.say) for sender in found[:_SHOWN]],
        "more": len(senders) - min(len(found), _SHOWN),
        "away": [
            (query_of(key), str(key), one.messages)
            for one in away[:_SHOWN]
            for key in [SenderKey(one.line, one.family, one.address)]
        ],
        "away_count": len(away),
        "away_more": max(0, len(away) - _SHOWN),
        "waits": "waits" in asked.query,
        "refused": "",
    }


def _words(asked: Asked, sender: QuarantinedSender) -> str:
    kind = kind_name(sender.guess_kind, asked.say)
    return f"{sender.family} {sender.address} {sender.line} {kind} {sender.guess_model}".casefold()


async def _readmit(asked: Asked, given: Given) -> GoTo | Again:
    sent = parse_qs(given.get("sender", [""])[0], keep_blank_values=True)
    key = key_of({name: values[0] for name, values in sent.items()})
    return await _ordered(asked, "quarantine/readmit", key, "")


async def _ordered(asked: Asked, address: str, key: SenderKey, note: str) -> GoTo | Again:
    try:
        answer = await give(asked, address, **msgspec.structs.asdict(key), note=note)
    except Refused as error:
        return Again({"refused": asked.say.said(error), "note": note})
    return GoTo(f"{_AT}?waits=1" if answer.waits else _AT)


def _show_one(asked: Asked) -> Mapping[str, Any]:
    return {"at": _AT, "key": str(key_of(asked.query))[:300], "note": "", "refused": ""}


async def _reject(asked: Asked, given: Given) -> GoTo | Again:
    return await _ordered(asked, "quarantine/reject", key_of(asked.query), given.get("note", [""])[0].strip())


PAGES = (
    Page(
        path=_AT,
        permission=Permission.SERVE_DEVICES,
        title="console.waiting",
        template="waiting.html",
        place=("devices", 20),
        under=_DEVICES,
        modules=("fresh.js", "filter.js"),
        show=_show,
        take=_readmit,
    ),
    Page(
        path=_REJECT,
        permission=Permission.SERVE_DEVICES,
        title="console.waiting",
        template="reject.html",
        under=_DEVICES,
        show=_show_one,
        take=_reject,
    ),
)
