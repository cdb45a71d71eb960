"""Cases at the address of their workflow: what is open, what has ended, and what facts are kept of devices."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from fastapi.concurrency import run_in_threadpool

from alerts.case import Case
from alerts.facts import Fact
from alerts.workflow import Workflow
from api.accept_language import CallersLanguage
from api.auth import Permission, Person, may
from api.ports import Gateway
from api.schemas import MessageOut, iso
from devices.language import Language
from devices.message import At, Text

_Looker = Annotated[Person, Depends(may(Permission.LOOK))]
_Id = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]
_Row = dict[str, Any]


def add_lists(router: APIRouter, kind: type[Workflow[Any]]) -> None:
    """Its routes for whoever looks on."""
    at, name = f"/api/{kind.address}", kind.name
    if not kind.has_reports:
        router.add_api_route(at, _open(kind), methods=["GET"], summary=f"What is open of {name}", name=f"{name} open")
        return
    router.add_api_route(
        at, _all(kind), methods=["GET"], summary=f"What is open of {name}, and has ended", name=f"{name} all"
    )
    for word, topic in kind.kept.items():
        router.add_api_route(
            f"{at}/{word}", _newest(topic), methods=["GET"], summary=f"The newest {topic} of each device", name=word
        )
    router.add_api_route(
        f"{at}/{{case}}", _one(kind), methods=["GET"], summary=f"One of {name}, or its report", name=f"{name} one"
    )


def row(kind: type[Workflow[Any]], case: Case, language: Language) -> _Row:
    """A case as its workflow shows it; ``<field>_message`` beside what is said in the caller's language."""
    shown = {"id": case.id, "area": case.area, "by": case.by, **kind.shown(case)}
    said = {f"{name}_message": MessageOut.of(text).model_dump() for name, text in shown.items() if type(text) is Text}
    return {**{name: _plain(value, language) for name, value in shown.items()}, **said}


def _plain(value: Any, language: Language) -> Any:
    if isinstance(value, At):
        return iso(value.instant)
    if isinstance(value, Text):
        return language.show(value)
    if isinstance(value, dict):
        return {name: _plain(each, language) for name, each in value.items()}
    return [_plain(each, language) for each in value] if isinstance(value, list | tuple) else value


def _open(kind: type[Workflow[Any]]) -> Callable[..., Awaitable[list[_Row]]]:
    async def cases(request: Request, _person: _Looker, language: CallersLanguage) -> list[_Row]:
        gateway: Gateway = request.state.gateway
        found = sorted(gateway.workflows.cases(kind.name), key=lambda case: case.holds.until if case.holds else 0)
        return [row(kind, case, language) for case in found]

    return cases


def _all(kind: type[Workflow[Any]]) -> Callable[..., Awaitable[dict[str, list[_Row]]]]:
    async def cases(
        request: Request, _person: _Looker, language: CallersLanguage, limit: Annotated[int, Query(ge=1, le=200)] = 20
    ) -> dict[str, list[_Row]]:
        gateway: Gateway = request.state.gateway
        past = await run_in_threadpool(gateway.workflows.past_cases, kind.name, limit)
        running = [row(kind, case, language) for case in gateway.workflows.cases(kind.name)]
        return {"running": running, "past": [row(kind, case, language) for case in past]}

    return cases


def _one(kind: type[Workflow[Any]]) -> Callable[..., Awaitable[_Row]]:
    async def one(case: _Id, request: Request, _person: _Looker, language: CallersLanguage) -> _Row:
        gateway: Gateway = request.state.gateway
        found = await run_in_threadpool(gateway.workflows.case, kind.name, case)
        if found is None:
            raise HTTPException(404, Text.of("api.no_case"))
        return row(kind, found, language)

    return one


def _newest(topic: str) -> Callable[..., Awaitable[list[_Row]]]:
    async def facts(request: Request, _person: _Looker, language: CallersLanguage) -> list[_Row]:
        gateway: Gateway = request.state.gateway
        found = await run_in_threadpool(gateway.workflows.newest_facts, topic)
        return [kept(device, fact, language) for device, fact in sorted(found.items())]

    return facts


def kept(device: str, fact: Fact, language: Language) -> _Row:
    """The fact that is kept of a device, with its fields."""
    fields = {name: _plain(value, language) for name, value in fact.fields.items() if name not in fact.personal}
    return {**fields, "device": device, "at": iso(fact.at), "by": fact.by}
