"""Routes that are made of workflows: what can be asked, by whom, with which fields, stands on the asks themselves."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, create_model

from alerts.ask import Ask
from alerts.kernel.consent import Consent
from alerts.kernel.fire_watch import FireWatches
from alerts.workflow import Workflow
from api.accept_language import CallersLanguage
from api.auth import Permission, Person, may
from api.case_schemas import AnsweredOut, AskOut, CaseOut, WorkflowOut
from api.ports import Gateway
from api.workflow_finder import workflows
from devices.errors import NotAllowed, Refused
from devices.language import Language
from devices.message import Text
from devices.reading import SECOND

_OF_THE_DOOR = ("by", "role", "proof", "origin", "second")
_INSTANTS = ("until", "done_at")
_MOST_TEXT = 2_000
_Words = Annotated[str, StringConstraints(max_length=_MOST_TEXT)]
_MEANINGS = {
    "id": "asked twice under one id it is one ask",
    "case": "which case it is about; empty to open one",
    "done_at": "when it was done, if it is handed in later",
    "seen": "the revision of the case that you looked at",
}


def every_workflow() -> dict[str, type[Workflow[Any]]]:
    """Those of files, and the services of the kernel that people use."""
    return {**workflows(), Consent.name: Consent, FireWatches.name: FireWatches}


def routes_of(kinds: dict[str, type[Workflow[Any]]]) -> APIRouter:
    """The routes of these workflows."""
    router = APIRouter(prefix="/api/workflows", tags=["workflows"])

    @router.get("", summary="What people can ask of which workflow, in the caller's language")
    async def known(_person: _Looker, language: CallersLanguage) -> list[WorkflowOut]:
        return [_shown(kind, language) for kind in kinds.values()]

    for name, kind in kinds.items():
        router.add_api_route(
            f"/{name}/cases", _cases(name), methods=["GET"], summary=f"The open cases of {name}", name=f"{name} cases"
        )
        for ask in kind.asks:
            tag = str(ask.__struct_config__.tag)
            summary = (ask.__doc__ or tag).partition("\n")[0].rstrip(".")
            router.add_api_route(
                f"/{name}/{tag}", _asks(name, tag, ask), methods=["POST"], summary=summary, name=f"{name} {tag}"
            )
    return router


_Looker = Annotated[Person, Depends(may(Permission.LOOK))]


def _cases(name: str) -> Callable[..., Awaitable[list[CaseOut]]]:
    async def cases(request: Request, _person: _Looker) -> list[CaseOut]:
        gateway: Gateway = request.state.gateway
        return [CaseOut.of(name, case) for case in gateway.cases(name)]

    return cases


def _asks(name: str, tag: str, kind: type[Ask]) -> Callable[..., Awaitable[AnsweredOut]]:
    body_of = form_of(name, tag, kind)

    async def asked(body: Any, request: Request, response: Response, person: _Looker) -> AnsweredOut:
        gateway: Gateway = request.state.gateway
        if person.role not in kind.ROLES:
            raise NotAllowed(Text.of("workflow.not_your_role", role=person.role))
        answer = await gateway.ask(made(kind, body, person))
        response.status_code = 202 if answer.waits else 200
        return AnsweredOut.model_validate(answer, from_attributes=True)

    asked.__annotations__["body"] = body_of
    return asked


def made(kind: type[Ask], body: BaseModel, person: Person) -> Ask:
    """The ask of that person. Raises Refused for values that it does not take."""
    given = body.model_dump(exclude_unset=True)
    for name in _INSTANTS:
        if isinstance(given.get(name), datetime):
            given[name] = int(given[name].timestamp()) * SECOND
    try:
        plain = {**given, "ask": kind.__struct_config__.tag, "by": person.name, "role": person.role}
        return msgspec.convert(plain, kind)
    except (msgspec.ValidationError, OverflowError) as error:
        raise Refused(Text.of("workflow.wrong_value", reason=str(error)[:200])) from error


def form_of(name: str, tag: str, kind: type[Ask]) -> type[BaseModel]:
    """The body of a request: the fields of an ask but for those that the door sets."""
    fields: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        if field.name in _OF_THE_DOOR:
            continue
        shape = datetime | None if field.name in _INSTANTS else _Words if field.type is str else field.type
        default = ... if field.required else field.default
        if field.default_factory is not msgspec.NODEFAULT:
            default = field.default_factory()
        fields[field.name] = (shape, Field(default, description=_MEANINGS.get(field.name)))
    title = "".join(part.title() for part in f"{name}_{tag}".split("_"))
    made_of: type[BaseModel] = create_model(f"{title}In", __config__=ConfigDict(extra="forbid"), **fields)
    return made_of


def _shown(kind: type[Workflow[Any]], language: Language) -> WorkflowOut:
    asks = []
    for ask in kind.asks:
        tag = str(ask.__struct_config__.tag)
        title = language.show(Text.of(f"{kind.name}.ask_{tag}"))
        form = form_of(kind.name, tag, ask).model_json_schema()
        asks.append(AskOut(tag=tag, title=title, roles=sorted(ask.ROLES), takes_two=ask.SECOND, form=form))
    return WorkflowOut(name=kind.name, title=language.show(Text.of(f"{kind.name}.title")), asks=asks)


router = routes_of(every_workflow())
