"""A drill's points are shadows: whatever they say, what is real is heard as if there were no drill."""

from collections.abc import Mapping
from typing import Any

import pytest

from alerts.acknowledgements import AcknowledgementTimes
from alerts.alert import Disposition, State
from alerts.command import Acknowledge
from alerts.facts import Fact
from alerts.heard import Listens
from alerts.kernel.kernel import Kernel
from alerts.moves import Stimulus
from alerts.site_facts import SiteFacts
from alerts.workflow import Ask, Heard, Moves, World
from devices.message import Text
from devices.reading import Instant
from tests.alerts.kernel.room import FIRE, KernelRoom
from tests.alerts.kernel.toy import Close, Closing, Toy
from tests.alerts.timeline import device, rule
from tests.words import chinese, english

DOUBLE = rule("coincidence", name="double", alert_class="fire", signals=["smoke"], count=2, within_s=60, per="area")


class Over(Ask, tag="over", frozen=True, kw_only=True):
    """The drill is over."""

    ROLES = frozenset({"operator"})


class Say(Ask, tag="say", frozen=True, kw_only=True):
    """Let a device say something."""

    ROLES = frozenset({"operator"})

    device: str
    value: bool = True


class Drill(Toy):
    """The toy with stimuli."""

    name, asks = "drill", (Say, Over)

    def takes_two(self, ask: Any, world: World) -> bool:
        return False

    def step(self, event: Heard, cases: Mapping[str, Closing], world: World, now: Instant) -> Moves:
        if isinstance(event, Say):
            case = cases.get("d", Closing(id="d", origin="drill", area="store"))
            return Moves(cases=(case,), stimuli=(Stimulus(event.device, "smoke", event.value),))
        return Moves(shadows_over=("drill",)) if isinstance(event, Over) else Moves()


def say(name: str, value: bool = True) -> Say:
    return Say(by="li", role="operator", device=name, value=value)


def told(effects: Any) -> list[tuple[str, str, str]]:
    return [(event.action, event.alert.rule, event.alert.origin) for event in effects.alerts]


def test_a_stimulus_is_an_alert_that_says_that_it_is_a_drill() -> None:
    room = KernelRoom(Drill())
    effects = room.step(1, say("s1"))
    assert [("raised", "fire", "drill")] == told(effects)
    (alert,) = room.open("fire")
    assert "DRILL: smoke of s1 active" == english(alert.text) == english(alert.words)
    assert "【演练】：s1 的烟雾报警 动作" == chinese(alert.text)
    assert ["drill"] == [cause.origin for cause in alert.causes]


def test_real_smoke_under_drill_is_a_new_and_loud_alert() -> None:
    room = KernelRoom(Drill())
    room.step(1, say("s1"))
    effects = room.step(2, "s1.smoke=on")
    assert [("raised", "fire", "real")] == told(effects)
    assert effects.alerts[0].alert.suppression is None
    assert 2 == len({alert.id for alert in room.open("fire")})


def test_shadows_are_never_joined_with_real_members() -> None:
    pair = (device("s1", signals=("smoke",)), device("s2", signals=("smoke",)))
    room = KernelRoom(Drill(), rules=(DOUBLE,), devices=pair)
    room.step(1, say("s1"))
    assert [] == told(room.step(2, "s2.smoke=on"))
    assert [("raised", "double", "drill")] == told(room.step(3, say("s2")))
    assert [("raised", "double", "real")] == told(room.step(4, "s1.smoke=on"))


def test_a_drills_alert_is_acknowledged_and_closed_like_any_other() -> None:
    room = KernelRoom(Drill())
    (event,) = room.step(1, say("s1")).alerts
    effects = room.step(2, Acknowledge(event.alert.id, "li"))
    assert [State.ACKNOWLEDGED] == [e.alert.state for e in effects.alerts]
    assert event.alert.id == room.engine.open_alert(event.alert.id).id  # type: ignore[union-attr]


