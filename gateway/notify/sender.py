"""Sends what is due to people outside: after the commit, each message by itself, again until it got through or is old.

Theory of operation. The pipeline's thread hands in what a turn decided (``take``), and after a start once more all that
nobody has answered for; the same id is the same message. One thread owns what is due and keeps account of it
(gateway/stores/deliveries.py): that an attempt begins, and what came of it. Each attempt has a thread of its own, so
that a service that hangs holds back no other. What became of a message goes back through the inbox as a Receipt.

Fire, gas and hold-up go out first, wait for no limit, are never joined with others, and go out although nothing can be
stored. What a kill caught between sending and its receipt may have reached somebody: urgent, it is sent again at once;
else after a minute; marked *again* in both cases. docs/adr/0268
"""

import contextlib
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from alerts.moves import Notification, Receipt
from api.ports.answer_links import AnswerLink
from devices.errors import StoreUnavailable
from devices.message import Text
from devices.reading import SECOND, Instant
from gateway.clock import Clock
from gateway.notify.message import TOO_SLOW, Carrier, Outcome
from gateway.notify.pace import GIVE_UP, free_at, pause
from gateway.notify.writing import Letters
from gateway.site.channel import Channel
from gateway.stores.deliveries import Deliveries, Delivery

_AT_ONCE, _AT_ONCE_URGENT = 4, 8
"""Attempts on one channel at one time."""
_NOT_SO_SOON: Instant = 60 * SECOND
_OVERDUE_S = 5.0
_LONGEST_WAIT_S = 60.0
_RETRY_S = 1.0
_A_DAY: Instant = 86_400 * SECOND
_MOST_JOINED = 100

log = logging.getLogger("keyarea.notify")


class Addressed(msgspec.Struct, frozen=True):
    """``address``: on its channel, as it is known now; "" where there is none."""

    notification: Notification
    address: str


class _Job:
    """One message on its way."""

    def __init__(self, item: Addressed, delivery: Delivery) -> None:
        self.notification, self.address = item.notification, item.address
        self.delivery, self.is_held = delivery, False


class _Attempt:
    """One that is under way, of several messages where they are joined."""

    def __init__(self, jobs: Sequence[_Job], until: float) -> None:
        self.jobs, self.until, self.is_given_up = jobs, until, False


