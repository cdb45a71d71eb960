"""``patrol``: rounds are walked as they must be (GB 50348-2018): in time, in order, at a walk, by enough people.

What happened on a round is stated by whoever keeps rounds (``[workflows.patrols]``); this rule makes one alert of all
that is wrong with one round. It ends when what was missed turns out to have been scanned in time (a phone hands it in
late), or when nothing more can be handed in.

With ``checkpoints`` it is about none of these rounds: each of those is scanned at least every ``every_s`` seconds.
Time counts from the first start, from each scan, and anew whenever the rule begins to apply (a night schedule). A scan
is a reader's ``checkpoint`` reading (``gate``, or ``gate|wang`` with the guard's name), a record in the patrol book, or
a scan of a checkpoint of that name by phone.

Protects against checkpoints that are missed or scanned late, so that nobody sees what happens there.

Standard: GB 50348 and GA/T 644 (an alarm if a point does not report in its time); Order 61 art. 25; GB/T 40248-2021
7.3 (2 h).

Costs: a reader without radio tells its scans late: give ``grace_s``, or routes a tolerance. Who scans the tag without
looking around is not seen.

Not known: whether the guard whose name is on the tag is the one who carried it.

[[rules]]
kind = "patrol"
name = "patrol-rounds"
alert_class = "duty"
priority = 3
tells = ["missed", "too_few", "contradicted"]
procedure = "1. Call the guard. 2. Send the stand-in."
"""

from collections.abc import Mapping
from typing import ClassVar, Literal

from msgspec.structs import force_setattr, replace

from alerts.event import Applies, Event, Recorded, Tick
from alerts.facts import PATROL_CLOSED, PATROL_DEVIATION, PATROL_SET_RIGHT, SCAN, Fact
from alerts.rule import Breach, Direction, Memory, Rule, check_seconds
from devices.message import At, Name, Param, Text
from devices.reading import SECOND, Instant, Reading

Deviation = Literal[
    "missed", "too_few", "late", "out_of_order", "too_fast", "twice", "too_short", "clock_jumped", "contradicted"
]
_OF_ROUNDS = (PATROL_DEVIATION, PATROL_SET_RIGHT, PATROL_CLOSED)
_SET_RIGHT: tuple[Deviation, ...] = ("missed", "too_few")


class PatrolMemory(Memory, frozen=True):
    """Of ``checkpoints``: when each was ``scanned`` last, or since when it is waited for; ``missed``, in order.

    Of a round: in which ``area``, what is wrong and where (``told``), of which ``route``, when it ``starts``.
    """

    scanned: dict[str, Instant] = {}
    missed: tuple[str, ...] = ()
    area: str = ""
    told: dict[str, tuple[Name, ...]] = {}
    route: Name | None = None
    starts: At | None = None


