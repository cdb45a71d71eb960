"""``two_person``: fewer than two authorised people are in a place that nobody may be in alone (GB 15208, GB 50348).

A vault, a store of poisons or explosives: double custody. Whoever is granted access is inside, known by the credential
that was presented there at the same moment; a grant that says ``egress``, or one of a reader named in ``exits``, lets
him out. Somebody alone inside is an alert after ``alone_s`` seconds, the time that the second person has to follow.
With ``presence`` (motion, occupancy) the rule also tells of people who are there though nobody was let in. Grants
without a credential are one person, however many: two nameless grants may be one man's. It does not see who slips out
behind another; when every presence is over for ``empty_s`` seconds, or after ``forget_s``, nobody counts as inside.

Protects against somebody alone in a vault, or in a store of poisons or explosives; presence that nobody was let in
for.

Standard: GB 15208, GB 50348 (double custody: two people, two locks).

Costs: who goes out behind somebody without a card still counts as inside; who slips in is not counted. Grants without
a credential count as one person, which is a false alert where two come in so.

Not known: how often people hold the door for each other at a given store.

[[rules]]
kind = "two_person"
name = "poison-store-alone"
alert_class = "access"
priority = 2
areas = ["poison-store"]
exits = ["poison-store-inside-reader"]
alone_s = 60
procedure = "1. Look at the camera. 2. Call the keeper. 3. Send the patrol."
"""

from collections.abc import Mapping
from typing import ClassVar, Literal

from msgspec.structs import replace

from alerts.event import Event, Tick
from alerts.rule import Breach, Direction, Memory, Rule, check_seconds
from devices.message import Duration, Text
from devices.reading import SECOND, Instant, Quality, Reading
from devices.signals import base_name

_SNAPSHOT = int(Quality.SNAPSHOT)
_ACCESS, _CREDENTIAL = "access", "credential"
_TOGETHER = 5 * SECOND
"""A credential and the word that it opens the door come within this time."""
_NAMELESS = ""
_MOST_INSIDE = 200


class Inside(Memory, frozen=True):
    """``people``: credential -> when granted. ``shown``: device -> the credential that it told last, and when.

    ``nameless``: device -> when it granted somebody whose credential has not been told. ``present``: what tells of
    people inside now. ``alone_since``: since when there are too few; ``empty_since``: since when nothing tells of any.
    """

    people: dict[str, Instant] = {}
    shown: dict[str, tuple[str, Instant]] = {}
    nameless: dict[str, Instant] = {}
    present: tuple[Reading, ...] = ()
    alone_since: Instant | None = None
    empty_since: Instant | None = None


