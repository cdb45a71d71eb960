"""Shelving: who may shelve what for how long, what that holds back, and how it comes back by itself."""

from typing import Any

import pytest

from alerts.alert import Disposition, State
from alerts.command import Acknowledge, Close
from alerts.kernel.consent import Give
from alerts.suppression_reason import SuppressionKind
from devices.reading import SECOND
from tests.alerts.kernel.room import CALL, DOOR, FIRE, KernelRoom, facts, keys
from tests.alerts.timeline import START, device, rule
from workflows.shelving import Shelve, Shelving, Unshelve

HOUR = 3_600
FAULT = rule("state", name="fault", alert_class="fault", priority=3, signals=["fault"])
GAS = rule("state", name="gas", alert_class="gas", signals=["gas_alarm"])
HELP = rule("state", name="help", alert_class="hold_up", signals=["panic"], silent=False)
PAIR = rule("coincidence", name="pair", alert_class="fire", signals=["smoke"], within_s=60)
DEVICES = (
    device("s1", kind="smoke", signals=("smoke", "fault")),
    device("s2", kind="smoke", signals=("smoke",)),
    device("b1", kind="call_point", signals=("call_point",)),
    device("p1", kind="panic", signals=("panic",)),
    device("g1", kind="gas", signals=("gas_alarm",)),
    device("d1", kind="door", signals=("door",)),
)


def room() -> KernelRoom:
    return KernelRoom(Shelving(), rules=(FIRE, CALL, DOOR, FAULT, GAS, HELP, PAIR), devices=DEVICES)


def shelve(a_room: KernelRoom, rule_name: str, **more: Any) -> Shelve:
    said: dict[str, Any] = {"alert": a_room.open(rule_name)[0].id, "reason": "known", "by": "li", "role": "operator"}
    return Shelve(**said | more)


def acknowledged(a_room: KernelRoom, at: float, word: str, rule_name: str) -> None:
    a_room.step(at, word)
    a_room.step(at, Acknowledge(a_room.open(rule_name)[0].id, "li"))


def why(a_room: KernelRoom, rule_name: str) -> str:
    (alert,) = a_room.open(rule_name)
    return alert.suppression.why if alert.suppression is not None else ""


def test_a_shelved_alert_is_set_aside_and_comes_back_by_the_clock_as_nobodys() -> None:
    a_room = room()
    acknowledged(a_room, 1, "s1.fault=on", "fault")
    a_room.ask(2, shelve(a_room, "fault"))
    (alert,) = a_room.open("fault")
    assert alert.suppression is not None
    assert ("shelving", SuppressionKind.SHELVED) == (alert.suppression.why, alert.suppression.kind)
    assert ("li", "known", START + 902 * SECOND) == (
        alert.suppression.by,
        alert.suppression.note,
        alert.suppression.until,
    )
    assert State.ACKNOWLEDGED is alert.state
    assert ["shelving.over"] == a_room.run_until(902)
    (alert,) = a_room.open("fault")
    assert (None, State.UNACKNOWLEDGED, "") == (alert.suppression, alert.state, alert.acknowledged_by)


def test_it_is_the_alert_that_is_shelved_and_whatever_comes_of_it_and_not_its_device() -> None:
    a_room = room()
    a_room.step(1, "s1.fault=on")
    a_room.ask(2, shelve(a_room, "fault", period="1h"))
    a_room.step(3, "s1.smoke=on")
    assert ("", "shelving") == (why(a_room, "fire"), why(a_room, "fault"))
    a_room.step(4, "s1.fault=off")
    assert [] == a_room.open("fault")
    a_room.step(5, "s1.fault=on")
    assert "shelving" == why(a_room, "fault")


def test_what_is_unshelved_by_hand_calls_at_once() -> None:
    a_room = room()
    a_room.step(1, "s1.fault=on")
    case = a_room.ask(2, shelve(a_room, "fault"))
    a_room.ask(3, Unshelve(case=case, by="wu", role="operator"))
    assert ["shelving.unshelved"] == facts(a_room.effects)
    assert "" == why(a_room, "fault")
    assert ["shelving.gone"] == keys(a_room.step(4, Unshelve(case=case, by="li", role="operator")))


def test_a_restart_changes_nothing() -> None:
    a_room = room()
    acknowledged(a_room, 1, "s1.fault=on", "fault")
    a_room.ask(2, shelve(a_room, "fault"))
    a_room.restart(after_s=100)
    assert [] == [event.action for event in a_room.step(110).alerts]
    assert "shelving" == why(a_room, "fault")
    a_room.restart(after_s=2_000)
    a_room.step(2_200)
    assert "" == why(a_room, "fault")


