"""A drill 演练 as it stands, and how it scores itself: what was reached, after how long, by whom. Pure values.

Four things are timed. *Detected*: from the first word of a shadow point to its first alert. From that alert on:
*acknowledged* by whoever sits at a console, *on the scene* by a scan in the area or somebody's word, *handled* when
every alert of the drill was closed by a person with a finding. A pause counts for nothing.

Standard: an alarm is seen within 10 s at most (T1 of ours, after GB 16806 and EN 50136-1); answered within 30 s
(EN 50518, fire and hold-up); somebody on the scene within 1 min, the response team within 3 min (the local "four quick"
四快 and micro fire stations, Ministry fire bureau 2015 no. 301). A site sets its own.
"""

from collections.abc import Sequence
from typing import Literal, TypeAlias

import msgspec
from msgspec.structs import replace

from alerts.case import Case
from devices.message import At, Text
from devices.reading import SECOND, Instant, Value

Scenario: TypeAlias = Literal["smoke", "call_point", "gas", "hold_up", "own"]
Stage: TypeAlias = Literal["planned", "running", "paused", "ended"]
Reach: TypeAlias = Literal["detected", "acknowledged", "on_scene", "handled"]
Outcome: TypeAlias = Literal["", "passed", "missed", "broken_off", "not_held", "cancelled"]
REACHES: tuple[Reach, ...] = ("detected", "acknowledged", "on_scene", "handled")
MOST_STEPS = 50


class Step(msgspec.Struct, frozen=True):
    """So many seconds after the start the shadow of that device says this."""

    after_s: float
    device: str
    signal: str
    value: Value


class Measured(msgspec.Struct, frozen=True):
    """``took_s``: None as long as it was not reached. ``by`` whom, "" for the gateway."""

    reach: Reach
    target_s: float
    took_s: float | None = None
    by: str = ""

    @property
    def result(self) -> Literal["passed", "missed", "not_reached"]:
        if self.took_s is None:
            return "not_reached"
        return "passed" if self.took_s <= self.target_s else "missed"


class Happened(msgspec.Struct, frozen=True):
    """One line of the course. ``about``: which device, or what was raised."""

    at: Instant
    what: str
    about: str = ""
    by: str = ""


class Drill(Case, frozen=True, kw_only=True):
    """``by`` whom it was planned; ``second`` consented. Times are instants, ``lasts`` a length.

    ``told_at``: when a shadow point said something first, ``alarm_at``: when that became an alert; both are moved by
    the length of each pause. ``played``: how many of the steps. ``open_alerts``: of this drill. ``why``: it ended.
    """

    purpose: str
    scenario: Scenario
    steps: tuple[Step, ...]
    lasts: Instant
    leader: str
    plan: str = ""
    participants: tuple[str, ...] = ()
    is_announced: bool = True
    tells_people: bool = False
    tells_centre: bool = False
    stage: Stage = "planned"
    start_at: Instant | None = None
    started_at: Instant | None = None
    started_by: str = ""
    ends_at: Instant | None = None
    paused_at: Instant | None = None
    paused: Instant = 0
    ended_at: Instant | None = None
    played: int = 0
    told_at: Instant | None = None
    alarm_at: Instant | None = None
    open_alerts: tuple[str, ...] = ()
    raised: int = 0
    measured: tuple[Measured, ...] = ()
    course: tuple[Happened, ...] = ()
    outcome: Outcome = ""
    why: Text | None = None

    @property
    def is_on(self) -> bool:
        """Whether it has begun and has not ended."""
        return self.stage in ("running", "paused")

    @property
    def next_step_at(self) -> Instant | None:
        """When the next shadow point is to say something; None: all have, or it does not run."""
        if self.stage != "running" or self.started_at is None or self.played >= len(self.steps):
            return None
        return self.started_at + self.paused + int(self.steps[self.played].after_s * SECOND)

    @property
    def has_said_all(self) -> bool:
        """Whether nothing is to come but that something is off again."""
        return all(step.value is False for step in self.steps[self.played :])

    def took(self, reach: str) -> float | None:
        return next((each.took_s for each in self.measured if each.reach == reach), None)

    @property
    def is_scored(self) -> bool:
        """Whether everything was reached."""
        return all(each.took_s is not None for each in self.measured)


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A drill as programs read it."""

    purpose: str
    scenario: str
    stage: str
    outcome: str
    second: str
    leader: str
    is_announced: bool
    start_at: At | None
    started_at: At | None
    ends_at: At | None
    ended_at: At | None
    raised: int
    measured: tuple[Measured, ...]
    why: Text | None

    @classmethod
    def of(cls, case: Drill) -> "Shown":
        return cls(
            purpose=case.purpose,
            scenario=case.scenario,
            stage=case.stage,
            outcome=case.outcome,
            second=case.second,
            leader=case.leader,
            is_announced=case.is_announced,
            start_at=_at(case.start_at),
            started_at=_at(case.started_at),
            ends_at=_at(case.ends_at),
            ended_at=_at(case.ended_at),
            raised=case.raised,
            measured=case.measured,
            why=case.why,
        )


def _at(instant: Instant | None) -> At | None:
    return At(instant) if instant is not None else None


def reached(drill: Drill, reach: str, now: Instant, by: str = "") -> Drill:
    """That was reached now; what was reached before, or cannot be yet, stays as it is. A pause takes no time."""
    now = drill.paused_at if drill.paused_at is not None else now
    since = drill.told_at if reach == "detected" else drill.alarm_at
    if since is None or drill.took(reach) is not None:
        return drill
    took_s = max(0.0, round((now - since) / SECOND, 1))
    measured = tuple(replace(each, took_s=took_s, by=by) if each.reach == reach else each for each in drill.measured)
    return replace(drill, measured=measured)


def resumed(drill: Drill, now: Instant) -> Drill:
    """After a pause: all that is timed goes on where it stood. When the drill ends does not move."""
    pause = now - (drill.paused_at if drill.paused_at is not None else now)
    return replace(
        drill,
        stage="running",
        paused_at=None,
        paused=drill.paused + pause,
        told_at=drill.told_at + pause if drill.told_at is not None else None,
        alarm_at=drill.alarm_at + pause if drill.alarm_at is not None else None,
    )


def outcome_of(measured: Sequence[Measured]) -> Outcome:
    """Of a drill that was held to its end."""
    return "passed" if all(each.result == "passed" for each in measured) else "missed"
