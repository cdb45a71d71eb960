"""Alerts that a workflow puts into incidents, and the verbs that it carries out for whoever asks."""

from collections.abc import Mapping
from typing import Any

from alerts.alert import AlertEvent, Disposition, State
from alerts.case import Case
from alerts.command import Acknowledge, Close, Comment, Reset
from alerts.heard import Listens
from alerts.lifecycle import Action
from alerts.moves import Grouped
from alerts.workflow import Ask, Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import Text
from devices.reading import Instant
from tests.alerts.kernel.room import KernelRoom, keys


class Do(Ask, tag="do", frozen=True, kw_only=True):
    """Everything, to each alert of an incident."""

    verbs: tuple[str, ...] = ()
    out: str = ""


class Boxes(Workflow[Case]):
    """Every alert that is raised goes into the box of its area."""

    name, book, case = "boxes", "boxes", Case
    asks = (Do,)
    listens = Listens(alerts=True)

    def step(self, event: Heard, cases: Mapping[str, Case], world: World, now: Instant) -> Moves:
        if isinstance(event, AlertEvent):
            if event.action != Action.RAISED or event.alert.rule.startswith("workflow:"):
                return Moves()
            place = len(world.alerts.members("box")) + 1
            return Moves(cases=(Case(id="box"),), grouped=(Grouped(event.alert.id, "box", place),))
        assert isinstance(event, Do)
        if event.out:
            return Moves(grouped=(Grouped(event.out, "", 0),))
        if not world.alerts.members("box"):
            raise Refused(Text.of("toy.unknown"))
        verbs = [_verb(verb, alert.id, event.by) for verb in event.verbs for alert in world.alerts.members("box")]
        return Moves(verbs=tuple(verbs))


def _verb(verb: str, alert: str, by: str) -> Any:
    match verb:
        case "acknowledge":
            return Acknowledge(alert, by)
        case "reset":
            return Reset(alert, by)
        case "close":
            return Close(alert, by, Disposition.CONFIRMED)
    return Comment(alert, by, verb)


def do(*verbs: str, **more: Any) -> Do:
    return Do(by="li", role="operator", verbs=verbs, **more)


def test_an_alert_is_told_once_with_the_incident_that_it_was_put_into() -> None:
    room = KernelRoom(Boxes())
    effects = room.step(1, "s1.smoke=on", "d1.door=on")
    told = [(event.action, event.alert.incident, event.alert.place) for event in effects.alerts]
    assert [("raised", "box", 1), ("raised", "box", 2)] == told
    assert [1, 2] == [alert.place for alert in room.engine.open_alerts()]
    assert [event.alert for event in effects.alerts] == room.engine.open_alerts()


def test_all_that_is_told_of_an_alert_in_one_turn_names_its_incident() -> None:
    room = KernelRoom(Boxes())
    effects = room.step(1, "s1.smoke=on", "s1.smoke=off")
    assert [("raised", "box"), ("cause_gone", "box")] == [(e.action, e.alert.incident) for e in effects.alerts]
    assert [True, False] == [event.alert.active for event in effects.alerts]


def test_what_was_told_before_is_told_again_when_it_is_put_elsewhere() -> None:
    room = KernelRoom(Boxes())
    room.step(1, "s1.smoke=on")
    (alert,) = room.open()
    effects = room.step(2, do(out=alert.id))
    assert [("grouped", "")] == [(event.action, event.alert.incident) for event in effects.alerts]
    room.step(3, "s1.smoke=off", do())
    assert "toy.unknown" in keys(room.effects)


def test_members_outlast_a_restart_and_leave_when_they_are_closed() -> None:
    room = KernelRoom(Boxes())
    room.step(1, "s1.smoke=on", "d1.door=on")
    room.restart()
    room.step(2, "s1.smoke=off", "d1.door=off")
    effects = room.step(3, do("acknowledge"))
    assert ["acknowledge", "acknowledge"] == [event.action for event in effects.alerts]
    room.step(4, Reset(room.open("fire")[0].id, "li"))
    room.step(
        5, Acknowledge(next(each.id for each in room.open() if each.key == "d1"), "li")
    )  # a fire stood, so nobody was called for the door
    effects = room.step(6, do("close"))
    assert [("box", State.CLOSED, "li")] * 2 == [(e.alert.incident, e.alert.state, e.by) for e in effects.alerts]
    assert ["toy.unknown"] == keys(room.step(7, do("close")))


def test_one_verb_that_cannot_be_refuses_all_of_them() -> None:
    room = KernelRoom(Boxes())
    room.step(1, "s1.smoke=on", "d1.door=on", "s1.smoke=off")
    effects = room.step(2, do("acknowledge", "close"))
    assert ["lifecycle.latched"] == keys(effects)
    assert not effects.alerts
    assert {State.UNACKNOWLEDGED} == {alert.state for alert in room.open()}


def test_several_verbs_follow_one_another() -> None:
    room = KernelRoom(Boxes())
    room.step(1, "s1.smoke=on", "s1.smoke=off")
    effects = room.step(2, do("acknowledge", "reset", "close"))
    assert ["acknowledge", "reset", "close"] == [event.action for event in effects.alerts]