class PatrolRule(Rule[PatrolMemory], frozen=True, kw_only=True, tag="patrol"):
    """Each round has an alert of its own; of ``checkpoints`` there is one memory, whichever selected reader scans.

    ``tells``: what of a round is told: all of it, unless said
    ``checkpoints``: as the reader reports them; none given: it is about rounds
    ``checkpoints_zh``: what they are called in Chinese, for those that have such a name
    ``every_s``: the longest time, in seconds, between two scans of a checkpoint
    ``grace_s``: seconds by which a scan may be late
    ``per``: ``"case"`` of rounds, ``"site"`` of checkpoints; it follows from these
    """

    sooner: ClassVar[Mapping[str, Direction]] = {
        "tells": "wider",
        "checkpoints": "wider",
        "every_s": "less",
        "grace_s": "less",
    }

    listens = (Reading, Recorded, Applies, Fact)
    eager = True
    patient = True

    tells: tuple[Deviation, ...] = (
        *("missed", "too_few", "late", "out_of_order", "too_fast"),
        *("twice", "too_short", "clock_jumped", "contradicted"),
    )
    checkpoints: tuple[str, ...] = ()
    checkpoints_zh: dict[str, str] = {}
    every_s: float = 7200
    grace_s: float = 0
    per: Literal["site", "case"] = "site"

    def __post_init__(self) -> None:
        force_setattr(self, "per", "site" if self.checkpoints else "case")
        if unknown := set(self.checkpoints_zh) - set(self.checkpoints):
            raise ValueError(f"checkpoints_zh names {min(unknown)!r}, which is no checkpoint of this route")
        check_seconds("every_s", self.every_s, least=1)
        check_seconds("grace_s", self.grace_s)

    def watched_signals(self) -> tuple[str, ...]:
        return ("checkpoint",) if self.checkpoints else ()

    def heard_topics(self) -> tuple[str, ...]:
        return ("patrol", SCAN) if self.checkpoints else _OF_ROUNDS

    def longest_delay_s(self) -> float:
        return self.every_s + self.grace_s if self.checkpoints else 0

    def start(self) -> PatrolMemory:
        return PatrolMemory()

    def step(self, memory: PatrolMemory, event: Event, now: Instant) -> PatrolMemory:
        if not self.checkpoints:
            return self._of_round(memory, event, now) if isinstance(event, Fact) else memory
        changed = self._of_checkpoints(memory, event, now)
        return memory if changed == memory else changed

    # -- rounds --------------------------------------------------------------------------------------------

    def _of_round(self, memory: PatrolMemory, fact: Fact, now: Instant) -> PatrolMemory:
        heard, told = fact.heard_as, dict(memory.told)
        names = _names(fact.text.params.get("checkpoints"))
        if PATROL_CLOSED in heard:
            told = {}
        if PATROL_SET_RIGHT in heard:
            for deviation in _SET_RIGHT:
                told[deviation] = tuple(name for name in told.get(deviation, ()) if name not in names)
        if PATROL_DEVIATION in heard:
            said = fact.fields.get("deviations")
            for each in self.tells:
                if isinstance(said, tuple) and each in said:
                    told[each] = (*told.get(each, ()), *(name for name in names if name not in told.get(each, ())))
        told = {deviation: where for deviation, where in told.items() if where}
        if told == memory.told:
            return memory
        route, starts = fact.text.params.get("route"), fact.text.params.get("starts")
        changed = replace(
            memory,
            area=memory.area or fact.area,
            told=told,
            route=route if isinstance(route, Name) else memory.route,
            starts=starts if isinstance(starts, At) else memory.starts,
        )
        return replace(changed, breach=_breach_of_round(changed, memory, now))

    # -- checkpoints ---------------------------------------------------------------------------------------

    def _of_checkpoints(self, memory: PatrolMemory, event: Event, now: Instant) -> PatrolMemory:
        scanned = {checkpoint: memory.scanned.get(checkpoint, now) for checkpoint in self.checkpoints}
        missed = [checkpoint for checkpoint in memory.missed if checkpoint in scanned]
        match event:
            case Reading(value=str(text)) if (checkpoint := text.partition("|")[0].strip()) in scanned:
                scanned[checkpoint] = now
                missed = [other for other in missed if other != checkpoint]
            case Recorded(fields={"checkpoint": checkpoint}) if checkpoint in scanned:
                scanned[checkpoint] = now
                missed = [other for other in missed if other != checkpoint]
            case Fact(fields={"checkpoint": str(checkpoint)}) if checkpoint in scanned:
                scanned[checkpoint] = max(scanned[checkpoint], event.at)
                if scanned[checkpoint] + self._allowed() > now:
                    missed = [other for other in missed if other != checkpoint]
            case Applies():
                scanned, missed = dict.fromkeys(scanned, now), []
            case Tick():  # nothing but time makes a checkpoint missed: the scan may stand further on in a late batch
                overdue = [checkpoint for checkpoint, at in scanned.items() if at + self._allowed() <= now]
                missed += [checkpoint for checkpoint in overdue if checkpoint not in missed]
            case _:
                return memory
        return replace(
            memory,
            breach=self._breach(memory, missed, now),
            wake_at=min((at + self._allowed() for name, at in scanned.items() if name not in missed), default=None),
            scanned=scanned,
            missed=tuple(missed),
        )

    def _allowed(self) -> Instant:
        return int((self.every_s + self.grace_s) * SECOND)

    def _breach(self, memory: PatrolMemory, missed: list[str], now: Instant) -> Breach | None:
        if not missed:
            return None
        if memory.breach is not None and tuple(missed) == memory.missed:
            return memory.breach
        has_joined = memory.breach is None or not set(missed) <= set(memory.missed)
        since = now if has_joined or memory.breach is None else memory.breach.since
        names = (Name(checkpoint, self.checkpoints_zh.get(checkpoint, "")) for checkpoint in missed)
        return Breach(since=since, text=Text.of("patrol.missed", checkpoints=tuple(names)))


def _names(param: Param | None) -> tuple[Name, ...]:
    return tuple(part for part in param if isinstance(part, Name)) if isinstance(param, tuple) else ()


def _breach_of_round(memory: PatrolMemory, before: PatrolMemory, now: Instant) -> Breach | None:
    """Told anew when something joins, not when less is wrong."""
    if not memory.told:
        return None
    parts = tuple(Text.of(f"patrol.{deviation}", checkpoints=where) for deviation, where in sorted(memory.told.items()))
    text = Text.of("patrol.several", parts=parts)
    if memory.route is not None and memory.starts is not None:
        text = Text.of("patrol.round", route=memory.route, starts=memory.starts, parts=parts)
    has_joined = any(name not in before.told.get(each, ()) for each, where in memory.told.items() for name in where)
    since = now if has_joined or before.breach is None else before.breach.since
    return Breach(since=since, text=text)


KIND = PatrolRule
