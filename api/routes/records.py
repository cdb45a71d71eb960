"""What people record in the ledger's books."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request
from fastapi.concurrency import run_in_threadpool

from alerts.event import Recorded
from api.auth import Permission, Person, may
from api.ledger_schemas import SignatureIn, UnsignedOut
from api.noun_routes import routes
from api.ports import Gateway, Sign
from api.schemas import Done, Record
from devices.errors import NotAllowed
from devices.message import Text

router = routes("ledger", "/api/records")


@router.post("", summary="Write an entry into a book")
async def record(body: Record, request: Request, person: Annotated[Person, Depends(may(Permission.RECORD))]) -> Done:
    gateway: Gateway = request.state.gateway
    book = gateway.ledger.books().get(body.book)
    if book is not None and not book.admits(person.role):
        raise NotAllowed(Text.of("books.not_yours", role=person.role, book=body.book))
    await gateway.commands.submit(Recorded(area=body.area, book=body.book, by=person.name, fields=body.texts()))
    return Done()


@router.get("/unsigned", summary="Entries that still lack a signature, newest first, and whose")
async def unsigned(
    request: Request,
    _person: Annotated[Person, Depends(may(Permission.READ_LEDGER))],
    book: Annotated[str, Query(max_length=100)] = "",
) -> list[UnsignedOut]:
    gateway: Gateway = request.state.gateway
    return [UnsignedOut.of(each) for each in await run_in_threadpool(gateway.ledger.unsigned, book)]


@router.post("/{entry}/signatures", summary="Sign a written entry, by the account that asks")
async def sign(
    entry: Annotated[int, Path(ge=1, le=2**53)],
    body: SignatureIn,
    request: Request,
    person: Annotated[Person, Depends(may(Permission.RECORD))],
) -> Done:
    gateway: Gateway = request.state.gateway
    await gateway.ledger.sign(Sign(entry, body.signer, person.name, person.role, body.hash, body.note))
    return Done()
