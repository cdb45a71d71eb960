"""What one centre is told goes out by its paths, again until it is confirmed; what became of it is kept, and told here.

On the timeline of its alert by receipts (workflows hear them), each until it stands there; what is wrong with the whole
as a fault of the centre or of one path, which the gateway's own rules make alerts of.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

from msgspec.structs import replace

from alerts.facts import DUTY_ASKED, Fact
from alerts.forwarding import receipt_of
from alerts.forwarding.queue import Became, CentreQueue, Limits, Send, State, Step
from alerts.moves import Receipt
from api.ports.centres import WayView
from devices.centre import CentreEvent, ClockTold, Confirmed, Denied, DutyAsked, Told, Transceiver
from devices.errors import StoreUnavailable
from devices.message import Text
from devices.reading import SECOND, Instant
from gateway.forward.outbox_writer import OutboxWriter
from gateway.forward.path import Path
from gateway.forward.ways import Ways
from gateway.inbox import Delivery
from gateway.own_devices import centre_part, path_part
from gateway.site.centre_address import address_of
from gateway.site.outside import Forwarding
from gateway.stores.centre_outbox import Kept

_TELL_AGAIN_S = 5.0
_CLOCKS_DIFFER_S = 5
_RECEIPTS: dict[State, Literal["sent", "read", "failed"]] = {
    "sending": "sent",
    "confirmed": "read",
    "failed": "failed",
    "refused": "failed",
}

log = logging.getLogger("keyarea.forwarding")


class Sending:
    """All of it belongs to one event loop, but what other threads may look at."""

    def __init__(
        self,
        setup: Forwarding,
        transceiver: Callable[[], Transceiver],
        ways: Ways,
        writer: OutboxWriter,
        lacking: Callable[[], Text | None],
    ) -> None:
        """``lacking``: what it needs and has not (a key)."""
        self._name, self._ways, self._clock, self._writer = setup.name, ways, ways.clock, writer
        self._lacking = lacking
        self._loop = asyncio.get_running_loop()
        addresses = [found for text in (setup.primary, setup.secondary) if (found := address_of(text)) is not None]
        limits = Limits(answer_within_s=setup.answer_within_s, resends=setup.resends)
        self._queue = CentreQueue(limits, len(addresses))
        self._paths = [
            Path(
                address,
                transceiver,
                self._clock,
                supervision_s=setup.supervision_s,
                answer_within_s=setup.answer_within_s,
                on_up=partial(self._path_is, number),
                on_told=partial(self._heard, number),
                on_lost=partial(self._path_lost, number),
            )
            for number, address in enumerate(addresses)
        ]
        self._addresses = [text for text in (setup.primary, setup.secondary) if address_of(text) is not None]
        self._timer: asyncio.TimerHandle | None = None
        self._lost: dict[int, Text] = {}
        self._told: dict[str, Text | None] = {}
        self._untold: dict[str, Kept] = {}
        """What is over and not on its alert's timeline yet."""
        self._handed: set[str] = set()
        self.broken: Text | None = None

    # -- from other threads --------------------------------------------------------------------------------

    @property
    def ways(self) -> tuple[WayView, ...]:
        """How each path stands: one by which nothing was heard yet is neither up nor lost."""
        lost = self._lost.copy()
        return tuple(
            WayView(
                address=text,
                state="lost" if number in lost else "up" if path.heard_at is not None else "connecting",
                heard_at=path.heard_at,
                why=lost.get(number),
            )
            for number, (text, path) in enumerate(zip(self._addresses, self._paths, strict=True))
        )

    @property
    def why(self) -> Text | None:
        """What is wrong with the whole of it."""
        return self._told.get(centre_part(self._name))

    # -- in its loop ---------------------------------------------------------------------------------------

    def tasks(self, group: asyncio.TaskGroup) -> None:
        for number, path in enumerate(self._paths):
            group.create_task(path.run(), name=f"path {number + 1}")
        group.create_task(self._tell_again(), name="receipts")

    def restore(self, kept: Kept) -> None:
        """What waited before this start."""
        if kept.is_over:
            self._untold[kept.event.id] = kept
        else:
            self._follow(self._queue.push(kept.event, self._clock.now(), is_failed=kept.stands == "failed"))

    def push(self, told: CentreEvent) -> None:
        self._writer.note(Kept(told))
        self._follow(self._queue.push(told, self._clock.now()))

    # -- what the centre says ------------------------------------------------------------------------------

    def _path_is(self, path: int, up: bool) -> None:
        self._follow(self._queue.path_is(path, up=up, now=self._clock.now()))

    def _path_lost(self, path: int, why: Text | None) -> None:
        if why is None:
            self._lost.pop(path, None)
        else:
            self._lost[path] = why
        self.look()

    def _heard(self, path: int, told: Sequence[Told]) -> None:
        for each in told:
            now = self._clock.now()
            self._queue.heard(path)
            match each:
                case Confirmed(id=event):
                    self._follow(self._queue.confirmed(event, now))
                case Denied(id=event, reason=reason):
                    log.warning("%s does not take %s: %s", self._name, event, reason)
                    self._follow(self._queue.denied(event, reason, now))
                case DutyAsked():
                    self._duty_asked(path, each, now)
                case ClockTold(ahead_s=ahead_s) if abs(ahead_s) >= _CLOCKS_DIFFER_S:
                    log.warning("%s: its clock is %+.0f s from ours", self._name, ahead_s)

    def _duty_asked(self, path: int, asked: DutyAsked, now: Instant) -> None:
        fact = Fact(
            workflow="centre",
            case=asked.id,
            step=DUTY_ASKED,
            at=now,
            text=Text.of("forward.duty_asked", centre=self._name, minutes=asked.minutes),
            fields={"centre": self._name, "minutes": asked.minutes},
            topics=(DUTY_ASKED,),
            book="",
        )
        stored = self._here(lambda _event: self._paths[path].write(asked.confirm), asked.id)
        try:
            self._ways.hand_in(Delivery(fact, stored))
        except StoreUnavailable:
            log.critical("%s: the inbox is full; the centre has to ask again whether somebody is on duty", self._name)

    # -- what follows --------------------------------------------------------------------------------------

    def _follow(self, steps: Sequence[Step]) -> None:
        for step in steps:
            if isinstance(step, Send):
                self._send(step)
            else:
                self._became(step)
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        wake_at = self._queue.wake_at
        if wake_at is not None:
            self._timer = self._loop.call_later(max(0.0, (wake_at - self._clock.now()) / SECOND), self._tick)
        self.look()

    def _tick(self) -> None:
        self._follow(self._queue.tick(self._clock.now()))

    def _send(self, step: Send) -> None:
        path = self._paths[step.path]
        try:
            if path.speaks is not None:
                path.write(path.speaks.tell(step.event, self._clock.now()))
        except Exception:  # one event that cannot be said shows as failed, and costs no other
            log.exception("%s: the event %s cannot be said", self._name, step.event.id)

    def _became(self, became: Became) -> None:
        event = became.event
        if became.state != "sending":
            is_told = not event.alert or became.state not in _RECEIPTS
            kept = Kept(event, became.state, is_told=is_told)
            if became.state == "confirmed":
                self._writer.moved(confirmed=became.at)
            self._writer.note(kept)
            if kept.is_over and not is_told:
                self._untold[event.id] = kept
        if event.alert and became.state in _RECEIPTS:
            self._hand_in(event, became.state, became.at, became.reason)

    # -- what is told here ---------------------------------------------------------------------------------

    def _hand_in(self, event: CentreEvent, state: State, at: Instant, reason: Text | None = None) -> None:
        note = self._ways.in_words(reason) if reason is not None else ""
        receipt = Receipt(receipt_of(event.alert, event.id), _RECEIPTS[state], at, self._name, note)
        delivery = Delivery(receipt)
        if event.id in self._untold:
            self._handed.add(event.id)
            not_yet = self._here(self._handed.discard, event.id)
            delivery = Delivery(receipt, self._here(self._receipted, event.id), lambda _why: not_yet())
        try:
            self._ways.hand_in(delivery)
        except StoreUnavailable:
            self._handed.discard(event.id)
            log.warning("%s: the inbox is full; what became of %s is told later", self._name, event.id)

    def _here(self, act: Callable[[str], None], event: str) -> Callable[[], None]:
        """In this loop, from any thread; after its end there is nothing to do."""

        def call() -> None:
            with contextlib.suppress(RuntimeError):  # it has just ended: the next start tells it again
                self._loop.call_soon_threadsafe(act, event)

        return call

    def _receipted(self, event: str) -> None:
        self._handed.discard(event)
        kept = self._untold.pop(event, None)
        if kept is not None:
            self._writer.note(replace(kept, is_told=True))

    async def _tell_again(self) -> None:
        while True:
            for kept in list(self._untold.values()):
                if kept.event.id not in self._handed and kept.stands != "waiting":
                    self._hand_in(kept.event, kept.stands, self._clock.now())
            await asyncio.sleep(_TELL_AGAIN_S)

    def look(self) -> None:
        """What is wrong is told when it begins and when it is over; the first time also that nothing is."""
        lost = self._lost
        is_cut_off = len(lost) == len(self._paths)
        failing = Text.of("forward.failed", centre=self._name) if self._queue.is_failing else None
        of_centre = self._lacking() or self.broken or failing or (next(iter(lost.values())) if is_cut_off else None)
        faults: dict[str, Text | None] = {centre_part(self._name): of_centre}
        if len(self._paths) > 1:
            faults |= {path_part(self._name, number): lost.get(number) for number in range(len(self._paths))}
        for part, fault in faults.items():
            if part not in self._told or (fault is None) != (self._told[part] is None):
                self._ways.tell_fault(part, fault)
            self._told[part] = fault
