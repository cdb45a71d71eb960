"""The case of an escalation: what was told of one alert, what came back, and which step is next. Pure values."""

from typing import Literal, TypeAlias

import msgspec
from msgspec.structs import replace

from alerts.alert import Alert
from alerts.case import Case
from alerts.escalation_chain import Chain, Condition, Step
from devices.message import Text
from devices.reading import SECOND, Instant

TellState: TypeAlias = Literal["due", "sent", "retrying", "failed"]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One message. ``who``: the person's id, "" for a group; ``run``: which time that the alert stood for itself."""

    id: str
    run: int
    step: int
    who: str
    channel: str
    at: Instant
    state: TellState = "due"
    state_at: Instant | None = None
    note: str | Text = ""

    @property
    def is_bad(self) -> bool:
        """It did not get through, or not yet."""
        return self.state in ("retrying", "failed")

    @property
    def is_settled(self) -> bool:
        """Nothing more comes back of it."""
        return self.state in ("sent", "failed")


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """``saw``: what its reader had before their eyes."""

    run: int
    who: str
    at: Instant
    saw: str = ""


class Escalating(Case, frozen=True, kw_only=True):
    """``steps`` as they were when it began; ``taken``: how many of them were dealt with.

    ``start``: what their times count from. ``silent``: of a silent alarm. ``is_seen``: acknowledged; ``is_over``:
    closed or set aside, and the case waits for what still comes back. ``on_scene``: who is known to be there.
    ``is_exhausted``: it was said that nobody could be told.
    """

    chain: str
    steps: tuple[Step, ...]
    start: Instant
    alert_class: str
    priority: int
    text: Text
    raised: Instant
    run: int = 1
    taken: int = 0
    told: tuple[Told, ...] = ()
    answers: tuple[Answered, ...] = ()
    on_scene: tuple[str, ...] = ()
    is_seen: bool = False
    is_over: bool = False
    is_exhausted: bool = False
    silent: bool = False

    @property
    def mine(self) -> tuple[Told, ...]:
        """What was told since the alert came last."""
        return tuple(each for each in self.told if each.run == self.run)

    @property
    def is_answered(self) -> bool:
        """Whether anybody has answered since."""
        return any(each.run == self.run for each in self.answers)

    def has_answered(self, person: str) -> bool:
        """Whether that person has."""
        return any((each.run, each.who) == (self.run, person) for each in self.answers)

    def still_has(self, condition: Condition) -> bool:
        """Whether that condition of a step holds."""
        match condition:
            case "unacknowledged":
                return not self.is_seen
            case "unanswered":
                return not self.is_seen and not self.is_answered
            case "not_on_scene":
                return not self.on_scene
            case "open":
                return True


def begun(alert: Alert, chain: Chain, now: Instant) -> Escalating:
    """The case of an alert; its steps count from now."""
    case = Escalating(
        id=alert.id,
        area=alert.area,
        chain=chain.name,
        steps=chain.steps,
        start=now,
        alert_class=alert.alert_class,
        priority=alert.priority,
        text=alert.text,
        raised=alert.newest,
        silent=alert.silent,
    )
    return scheduled(case, now)


def begun_again(case: Escalating, alert: Alert, now: Instant) -> Escalating:
    """The alert has come back: nobody has seen that yet."""
    again = begun(alert, Chain(name=case.chain, steps=case.steps), now)
    return replace(again, run=case.run + 1, told=case.told, answers=case.answers)


def scheduled(case: Escalating, now: Instant) -> Escalating:
    """Woken at the first step that is yet to come and may still hold; none: it only stands until the alert is over."""
    taken = case.taken
    while taken < len(case.steps) and not case.still_has(case.steps[taken].condition):
        taken += 1
    if case.is_over or taken >= len(case.steps):
        return replace(case, taken=taken, wake_at=None)
    return replace(case, taken=taken, wake_at=max(case.start + int(case.steps[taken].after_s * SECOND), now))


def next_step(case: Escalating) -> Text | None:
    """What comes next, and what it depends on."""
    if case.wake_at is None:
        return None
    step = case.steps[case.taken]
    who = (*step.roles, *step.people, *step.groups)
    why = Text.of(f"escalation.if_{step.condition}")
    return Text.of("escalation.next", step=case.taken + 1, who=who or ("-",), why=why)