class TwoPersonRule(Rule[Inside], frozen=True, kw_only=True, tag="two_person"):
    """It ends when enough people are inside, or nobody is.

    ``count``: how many there must be
    ``alone_s``: seconds for which fewer may be inside
    ``people``: credentials that count; none given: every one that is granted access
    ``exits``: readers whose grant lets people out
    ``presence``: signals that say that somebody is inside
    ``empty_s``: seconds without presence after which nobody is inside
    ``forget_s``: seconds after which somebody who was let in counts as gone
    ``per``: one alert at a time for each area
    """

    sooner: ClassVar[Mapping[str, Direction]] = {"count": "more", "alone_s": "less"}

    count: int = 2
    alone_s: float = 60
    people: tuple[str, ...] = ()
    exits: tuple[str, ...] = ()
    presence: tuple[str, ...] = ()
    empty_s: float = 300
    forget_s: float = 43_200
    per: Literal["area"] = "area"

    def __post_init__(self) -> None:
        if self.count < 2:
            raise ValueError("count must be 2 or more")
        check_seconds("alone_s", self.alone_s)
        check_seconds("empty_s", self.empty_s, least=1)
        check_seconds("forget_s", self.forget_s, least=60)

    def watched_signals(self) -> tuple[str, ...]:
        return (_ACCESS, _CREDENTIAL, *self.presence)

    def longest_delay_s(self) -> float:
        return self.alone_s

    def start(self) -> Inside:
        return Inside()

    def knows(self, memory: Inside, reading: Reading) -> bool:
        return base_name(reading.signal) in (_ACCESS, _CREDENTIAL)

    def step(self, memory: Inside, event: Event, now: Instant) -> Inside:
        changed = memory
        if isinstance(event, Reading):
            name = base_name(event.signal)
            if name in (_ACCESS, _CREDENTIAL):
                is_told = isinstance(event.value, str) and not event.quality & _SNAPSHOT
                changed = self._at_reader(memory, event, now) if is_told else memory
            elif name in self.presence:
                changed = self._presence(memory, event, now)
        elif not isinstance(event, Tick):
            return memory
        changed = self._judged(self._forgotten(changed, now), now)
        return memory if changed == memory else changed

    # -- who is inside -------------------------------------------------------------------------------------

    def _at_reader(self, memory: Inside, reading: Reading, now: Instant) -> Inside:
        device, said = reading.device, str(reading.value)
        if base_name(reading.signal) == _CREDENTIAL:
            at = memory.nameless.get(device)
            if at is None or now - at > _TOGETHER:
                return replace(memory, shown={**memory.shown, device: (said, now)})
            others = {name: when for name, when in memory.nameless.items() if name != device}
            return self._passes(replace(memory, nameless=others), said, now, out=device in self.exits)
        if not said.startswith("granted"):
            return memory
        is_out = device in self.exits or "egress" in said
        shown, at = memory.shown.get(device, (_NAMELESS, 0))
        if shown == _NAMELESS or now - at > _TOGETHER:
            return replace(memory, nameless={} if is_out else {**memory.nameless, device: now})
        rest = {name: each for name, each in memory.shown.items() if name != device}
        return self._passes(replace(memory, shown=rest), shown, now, out=is_out)

    def _passes(self, memory: Inside, who: str, now: Instant, *, out: bool) -> Inside:
        others = {name: at for name, at in memory.people.items() if name != who}
        if out or (self.people and who not in self.people) or len(others) >= _MOST_INSIDE:
            return replace(memory, people=others)
        return replace(memory, people={**others, who: now})

    def _presence(self, memory: Inside, reading: Reading, now: Instant) -> Inside:
        others = tuple(one for one in memory.present if (one.device, one.signal) != (reading.device, reading.signal))
        present = (*others, reading) if reading.value is True else others
        if bool(present) == bool(memory.present) and memory.empty_since is None:
            return replace(memory, present=present)
        return replace(memory, present=present, empty_since=None if present else now)

    def _forgotten(self, memory: Inside, now: Instant) -> Inside:
        """Without those who have been inside for too long, or for whom nothing speaks any more."""
        if memory.empty_since is not None and now - memory.empty_since >= int(self.empty_s * SECOND):
            return replace(memory, people={}, nameless={}, empty_since=None)
        longest = int(self.forget_s * SECOND)
        people = {name: at for name, at in memory.people.items() if now - at < longest}
        nameless = {name: at for name, at in memory.nameless.items() if now - at < longest}
        if len(people) == len(memory.people) and len(nameless) == len(memory.nameless):
            return memory
        return replace(memory, people=people, nameless=nameless)

    # -- whether they are enough ---------------------------------------------------------------------------

    def _judged(self, memory: Inside, now: Instant) -> Inside:
        inside = len(memory.people) + bool(memory.nameless)
        if inside >= self.count or not (inside or memory.present):
            return replace(memory, breach=None, wake_at=self._next(memory), alone_since=None)
        since = memory.alone_since if memory.alone_since is not None else now
        due = since + int(self.alone_s * SECOND)
        breach = memory.breach
        if due <= now and breach is None:
            text = Text.of("two_person.alone", inside=inside, count=self.count, time=Duration(self.alone_s))
            breach = Breach(now, text, memory.present[:1])
        times = [time for time in (self._next(memory), due if breach is None else None) if time is not None]
        return replace(memory, breach=breach, wake_at=min(times, default=None), alone_since=since)

    def _next(self, memory: Inside) -> Instant | None:
        """When somebody is forgotten."""
        longest = int(self.forget_s * SECOND)
        times = [at + longest for at in (*memory.people.values(), *memory.nameless.values())]
        if memory.empty_since is not None:
            times.append(memory.empty_since + int(self.empty_s * SECOND))
        return min(times, default=None)


KIND = TwoPersonRule
