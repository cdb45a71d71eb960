"""Shelving 搁置: an alert that is known, and need not call for a while, is held back with a reason and an end.

It is the alert of one rule about one thing (its key) that is shelved, and no device: whatever else the device tells is
told. It is raised, recorded and counted as ever, stands in the list of what is set aside, and comes back by the clock,
or by hand, as one that nobody has acknowledged (ISA-18.2 and IEC 62682 11.7). At most 8 h; fire and gas 2 h, by two
people, while somebody walks through the area in its stead; a call for help never. The lengths are ours, for want of a
standard that gives any (docs/adr/0265-shelving-is-of-an-alert.md).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec.structs import replace

from alerts.alert import Alert, AlertClass, State
from alerts.case import Case, Holds
from alerts.facts import Fact
from alerts.heard import Installed, Listens
from alerts.moves import FireWatch
from alerts.system_alerts import NAMES
from alerts.workflow import Ask, Heard, Moves, Workflow, World
from devices.detector_trigger import calls_by_hand
from devices.errors import Refused
from devices.message import At, Text
from devices.reading import SECOND, Instant
from ledger.timestamp import text_of

_MINUTE: Instant = 60 * SECOND
_HOUR: Instant = 60 * _MINUTE
LONGEST: Instant = 8 * _HOUR
LONGEST_FOR_LIFE: Instant = 2 * _HOUR
"""Of fire and gas."""
ROUND_EVERY: Instant = 30 * _MINUTE
Period = Literal["15min", "1h", "2h", "8h"]
LASTS: dict[Period, Instant] = {"15min": 15 * _MINUTE, "1h": _HOUR, "2h": 2 * _HOUR, "8h": 8 * _HOUR}
_TAKES_TWO = (AlertClass.FIRE, AlertClass.GAS)
_SHOWN_FIRST = (*_TAKES_TWO, AlertClass.INTRUSION)
"""What people must have acknowledged before it is taken off their list (docs/adr/0104-set-aside.md)."""
_OF_THE_GATEWAY = ("workflow:", "rule:")
_MOST = 200
_ROLES = frozenset({"operator", "admin"})


class Shelved(Case, frozen=True, kw_only=True):
    """The alert of ``rule`` about ``key``; ``what`` it said when it was shelved. ``until``: it comes back then."""

    rule: str
    key: str
    alert_class: AlertClass
    what: Text
    reason: str
    until: Instant


class Shelve(Ask, tag="shelve", frozen=True, kw_only=True):
    """Do not call for this alert: for a ``period``, or ``until``.

    Of fire and gas it is only asked for, until somebody else consents, and ends after two hours at most.
    """

    ROLES = _ROLES

    alert: str
    period: Period = "15min"
    reason: str


class Unshelve(Ask, tag="unshelve", frozen=True, kw_only=True):
    """It calls again from now on."""

    ROLES = _ROLES


class Shelving(Workflow[Shelved]):
    """One alert is one case."""

    name, book, case = "shelving", "shelving", Shelved
    asks = (Shelve, Unshelve)
    listens = Listens(installed=True)
    by_area = True

    def takes_two(self, ask: Any, world: World) -> bool:
        return isinstance(ask, Shelve) and _found(ask, world).alert_class in _TAKES_TWO

    def wanted(self, ask: Any, world: World) -> Text:
        what = _found(ask, world).text
        return Text.of("shelving.wanted", what=what, reason=ask.reason[:200], until=At(_until(ask, world.now)))

    def check(self, ask: Any, cases: Mapping[str, Shelved], world: World, now: Instant) -> None:
        if isinstance(ask, Unshelve):
            if ask.case not in cases:
                raise Refused(Text.of("shelving.gone"))
            return
        alert = _found(ask, world)
        if not ask.reason.strip():
            raise Refused(Text.of("shelving.no_reason"))
        _check_alert(alert)
        already = _of(cases, alert)
        if already is not None:
            raise Refused(Text.of("shelving.already", by=already.by, until=At(already.until)))
        if len(cases) >= _MOST:
            raise Refused(Text.of("shelving.most", most=_MOST))
        longest = LONGEST_FOR_LIFE if alert.alert_class in _TAKES_TWO else LONGEST
        if not now < _until(ask, now) <= now + longest:
            raise Refused(Text.of("shelving.longest", hours=longest // _HOUR, alert_class=str(alert.alert_class)))

    def step(self, event: Heard, cases: Mapping[str, Shelved], world: World, now: Instant) -> Moves:
        match event:
            case Shelve():
                return _shelved(event, _found(event, world), now)
            case Unshelve():
                return _over(cases[event.case], "unshelved", now, event)
            case Installed():  # shelved at a time that is yet to come: the clock was wrong, and with it the end
                return Moves.joined(_over(case, "over", now) for case in cases.values() if case.opened > now)
        return Moves()

    def turn(self, due: Sequence[Shelved], world: World, now: Instant) -> Moves:
        return Moves.joined(_over(case, "over", now) for case in due)


def _found(ask: Shelve, world: World) -> Alert:
    """Raises Refused. A silent alarm is known to nobody here: its class is never shelved."""
    alert = world.alerts.find(ask.alert)
    if alert is None or alert.silent:
        raise Refused(Text.of("open_alerts.none_such"))
    return alert


def _check_alert(alert: Alert) -> None:
    """Raises Refused for what nobody may shelve, and for what is to be acknowledged first."""
    if alert.alert_class is AlertClass.HOLD_UP or any(calls_by_hand(cause.signal) for cause in alert.causes):
        raise Refused(Text.of("shelving.never"))
    if alert.rule in NAMES or alert.rule.startswith(_OF_THE_GATEWAY) or alert.key.startswith(_OF_THE_GATEWAY):
        raise Refused(Text.of("shelving.of_the_gateway"))
    if alert.alert_class in _SHOWN_FIRST and alert.state is not State.ACKNOWLEDGED and alert.suppression is None:
        raise Refused(Text.of("lifecycle.acknowledge_first"))


def _until(ask: Shelve, now: Instant) -> Instant:
    return ask.until if ask.until is not None else now + LASTS[ask.period]


def _of(cases: Mapping[str, Shelved], alert: Alert) -> Shelved | None:
    return next((case for case in cases.values() if (case.rule, case.key) == (alert.rule, alert.key)), None)


def _shelved(ask: Shelve, alert: Alert, now: Instant) -> Moves:
    until, reason = _until(ask, now), ask.reason.strip()
    case = Shelved(
        id=ask.id,
        area=alert.area,
        by=ask.by,
        second=ask.second,
        rule=alert.rule,
        key=alert.key,
        alert_class=alert.alert_class,
        what=alert.text,
        reason=reason,
        until=until,
        wake_at=until,
        opened=now,
        holds=Holds((), until, is_out=False, alerts=((alert.rule, alert.key),), reason=reason),
    )
    devices = tuple(dict.fromkeys(cause.device for cause in alert.causes))
    watch = FireWatch("watch", alert.area, devices, ROUND_EVERY, is_shared=True, case=case.id)
    watches = (watch,) if alert.alert_class in _TAKES_TWO else ()
    return Moves(cases=(case,), facts=(_fact(case, "shelved", now, ask),), compensations=watches)


def _over(case: Shelved, step: str, now: Instant, ask: Ask | None = None) -> Moves:
    over = replace(case, is_open=False, holds=None, wake_at=None)
    return Moves(cases=(over,), facts=(_fact(case, step, now, ask),))


def _fact(case: Shelved, step: str, now: Instant, ask: Ask | None) -> Fact:
    fields: dict[str, Any] = {
        "rule": case.rule,
        "key": case.key,
        "class": str(case.alert_class),
        "reason": case.reason,
        "since": text_of(case.opened),
        "until": text_of(case.until),
        "shelved_by": case.by,
        "note": ask.note if ask is not None else "",
    }
    text = Text.of(f"shelving.{step}", what=case.what, by=case.by, reason=case.reason[:200], until=At(case.until))
    return Fact(
        workflow="shelving",
        case=case.id,
        step=step,
        at=now,
        by=ask.by if ask is not None else "",
        second=case.second,
        area=case.area,
        text=text,
        fields={name: value for name, value in fields.items() if value != ""},
    )


WORKFLOW = Shelving
