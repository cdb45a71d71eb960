"""One receiving centre at work: what is committed becomes events for it, from where it was left before this start.

A thread of its own with an event loop of its own: neither a full console nor a slow store holds up a fire. What is
urgent goes out without a commit when that takes longer than 2 s, as sirens do (gateway/output_sender.py).
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from msgspec.structs import replace

from alerts.alert import AlertClass, AlertEvent
from alerts.area_mode import is_armed
from alerts.effects import ModeChanged
from alerts.facts import CENTRE_TEST, DUTY_ANSWERED, Fact
from alerts.forwarding.conditions import USUAL
from alerts.forwarding.numbering import Numbering, Numbers
from alerts.forwarding.telling import Telling
from api.ports import Published
from api.ports.centres import WayView
from devices.centre import Centre, CentreEvent, Condition, Transceiver
from devices.errors import Refused, StoreUnavailable
from devices.message import Text
from devices.reading import SECOND, Instant
from gateway.forward.outbox_writer import OutboxWriter
from gateway.forward.sending import Sending
from gateway.forward.ways import History, Ways
from gateway.forwarding_rules import TRANSMISSION_RULES
from gateway.own_devices import AREA
from gateway.site.outside import Forwarding
from gateway.stores.centre_outbox import Kept

LONGEST_WAIT_S = 2.0
"""For a store, of what is urgent."""
_URGENT = frozenset((AlertClass.FIRE, AlertClass.GAS, AlertClass.HOLD_UP))
_RETRY_S, _TEST_LOOK_S = 1.0, 30.0
_HOUR: Instant = 3_600 * SECOND
_REMEMBERED, _PAGE = 10_000, 500

T = TypeVar("T")
log = logging.getLogger("keyarea.forwarding")


class CentreAtWork:
    """``run`` is the body of its thread; ``stop``, ``decided`` and ``published`` may be called from any other."""

    def __init__(
        self,
        setup: Forwarding,
        speaks: Centre,
        transceiver: Callable[[], Transceiver],
        ways: Ways,
        lacking: Callable[[], Text | None],
    ) -> None:
        self._setup, self._speaks, self._transceiver = setup, speaks, transceiver
        self._ways, self._lacking, self.name = ways, lacking, setup.name
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sending: Sending | None = None
        self._is_stopped = False

    # -- from other threads --------------------------------------------------------------------------------

    def run(self) -> None:
        self._is_stopped = False
        asyncio.run(self._work())

    def stop(self) -> None:
        self._is_stopped = True
        self._call(lambda: self._ends.set())  # noqa: PLW0108 - made when the thread begins

    def decided(self, steps: Sequence[AlertEvent]) -> None:
        """These are about to be committed."""
        urgent = [step for step in steps if step.alert.alert_class in _URGENT]
        if urgent:
            self._call(partial(self._hold, urgent))

    def published(self, events: Sequence[Published]) -> None:
        """These are committed."""
        self._call(partial(self._take, events))

    @property
    def ways(self) -> tuple[WayView, ...]:
        """How its paths stand."""
        return self._sending.ways if self._sending is not None else ()

    @property
    def why(self) -> Text | None:
        """Why it is told nothing; None: it is."""
        return self._sending.why if self._sending is not None else self._lacking()

    def _call(self, act: Callable[[], None]) -> None:
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # it has just ended: the next start reads the feed
                loop.call_soon_threadsafe(act)

    # -- the work ------------------------------------------------------------------------------------------

    async def _work(self) -> None:
        self._ends = asyncio.Event()
        self._arrived: asyncio.Queue[Sequence[Published]] = asyncio.Queue()
        self._held: dict[tuple[str, str, Instant], asyncio.TimerHandle] = {}
        self._known: dict[str, None] = {}
        self._seen = 0
        self._closed: dict[str, bool] = {}
        """Whether each area was told as closed last, in this run."""
        self._telling: Telling | None = None
        self._writer = OutboxWriter(self.name, self._ways.outbox)
        sending = Sending(self._setup, self._transceiver, self._ways, self._writer, self._lacking)
        self._sending = self._tells = sending
        self._loop = asyncio.get_running_loop()
        if self._is_stopped:
            return
        ends, working = asyncio.ensure_future(self._ends.wait()), asyncio.ensure_future(self._all())
        try:
            await asyncio.wait([ends, working], return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._loop = None
            for task in (ends, working):
                task.cancel()
        if not self._is_stopped:
            await working

    async def _all(self) -> None:
        async with asyncio.TaskGroup() as group:
            self._tells.tasks(group)
            group.create_task(self._writer.run(), name="writer")
            progress, kept = await self._writer.load()
            self._numbering = Numbering(progress.numbers, Numbers(self._setup.areas, self._setup.zones))
            self._telling = Telling(
                self._setup.classes or USUAL,
                self._speaks.conditions,
                self._numbering,
                self._ways.describe,
                own_area=AREA.id,
                own_ways=TRANSMISSION_RULES,
            )
            await self._catch_up(progress.feed, kept)
            group.create_task(self._test(), name="test")
            while True:
                for event in await self._arrived.get():
                    self._event(event)

    async def _catch_up(self, feed: int | None, kept: Sequence[Kept]) -> None:
        """What was committed and not told; to a new centre, and to one that was away for too long, all that stands."""
        history, telling = self._ways.history, self._telling
        assert telling is not None
        newest, missed = await self._read(lambda: _missed(history, feed))
        steps = await self._read(history.open_alerts)
        to_come = {_name(each.event) for each in missed or () if isinstance(each.event, AlertEvent)}
        standing = telling.again(step for step in steps if _name(step) not in to_come)
        for each in kept:
            self._known[each.event.id] = None
            self._tells.restore(replace(each, event=replace(each.event, standing=telling.standing(each.event.place))))
        own, now = telling.standing((AREA.id, "")), self._ways.clock.now()
        if own:  # the centre asks after the state of this device itself from the first moment on
            self._push(CentreEvent(id=f"own|{now}", condition=own[0], at=now, area=AREA.id, standing=own))
        self._seen = newest if missed is None or feed is None else feed
        if missed is None:
            for told in standing:
                self._push(told)
            self._writer.moved(feed=newest)
        for event in missed or ():
            self._event(event)

    async def _read(self, read: Callable[[], T]) -> T:
        while True:
            try:
                return await asyncio.to_thread(read)
            except StoreUnavailable as error:
                log.warning("%s: the records cannot be read yet: %s", self.name, error)
                await asyncio.sleep(_RETRY_S)

    async def _test(self) -> None:
        """The whole way to the centre is tried now and then though nothing happens."""
        every = int(self._setup.test_every_h * _HOUR)
        while every:
            now = self._ways.clock.now()
            if now - self._writer.progress.tested >= every:
                self._writer.moved(tested=now)
                self._push(CentreEvent(id=f"test|{now}", condition="test", at=now))
            await asyncio.sleep(_TEST_LOOK_S)

    # -- what happened here --------------------------------------------------------------------------------

    def _take(self, events: Sequence[Published]) -> None:
        for event in events:
            held = self._held.pop(_name(event.event), None) if isinstance(event.event, AlertEvent) else None
            if held is not None and event.id is not None:
                held.cancel()
        self._arrived.put_nowait(events)

    def _hold(self, steps: Sequence[AlertEvent]) -> None:
        for step in steps:
            if _name(step) not in self._held:
                wait_s, loop = LONGEST_WAIT_S, asyncio.get_running_loop()
                self._held[_name(step)] = loop.call_later(wait_s, self._go_early, step)

    def _go_early(self, step: AlertEvent) -> None:
        """Nothing can be stored: it goes out all the same."""
        self._held.pop(_name(step), None)
        if self._telling is None:
            self._hold([step])
            return
        log.error("%s: nothing can be stored; alert %s goes out all the same", self.name, step.alert.id)
        self._tell(step)

    def _event(self, event: Published) -> None:
        """One that is committed."""
        if event.id is None or event.id <= self._seen:
            return
        self._seen = event.id
        happened = event.event
        if isinstance(happened, AlertEvent):
            self._tell(happened)
        elif isinstance(happened, Fact) and DUTY_ANSWERED in happened.topics and happened.origin == "real":
            self._answered(happened)
        elif isinstance(happened, Fact) and CENTRE_TEST in happened.topics and happened.origin == "real":
            self._practised(happened)
        elif isinstance(happened, ModeChanged) and self._setup.openings:
            self._armed(happened)
        self._writer.moved(feed=event.id)

    def _tell(self, step: AlertEvent) -> None:
        assert self._telling is not None
        try:
            for told in self._telling.step(step):
                self._push(told)
        except Exception:  # what fails over one alert must not keep all others from the centre, at each start anew
            log.exception("%s: alert %s cannot be told", self.name, step.alert.id)
            self._tells.broken = Text.of("forward.broken", alert=step.alert.id)
            self._tells.look()

    def _answered(self, fact: Fact) -> None:
        operator = fact.fields.get("operator")
        if fact.fields.get("centre") == self.name:
            number = operator if isinstance(operator, int) else 0
            self._push(CentreEvent(id=f"duty|{fact.case}", condition="duty_answer", at=fact.at, zone=number))

    def _practised(self, fact: Fact) -> None:
        """People practise, or have done so; what happens in it is never told (alerts/forwarding/telling.py)."""
        condition: Condition = "drill_begun" if fact.fields.get("is_on") else "drill_over"
        self._push(CentreEvent(id=f"{condition}|{fact.case}", condition=condition, at=fact.at, point=f"|{fact.case}"))

    def _armed(self, change: ModeChanged) -> None:
        """An opening or a closing; from one armed mode to another is neither."""
        is_closed = is_armed(change.mode)
        if self._closed.get(change.area) is is_closed:
            return
        self._closed[change.area] = is_closed
        condition: Condition = "closing" if is_closed else "opening"
        told = CentreEvent(
            id=f"{condition}|{change.area}|{change.at}",
            condition=condition,
            at=change.at,
            area=change.area,
            point="|mode",
            partition=self._numbering.partition(change.area),
            user=self._setup.users.get(change.by, 0),
            text=self._ways.describe(change.area, ""),
        )
        self._push(told)

    def _push(self, told: CentreEvent) -> None:
        if told.id in self._known or told.condition not in self._speaks.conditions:
            return
        self._known[told.id] = None
        while len(self._known) > _REMEMBERED:
            del self._known[next(iter(self._known))]
        if self._numbering.has_news:
            self._writer.moved(numbers=self._numbering.numbers)
            self._numbering.kept()
        self._tells.push(told)


def _missed(history: History, feed: int | None) -> tuple[int, list[Published] | None]:
    """Where the feed ends, and what it has behind that number; None if not all of it is there any more."""
    newest, found = history.feed_newest(), list[Published]()
    if feed is None or feed > newest:
        return newest, None
    try:
        while page := history.feed_after(found[-1].id or 0 if found else feed, _PAGE):
            found += page
    except Refused:
        return newest, None
    return newest, found


def _name(step: AlertEvent) -> tuple[str, str, Instant]:
    return step.alert.id, str(step.action), step.at
