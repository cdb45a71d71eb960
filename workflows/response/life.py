"""How a response ends, and what every change of one has in common."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from alerts.alert import CLASS_ORDER, Alert
from alerts.facts import Fact
from alerts.response_case import Responding, scheduled
from alerts.response_words import fact
from alerts.workflow import NOTHING, Moves, World
from devices.message import Text
from devices.reading import Instant
from workflows.response.switching import let_go


def is_anew(alert: Alert, case: Responding) -> bool:
    """Whether what was begun does not cover it: it is worse, or that was thought to be a false alarm."""
    return CLASS_ORDER[alert.alert_class] < CLASS_ORDER[case.alert_class] or case.verdict == "false"


def has_alerts(case: Responding, world: World) -> bool:
    """Whether any alert of it is open."""
    if case.origin != "real":
        return False
    first = world.alerts.find(case.first)
    return world.alerts.has_members(case.id) or (first is not None and first.id == case.id)


def closed(alert: Alert, cases: Mapping[str, Responding], world: World, now: Instant) -> Moves:
    """The last of its alerts."""
    if alert.origin != "real":
        case = next((each for each in cases.values() if alert.id in each.alerts), None)
        left = tuple(each for each in case.alerts if each != alert.id) if case is not None else ()
        if case is not None and left:
            return Moves(cases=(replace(case, alerts=left),))
    else:
        case = cases.get(alert.incident or alert.id)
    if case is None or has_alerts(case, world):
        return NOTHING
    return ended(case, world, now)


def ended(case: Responding, world: World, now: Instant, step: str = "ended") -> Moves:
    """What was wanted and not done is written so; what it had switched on goes off."""
    left = case.open_steps
    named = (
        Text.of("response.left", steps=tuple(each.title for each in left)) if left else Text.of("response.none_left")
    )
    said = fact(case, step, now, left=named, not_done=tuple(each.id for each in left), verdict=case.verdict)
    over = replace(case, is_open=False, wake_at=None, ended_at=now, switched=())
    return Moves(cases=(over,), facts=(said,), orders=let_go(case, world, now))


def quietly(case: Responding, step: str) -> str:
    """Of a silent alarm and of a drill it is written down, and no alert is made of it that stands among the real."""
    return f"{step}_quiet" if case.silent or case.origin != "real" else step


def moved(case: Responding, before: Responding, now: Instant, *facts: Fact, **more: Any) -> Moves:
    """As it stands now; if nothing is late any more the alert about that is over."""
    on_time = (fact(case, "on_track", now),) if before.is_late and not case.is_late else ()
    return Moves(cases=(scheduled(case),), facts=(*facts, *on_time), **more)
