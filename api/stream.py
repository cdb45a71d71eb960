"""The live stream: committed events as server-sent events with ids, so that a client resumes where it broke off.

Thirty lines over Starlette's StreamingResponse: WebSockets have no resumption of their own, sse-starlette is a
dependency. Each reader keeps a place in one shared list; a slow one falls behind and is told to reload.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import msgspec

from alerts.alert import AlertEvent
from alerts.canary import CanaryRaised
from alerts.effects import CaseChanged
from alerts.facts import Fact
from api.alert_schemas import AlertEventOut
from api.case_schemas import CaseChangedOut, FactOut
from api.ledger_schemas import EntryOut
from api.ports import Gateway, Published
from api.schemas import Out, iso
from devices.errors import Refused, StoreUnavailable
from devices.language import Language
from devices.reading import SECOND
from ledger.entry import Entry

BEAT_S = 5.0
_LOOK_S = 0.5


async def server_sent(
    gateway: Gateway,
    after: int | None,
    still_allowed: Callable[[], bool],
    language: Language,
    beat_s: float = BEAT_S,
) -> AsyncIterator[bytes]:
    """The bytes of the stream, in the listener's ``language``.

    Every ``beat_s`` seconds a ``beat`` event tells that it lives; the first says after which event it began.

    A client that has fallen too far behind gets a ``reset`` event and must load the list anew; one whose session has
    ended gets ``signed_out``. Either ends the stream. Who may still listen is asked before each event, and twice a
    second where there are none; however many there are, beats come at their time.
    """
    begun = gateway.feed.newest_id
    events = gateway.feed.subscribe(after)
    upcoming: asyncio.Task[Sequence[Published]] | None = asyncio.ensure_future(anext(events))
    await asyncio.sleep(0)  # whoever has seen the first beat misses nothing that comes after it
    clock = asyncio.get_running_loop().time
    try:
        yield frame("beat", {**_beat(gateway), "position": begun if after is None else after})
        beat_at = clock() + beat_s
        while True:
            upcoming = upcoming or asyncio.ensure_future(anext(events))
            await asyncio.wait({upcoming}, timeout=min(_LOOK_S, max(0.0, beat_at - clock())))
            if not still_allowed():
                yield frame("signed_out", {})
                return
            if clock() >= beat_at:
                yield frame("beat", _beat(gateway))
                beat_at = clock() + beat_s
            if not upcoming.done():
                continue
            try:
                news = upcoming.result()
            except StopAsyncIteration:
                return  # the gateway stops; the client comes back with the number of its last event
            except (Refused, StoreUnavailable) as refusal:
                yield frame("reset", {"reason": language.render(refusal.text)})
                return
            upcoming = None
            shown = [each for each in news if not isinstance(each.event, CanaryRaised)]  # nobody here has to draw one
            for part in _alarms_first(shown):
                yield b"".join(frame(event.kind, as_shown(event, language), event.id) for event in part)
    finally:
        if upcoming is not None:
            upcoming.cancel()
            with contextlib.suppress(asyncio.CancelledError, StopAsyncIteration, Refused, StoreUnavailable):
                await upcoming
        await events.aclose()  # type: ignore[attr-defined]


def _alarms_first(news: Sequence[Published]) -> list[Sequence[Published]]:
    """What stands in front about alerts, and the rest: an alarm does not wait until its entries are put into words."""
    rest = next((place for place, one in enumerate(news) if not isinstance(one.event, AlertEvent)), len(news))
    return [part for part in (news[:rest], news[rest:]) if part]


def frame(kind: str, data: Any, event_id: int | None = None) -> bytes:
    """One event; JSON never holds a line break, so neither data nor kind can forge a field."""
    number = f"id: {event_id}\n" if event_id is not None else ""
    told = data.model_dump_json().encode() if isinstance(data, Out) else msgspec.json.encode(data)
    return f"{number}event: {kind}\ndata: ".encode() + told + b"\n\n"


def as_shown(published: Published, language: Language) -> Any:
    """An event as the API shows it, in the listener's language."""
    event = published.event
    if isinstance(event, AlertEvent):
        return AlertEventOut.of(event, language, is_unrecorded=published.id is None)
    if isinstance(event, Fact):
        return FactOut.of(event, language)
    if isinstance(event, CaseChanged):
        return CaseChangedOut.of(event)
    if isinstance(event, Entry):
        return EntryOut.of(event)
    return msgspec.to_builtins(event) if event is not None else {}


def _beat(gateway: Gateway) -> dict[str, Any]:
    health = gateway.health.health()
    newest = health.newest_reading
    return {
        "now": iso(health.now),
        "newest_reading_age_s": None if newest is None else max(0.0, (health.now - newest) / SECOND),
        "unacknowledged": health.unacknowledged,
        "ok": health.ok,
        "epoch": gateway.live.position.epoch,
    }
