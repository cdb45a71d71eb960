"""The patrol ledger: what stands in it, the order that a value beside it be erased, and masked values in full."""

from typing import Annotated

from fastapi import Depends, Query, Request
from fastapi.concurrency import run_in_threadpool

from api.accept_language import CallersLanguage
from api.auth import Permission, Person, may
from api.ledger_schemas import Disclosed, Disclosure, Entries, EntryOut, Erasure, ValueOut
from api.noun_routes import routes
from api.ports import Disclose, Erase, Gateway
from api.schemas import Done
from ledger.in_words import entry_in_words
from ledger.values_beside import as_seen_by

router = routes("ledger", "/api/ledger")


@router.get("", summary="Entries in the order of the chain, from the one after `after`")
async def entries(
    request: Request,
    person: Annotated[Person, Depends(may(Permission.READ_LEDGER))],
    language: CallersLanguage,
    book: Annotated[str | None, Query(max_length=100)] = None,
    after: Annotated[int, Query(ge=0, le=2**62)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Entries:
    gateway: Gateway = request.state.gateway

    def shown() -> list[EntryOut]:
        books = gateway.ledger.books()
        found = gateway.ledger.ledger(book=book, after=after, limit=limit)
        seen = [as_seen_by(person.role, entry, books.get(entry.draft.book)) for entry in found]
        return [EntryOut.of(entry, entry_in_words(entry, books.get(entry.draft.book), language)) for entry in seen]

    return Entries(entries=await run_in_threadpool(shown))


@router.post("/erasures", summary="Erase values that stand beside the chain, for ever; the ledger says by whom and why")
async def erase(body: Erasure, request: Request, person: Annotated[Person, Depends(may(Permission.ERASE))]) -> Done:
    gateway: Gateway = request.state.gateway
    values = tuple((each.entry, each.field) for each in body.values)
    await gateway.ledger.erase(Erase(values, body.reason, person.name))
    return Done()


@router.post("/disclosures", summary="Masked values in full; the ledger says who saw them, when and why")
async def disclose(
    body: Disclosure, request: Request, person: Annotated[Person, Depends(may(Permission.DISCLOSE))]
) -> Disclosed:
    gateway: Gateway = request.state.gateway
    values = tuple((each.entry, each.field) for each in body.values)
    found = await gateway.ledger.disclose(Disclose(values, body.reason, person.name))
    shown = [ValueOut(entry=entry, field=field, value=value) for (entry, field), value in found.items()]
    return Disclosed(values=shown)
