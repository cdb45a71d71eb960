"""What waits for a second person, where clients look for it since bypasses were all that took two."""

from typing import Annotated, Any

from fastapi import Depends, Path, Request

from alerts.kernel.consent import NAME, Decline, Give
from api.accept_language import CallersLanguage
from api.asks import ask_of
from api.auth import Permission, Person, may
from api.noun_routes import routes
from api.ports import Gateway
from api.schemas import Done, MessageOut, Note, Out, Time
from devices.language import Language
from devices.message import Text

router = routes("bypasses", "/api/bypasses")
Consenter = Annotated[Person, Depends(may(Permission.CONSENT))]
Looker = Annotated[Person, Depends(may(Permission.LOOK))]
Id = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]


class WishOut(Out):
    """What waits for somebody's consent: since when, and until when it would be, or waits if it is done once.

    ``order``: what it is, if it takes no device out of service for a time (``retire``, ``replace`` ...).
    ``reason_message``: what ``reason`` says, where the gateway says it.
    """

    id: str
    area: str
    devices: list[str]
    by: str
    reason: str
    reason_message: MessageOut | None
    since: Time
    until: Time
    reminded: Time | None
    asked: Time
    consented_by: str
    order: str

    @classmethod
    def of(cls, waiting: Any, language: Language) -> "WishOut":
        """Of a case of the kernel's consent; who asks for devices out of service gives a reason."""
        said = waiting.ask.get("reason") or waiting.what or Text.of(f"{waiting.workflow}.ask_{waiting.tag}")
        return cls(
            id=waiting.id,
            area=waiting.area,
            devices=list(waiting.devices),
            by=waiting.by,
            reason=language.show(said),
            reason_message=MessageOut.of_said(said),
            since=waiting.opened,
            until=waiting.ask.get("until") or waiting.until,
            reminded=None,
            asked=waiting.opened,
            consented_by="",
            order="" if waiting.ask.get("reason") else waiting.tag,
        )


@router.get("/wishes", summary="What waits for a second person's consent; nothing is changed by it")
async def wishes(request: Request, _person: Looker, language: CallersLanguage) -> list[WishOut]:
    gateway: Gateway = request.state.gateway
    return [WishOut.of(case, language) for case in gateway.workflows.cases(NAME)]


@router.post("/{case}/consent", summary="The second person agrees: it begins")
async def consent(case: Id, body: Note, request: Request, person: Consenter) -> Done:
    await request.state.gateway.workflows.ask(ask_of(Give, {"case": case, "note": body.note}, person))
    return Done()


@router.post("/{case}/decline", summary="It shall not be; also for whoever asked")
async def decline(case: Id, body: Note, request: Request, person: Consenter) -> Done:
    await request.state.gateway.workflows.ask(ask_of(Decline, {"case": case, "note": body.note}, person))
    return Done()
