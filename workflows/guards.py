"""Guards 巡逻人员: where each was seen last, who walks alone and has to give a sign of life, who came to an alert.

It hears scans, whoever keeps rounds. Whoever walks alone scans or says that they are well within the time of their
route, or of their own word; else it is a fact, and an alert of the rule shipped here until they do (a lone worker's
check, BS 8484). A scan in an area with an open alert is written on that alert: somebody is on the scene.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec
from msgspec.structs import replace

from alerts.alert import Alert, AlertClass, State
from alerts.case import Case
from alerts.facts import DISPATCH, LAST_PLACE, SCAN, Fact, FieldValue
from alerts.heard import Listens
from alerts.kinds import kinds
from alerts.last_place import LastPlace
from alerts.moves import AlertNote
from alerts.rule import Rule
from alerts.workflow import Ask, Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import At, Duration, Text
from devices.reading import SECOND, Instant

_MINUTE = 60 * SECOND
_KEPT: Instant = 24 * 3_600 * SECOND
"""Who was not seen for so long is nowhere."""
_LATE: Instant = 5 * _MINUTE
"""Who scanned longer ago than this is not on the scene because of it."""
_NOTED = 50
_WALKERS = frozenset({"guard", "operator", "technician", "manager", "admin"})
_NOBODY_GOES = frozenset({AlertClass.FAULT, AlertClass.DUTY, AlertClass.INFORMATION})


class Guard(Case, frozen=True, kw_only=True):
    """``seen_at``: when and where last (``checkpoint``). ``sign_at``: by when they have to give a sign of life.

    ``every_s``: as long after each sign the next. ``noted``: alerts on which it is written that they came.
    """

    person: str
    checkpoint: str = ""
    seen_at: Instant = 0
    sign_at: Instant | None = None
    every_s: float = 0
    is_silent: bool = False
    noted: tuple[str, ...] = ()


class Alone(Ask, tag="alone", frozen=True, kw_only=True):
    """I am alone from now on, and give a sign of life every so many minutes."""

    ROLES = _WALKERS

    every_min: Annotated[float, msgspec.Meta(ge=1, le=480)]
    area: str = ""


class Well(Ask, tag="well", frozen=True, kw_only=True):
    """A sign of life."""

    ROLES = _WALKERS


class Back(Ask, tag="back", frozen=True, kw_only=True):
    """I am alone no more. ``person``: somebody found them; without it who asks."""

    ROLES = _WALKERS

    person: str = ""


class Guards(Workflow[Guard]):
    """One guard is one case, under their name."""

    name, book, case = "guards", "guards", Guard
    asks = (Well, Alone, Back)
    listens = Listens(topics=frozenset({SCAN}))

    def rules(self) -> Sequence[Rule[Any]]:
        return (SILENT,)

    def check(self, ask: Any, cases: Mapping[str, Guard], world: World, now: Instant) -> None:
        match ask:
            case Alone():
                if ask.area and ask.area not in world.site.areas:
                    raise Refused(Text.of("guards.no_area", area=ask.area))
            case Well() | Back():
                person = (ask.person if isinstance(ask, Back) else "") or ask.by
                if person not in cases or (cases[person].sign_at is None and not cases[person].is_silent):
                    raise Refused(Text.of("guards.not_alone", person=person))

    def waits_for(self, case: Guard, account: str, role: str) -> bool:
        """Their own sign of life, or somebody gives none."""
        return case.is_silent or (case.sign_at is not None and account == case.person)

    def step(self, event: Heard, cases: Mapping[str, Guard], world: World, now: Instant) -> Moves:
        match event:
            case Fact():
                return self._seen(event, cases, world, now) if event.by else Moves()
            case Alone():
                guard = _known(event.by, cases)
                every = event.every_min * 60
                guard = replace(guard, area=event.area or guard.area, every_s=every, is_silent=False)
                return _moves(_waiting(guard, now, now), cases, "alone", now, event.by)
            case Well():
                guard = _waiting(cases[event.by], _done(event, now), now)
                return _moves(guard, cases, "old_sign" if guard.is_silent else "sign", now, event.by)
            case Back():
                guard = cases[event.person or event.by]
                guard = replace(guard, every_s=0, sign_at=None, is_silent=False, wake_at=_gone_at(guard, now))
                return _moves(guard, cases, "back", now, event.by)
        return Moves()

    def turn(self, due: Sequence[Guard], world: World, now: Instant) -> Moves:
        moves = []
        for guard in due:
            if guard.sign_at is not None and guard.sign_at <= now:
                silent = replace(guard, is_silent=True, sign_at=None, wake_at=None)
                moves.append(Moves(cases=(silent,), facts=(_fact(guard, "no_sign", now),)))
            elif not guard.is_silent:
                moves.append(Moves(cases=(replace(guard, is_open=False, wake_at=None),)))
        return Moves.joined(moves)

    def _seen(self, scan: Fact, cases: Mapping[str, Guard], world: World, now: Instant) -> Moves:
        """Later news of an earlier scan moves nobody back."""
        before = _known(scan.by, cases)
        within = scan.fields.get("sign_within_s")
        every = float(within) if isinstance(within, int | float) else before.every_s
        guard = replace(before, every_s=every)
        if scan.at >= before.seen_at:
            checkpoint = str(scan.fields.get("checkpoint", ""))
            guard = replace(guard, area=scan.area, checkpoint=checkpoint, seen_at=scan.at)
        guard = _waiting(guard, scan.at, now)
        moves = [_moves(guard, cases, "sign", now, scan.by, is_told=before.is_silent and not guard.is_silent)]
        arrived = [each for each in world.alerts.open() if _comes_to(each, scan, guard, now)]
        if arrived:
            guard = replace(guard, noted=(*guard.noted, *(each.id for each in arrived))[-_NOTED:])
            text = Text.of("guards.on_the_scene", person=scan.by, at=At(scan.at))
            fact = replace(
                _fact(guard, "on_the_scene", scan.at, scan.by),
                text=text,
                fields={"person": scan.by, "is_there": True, "alerts": tuple(each.id for each in arrived)},
                topics=(DISPATCH,),
            )
            notes = tuple(AlertNote(each.id, text, scan.by) for each in arrived)
            moves = [replace(moves[0], cases=(guard,), facts=(*moves[0].facts, fact), notes=notes)]
        return Moves.joined(moves)


def _known(person: str, cases: Mapping[str, Guard]) -> Guard:
    return cases.get(person) or Guard(id=person, person=person)


def _done(ask: Ask, now: Instant) -> Instant:
    return now if ask.done_at is None else ask.done_at


def _gone_at(guard: Guard, now: Instant) -> Instant:
    return max(guard.seen_at, now) + _KEPT


def _waiting(guard: Guard, sign: Instant, now: Instant) -> Guard:
    """From that sign of life on; one that is older than what was waited for ends no silence."""
    if guard.every_s <= 0:
        return replace(guard, sign_at=None, is_silent=False, wake_at=_gone_at(guard, now))
    by = sign + int(guard.every_s * SECOND)
    if by <= now and (guard.is_silent or guard.sign_at is not None):
        return guard
    by = max(by, guard.sign_at or 0)
    return replace(guard, sign_at=by, is_silent=False, wake_at=by)


def _comes_to(alert: Alert, scan: Fact, guard: Guard, now: Instant) -> bool:
    is_theirs = alert.area == scan.area and alert.origin == scan.origin and alert.id not in guard.noted
    is_wanted = alert.state is not State.CLOSED and alert.active and alert.alert_class not in _NOBODY_GOES
    return is_theirs and is_wanted and not alert.silent and alert.raised <= scan.at and now - scan.at <= _LATE


def _moves(
    guard: Guard, cases: Mapping[str, Guard], step: str, now: Instant, by: str, *, is_told: bool = True
) -> Moves:
    if cases.get(guard.id) == guard and not is_told:
        return Moves()
    return Moves(cases=(guard,), facts=(_fact(guard, step, now, by),) if is_told else ())


def _fact(guard: Guard, step: str, at: Instant, by: str = "") -> Fact:
    text = Text.of(f"guards.{step}", person=guard.person, every=Duration(guard.every_s), seen=At(guard.seen_at or at))
    fields: dict[str, FieldValue | Text] = {
        "person": guard.person,
        "checkpoint": guard.checkpoint,
        "every_s": guard.every_s,
    }
    return Fact(
        workflow="guards",
        case=guard.id,
        step=step,
        at=at,
        by=by,
        area=guard.area,
        text=text,
        fields={name: value for name, value in fields.items() if value},
        personal=("person",),
    )


def _places(_about: Mapping[str, Any], cases: Mapping[str, Any], _world: World, _now: Instant) -> tuple[LastPlace, ...]:
    seen = [guard for guard in cases.values() if guard.seen_at]
    return tuple(
        LastPlace(person=each.person, area=each.area, checkpoint=each.checkpoint, at=each.seen_at) for each in seen
    )


Guards.provides = {LAST_PLACE: _places}

SILENT = msgspec.convert(
    {
        "kind": "fact",
        "name": "guard-gives-no-sign",
        "title": "No sign of life from a guard",
        "title_zh": "巡查人员无应答",
        "alert_class": "duty",
        "priority": 1,
        "begins": ["guards.no_sign"],
        "ends": ["guards.sign", "guards.back", "guards.alone"],
        "procedure": "1. Call the guard by radio and telephone.\n2. No answer: send two to where they were seen last.\n"
        "3. Call for help before anybody goes in alone.",
        "procedure_zh": "1. 用对讲机和电话呼叫该人员。\n2. 无应答：派两人前往其最后出现的位置。\n"
        "3. 不得单独进入，先请求支援。",
    },
    kinds()["fact"],
)
"""What silence means to an operator; a rule of this name in the site file takes its place."""

WORKFLOW = Guards
