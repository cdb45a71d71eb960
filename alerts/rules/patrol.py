"""``patrol``: each checkpoint of a route is scanned at least every ``every_s`` seconds (GB 50348, GB/T 40248).

A missed checkpoint is a deadline that the clock finds, not a query that somebody runs later. Time counts from the
first start, from each scan, and anew whenever the rule begins to apply (a night schedule). A scan is a reader's
``checkpoint`` reading (``gate``, or ``gate|wang`` with the guard's name) or a record in the patrol book.

Protects against checkpoints that are missed or scanned late, so that nobody sees what happens there.

Standard: GB 50348 and GA/T 644 (an alarm if a point does not report in its time); Order 61 art. 25; GB/T 40248-2021
7.3 (2 h).

Costs: a reader without radio tells its scans late: give ``grace_s``. Who scans the tag without looking around is not
seen.

Not known: whether the guard whose name is on the tag is the one who carried it.

[[rules]]
kind = "patrol"
name = "night-round"
alert_class = "duty"
priority = 3
devices = ["guard-reader"]
checkpoints = ["gate", "chemical store", "power room"]
every_s = 7200
grace_s = 600
procedure = "1. Call the guard. 2. Send the stand-in."
"""

from typing import Literal

from msgspec.structs import replace

from alerts.event import Applies, Event, Recorded, Tick
from alerts.rule import Breach, Memory, Rule, check_seconds
from devices.message import Name, Text
from devices.reading import SECOND, Instant, Reading


class PatrolMemory(Memory, frozen=True):
    """``scanned``: when each checkpoint was scanned last, or since when it is waited for; ``missed``, in order."""

    scanned: dict[str, Instant] = {}
    missed: tuple[str, ...] = ()


class PatrolRule(Rule[PatrolMemory], frozen=True, kw_only=True, tag="patrol"):
    """One memory for the whole route, whichever of the selected readers scans.

    ``checkpoints``: as the reader reports them
    ``checkpoints_zh``: what they are called in Chinese, for those that have such a name
    ``every_s``: the longest time, in seconds, between two scans of a checkpoint
    ``grace_s``: seconds by which a scan may be late
    ``per``: one alert at a time for the route
    """

    listens = (Reading, Recorded, Applies)
    eager = True
    patient = True

    checkpoints: tuple[str, ...]
    checkpoints_zh: dict[str, str] = {}
    every_s: float = 7200
    grace_s: float = 0
    per: Literal["site"] = "site"

    def __post_init__(self) -> None:
        if not self.checkpoints:
            raise ValueError("checkpoints must name at least one")
        if unknown := set(self.checkpoints_zh) - set(self.checkpoints):
            raise ValueError(f"checkpoints_zh names {min(unknown)!r}, which is no checkpoint of this route")
        check_seconds("every_s", self.every_s, least=1)
        check_seconds("grace_s", self.grace_s)

    def watched_signals(self) -> tuple[str, ...]:
        return ("checkpoint",)

    def heard_topics(self) -> tuple[str, ...]:
        return ("patrol",)

    def longest_delay_s(self) -> float:
        return self.every_s + self.grace_s

    def start(self) -> PatrolMemory:
        return PatrolMemory()

    def step(self, memory: PatrolMemory, event: Event, now: Instant) -> PatrolMemory:
        scanned = {checkpoint: memory.scanned.get(checkpoint, now) for checkpoint in self.checkpoints}
        missed = [checkpoint for checkpoint in memory.missed if checkpoint in scanned]
        match event:
            case Reading(value=str(text)) if (checkpoint := text.partition("|")[0].strip()) in scanned:
                scanned[checkpoint] = now
                missed = [other for other in missed if other != checkpoint]
            case Recorded(fields={"checkpoint": checkpoint}) if checkpoint in scanned:
                scanned[checkpoint] = now
                missed = [other for other in missed if other != checkpoint]
            case Applies():
                scanned, missed = dict.fromkeys(scanned, now), []
            case Tick():  # nothing but time makes a checkpoint missed: the scan may stand further on in a late batch
                overdue = [checkpoint for checkpoint, at in scanned.items() if at + self._allowed() <= now]
                missed += [checkpoint for checkpoint in overdue if checkpoint not in missed]
            case _:
                return memory
        changed = replace(
            memory,
            breach=self._breach(memory, missed, now),
            wake_at=min((at + self._allowed() for name, at in scanned.items() if name not in missed), default=None),
            scanned=scanned,
            missed=tuple(missed),
        )
        return memory if changed == memory else changed

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


KIND = PatrolRule
