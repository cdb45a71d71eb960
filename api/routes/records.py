"""What people record in the ledger's books."""

from typing import Annotated

from fastapi import Depends, Request

from alerts.event import Recorded
from api.auth import Permission, Person, may
from api.noun_routes import routes
from api.ports import Gateway
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