@pytest.mark.parametrize(("word", "rule_name"), [("s1.smoke=on", "fire"), ("g1.gas_alarm=on", "gas")])
def test_fire_and_gas_take_two_people_and_a_fire_watch(word: str, rule_name: str) -> None:
    a_room = room()
    a_room.step(1, word)
    assert ["lifecycle.acknowledge_first"] == keys(a_room.step(2, shelve(a_room, rule_name)))
    a_room.step(3, Acknowledge(a_room.open(rule_name)[0].id, "li"))
    assert ["shelving.longest"] == keys(a_room.step(4, shelve(a_room, rule_name, period="8h")))
    effects = a_room.step(5, shelve(a_room, rule_name, period="2h"))
    assert [True] == [answer.waits for answer in effects.answered]
    assert "" == why(a_room, rule_name)
    own = a_room.step(6, Give(case=effects.answered[0].case, by="li", role="operator"))
    assert ["consent.somebody_else"] == keys(own)
    a_room.step(7, Give(case=effects.answered[0].case, by="wu", role="operator"))
    assert "shelving" == why(a_room, rule_name)
    assert ["store"] == [watch.area for watch in a_room.kernel.cases.of("fire_watch").values()]
    a_room.run_until(7 + 2 * HOUR)
    assert "" == why(a_room, rule_name)
    assert State.UNACKNOWLEDGED is a_room.open(rule_name)[0].state
    assert [] == [*a_room.kernel.cases.of("fire_watch").values()]


@pytest.mark.parametrize(("word", "rule_name"), [("b1.call_point=on", "call"), ("p1.panic=on", "help")])
def test_a_call_for_help_is_never_shelved(word: str, rule_name: str) -> None:
    a_room = room()
    acknowledged(a_room, 1, word, rule_name)
    assert ["shelving.never"] == keys(a_room.step(2, shelve(a_room, rule_name)))


def test_a_fire_that_comes_and_goes_while_it_is_shelved_waits_for_a_person() -> None:
    a_room = room()
    acknowledged(a_room, 1, "s1.smoke=on", "fire")
    a_room.ask(2, shelve(a_room, "fire"), second="wu")
    a_room.step(3, "s1.smoke=off")
    a_room.run_until(1_000)
    (alert,) = a_room.open("fire")
    assert (State.UNACKNOWLEDGED, True, None) == (alert.state, alert.latched, alert.suppression)


def test_the_pair_calls_though_the_fire_of_one_is_shelved() -> None:
    """Shelved is one alert: what two detectors see together is another."""
    a_room = room()
    acknowledged(a_room, 1, "s1.smoke=on", "fire")
    a_room.ask(2, shelve(a_room, "fire"), second="wu")
    a_room.step(3, "s2.smoke=on")
    assert "" == why(a_room, "pair")
    assert ["s2"] == [alert.key for alert in a_room.open("fire") if alert.suppression is None]


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"reason": " "}, "shelving.no_reason"),
        ({"alert": "?"}, "open_alerts.none_such"),
        ({"role": "guard"}, "workflow.not_your_role"),
        ({"until": START}, "shelving.longest"),
        ({"until": START + 9 * HOUR * SECOND}, "shelving.longest"),
    ],
)
def test_what_is_refused(changed: dict[str, Any], key: str) -> None:
    a_room = room()
    a_room.step(1, "s1.fault=on")
    assert [key] == keys(a_room.step(2, shelve(a_room, "fault", **changed)))


def test_nothing_is_shelved_twice_and_an_end_may_be_given() -> None:
    a_room = room()
    a_room.step(1, "s1.fault=on")
    a_room.ask(2, shelve(a_room, "fault", until=START + 60 * SECOND))
    assert ["shelving.already"] == keys(a_room.step(3, shelve(a_room, "fault", by="wu")))
    a_room.run_until(60)
    assert "" == why(a_room, "fault")


def test_the_gateways_own_word_is_never_shelved() -> None:
    a_room = room()
    acknowledged(a_room, 1, "s1.smoke=on", "fire")
    a_room.ask(2, shelve(a_room, "fire"), second="wu")
    assert ["shelving.of_the_gateway"] == keys(a_room.step(3, shelve(a_room, "workflow:fire_watch")))


def test_a_shelved_alert_is_closed_as_any_other() -> None:
    a_room = room()
    acknowledged(a_room, 1, "d1.door=on", "door")
    a_room.ask(2, shelve(a_room, "door"))
    a_room.step(3, "d1.door=off")
    a_room.step(4, Close(a_room.open("door")[0].id, "li", Disposition.NUISANCE))
    assert [] == a_room.open("door")
    a_room.step(5, "d1.door=on")
    assert "shelving" == why(a_room, "door")


def test_what_was_shelved_by_a_clock_that_ran_ahead_is_not() -> None:
    a_room = room()
    a_room.step(86_400, "s1.fault=on")
    a_room.ask(86_401, shelve(a_room, "fault"))
    a_room.now = START
    a_room.restart()
    a_room.step(10)
    assert "" == why(a_room, "fault")
