"""Orders that a page gives, and why one was refused: said beside the field that it is about."""

from collections.abc import Awaitable, Mapping
from typing import Any
from urllib.parse import quote

from nicegui import run, ui
from nicegui.elements.mixins.validation_element import ValidationElement

from alerts.ask import Ask
from alerts.effects import Answered
from alerts.event import Recorded
from api.asks import ask_at, ask_of
from api.auth import Permission, Person, find_person
from api.console.page import Visit
from devices.errors import NotAllowed, Refused, StoreUnavailable
from devices.message import Text
from devices.orders import Import


async def give(visit: Visit, address: str, /, **fields: Any) -> Refused | None:
    """Ask a workflow: None if it is done, else why not, or that it waits for a second person."""
    try:
        answer = await ask_for(visit, address, **fields)
    except Refused as refused:
        return refused
    except (NotAllowed, StoreUnavailable) as error:
        return Refused(error.text)
    visit.screen.board.forget()
    return Refused(Text.of("workflow.takes_second")) if answer.waits else None


async def hand_in(visit: Visit, devices: Import) -> Refused | None:
    """The same for a list of devices."""
    try:
        await admit(visit, Permission.SERVE_DEVICES)
        await visit.gateway.registration.import_list(devices)
    except Refused as refused:
        return refused
    except (NotAllowed, StoreUnavailable) as error:
        return Refused(error.text)
    visit.screen.board.forget()
    return None


def may_ask(visit: Visit, address: str) -> bool:
    """Whether there is such an ask and this person's role may ask it."""
    kind = ask_at(address)
    return kind is not None and visit.may(Permission.LOOK) and visit.person.role in kind.ROLES


async def ask_for(visit: Visit, address: str, /, **fields: Any) -> Answered:
    """Ask a workflow by the address of the ask. Raises Refused for whatever speaks against it."""
    return await ask_kind(visit, ask_at(address), **fields)


async def ask_kind(visit: Visit, kind: type[Ask] | None, /, **fields: Any) -> Answered:
    """The same of an ask that the page has."""
    try:
        person = await admit(visit, Permission.LOOK)
        if kind is None or person.role not in kind.ROLES:
            raise Refused(visit.say("console.not_allowed"))
        answer = await visit.gateway.workflows.ask(ask_of(kind, fields, person, now=visit.gateway.site.now()))
    except (NotAllowed, StoreUnavailable) as error:
        raise Refused(error.text) from error
    visit.screen.board.forget()
    return answer


async def why_not(asked: Awaitable[Answered]) -> Refused | None:
    """Why it was refused; None if it was not."""
    try:
        await asked
    except Refused as refused:
        return refused
    return None


async def say_to(visit: Visit, record: Recorded) -> Refused | None:
    """The same for a record."""
    try:
        await admit(visit, Permission.RECORD)
        await visit.gateway.commands.submit(record)
    except Refused as refused:
        return refused
    except (NotAllowed, StoreUnavailable) as error:
        return Refused(error.text)
    visit.screen.board.forget()
    return None


async def give_or_tell(visit: Visit, address: str, /, **fields: Any) -> bool:
    """The same for a button: what was refused is told at the edge of the page. Whether it is done."""
    refused = await give(visit, address, **fields)
    if refused is not None:
        tell(visit, refused)
    return refused is None


async def commission(visit: Visit, device: str) -> None:
    """Go on with the commissioning of a device that was just hung up."""
    page = f"/console/devices/{quote(device, safe='')}"
    has_begun = await give(visit, "devices/{device}/commission", device=device) is None
    visit.go(f"{page}/commissioning" if has_begun else page)


async def admit(visit: Visit, permission: Permission) -> Person:
    """Who gives this order, looked up now: a page may have been open for hours.

    Raises Refused if the session has ended or run out meanwhile (then the page asks for a sign-in), or the role may
    not do it; StoreUnavailable.
    """
    person = await run.io_bound(find_person, visit.gateway, visit.sessions, visit.token)
    if person is None or person.name != visit.person.name:
        raise Refused(visit.say("console.ended"))
    if person.expired is not None:
        visit.ask_sign_in()
        raise Refused(visit.say("console.sign_in_first"))
    if not person.may(permission):
        raise Refused(visit.say("console.not_allowed"))
    return person


def tell(visit: Visit, refused: Exception) -> None:
    """Say why something cannot be, until it was read."""
    said = visit.say.said(refused)
    ui.notify(said, type="warning", timeout=10_000, multi_line=True, close_button=visit.say("verb.ok"))


def say_beside(visit: Visit, refused: Refused, fields: Mapping[str, ValidationElement[Any]]) -> str:
    """Put what was refused beside its field; returns what has no field on this page."""
    said, rest = dict[str, str](), []
    for _, column, problem in refused.faults or ((0, "", refused.text),):
        text = visit.say.said(problem)
        if column in fields:
            said[column] = f"{said[column]}; {text}" if column in said else text
        else:
            rest.append(f"{column}: {text}" if column else text)
    for name, field in fields.items():
        field.error = said.get(name)
    return "; ".join(rest)


def by(visit: Visit) -> str:
    """Who gives it."""
    return visit.person.name
