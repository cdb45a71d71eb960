"""The patrol ledger, read only."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.concurrency import run_in_threadpool

from api.auth import Permission, Person, may
from api.ledger_schemas import Entries, EntryOut
from api.ports import Gateway

router = APIRouter(prefix="/api/ledger", tags=["ledger"])


@router.get("", summary="Entries in the order of the chain, from the one after `after`")
async def entries(
    request: Request,
    _person: Annotated[Person, Depends(may(Permission.READ_LEDGER))],
    book: Annotated[str | None, Query(max_length=100)] = None,
    after: Annotated[int, Query(ge=0, le=2**62)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Entries:
    gateway: Gateway = request.state.gateway
    found = await run_in_threadpool(lambda: gateway.ledger.ledger(book=book, after=after, limit=limit))
    return Entries(entries=[EntryOut.of(entry) for entry in found])
