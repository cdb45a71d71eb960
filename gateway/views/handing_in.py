"""The way from a person to the pipeline: through the inbox, and back when it is committed."""

import asyncio
from collections.abc import Callable
from typing import Any

from devices.errors import Fault, Refused, StoreUnavailable
from devices.message import Text
from gateway.inbox import Delivery, Inbox

_ANSWER_WITHIN_S = 5.0


async def hand_in(
    inbox: Inbox,
    item: Any,
    *,
    within_s: float = _ANSWER_WITHIN_S,
    answered: Callable[[Any], None] | None = None,
) -> None:
    """Returns once it is committed. Raises Refused, StoreUnavailable."""
    loop = asyncio.get_running_loop()
    settled: asyncio.Future[None] = loop.create_future()

    def settle(refusal: Refused | None) -> None:
        if settled.done():
            return
        if refusal is None:
            settled.set_result(None)
        else:
            settled.set_exception(refusal)

    def done() -> None:
        loop.call_soon_threadsafe(settle, None)

    faults: list[Fault] = []

    def failed(reason: str | Text) -> None:
        loop.call_soon_threadsafe(settle, Refused(reason, tuple(faults)))

    inbox.put(Delivery(item, done, failed, answered, faults.extend))
    try:
        await asyncio.wait_for(settled, within_s)
    except TimeoutError:
        raise StoreUnavailable(Text.of("commands.not_stored_yet")) from None
