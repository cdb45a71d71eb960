"""Unknown devices wait here: neither dropped nor trusted, with a guess of what they are."""

from collections.abc import Iterable, Sequence

import msgspec

from devices.codec import Message, Report
from devices.device import SenderKey
from devices.kinds import guess_kind
from devices.reading import SECOND, Instant, Value

_MOST_SENDERS = 1_000
_NEWCOMERS = 250
"""Room that is left for those who have spoken once, however many speak again and again."""
_MOST_SIGNALS = 40
_MOST_TEXT = 100
_GAPS = 9
_STALE = 3_600 * SECOND
_SWEEP_EVERY = 10 * SECOND


class Sender(msgspec.Struct):
    """One unknown device: who, when, how often, what it said last, what we take it for.

    ``live`` counts what it said itself, without what the broker kept; ``gaps`` are the newest pauses between those
    words, in nanoseconds. ``announced`` are signals that it says it has, with a value by now or not.
    """

    line: str
    family: str
    address: str
    first_heard: Instant
    last_heard: Instant
    messages: int = 0
    live: int = 0
    gaps: tuple[Instant, ...] = ()
    guess_model: str = ""
    guess_kind: str = ""
    signals: dict[str, Value] = {}
    announced: tuple[str, ...] = ()

    @property
    def key(self) -> SenderKey:
        return SenderKey(self.line, self.family, self.address)

    @property
    def heartbeat_s(self) -> float | None:
        """The middle one of its newest pauses, in seconds; None until it has spoken twice."""
        gaps = sorted(self.gaps)
        return gaps[len(gaps) // 2] / SECOND if gaps else None


class Quarantine:
    """At most 1,000 senders. A sender that was rejected is counted and not shown.

    When they are that many, those silent for an hour make room, else the longest silent of those that have spoken
    once: so whoever speaks now is shown, and a thousand invented names do not push out who speaks again and again.
    ``turned_away`` counts those that had to go.
    """

    def __init__(self, rejected: Iterable[SenderKey] = ()) -> None:
        self._newcomers: dict[SenderKey, Sender] = {}
        self._regulars: dict[SenderKey, Sender] = {}
        """Both in the order of their newest words."""
        self._rejected: dict[SenderKey, int] = dict.fromkeys(rejected, 0)
        self._swept: Instant = 0
        self.turned_away = 0

    def heard(self, family: str, report: Report, message: Message, line: str = "") -> None:
        key = SenderKey(line, family, report.address)
        if key in self._rejected:
            self._rejected[key] += 1
            return
        now = message.received
        sender = self._newcomers.pop(key, None) or self._regulars.pop(key, None)
        if sender is None:
            self._make_room(now)
            sender = Sender(line, family, report.address, now, now, signals={})
        sender.messages += 1
        if not message.retained:
            if sender.live:
                sender.gaps = (*sender.gaps[1 - _GAPS :], max(0, now - sender.last_heard))
            sender.live += 1
            sender.last_heard = now
        (self._regulars if sender.live > 1 else self._newcomers)[key] = sender
        sender.guess_model = report.model[:_MOST_TEXT] or sender.guess_model
        for signal, value in report.values:
            if signal in sender.signals or len(sender.signals) < _MOST_SIGNALS:
                sender.signals[signal] = value[:_MOST_TEXT] if isinstance(value, str) else value
        sender.announced = report.announced[:_MOST_SIGNALS] or sender.announced
        sender.guess_kind = guess_kind((*sender.signals, *sender.announced))

    def senders(self) -> Sequence[Sender]:
        """Those heard last first."""
        found = [*self._regulars.values(), *self._newcomers.values()]
        return sorted(found, key=lambda sender: -sender.last_heard)

    def find(self, key: SenderKey) -> Sender | None:
        return self._newcomers.get(key) or self._regulars.get(key)

    def rejected(self) -> dict[SenderKey, int]:
        """Who was turned away, and how often each has spoken since the start."""
        return dict(self._rejected)

    def forget(self, key: SenderKey) -> None:
        """It waits no more."""
        self._newcomers.pop(key, None)
        self._regulars.pop(key, None)

    def reject(self, key: SenderKey) -> None:
        """Show it no more; count what it says."""
        self.forget(key)
        self._rejected.setdefault(key, 0)

    def readmit(self, key: SenderKey) -> None:
        """Show it again when it speaks next."""
        self._rejected.pop(key, None)

    def _make_room(self, now: Instant) -> None:
        if len(self._newcomers) + len(self._regulars) < _MOST_SENDERS:
            return
        if now - self._swept >= _SWEEP_EVERY:
            self._swept = now
            for senders in (self._newcomers, self._regulars):
                for key in [key for key, sender in senders.items() if now - sender.last_heard > _STALE]:
                    del senders[key]
        if len(self._newcomers) + len(self._regulars) >= _MOST_SENDERS:
            yielding = self._newcomers if len(self._newcomers) >= _NEWCOMERS else self._regulars
            del yielding[next(iter(yielding))]
            self.turned_away += 1
