"""Routes that are made of workflows: what can be asked, by whom, with which fields, stands on the asks themselves."""

from collections.abc import Awaitable, Callable
from inspect import Parameter, Signature, signature
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from alerts.ask import Ask
from alerts.workflow import Workflow
from api.accept_language import CallersLanguage
from api.asks import ask_of, every_workflow, fields_in, form_of
from api.auth import Permission, Person, may
from api.case_schemas import AnsweredOut, AskOut, CaseOut, WorkflowOut
from api.ports import Gateway
from devices.errors import NotAllowed
from devices.language import Language
from devices.message import Text

_PREFIX = "/api/workflows"


def routes_of(kinds: dict[str, type[Workflow[Any]]]) -> APIRouter:
    """The routes of these workflows: each ask under the workflow's name, and under its own address if it has one."""
    router = APIRouter(tags=["workflows"])

    @router.get(_PREFIX, summary="What people can ask of which workflow, in the caller's language")
    async def known(_person: _Looker, language: CallersLanguage) -> list[WorkflowOut]:
        return [_shown(kind, language) for kind in kinds.values()]

    for name, kind in kinds.items():
        router.add_api_route(
            f"{_PREFIX}/{name}/cases",
            _cases(name),
            methods=["GET"],
            summary=f"The open cases of {name}",
            name=f"{name} cases",
        )
        for ask in kind.asks:
            tag = str(ask.__struct_config__.tag)
            summary = (ask.__doc__ or tag).partition("\n")[0].rstrip(".")
            for path, said in _paths(name, tag, ask):
                endpoint = _asks(name, tag, ask, fields_in(path))
                router.add_api_route(path, endpoint, methods=["POST"], summary=summary, name=said)
    return router


def _paths(name: str, tag: str, ask: type[Ask]) -> list[tuple[str, str]]:
    """(path, name of the route)"""
    made = (f"{_PREFIX}/{name}/{tag}", f"{name} {tag}")
    return [made, (f"/api/{ask.ADDRESS}", f"{name} {tag} at its address")] if ask.ADDRESS else [made]


_Looker = Annotated[Person, Depends(may(Permission.LOOK))]


def _cases(name: str) -> Callable[..., Awaitable[list[CaseOut]]]:
    async def cases(request: Request, _person: _Looker) -> list[CaseOut]:
        gateway: Gateway = request.state.gateway
        return [CaseOut.of(name, case) for case in gateway.workflows.cases(name)]

    return cases


def _asks(name: str, tag: str, kind: type[Ask], in_path: tuple[str, ...]) -> Callable[..., Awaitable[AnsweredOut]]:
    body_of = form_of(name, tag, kind, in_path)

    async def asked(body: Any, request: Request, response: Response, person: _Looker, **where: str) -> AnsweredOut:
        gateway: Gateway = request.state.gateway
        if person.role not in kind.ROLES:
            raise NotAllowed(Text.of("workflow.not_your_role", role=person.role))
        answer = await gateway.workflows.ask(ask_of(kind, {**body.model_dump(exclude_unset=True), **where}, person))
        response.status_code = 202 if answer.waits else 200
        return AnsweredOut.of(answer)

    asked.__annotations__["body"] = body_of
    own = [one for one in signature(asked).parameters.values() if one.kind is not Parameter.VAR_KEYWORD]
    stated = [Parameter(field, Parameter.KEYWORD_ONLY, annotation=str) for field in in_path]
    asked.__signature__ = Signature(  # type: ignore[attr-defined]
        [*own, *stated], return_annotation=AnsweredOut
    )
    return asked


def _shown(kind: type[Workflow[Any]], language: Language) -> WorkflowOut:
    asks = []
    for ask in kind.asks:
        tag = str(ask.__struct_config__.tag)
        title = language.show(Text.of(f"{kind.name}.ask_{tag}"))
        form = form_of(kind.name, tag, ask).model_json_schema()
        asks.append(AskOut(tag=tag, title=title, roles=sorted(ask.ROLES), takes_two=ask.SECOND, form=form))
    return WorkflowOut(name=kind.name, title=language.show(Text.of(f"{kind.name}.title")), asks=asks)


router = routes_of(every_workflow())
