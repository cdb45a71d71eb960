"""Asks that a page gives to workflows, found by their address, and what came of it."""

from typing import Any

from alerts.effects import Answered
from api.asks import ask_at, ask_of
from api.console.web_page import Asked
from devices.errors import NotAllowed, Refused, StoreUnavailable
from devices.message import Text


def may_ask(asked: Asked, address: str) -> bool:
    """Whether there is such an ask and this person's role may ask it."""
    kind = ask_at(address)
    return kind is not None and asked.person.role in kind.ROLES


async def give(asked: Asked, address: str, /, **fields: Any) -> Answered:
    """Ask a workflow by the address of the ask. Raises Refused for whatever speaks against it."""
    kind = ask_at(address)
    if kind is None:
        raise Refused(Text.of("api.no_page"))
    try:
        answer = await asked.gateway.workflows.ask(ask_of(kind, fields, asked.person, now=asked.gateway.site.now()))
    except (NotAllowed, StoreUnavailable) as error:
        raise Refused(error.text) from error
    asked.board.forget()
    return answer
