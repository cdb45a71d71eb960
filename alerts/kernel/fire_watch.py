"""Fire watch: somebody walks through the area in the devices' stead, while they are out and for a while after.

A round is due at once, and then each ``every``. That it was walked says a verb of its own, with the name of who walked,
or a scan of a checkpoint of the area; to acknowledge the round's alert says only that somebody has seen it. With a time
``after`` the end, the watch is over only when a last round was walked after that time.
"""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from alerts.alert import AlertClass, State
from alerts.ask import REPORTERS
from alerts.case import Case
from alerts.command import Acknowledge
from alerts.facts import FIRE_WATCH_ENDED, FIRE_WATCH_ROUND, SCAN, Fact
from alerts.heard import Listens
from alerts.moves import FireWatch, StandingAlert
from alerts.workflow import Ask, Heard, Moves, Workflow
from alerts.world import World
from devices.errors import Refused
from devices.message import Duration, Text
from devices.reading import SECOND, Instant

NAME = "fire_watch"
_AS_WANTED = ("devices", "every", "until", "after", "round_at", "due", "shared")
"""What may be wanted otherwise when it is asked for again."""


class Watch(Case, frozen=True, kw_only=True):
    """The watch that ``for_case`` of ``workflow`` asked for. ``due``: since when a round is due, None: it was walked.

    ``round_at``: when the next round is due. ``last_at``: when the last is; None: what it stands in for goes on.
    ``shared``: of a watch over an area for several cases, the devices of each.
    """

    workflow: str
    for_case: str
    devices: tuple[str, ...]
    every: Instant
    until: Instant | None
    after: Instant
    round_at: Instant
    due: Instant | None = None
    rounds: int = 0
    last_at: Instant | None = None
    shared: dict[str, tuple[str, ...]] = {}


class Walked(Ask, tag="walked", frozen=True, kw_only=True):
    """The round is done, and all is well. ``walker``: the name of who walked; "": whoever says so."""

    ROLES = REPORTERS

    walker: str = ""


class FireWatches(Workflow[Watch]):
    """The kernel opens them, and says when what they stand in for is over."""

    name, book, case = NAME, "fire_watch", Watch
    asks = (Walked,)
    listens = Listens(topics=frozenset({SCAN}))

    def begin(self, order: FireWatch, workflow: str, source: Case, before: Watch | None, now: Instant) -> Moves:
        """What a workflow asked for; asked for again, or by one more case, it goes on as it is wanted now."""
        known = before.shared if before is not None else {}
        shared = {**known, source.id: order.devices} if order.is_shared else {}
        is_new = before is None or (order.is_shared and source.id not in known)
        due = now if before is None or (is_new and before.due is None) else before.due
        patrol = Watch(
            id=order.id,
            area=order.area,
            by=source.by,
            origin=source.origin,
            workflow=workflow,
            for_case=", ".join(shared) or source.id,
            devices=_all_of(shared) or order.devices,
            every=order.every,
            until=order.until,
            after=order.after,
            round_at=now + order.every if before is None else min(before.round_at, now + order.every),
            due=due,
            rounds=0 if before is None else before.rounds,
            shared=shared,
        )
        if before is not None and all(getattr(patrol, name) == getattr(before, name) for name in _AS_WANTED):
            return Moves()
        facts = [_round(patrol, "due", now)] if is_new else []
        return _moves(patrol, facts, is_loud=is_new)

    def source_ended(self, patrol: Watch, case: str, now: Instant) -> Moves:
        """What it stands in for is over, or one of several."""
        left = {other: devices for other, devices in patrol.shared.items() if other != case}
        if left:
            fewer = replace(patrol, shared=left, for_case=", ".join(left), devices=_all_of(left))
            return _moves(fewer, [], is_loud=False)
        if patrol.last_at is not None:
            return Moves()
        if not patrol.after:
            return _ended(patrol, now)
        return _moves(_last(patrol, now + patrol.after), [], is_loud=False)

    def step(self, event: Heard, cases: Mapping[str, Watch], world: World, now: Instant) -> Moves:
        if isinstance(event, Walked):
            patrol = cases.get(event.case)
            if patrol is None:
                raise Refused(Text.of("fire_watch.over"))
            return self._walked(patrol, event.by, world, now, event.walker.strip())
        if isinstance(event, Fact) and event.by:
            here = [patrol for patrol in cases.values() if patrol.area == event.area and patrol.due is not None]
            due = [patrol for patrol in here if (patrol.due or 0) <= event.at]
            return Moves.joined(self._walked(patrol, event.by, world, now) for patrol in due)
        return Moves()

    def _walked(self, patrol: Watch, by: str, world: World, now: Instant, walker: str = "") -> Moves:
        """The alert of the round is seen with it, too."""
        walked = replace(patrol, due=None, rounds=patrol.rounds + 1)
        facts = [_round(walked, "walked", now, by, walker)]
        stands = (a for a in world.alerts.open() if (a.rule, a.key) == (f"workflow:{NAME}", patrol.id))
        verbs = tuple(Acknowledge(alert.id, by) for alert in stands if alert.state is State.UNACKNOWLEDGED)
        if patrol.last_at is not None and now >= patrol.last_at:
            over = _ended(walked, now)
            return Moves(cases=over.cases, facts=(*facts, *over.facts), alerts=over.alerts, verbs=verbs)
        return replace(_moves(walked, facts, is_loud=False), verbs=verbs)

    def turn(self, due: Sequence[Watch], world: World, now: Instant) -> Moves:
        return Moves.joined(self._turned(patrol, now) for patrol in due)

    def _turned(self, patrol: Watch, now: Instant) -> Moves:
        if patrol.until is not None and patrol.until <= now and patrol.last_at is None:
            if not patrol.after:
                return _ended(patrol, now)
            patrol = _last(patrol, patrol.until + patrol.after)
        if patrol.round_at > now:
            return _moves(patrol, [], is_loud=False)
        facts = [] if patrol.due is None else [_round(patrol, "missed", now)]
        next_at = now + patrol.every
        if patrol.last_at is not None and now < patrol.last_at < next_at + patrol.every // 2:
            next_at = patrol.last_at  # the last two rounds would come close together: the last is enough
        again = replace(patrol, due=now, round_at=next_at)
        return _moves(again, [*facts, _round(again, "due", now)], is_loud=True)


