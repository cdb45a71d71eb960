"""Routes that are made of workflows: what can be asked, by whom, with which fields, stands on the asks themselves."""

from collections.abc import Awaitable, Callable
from functools import cache
from inspect import Parameter, Signature, signature
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from alerts.ask import Ask
from alerts.kernel.services import Notifications
from alerts.workflow import Workflow
from api.accept_language import CallersLanguage
from api.asks import ask_of, every_workflow, fields_in, form_of, given_at
from api.auth import Permission, Person, may
from api.case_schemas import AnsweredOut, AskOut, CaseOut, WorkflowOut
from api.noun_routes import routes
from api.ports import Gateway
from api.workflow_lists import add_lists
from devices.errors import NotAllowed
from devices.language import Language
from devices.message import Text

_PREFIX = "/api/workflows"


def routes_of(kinds: dict[str, type[Workflow[Any]]]) -> APIRouter:
    """The routes of these workflows: each ask under the workflow's name, and under its own address if it has one."""
    router = routes("workflows")

    @router.get(_PREFIX, summary="What people can ask of which workflow, in the caller's language")
    async def known(_person: _Looker, language: CallersLanguage) -> list[WorkflowOut]:
        return [_shown(kind, language) for kind in kinds.values()]

    for name, kind in kinds.items():
        router.add_api_route(
            f"{_PREFIX}/{name}/cases",
            _cases(name, kind),
            methods=["GET"],
            summary=f"The open cases of {name}",
            name=f"{name} cases",
        )
        if kind.address:
            add_lists(router, kind)
        for ask in kind.asks:
            tag = str(ask.__struct_config__.tag)
            summary = (ask.__doc__ or tag).partition("\n")[0].rstrip(".")
            for path, said, address in _paths(name, tag, ask):
                endpoint = _asks(name, tag, ask, address)
                router.add_api_route(path, endpoint, methods=["POST"], summary=summary, name=said)
    return router


def _paths(name: str, tag: str, ask: type[Ask]) -> list[tuple[str, str, str]]:
    """(path, name of the route, the ask's own address or "")"""
    made = (f"{_PREFIX}/{name}/{tag}", f"{name} {tag}", "")
    return [made, (f"/api/{ask.ADDRESS}", f"{name} {tag} at its address", ask.ADDRESS)] if ask.ADDRESS else [made]


_Looker = Annotated[Person, Depends(may(Permission.LOOK))]
_Check = Annotated[bool, Query(description="only say whether it could be done, and what would follow")]


def _cases(name: str, kind: type[Workflow[Any]]) -> Callable[..., Awaitable[list[CaseOut]]]:
    async def cases(request: Request, _person: _Looker, language: CallersLanguage) -> list[CaseOut]:
        gateway: Gateway = request.state.gateway
        now = gateway.site.now()
        return [CaseOut.of(name, case, kind().shows(case, now), language) for case in gateway.workflows.cases(name)]

    return cases


def _who_may(kind: type[Ask]) -> Callable[[Request], Awaitable[Person]]:
    """A dependency: who asks, before anything of the body is looked at. Raises NotSignedIn, NotAllowed."""
    look = may(Permission.LOOK)

    async def check(request: Request) -> Person:
        person = await look(request)
        if person.role not in kind.ROLES:
            raise NotAllowed(Text.of("workflow.not_your_role", role=person.role))
        return person

    return check


def _asks(name: str, tag: str, kind: type[Ask], address: str) -> Callable[..., Awaitable[AnsweredOut]]:
    async def asked(
        body: Any,
        request: Request,
        response: Response,
        person: Any,
        language: CallersLanguage,
        *,
        check: _Check = False,
        **where: str,
    ) -> AnsweredOut:
        gateway: Gateway = request.state.gateway
        sent = body.model_dump(exclude_unset=True)
        given = {**(given_at(kind, sent) if address else sent), **where}
        ask = ask_of(kind, given, person, only_check=check, now=gateway.site.now())
        answer = await gateway.workflows.ask(ask)
        response.status_code = 202 if answer.waits and not check else 200
        tried = await gateway.workflows.trial(ask) if check and kind.WITH_TRIAL else None
        trial = language.show(tried.text) if tried is not None else ""
        return AnsweredOut.of(answer, is_done=not answer.waits and not check, trial=trial)

    asked.__annotations__ |= {
        "body": form_of(name, tag, kind, address),
        "person": Annotated[Person, Depends(_who_may(kind))],
    }
    own = [one for one in signature(asked).parameters.values() if one.kind is not Parameter.VAR_KEYWORD]
    stated = [Parameter(field, Parameter.KEYWORD_ONLY, annotation=str) for field in fields_in(address)]
    asked.__signature__ = Signature(  # type: ignore[attr-defined]
        [*own, *stated], return_annotation=AnsweredOut
    )
    return asked


@cache
def _schema(name: str, tag: str, ask: type[Ask]) -> dict[str, Any]:
    """Made once: it costs a few milliseconds for each ask, in which the loop serves nobody."""
    return form_of(name, tag, ask).model_json_schema()


def _shown(kind: type[Workflow[Any]], language: Language) -> WorkflowOut:
    asks = []
    for ask in kind.asks:
        tag = str(ask.__struct_config__.tag)
        title = language.show(Text.of(f"{kind.name}.ask_{tag}"))
        form = _schema(kind.name, tag, ask)
        asks.append(AskOut(tag=tag, title=title, roles=sorted(ask.ROLES), takes_two=ask.SECOND, form=form))
    return WorkflowOut(name=kind.name, title=language.show(Text.of(f"{kind.name}.title")), asks=asks)


router = routes_of({**every_workflow(), Notifications.name: Notifications})
"""Of notifications people look only: nobody asks anything of them."""
