"""Proves all day that an alarm would get through: a canary goes the whole way every few minutes, and is looked after.

Inbox, engine, commit, feed, board, the link of each page that is there to be heard, and a message by a channel. What
does not come within ten seconds is named as a fault (alerts/alarm_path.py judges), which is told by the ways that still
hold: an alert on the screens and by escalation, the health, the heartbeat that stays away. Receiving centres are tried
by their own supervision (gateway/forward). docs/adr/0282
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias

from msgspec.structs import replace

from alerts.alarm_path import LIMIT, LINKS, Check, Link, PathState, Screen
from alerts.canary import SINK, Canary, canary_of
from alerts.moves import Receipt
from api.live import Live
from api.screens import Screens
from devices.errors import StoreUnavailable
from devices.message import Text
from devices.reading import SECOND
from gateway.clock import Clock
from gateway.feed import Feed
from gateway.inbox import Delivery
from gateway.metrics import Metrics
from gateway.own_devices import CHANNELS, path_link
from gateway.site.model import Site

_FIRST_S, _AGAIN_S, _WHILE_BROKEN_S = 30.0, 20.0, 60.0
_LOOK_S = 0.05
_APART_S = 5.0
"""Between the begins of two checks, however often people ask for one: each may send a message to somebody outside."""
_TOLD_BY: Mapping[Link, tuple[str, ...]] = {
    "engine": ("pipeline", "storage"),
    "store": ("storage", "records", "owner"),
    "stream": ("live",),
    "messages": (CHANNELS, "notifications"),
}
"""The parts whose fault says the same already, by link."""

TellFault: TypeAlias = Callable[[str, Text | None], None]

log = logging.getLogger("keyarea")


class AlarmPath:
    """``run`` until cancelled. Implements api.ports.alarm_path."""

    def __init__(
        self,
        site: Site,
        clock: Clock,
        hand_in: Callable[[Delivery], None],
        feed: Feed,
        live: Live,
        screens: Screens,
        said_already: Callable[[str], bool],
        tell_fault: TellFault,
    ) -> None:
        """``hand_in`` may raise StoreUnavailable; ``said_already(part)``: whether that part is known to be at fault."""
        self._setup, self._clock, self._hand_in = site.alarm_path, clock, hand_in
        self._feed, self._live, self._screens = feed, live, screens
        self._said_already, self._tell_fault = said_already, tell_fault
        self._channel = (self._setup.channel or SINK) if site.channels else ""
        self.state = PathState()
        self._told: dict[Link, Text | None] = {}
        self._wanted = asyncio.Event()
        self._sent: dict[str, Receipt] = {}
        self._unanswered = ""
        self._begun_at = float("-inf")

    # -- what others ask -----------------------------------------------------------------------------------

    @property
    def every_s(self) -> float:
        return self._setup.every_min * 60

    def check_now(self) -> None:
        """Somebody has mended something, and wants to know; from the event loop."""
        self._wanted.set()

    def passes(self) -> bool:
        """Whether an alarm would be shown somewhere, as far as the checks have shown."""
        faults = self.state.faults
        if any(link in faults for link in ("engine", "store", "stream")):
            return False
        newest = self.state.checks[-1] if self.state.checks else None
        shown = [each for each in newest.screens if each.shown is not None] if newest is not None else []
        return "screens" not in faults or bool(shown)

    def told(self, receipt: Receipt) -> bool:
        """What became of a message: whether it was one of a check; from the sender's thread."""
        if not (canary := canary_of(receipt.notification)):
            return False
        self._sent[canary] = receipt
        return True

    # -- the work ------------------------------------------------------------------------------------------

    async def run(self) -> None:
        self._told = {}
        await self._pause(_FIRST_S)
        while True:
            await self.check()
            again = _AGAIN_S if self.state.wants_another else _WHILE_BROKEN_S if self.state.faults else self.every_s
            await self._pause(min(again, self.every_s))

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wanted.wait()
        except TimeoutError:
            pass
        await asyncio.sleep(self._rest_s())
        self._wanted.clear()

    def _rest_s(self) -> float:
        """So many seconds until the next may begin."""
        return max(0.0, self._begun_at + _APART_S - self._clock.monotonic())

    async def check(self) -> None:
        """One, from its begin to what is made of it."""
        self._begun_at = self._clock.monotonic()
        check, until = self._begun(), self._begun_at + LIMIT / SECOND
        done: list[bool] = []
        channel = check.waits_for if not self._unanswered else ""
        if channel:
            self._unanswered = check.id
        self._put(Delivery(Canary(check.id, is_on=True, channel=channel), lambda: done.append(True)))
        while not check.is_whole and self._clock.monotonic() < until:
            await asyncio.sleep(_LOOK_S)
            check = self._seen(check, is_stored=bool(done))
        self._put(Delivery(Canary(check.id, is_on=False)))
        self._judge(self._still_open(check))

    def _put(self, delivery: Delivery) -> None:
        try:
            self._hand_in(delivery)
        except StoreUnavailable:
            log.warning("the inbox is full: a check of the alarm path finds no way in")

    def _begun(self) -> Check:
        now = self._clock.now()
        pages = self._screens.to_sound(now)
        return Check(
            id=str(now),
            begun=now,
            screens=tuple(Screen(key, page.account, page.path) for key, page in pages.items()),
            needs_screen=self._setup.needs_screen,
            waits_for=self._channel,
        )

    def _seen(self, check: Check, *, is_stored: bool) -> Check:
        """With what has come since."""
        now = self._clock.now()
        if is_stored and check.stored is None:
            check = replace(check, stored=now)
        decided = self._feed.canary
        if decided is not None and decided.alert.raised >= check.begun:
            alert = decided.alert.id
            check = check if check.decided is not None else replace(check, decided=decided.alert.raised)
            shown = self._live.canary
            if check.streamed is None and shown is not None and shown.id == alert:
                check = replace(check, streamed=now)
            screens = self._screens.receipts.of(alert).screens
            if screens:
                found = [
                    replace(each, shown=screens[each.page].at, sound=screens[each.page].sound)
                    if each.page in screens
                    else each
                    for each in check.screens
                ]
                check = replace(check, screens=tuple(found))
        return self._message(check)

    def _message(self, check: Check) -> Check:
        """One message at a time: a channel that is out of order is not heaped with more of them."""
        if not check.waits_for:
            return check
        receipt = self._sent.get(self._unanswered)
        if receipt is None:
            return check
        if receipt.state == "retrying":
            return replace(check, unsent=receipt.note)
        self._sent.clear()
        is_own, self._unanswered = self._unanswered == check.id, ""
        if receipt.state == "sent":
            return replace(check, sent=receipt.at if is_own else self._clock.now(), unsent="")
        return replace(check, unsent=receipt.note)

    def _still_open(self, check: Check) -> Check:
        """Without pages that were shut meanwhile, or have fallen silent: a phone in a pocket is no broken screen."""
        pages = self._screens.to_sound(self._clock.now())
        return replace(check, screens=tuple(each for each in check.screens if each.shown or each.page in pages))

    def _judge(self, check: Check) -> None:
        told = frozenset(link for link, parts in _TOLD_BY.items() if any(self._said_already(part) for part in parts))
        self.state = self.state.looked_at(check, is_told=told)
        for link in LINKS:
            fault = self.state.faults.get(link)
            is_new = link not in self._told and link not in self.state.doubtful
            if is_new or self._told.get(link) != fault:
                self._told[link] = fault
                self._tell_fault(path_link(link), fault)


def count(path: AlarmPath, metrics: Metrics) -> None:
    """What Prometheus is told of it."""
    metrics.watch("keyarea_alarm_path_broken", "Broken links of the alarm path", lambda: len(path.state.faults))
    metrics.watch("keyarea_alarm_path_failed", "Checks that did not get through", lambda: path.state.failed)
    for link in LINKS:
        meaning = f"Seconds until the newest check reached: {link}; -1: it did not, or nothing was waited for"
        metrics.watch(f"keyarea_alarm_path_{link}_seconds", meaning, partial(_newest, path, link))


def _newest(path: AlarmPath, link: Link) -> float:
    took = path.state.checks[-1].took(link) if path.state.checks else None
    return -1.0 if took is None else took / SECOND