def _all_of(shared: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(device for devices in shared.values() for device in devices))


def _last(patrol: Watch, at: Instant) -> Watch:
    """No more than one round after that time."""
    return replace(patrol, last_at=at, round_at=min(patrol.round_at, at))


def _moves(patrol: Watch, facts: Sequence[Fact], *, is_loud: bool) -> Moves:
    ends_at = patrol.until if patrol.until is not None and patrol.last_at is None else patrol.round_at
    patrol = replace(patrol, wake_at=min(patrol.round_at, ends_at))
    return Moves(cases=(patrol,), facts=tuple(facts), alerts=(_alert(patrol, is_loud=is_loud),))


def _ended(patrol: Watch, now: Instant) -> Moves:
    over = replace(patrol, is_open=False, due=None)
    fact = Fact(
        workflow=NAME,
        case=patrol.id,
        step="ended",
        at=now,
        area=patrol.area,
        devices=patrol.devices,
        origin=patrol.origin,
        text=Text.of("fire_watch.ended", rounds=patrol.rounds),
        fields={"for_case": patrol.for_case, "for_workflow": patrol.workflow, "rounds": patrol.rounds},
        topics=(FIRE_WATCH_ENDED,),
    )
    return Moves(cases=(over,), facts=(fact,), alerts=(_alert(over, is_loud=False),))


def _round(patrol: Watch, state: str, now: Instant, by: str = "", walker: str = "") -> Fact:
    who = {"walker": walker} if walker else {}
    return Fact(
        workflow=NAME,
        case=patrol.id,
        step=state,
        at=now,
        by=by,
        area=patrol.area,
        devices=patrol.devices,
        origin=patrol.origin,
        text=Text.of(f"fire_watch.{state}", devices=patrol.devices[:20]),
        fields={
            "state": state,
            "for_case": patrol.for_case,
            "for_workflow": patrol.workflow,
            "rounds": patrol.rounds,
            **who,
        },
        personal=tuple(who),
        topics=(FIRE_WATCH_ROUND,),
        book="" if state == "due" else None,
    )


def _alert(patrol: Watch, *, is_loud: bool) -> StandingAlert:
    return StandingAlert(
        key=patrol.id,
        area=patrol.area,
        text=Text.of("fire_watch.patrol", devices=patrol.devices[:20]),
        procedure=Text.of("fire_watch.procedure", every=Duration(patrol.every / SECOND)),
        priority=2,
        alert_class=AlertClass.DUTY,
        is_loud=is_loud,
        is_active=patrol.is_open,
    )
