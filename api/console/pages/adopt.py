"""Adopting an unknown device: the form is filled in with what we take it for; then straight into commissioning."""

from collections.abc import Mapping
from typing import Any

from fastapi.concurrency import run_in_threadpool
from msgspec.structs import replace

from api.auth import Permission
from api.console.asking import commission, give
from api.console.description import Description, beside, form, given, taken
from api.console.device_plan import plan_of
from api.console.sender_card import card, key_of
from api.console.watching_rules import watching
from api.console.web_page import Again, Asked, Given, GoTo, Page
from devices.device import Device
from devices.errors import Refused

_AT = "/console/adopt"
_SIGNALS_SHOWN = 20


def _show(
    asked: Asked, sent: Given | None = None, faults: Mapping[str, str] = {}, refused: str = ""
) -> Mapping[str, Any]:
    key = key_of(asked.query)
    sender = asked.board.sender(key)
    filled = sent if sent is not None else given(sender.proposed) if sender is not None else None
    if sent is None and filled is not None and "area" in asked.query:
        filled = {**filled, "area": [asked.query["area"]]}
    area = filled.get("area", [""])[0] if filled is not None else ""
    return {
        "key": str(key)[:200],
        "card": card(sender, asked.gateway.site.now(), asked.say, _SIGNALS_SHOWN) if sender is not None else None,
        "form": form(asked, filled, faults, refused, new=True) if filled is not None else None,
        "watching": watching(asked, described(sender.proposed, filled)) if sender and filled else None,
        "plan": plan_of(asked, area) if area else None,
    }


def described(proposed: Device, sent: Given) -> Device:
    """What we take it for, as far as the form says otherwise about what rules look at."""
    tags = tuple(part.strip() for part in sent.get("tags", [""])[0].replace("，", ",").split(",") if part.strip())
    kind, id_ = (sent.get(name, [""])[0] for name in ("kind", "device"))
    signals = tuple(sent.get("signals", ())) or proposed.signals
    return replace(proposed, id=id_ or proposed.id, kind=kind, signals=signals, tags=tags)


async def _take(asked: Asked, sent: Given) -> GoTo | Again:
    key = key_of(asked.query)
    said, wrong = taken(sent, asked.gateway.site.time_zone())
    if wrong:
        faults = {name: asked.say.said(why) for name, why in wrong.items()}
        refused = asked.say.any("description.look_at_fields")
        return Again(await run_in_threadpool(_show, asked, sent, faults, refused))
    sender = asked.board.sender(key)
    hardware = {"line": key.line, "family": key.family, "address": key.address}
    model = sender.proposed.model if sender is not None else ""
    try:
        answer = await give(asked, "devices", **said, **hardware, model=model)
    except Refused as error:
        faults, refused = beside(asked, error, Description.__struct_fields__)
        return Again(await run_in_threadpool(_show, asked, sent, faults, refused))
    return GoTo("/console/waiting?waits=1" if answer.waits else await commission(asked, said["device"]))


PAGES = (
    Page(
        path=_AT,
        permission=Permission.SERVE_DEVICES,
        title="console.waiting",
        template="adopt.html",
        under="/console/devices",
        modules=("fresh.js", "place.js"),
        show=_show,
        take=_take,
    ),
)
