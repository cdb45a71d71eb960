"""Cases at the address of their workflow: what is open, what has ended, and what facts are kept of devices."""

import types
from collections.abc import Awaitable, Callable
from functools import reduce
from operator import or_
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field, create_model

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
_Id = Annotated[str, Path(pattern="^([0-9a-f]{16}|[0-9]{8}-[0-9]{2,6})$")]
_Row = dict[str, Any]
_Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


def add_lists(router: APIRouter, kind: type[Workflow[Any]]) -> None:
    """Its routes for whoever looks on."""
    at, name = f"/api/{kind.address}", kind.name
    shape = case_shape(kind)

    def add(path: str, answer: Callable[..., Any], model: Any, summary: str, called: str) -> None:
        router.add_api_route(
            path,
            answer,
            methods=["GET"],
            summary=summary,
            name=called,
            response_model=model,
            response_model_exclude_unset=True,
        )

    if not kind.has_reports:
        add(at, _open(kind), list[shape], f"What is open of {name}", f"{name} open")  # type: ignore[valid-type]
        return
    every = create_model(f"{shape.__name__}s", running=list[shape], past=list[shape])  # type: ignore[valid-type]
    add(at, _all(kind), every, f"What is open of {name}, and has ended", f"{name} all")
    for word, (topic, struct) in kind.kept.items():
        kept_shape = create_model(
            f"{_title(name)}{struct.__name__}",
            __config__=ConfigDict(extra="allow"),
            **_fields(struct, needed=False),
            device=str,
            at=_Moment,
            by=str,
        )
        kept_all = list[kept_shape]  # type: ignore[valid-type]
        add(f"{at}/{word}", _newest(topic), kept_all, f"The newest {topic} of each device", word)
    add(f"{at}/{{case}}", _one(kind), shape, f"One of {name}, or its report", f"{name} one")


def case_shape(kind: type[Workflow[Any]]) -> type[BaseModel]:
    """A case at its address as OpenAPI tells it: by the struct that the workflow shows."""
    struct = get_type_hints(kind.shown)["return"]
    made: type[BaseModel] = create_model(
        f"{_title(kind.name)}Case", __doc__=struct.__doc__, id=str, area=str, by=str, **_fields(struct)
    )
    return made


def _title(name: str) -> str:
    return "".join(part.title() for part in name.split("_"))


def _fields(struct: type[msgspec.Struct], *, needed: bool = True) -> dict[str, Any]:
    hints = get_type_hints(struct)
    fields: dict[str, Any] = {name: (_shape(hints[name]), ... if needed else None) for name in struct.__struct_fields__}
    said = [name for name in struct.__struct_fields__ if Text in get_args(hints[name])]
    return fields | {f"{name}_message": (MessageOut | None, None) for name in said}


def _shape(kind: Any) -> Any:
    if kind is At:
        return _Moment
    if kind is Text:
        return str
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return create_model(kind.__name__, __doc__=kind.__doc__, **_fields(kind))
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return reduce(or_, (_shape(part) for part in parts))
    return list[_shape(parts[0])] if origin is tuple else kind  # type: ignore[misc]


def row(kind: type[Workflow[Any]], case: Case, language: Language) -> _Row:
    """A case as its workflow shows it; ``<field>_message`` beside what is said in the caller's language."""
    shown = {"id": case.id, "area": case.area, "by": case.by, **msgspec.structs.asdict(kind.shown(case))}
    said = {f"{name}_message": MessageOut.of(text).model_dump() for name, text in shown.items() if type(text) is Text}
    return {**{name: _plain(value, language) for name, value in shown.items()}, **said}


def _plain(value: Any, language: Language) -> Any:
    if isinstance(value, At):
        return iso(value.instant)
    if isinstance(value, Text):
        return language.show(value)
    if isinstance(value, msgspec.Struct):
        value = msgspec.structs.asdict(value)
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
        kept = gateway.workflows.cases(kind.name)
        running = [row(kind, case, language) for case in kept if kind.runs(case)]
        over = [*(case for case in reversed(kept) if not kind.runs(case)), *past]
        return {"running": running, "past": [row(kind, case, language) for case in over[:limit]]}

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
