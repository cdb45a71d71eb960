"""What is out of service, and what waits for a second person, as the page of the bypasses shows it."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from api.auth import Permission
from api.console.asking import may_ask
from api.console.web_page import Asked
from devices.message import Text
from devices.people import people

AT = "/console/bypasses"
_NAMED = 12


class BypassCard(msgspec.Struct, frozen=True):
    """A bypass that stands, or an ask that waits. ``until``: microseconds, when it ends or lapses.

    ``would_end``: until when devices would be out, of an ask for that. ``is_own``: whoever looks has asked for it.
    ``next``: where it is ended or decided on, "" for whoever may not.
    """

    id: str
    where: str
    devices: str
    reason: str
    told: str
    until: int
    next: str
    would_end: str = ""
    is_own: bool = False


def named(asked: Asked, devices: Sequence[str]) -> str:
    """The first of them by their names, and how many more."""
    names = [asked.gateway.devices.device_name(device, asked.say.language) for device in devices[:_NAMED]]
    more = f" +{len(devices) - _NAMED}" if len(devices) > _NAMED else ""
    return ", ".join(names) + more


def bypass_card(asked: Asked, bypass: Any) -> BypassCard:
    """One that stands."""
    who = f"{bypass.by} + {bypass.second}" if bypass.second else bypass.by
    may_end = may_ask(asked, "bypasses/{case}/end")
    return _card(asked, bypass, bypass.reason, who, f"{AT}/{quote(bypass.id, safe='')}/end" if may_end else "")


def wish_card(asked: Asked, wish: Any) -> BypassCard:
    """An ask of whichever workflow; one that gives a reason is about devices out of service for a time."""
    until = wish.ask.get("until") if wish.devices else None  # of a hazard it is the term
    what = wish.ask.get("reason") or wish.what or Text.of(f"{wish.workflow}.ask_{wish.tag}")
    may_decide = asked.person.may(Permission.CONSENT)
    path = f"{AT}/wishes/{quote(wish.id, safe='')}" if may_decide else ""
    made = _card(asked, wish, asked.say.said(what), wish.by, path)
    is_own = bool(people(asked.person.name) & people(wish.by))
    return msgspec.structs.replace(
        made, would_end=asked.clock(until, day=True) if until else "", is_own=is_own and may_decide
    )


def _card(asked: Asked, of: Any, reason: str, who: str, path: str) -> BypassCard:
    say, area = asked.say, asked.gateway.areas.area_name(of.area, asked.say.language)
    return BypassCard(
        id=of.id,
        where=f"{area} · {say('bypass.count', count=len(of.devices))}",
        devices=named(asked, of.devices),
        reason=reason,
        told=f"{who} · {asked.clock(of.opened, day=True)}",
        until=of.until // 1_000,
        next=path,
    )
