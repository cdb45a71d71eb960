"""``patrol``: each checkpoint of a route must be scanned at least every ``every_s`` seconds (GB 50348, 电子巡查).

A missed checkpoint is a deadline that the clock finds, not a query that somebody runs later.

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

from msgspec.structs import replace

from alerts.event import Event, Tick
from alerts.rule import Breach, Memory, Rule
from devices.device import Device
from devices.reading import SECOND, Instant, Reading
from devices.signals import base_name


class PatrolMemory(Memory, frozen=True):
    """``scanned``: when each checkpoint was scanned last, or from when on it is waited for."""

    scanned: dict[str, Instant] = {}


class PatrolRule(Rule[PatrolMemory], frozen=True, tag="patrol"):
    """``checkpoints`` as the reader reports them; ``every_s`` and ``grace_s`` in seconds."""

    eager = True

    checkpoints: tuple[str, ...]
    every_s: float = 7200
    grace_s: float = 0

    def __post_init__(self) -> None:
        if not self.checkpoints or self.every_s <= 0 or self.grace_s < 0:
            raise ValueError("name the checkpoints; every_s is more than 0, grace_s 0 or more")

    def watches(self, device: Device, signal: str) -> bool:
        return base_name(signal) == "checkpoint"

    def start(self) -> PatrolMemory:
        return PatrolMemory()

    def step(self, memory: PatrolMemory, event: Event, now: Instant) -> PatrolMemory:
        match event:
            case Reading(value=value) if value in self.checkpoints:
                scanned = {**self._known(memory, now), str(value): now}
            case Tick() if not memory.scanned or (memory.wake_at is not None and now >= memory.wake_at):
                scanned = self._known(memory, now)
            case _:
                return memory
        return self._judge(replace(memory, scanned=scanned), now)

    def _known(self, memory: PatrolMemory, now: Instant) -> dict[str, Instant]:
        return {checkpoint: memory.scanned.get(checkpoint, now) for checkpoint in self.checkpoints}

    def _judge(self, memory: PatrolMemory, now: Instant) -> PatrolMemory:
        allowed = int((self.every_s + self.grace_s) * SECOND)
        due = {checkpoint: at + allowed for checkpoint, at in memory.scanned.items()}
        missed = [checkpoint for checkpoint in self.checkpoints if due[checkpoint] <= now]
        waiting = [at for at in due.values() if at > now]
        breach = memory.breach
        if not missed:
            breach = None
        else:
            text = "missed: " + ", ".join(missed)
            if breach is None or breach.text != text:
                breach = Breach(since=now, text=text)
        return replace(memory, breach=breach, wake_at=min(waiting) if waiting else None)


KIND = PatrolRule
