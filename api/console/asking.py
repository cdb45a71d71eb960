"""Asks that a page gives to workflows, found by their address, and what came of it."""

from typing import Any
from urllib.parse import quote

from alerts.ask import Ask
from alerts.effects import Answered
from api.asks import ask_at, ask_of
from api.auth import Permission
from api.console.web_page import Asked
from devices.errors import NotAllowed, Refused, StoreUnavailable
from devices.message import Text


def may_ask(asked: Asked, address: str) -> bool:
    """Whether there is such an ask and this person's role may ask it."""
    kind = ask_at(address)
    return kind is not None and asked.person.may(Permission.LOOK) and asked.person.role in kind.ROLES


async def give(asked: Asked, address: str, /, **fields: Any) -> Answered:
    """Ask a workflow by the address of the ask. Raises Refused for whatever speaks against it."""
    kind = ask_at(address)
    if kind is None:
        raise Refused(Text.of("api.no_page"))
    return await give_kind(asked, kind, **fields)


async def give_kind(asked: Asked, kind: type[Ask], /, **fields: Any) -> Answered:
    """The same of an ask that has no address of its own."""
    try:
        answer = await asked.gateway.workflows.ask(ask_of(kind, fields, asked.person, now=asked.gateway.site.now()))
    except (NotAllowed, StoreUnavailable) as error:
        raise Refused(error.text) from error
    asked.board.forget()
    return answer


async def commission(asked: Asked, device: str) -> str:
    """Go on with the commissioning of a device that was just hung up; the address of the page to go to."""
    page = f"/console/devices/{quote(device, safe='')}"
    try:
        answer = await give(asked, "devices/{device}/commission", device=device)
    except Refused:
        return page
    return page if answer.waits else f"{page}/commissioning"
