"""Unknown devices wait here: neither dropped nor trusted, with a guess of what they are."""

from collections.abc import Iterable, Sequence

import msgspec

from devices.codec import Message, Report
from devices.device import SenderKey
from devices.kinds import guess_kind
from devices.panel_reset import is_behind
from devices.reading import SECOND, Instant, Value
from devices.signals import DANGERS, base_name, is_danger

_MOST_SENDERS = 1_000
_NEWCOMERS = 250
"""Room that is left for those who have spoken once, however many speak again and again."""
_IN_DANGER = 250
"""Room from which those who tell a danger are pushed out by nobody but by each other."""
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
    def dangers(self) -> tuple[str, ...]:
        """What it says that stands and that somebody must look at."""
        return tuple(signal for signal, value in self.signals.items() if is_danger(signal, value))

    @property
    def heartbeat_s(self) -> float | None:
        """The middle one of its newest pauses, in seconds; None until it has spoken twice."""
        gaps = sorted(self.gaps)
        return gaps[len(gaps) // 2] / SECOND if gaps else None


class Quarantine:
    """At most 1,000 senders. A sender that was rejected is counted and not shown.

    When they are that many, those silent for an hour make room, else the longest silent of those that have spoken
    once: so whoever speaks now is shown, and a thousand invented names do not push out who speaks again and again.
    Who tells a danger stays, unless more than 250 do. ``turned_away`` counts those that had to go.
    """

    def __init__(self, rejected: Iterable[SenderKey] = ()) -> None:
        self._newcomers: dict[SenderKey, Sender] = {}
        self._regulars: dict[SenderKey, Sender] = {}
        self._in_danger: dict[SenderKey, Sender] = {}
        """Each in the order of their newest words."""
        self._rejected: dict[SenderKey, int] = dict.fromkeys(rejected, 0)
        self._rejected_dangers: dict[SenderKey, frozenset[str]] = {}
        self._swept: Instant = 0
        self.turned_away = 0

    def heard(self, family: str, report: Report, message: Message, line: str = "") -> list[tuple[str, bool]]:
        """Keep what it said; returns which dangers it says that stand, and which that do not and may have."""
        key = SenderKey(line, family, report.address)
        if key in self._rejected:
            self._rejected[key] += 1
            return self._dangers_of_rejected(key, report)
        now = message.received
        sender = self._taken_out(key)
        if sender is None:
            self._make_room(now)
            sender = Sender(line, family, report.address, now, now, signals={})
        sender.messages += 1
        if not message.retained:
            if sender.live:
                sender.gaps = (*sender.gaps[1 - _GAPS :], max(0, now - sender.last_heard))
            sender.live += 1
            sender.last_heard = now
        sender.guess_model = report.model[:_MOST_TEXT] or sender.guess_model
        told = [
            (signal, value)
            for signal, value in report.values
            if isinstance(value, bool)
            and base_name(signal) in DANGERS
            and (value or sender.signals.get(signal) is not False)
        ]
        for signal, value in report.values:
            most = 2 * _MOST_SIGNALS if is_danger(signal, value) else _MOST_SIGNALS
            if signal in sender.signals or len(sender.signals) < most:
                sender.signals[signal] = value[:_MOST_TEXT] if isinstance(value, str) else value
        sender.announced = report.announced[:_MOST_SIGNALS] or sender.announced
        sender.guess_kind = guess_kind((*sender.signals, *sender.announced))
        kept = self._in_danger if sender.dangers else self._regulars if sender.live > 1 else self._newcomers
        kept[key] = sender
        return told

    def is_in_danger(self, panel: SenderKey) -> bool:
        """Whether that panel, or a part of it, waits here and tells a danger."""
        return any(
            (key.line, key.family) == (panel.line, panel.family) and is_behind(key.address, panel.address)
            for key in self._in_danger
        )

    def _dangers_of_rejected(self, key: SenderKey, report: Report) -> list[tuple[str, bool]]:
        """It is shown no more, but smoke is smoke: a danger that it tells is told on, and the end of that."""
        told = self._rejected_dangers.get(key, frozenset())
        found = [
            (signal, value)
            for signal, value in report.values
            if isinstance(value, bool) and base_name(signal) in DANGERS and (value or signal in told)
        ]
        for signal, value in found:
            told = told | {signal} if value and len(told) < _MOST_SIGNALS else told - {signal}
        if found:
            self._rejected_dangers[key] = told
        return found

    def reset(self, panel: SenderKey) -> None:
        """A panel was reset: of the dangers that it and the parts behind it told, none stands."""
        for key, sender in [*self._in_danger.items()]:
            if (key.line, key.family) == (panel.line, panel.family) and is_behind(key.address, panel.address):
                sender.signals |= dict.fromkeys(sender.dangers, False)
                del self._in_danger[key]
                self._regulars[key] = sender

    def senders(self) -> Sequence[Sender]:
        """Those that tell a danger first, then those heard last."""
        found = [*self._in_danger.values(), *self._regulars.values(), *self._newcomers.values()]
        return sorted(found, key=lambda sender: (not sender.dangers, -sender.last_heard))

    def find(self, key: SenderKey) -> Sender | None:
        return self._newcomers.get(key) or self._regulars.get(key) or self._in_danger.get(key)

    def rejected(self) -> dict[SenderKey, int]:
        """Who was turned away, and how often each has spoken since the start."""
        return dict(self._rejected)

    def forget(self, key: SenderKey) -> None:
        """It waits no more."""
        self._taken_out(key)

    def reject(self, key: SenderKey) -> None:
        """Show it no more; count what it says. A danger that it tells is told on."""
        sender = self.find(key)
        if sender is not None and sender.dangers:
            self._rejected_dangers[key] = frozenset(sender.dangers)
        self.forget(key)
        self._rejected.setdefault(key, 0)

    def readmit(self, key: SenderKey) -> None:
        """Show it again when it speaks next."""
        self._rejected.pop(key, None)
        self._rejected_dangers.pop(key, None)

    def _taken_out(self, key: SenderKey) -> Sender | None:
        kept = (self._newcomers, self._regulars, self._in_danger)
        return next((sender for senders in kept if (sender := senders.pop(key, None)) is not None), None)

    def _make_room(self, now: Instant) -> None:
        newcomers, regulars, in_danger = self._newcomers, self._regulars, self._in_danger
        if len(newcomers) + len(regulars) + len(in_danger) < _MOST_SENDERS:
            return
        if now - self._swept >= _SWEEP_EVERY:
            self._swept = now
            for senders in (newcomers, regulars):
                for key in [key for key, sender in senders.items() if now - sender.last_heard > _STALE]:
                    del senders[key]
        if len(newcomers) + len(regulars) + len(in_danger) >= _MOST_SENDERS:
            is_flood = len(in_danger) > _IN_DANGER
            yielding = in_danger if is_flood else newcomers if len(newcomers) >= _NEWCOMERS else regulars
            del yielding[next(iter(yielding))]
            self.turned_away += 1