@pytest.mark.parametrize(("origin", "raised"), [("drill", []), ("real", [("raised", "late", "real")])])
def test_what_is_late_in_a_drill_is_no_alert(origin: Any, raised: list[tuple[str, str, str]]) -> None:
    class Late(Drill):
        def step(self, event: Heard, cases: Mapping[str, Closing], world: World, now: Instant) -> Moves:
            case = Closing(id="d", origin=origin, area="store")
            fact = Fact(workflow="drill", case="d", step="late", at=now, text=Text.of("word.yes"), area="store")
            return Moves(cases=(case,), facts=(fact,)) if isinstance(event, Say) else Moves()

    late = rule("fact", name="late", alert_class="duty", priority=3, begins=["drill.late"])
    room = KernelRoom(Late(), rules=(late,))
    assert raised == told(room.step(1, say("s1")))


def test_an_acknowledgement_of_a_drill_expires_by_the_sites_own_times() -> None:
    room = KernelRoom(Drill(), site=SiteFacts(acknowledgements=AcknowledgementTimes(fire_min=2)))
    (event,) = room.step(1, say("s1")).alerts
    room.step(2, Acknowledge(event.alert.id, "li"))
    room.run_until(121)
    assert [State.ACKNOWLEDGED] == [alert.state for alert in room.open("fire")]
    room.run_until(122)
    assert [State.UNACKNOWLEDGED] == [alert.state for alert in room.open("fire")]


def test_a_shadow_that_is_over_leaves_nothing_and_the_next_begins_anew() -> None:
    room = KernelRoom(Drill())
    room.step(1, say("s1"))
    room.step(2, "s1.smoke=on")
    effects = room.step(3, Over(by="li", role="operator"))
    assert [("close", "fire", "drill")] == told(effects)
    assert (State.CLOSED, Disposition.TEST) == (effects.alerts[0].alert.state, effects.alerts[0].alert.disposition)
    assert ["real"] == [alert.origin for alert in room.open("fire")]
    room.restart()
    assert [("raised", "fire", "drill")] == told(room.step(4, say("s1")))


def test_no_act_ends_all_that_is_real_at_once() -> None:
    room = KernelRoom()
    with pytest.raises(ValueError, match="real"):
        room.engine._open_alerts.tested(room.now)


class Real(Toy):
    """A case that is real itself."""

    def step(self, event: Heard, cases: Mapping[str, Closing], world: World, now: Instant) -> Moves:
        said = (Stimulus("s1", "smoke", True),) if isinstance(event, Close) else ()
        return Moves(cases=(Closing(id="r", area="store"),) if said else (), stimuli=said)

    def takes_two(self, ask: Any, world: World) -> bool:
        return False


def test_what_a_real_case_lets_devices_say_is_a_drill_all_the_same() -> None:
    effects = KernelRoom(Real()).step(1, Close(by="li", role="technician"))
    assert [("raised", "fire", "drill")] == told(effects)


class Sometimes(Toy):
    """Hears alerts while it has a case."""

    listens = Listens(alerts=True, while_open=True)
    heard = 0

    def step(self, event: Heard, cases: Mapping[str, Closing], world: World, now: Instant) -> Moves:
        if isinstance(event, Close):
            return Moves(cases=(Closing(id="c"),))
        Sometimes.heard += 1
        return Moves()

    def takes_two(self, ask: Any, world: World) -> bool:
        return False


def test_who_has_no_case_costs_an_alarm_nothing() -> None:
    room = KernelRoom(Sometimes())
    room.step(1, "s1.smoke=on")
    assert 0 == Sometimes.heard
    room.step(2, Close(by="li", role="technician"))
    room.step(3, "b1.call_point=on")
    assert 1 == Sometimes.heard


def test_a_drill_goes_on_after_a_restart() -> None:
    room = KernelRoom(Drill())
    room.step(1, say("s1"))
    room.restart()
    assert [("fire", "drill", True)] == [(a.rule, a.origin, a.active) for a in room.open("fire")]
    assert [("cause_gone", "fire", "drill")] == told(room.step(2, say("s1", value=False)))
    assert [] == [name for name in room.memories if name[0] == "fire" and name[1] == "drill"]


def test_without_a_drill_there_are_no_shadows() -> None:
    room = KernelRoom(rules=(FIRE,))
    assert Kernel().wake_at is None
    assert not room.engine._shadows.wants(room.now)
