"""The second person's word on an ask that waits, given where bypasses are consented to."""

from alerts.kernel.consent import NAME, Decline, Give
from api.asks import ask_of
from api.auth import Person
from api.ports import Gateway


async def decided(gateway: Gateway, kind: type[Give | Decline], case: str, person: Person, note: str) -> bool:
    """Whether an ask waits under that id, and then it is decided. Raises Refused, NotAllowed, StoreUnavailable."""
    if all(waiting.id != case for waiting in gateway.workflows.cases(NAME)):
        return False
    await gateway.workflows.ask(ask_of(kind, {"case": case, "note": note}, person))
    return True
