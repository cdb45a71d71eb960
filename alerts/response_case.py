"""The case of a response: its checklist as it stands, the clocks of its steps, and who was sent. Pure values."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

import msgspec
from msgspec.structs import replace

from alerts.alert import Alert, AlertClass
from alerts.case import Case
from alerts.response_plan import Procedure, Step, StepKind, Switch, Verdict, title_of
from devices.message import Name, Text
from devices.reading import SECOND, Instant

SentState: TypeAlias = Literal["due", "sent", "retrying", "failed"]


class StepState(msgspec.Struct, frozen=True, kw_only=True):
    """A step, and what became of it; ``is_late``: it was said that it is."""

    id: str
    title: Text
    kind: StepKind = ""
    within_s: float = 60
    counts_from: Literal["alarm", "confirmed"] = "alarm"
    only: Verdict = ""
    roles: tuple[str, ...] = ()
    escalate_to: tuple[str, ...] = ()
    number: str = ""
    switches: tuple[Switch, ...] = ()
    done_at: Instant | None = None
    by: str = ""
    note: str = ""
    is_late: bool = False


class Switched(msgspec.Struct, frozen=True):
    """That ``step`` has switched this on."""

    step: str
    switch: Switch


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """How somebody was told, and what came back."""

    id: str
    channel: str
    state: SentState = "due"


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """``person``: the id of whoever was sent, at ``at`` by ``by``; there by ``due``, or late.

    ``is_untold``: it was said that no message reached them.
    """

    person: str
    at: Instant
    by: str
    due: Instant
    arrived_at: Instant | None = None
    is_late: bool = False
    is_untold: bool = False
    messages: tuple[Message, ...] = ()


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who could be sent; ``checkpoint``: where they were seen last, at ``seen_at`` (0: nowhere, of late)."""

    person: str
    checkpoint: str = ""
    area: str = ""
    seen_at: Instant = 0
    is_present: bool = False


class Responding(Case, frozen=True, kw_only=True):
    """The response to one incident, under its number; to an alert that belongs to none, under the alert's id.

    ``started_at``: the first second. ``first``: the alert that opened it, ``text`` what it said. ``confirmed_at``: when
    it was found to be real or false (``verdict``). ``burns``, ``size``: what was said of it then. ``alerts``: of a
    drill, all that belong to it. ``silent``: of a silent alarm. ``is_prepared``: who could be sent and what is known of
    the place was asked for; until then it is only open. ``into``: the number that its incident went to. ``switched``:
    the outputs that it keeps on.
    """

    alert_class: AlertClass
    procedure: Text
    started_at: Instant
    first: str
    text: Text
    steps: tuple[StepState, ...]
    verdict: Verdict = ""
    confirmed_at: Instant | None = None
    burns: str = ""
    size: str = ""
    sent: tuple[Sent, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    site: Name = Name("")
    place: Name = Name("")
    address: Name = Name("")
    phone: str = ""
    risk: str = ""
    silent: bool = False
    alerts: tuple[str, ...] = ()
    is_prepared: bool = False
    ended_at: Instant | None = None
    into: str = ""
    switched: tuple[Switched, ...] = ()

    def step(self, id_: str) -> StepState | None:
        return next((step for step in self.steps if step.id == id_), None)

    def wants(self, step: StepState) -> bool:
        """Whether it is still to be done, as far as is known."""
        return step.done_at is None and self.verdict in ("", step.only or self.verdict)

    def due_at(self, step: StepState) -> Instant | None:
        """When it is late; None: it was done, is not wanted, or its clock has not begun to run."""
        if not self.wants(step) or (step.only == "false" and not self.verdict):
            return None
        since = self.started_at if step.counts_from == "alarm" else self.confirmed_at
        return since + int(step.within_s * SECOND) if since is not None else None

    @property
    def open_steps(self) -> tuple[StepState, ...]:
        """Those that are wanted and not done; those that only a false alarm wants not before it is one."""
        return tuple(
            step for step in self.steps if self.wants(step) and not (step.only == "false" and not self.verdict)
        )

    @property
    def is_late(self) -> bool:
        """Whether something stands that was said to be late, or to have reached nobody."""
        return any(step.is_late for step in self.open_steps) or any(
            each.is_late or each.is_untold for each in self.on_the_way
        )

    @property
    def is_anybody_there(self) -> bool:
        """Whether somebody is known to be on the scene."""
        return any(step.kind == "scene" and step.done_at is not None for step in self.steps)

    @property
    def on_the_way(self) -> tuple[Sent, ...]:
        """Who was sent and is waited for: as soon as anybody is on the scene nobody is any more."""
        if self.is_anybody_there:
            return ()
        return tuple(each for each in self.sent if each.arrived_at is None)


def states_of(steps: Sequence[Step]) -> tuple[StepState, ...]:
    """A checklist on which nothing is ticked."""
    return tuple(
        StepState(
            id=step.id,
            title=step.title,
            kind=step.kind,
            within_s=step.within_s,
            counts_from=step.counts_from,
            only=step.only,
            roles=step.roles,
            escalate_to=step.escalate_to,
            number=step.number if step.kind == "call" else "",
            switches=step.switches,
        )
        for step in steps
    )


def begun(alert: Alert, procedure: Procedure, id_: str, started: Instant, now: Instant) -> Responding:
    """Open; what is known of place and people is looked up in the next turn, so that no alarm waits for it."""
    return Responding(
        id=id_,
        area=alert.area,
        origin=alert.origin,
        alert_class=alert.alert_class,
        procedure=title_of(procedure),
        started_at=started,
        first=alert.id,
        text=alert.words,
        steps=states_of(procedure.steps),
        silent=alert.silent,
        alerts=(alert.id,) if alert.origin != "real" else (),
        wake_at=now,
    )


def begun_again(case: Responding, alert: Alert, procedure: Procedure, now: Instant) -> Responding:
    """It is something worse, or not over after all: every clock counts anew; whoever is there is still there."""
    before = {str(step.kind): step for step in case.steps if step.done_at is not None and step.kind == "scene"}
    steps = tuple(
        replace(step, done_at=there.done_at, by=there.by) if (there := before.get(step.kind)) is not None else step
        for step in states_of(procedure.steps)
    )
    return scheduled(
        replace(
            case,
            alert_class=alert.alert_class,
            procedure=title_of(procedure),
            started_at=alert.newest if alert.origin == "real" else now,
            text=alert.words,
            steps=steps,
            verdict="",
            confirmed_at=None,
        )
    )


def with_step(case: Responding, new: StepState) -> Responding:
    """With that step as it stands now."""
    return replace(case, steps=tuple(new if step.id == new.id else step for step in case.steps))


def scheduled(case: Responding) -> Responding:
    """Woken when the next step, or whoever was sent, is late."""
    if not case.is_prepared:
        return case  # it is about to be woken, and then looks at its clocks
    due = [at for step in case.steps if not step.is_late and (at := case.due_at(step)) is not None]
    due += [each.due for each in case.on_the_way if not each.is_late]
    return replace(case, wake_at=min(due, default=None))


def merged(case: Responding, other: Responding) -> Responding:
    """What was done of the other counts for this one, too: two incidents were one."""
    done = {step.id: step for step in other.steps if step.done_at is not None and step.kind != "confirm"}
    steps = tuple(done.get(step.id, step) if step.done_at is None else step for step in case.steps)
    switched = tuple(dict.fromkeys((*case.switched, *other.switched)))
    return scheduled(replace(case, steps=steps, sent=(*case.sent, *other.sent), switched=switched))