class NotificationSender:
    """``run`` is the body of its thread; ``take`` may be called from any. ``chance()``: 0 to 1."""

    def __init__(
        self,
        channels: Mapping[str, tuple[Channel, Carrier]],
        store: Deliveries,
        letters: Letters,
        hand_in: Callable[[Receipt], None],
        *,
        clock: Clock,
        chance: Callable[[], float],
    ) -> None:
        self._channels, self._store, self._letters, self._hand_in = channels, store, letters, hand_in
        self._clock, self._chance = clock, chance
        self._changed = threading.Condition()
        self._new: list[Addressed] = []
        self._done: list[tuple[_Attempt, Outcome]] = []
        self._is_stopping = False
        self._jobs: dict[str, _Job] = {}
        self._known: dict[str, Delivery] = {}
        """What was settled, or begun before this start."""
        self._attempts: list[_Attempt] = []
        self._sent: dict[str, deque[Instant]] = {}
        self._receipts: list[Receipt] = []
        self._unkept: dict[str, Delivery] = {}
        self._forget_at: Instant = 0
        self._is_read = False

    def take(self, items: Iterable[Addressed]) -> None:
        """These are to be sent; what is known already is not sent again."""
        with self._changed:
            self._new += items
            self._changed.notify()

    def unable(self) -> Text | None:
        """Which channels can tell nobody as things stand, and why; None: all can. From any thread."""
        found = [(name, carrier.prepare()) for name, (_, carrier) in self._channels.items()]
        wrong = tuple(Text.of("notify.unable", channel=name, why=why) for name, why in found if why is not None)
        return Text.of("notify.all_unable", channels=wrong) if wrong else None

    def stop(self) -> None:
        with self._changed:
            self._is_stopping = True
            self._changed.notify()

    def run(self) -> None:
        """Until stopped; attempts under way are left to themselves, and known as begun."""
        with self._changed:
            self._is_stopping = False
        while not self._is_stopping:
            self.turn()
            self._wait()

    def turn(self) -> None:
        """Everything that is due now; returns without waiting for any channel."""
        now = self._clock.now()
        with self._changed:
            taken, self._new = self._new, []
            done, self._done = self._done, []
        if not self._is_read and not self._read(now) and not any(each.notification.is_urgent for each in taken):
            with self._changed:
                self._new = taken + self._new
            taken = []
        for item in taken:
            self._admit(item, now)
        for attempt, outcome in done:
            self._finished(attempt, outcome, now)
        for attempt in self._attempts:
            if not attempt.is_given_up and self._clock.monotonic() > attempt.until:
                attempt.is_given_up = True
                self._failed(attempt.jobs, TOO_SLOW, now)
        self._start_due(now)
        self._tell(now)

    # -- what is to be sent --------------------------------------------------------------------------------

    def _read(self, now: Instant) -> bool:
        """What earlier runs knew. Whether it could be read."""
        try:
            self._store.forget(now)
            self._known |= self._store.known()
        except StoreUnavailable as error:
            log.warning("what was sent before cannot be read: %s", error)
            return False
        for delivery in sorted(self._known.values(), key=lambda each: each.at):
            if delivery.state == "sent":
                self._times(delivery.target).append(delivery.at)
        self._is_read, self._forget_at = True, now + _A_DAY
        return True

    def _admit(self, item: Addressed, now: Instant) -> None:
        notification = item.notification
        job = self._jobs.get(notification.id)
        if job is not None:
            job.address = item.address
            return
        known = self._known.get(notification.id)
        if known is not None and not known.is_open:
            self._answer(notification, known)
            return
        target = f"{notification.channel} {''.join(notification.to[:1])}"
        delivery = known or Delivery(state="waiting", at=now, first=now, target=target)
        if delivery.state == "sending":
            at = now if notification.is_urgent else max(now, delivery.at + _NOT_SO_SOON)
            delivery = msgspec.structs.replace(delivery, state="waiting", at=at, is_doubtful=True)
        job = self._jobs[notification.id] = _Job(item, delivery)
        why = self._cannot_be(job)
        if why is not None:
            self._settle(job, msgspec.structs.replace(delivery, state="failed", at=now, why=why))
            self._keep({notification.id: job.delivery})

    def _cannot_be(self, job: _Job) -> Text | None:
        found = self._channels.get(job.notification.channel)
        if found is None:
            return Text.of("notify.no_channel")
        return Text.of("notify.no_address") if found[0].is_personal and not job.address else None

    # -- attempts ------------------------------------------------------------------------------------------

    def _start_due(self, now: Instant) -> None:
        waiting = [job for job in self._jobs.values() if job.delivery.state == "waiting" and job.delivery.at <= now]
        waiting.sort(key=lambda job: (not job.notification.is_urgent, job.delivery.at))
        batches: list[list[_Job]] = []
        started: set[int] = set()
        busy: dict[str, int] = {}
        for attempt in self._attempts:
            name = attempt.jobs[0].notification.channel
            busy[name] = busy.get(name, 0) + 1
        for job in waiting:
            name, is_urgent = job.notification.channel, job.notification.is_urgent
            if id(job) in started or busy.get(name, 0) >= (_AT_ONCE_URGENT if is_urgent else _AT_ONCE):
                continue
            if not is_urgent and self._must_wait(job, now):
                continue
            batch = self._joined(job, waiting) if job.is_held and not is_urgent else [job]
            started |= {id(each) for each in batch}
            busy[name] = busy.get(name, 0) + 1
            self._times(job.delivery.target).append(now)
            batches.append(batch)
        if batches:
            self._begin(batches, now)

    def _must_wait(self, job: _Job, now: Instant) -> bool:
        """Too much went to that target of late: it is held, and goes out with what else is held for it."""
        channel = self._channels[job.notification.channel][0]
        free = free_at(self._times(job.delivery.target), now, channel.most, int(channel.per_min * 60 * SECOND))
        if free <= now:
            return False
        job.is_held = True
        job.delivery = msgspec.structs.replace(job.delivery, at=free)
        return True

    def _joined(self, job: _Job, waiting: Sequence[_Job]) -> list[_Job]:
        mates = [
            each
            for each in waiting
            if each.is_held and not each.notification.is_urgent and each.delivery.target == job.delivery.target
        ]
        return mates[:_MOST_JOINED]

    def _begin(self, batches: Sequence[list[_Job]], now: Instant) -> None:
        """That it begins is durable first; what is urgent begins all the same."""
        for batch in batches:
            for job in batch:
                job.delivery = msgspec.structs.replace(job.delivery, state="sending", at=now)
        tokens: dict[str, str] = {}
        links: dict[str, AnswerLink] = {}
        for batch in batches:
            if len(batch) == 1 and batch[0].notification.answers:
                token, link = self._letters.link(batch[0].notification, now)
                tokens[batch[0].notification.id], links[token] = token, link
        is_kept = self._keep({job.notification.id: job.delivery for batch in batches for job in batch}, links)
        for batch in batches:
            if not is_kept and not batch[0].notification.is_urgent:
                self._did_not_reach(batch[0].delivery)
                self._put_off(batch, now + int(_RETRY_S * SECOND))
                continue
            token = tokens.get(batch[0].notification.id, "") if is_kept else ""
            self._send(batch, token)

    def _did_not_reach(self, attempted: Delivery) -> None:
        """What did not reach its target does not count there."""
        with contextlib.suppress(ValueError):
            self._times(attempted.target).remove(attempted.at)

    def _put_off(self, batch: Sequence[_Job], at: Instant) -> None:
        for job in batch:
            job.delivery = msgspec.structs.replace(job.delivery, state="waiting", at=at)

    def _send(self, batch: Sequence[_Job], token: str) -> None:
        channel, carrier = self._channels[batch[0].notification.channel]
        attempt = _Attempt(batch, self._clock.monotonic() + channel.timeout_s + _OVERDUE_S)
        self._attempts.append(attempt)
        is_again = any(job.delivery.is_doubtful for job in batch)
        message = self._letters.write(
            [job.notification for job in batch], batch[0].address, token=token, is_again=is_again
        )

        def go() -> None:
            try:
                outcome = carrier.send(message)
            except Exception as error:  # noqa: BLE001 - a channel's bug must not stop what else is to be sent
                # without its words: they may quote what is secret about the channel
                log.warning("the channel %s broke: %s", channel.id, type(error).__name__)
                outcome = Outcome(is_sent=False, why=Text.of("notify.broke", reason=type(error).__name__))
            with self._changed:
                self._done.append((attempt, outcome))
                self._changed.notify()

        threading.Thread(target=go, name=f"notify {channel.id}", daemon=True).start()

    # -- what came of it -----------------------------------------------------------------------------------

    def _finished(self, attempt: _Attempt, outcome: Outcome, now: Instant) -> None:
        self._attempts.remove(attempt)
        if outcome.is_sent:  # also one that was given up already: it got through after all
            why = Text.of("notify.joined", count=len(attempt.jobs)) if len(attempt.jobs) > 1 else ""
            for job in attempt.jobs:
                self._settle(job, msgspec.structs.replace(job.delivery, state="sent", at=now, why=why))
            self._keep({job.notification.id: job.delivery for job in attempt.jobs})
        elif not attempt.is_given_up:
            self._failed(attempt.jobs, outcome, now)

    def _failed(self, jobs: Sequence[_Job], outcome: Outcome, now: Instant) -> None:
        self._did_not_reach(jobs[0].delivery)
        for job in jobs:
            before = job.delivery
            attempts = before.attempts + 1
            if not outcome.may_retry or now - before.first > GIVE_UP:
                why = outcome.why
                if outcome.may_retry:
                    why = Text.of("notify.gave_up", attempts=attempts, why=outcome.why)
                self._settle(job, msgspec.structs.replace(before, state="failed", at=now, attempts=attempts, why=why))
                continue
            job.delivery = msgspec.structs.replace(
                before,
                state="waiting",
                at=now + pause(attempts, self._chance()),
                attempts=attempts,
                why=outcome.why,
                is_doubtful=before.is_doubtful or outcome.is_doubtful,
            )
            if attempts == 1:
                to = "".join(job.notification.to[:1])
                self._receipts.append(Receipt(job.notification.id, "retrying", now, to, outcome.why))
        self._keep({job.notification.id: job.delivery for job in jobs})

    def _settle(self, job: _Job, delivery: Delivery) -> None:
        job.delivery = delivery
        self._jobs.pop(job.notification.id, None)
        self._known[job.notification.id] = delivery
        self._answer(job.notification, delivery)

    def _answer(self, notification: Notification, delivery: Delivery) -> None:
        to = "".join(notification.to[:1])
        is_sent = delivery.state == "sent"
        self._receipts.append(Receipt(notification.id, "sent" if is_sent else "failed", delivery.at, to, delivery.why))

    def _keep(self, deliveries: Mapping[str, Delivery], links: Mapping[str, AnswerLink] | None = None) -> bool:
        """Whether it could be stored; else it is with the next that can."""
        self._unkept |= deliveries
        try:
            self._store.keep(self._unkept, links)
        except StoreUnavailable as error:
            log.warning("what becomes of messages cannot be stored: %s", error)
            return False
        self._unkept.clear()
        return True

    def _tell(self, now: Instant) -> None:
        """Receipts to the engine, what could not be stored to the store, what is old to nobody."""
        waiting, self._receipts = self._receipts, []
        for place, receipt in enumerate(waiting):
            try:
                self._hand_in(receipt)
            except StoreUnavailable:  # the pipeline is hopelessly behind: later
                self._receipts = waiting[place:]
                break
        if self._unkept:
            self._keep({})
        if self._is_read and now >= self._forget_at:
            self._forget_at = now + _A_DAY
            try:
                for id_ in self._store.forget(now):
                    self._known.pop(id_, None)
            except StoreUnavailable as error:
                log.warning("what was sent long ago cannot be forgotten: %s", error)

    def _times(self, target: str) -> deque[Instant]:
        return self._sent.setdefault(target, deque(maxlen=10_000))

    # -- waiting -------------------------------------------------------------------------------------------

    def _wait(self) -> None:
        with self._changed:
            if not (self._new and self._is_read) and not self._done and not self._is_stopping:
                self._changed.wait(self._pause_s())

    def _pause_s(self) -> float:
        if self._receipts or self._unkept or not self._is_read:
            return _RETRY_S
        now = self._clock.now()
        dues = [job.delivery.at for job in self._jobs.values() if job.delivery.state == "waiting"]
        until = [each.until - self._clock.monotonic() for each in self._attempts if not each.is_given_up]
        soonest = min([(at - now) / SECOND for at in dues if at > now] + until, default=_LONGEST_WAIT_S)
        return min(max(soonest, 0.005), _LONGEST_WAIT_S)
