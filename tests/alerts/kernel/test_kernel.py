"""Asks, cases, the clock, holding back, and what comes back after a restart."""

from collections.abc import Mapping

import pytest

from alerts.alert import AlertEvent, State
from alerts.calendar import Calendar
from alerts.command import Acknowledge
from alerts.facts import SCAN, Fact
from alerts.kernel.consent import Decline, Give
from alerts.kernel.fire_watch import Walked
from alerts.moves import Receipt
from alerts.site_facts import SiteFacts
from alerts.workflow import Heard, Moves, World
from devices.message import plain
from devices.reading import SECOND, Instant
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.kernel.toy import Close, Closing, Reopen, Toy, ToyConfig
from tests.alerts.timeline import START

CLOSE_DOOR = Close(id="a1", by="li", role="technician", devices=("d1",))
CLOSE_SMOKE = Close(id="a2", by="li", role="technician", devices=("s1",))


def test_an_ask_opens_a_case_once_however_often_it_is_asked() -> None:
    room = KernelRoom(Toy())
    case = room.ask(1, CLOSE_DOOR)
    assert ["toy.closed", "toy.suppression_begun"] == sorted(facts(room.effects))
    assert 1 == room.kernel.cases.of("toy")[case].revision
    assert case == room.ask(2, CLOSE_DOOR)
    assert [] == facts(room.effects)
    room.restart()
    assert case == room.ask(3, CLOSE_DOOR)
    assert [] == facts(room.effects)


def test_another_persons_ask_of_the_same_id_is_another_ask() -> None:
    room = KernelRoom(Toy())
    other = Close(id="a1", by="wang", role="technician")
    assert room.ask(1, CLOSE_DOOR) != room.ask(1, other)


@pytest.mark.parametrize(
    ("ask", "key"),
    [
        (Close(by="li", role="operator"), "workflow.not_your_role"),
        (Close(by="li"), "workflow.not_your_role"),
        (Close(by="", role="technician"), "workflow.who_asks"),
        (Close(by="li", role="technician", note="x" * 3_000), "workflow.too_long"),
        (Close(by="li", role="technician", note="\ud800"), "workflow.no_characters"),
        (Close(by="li", role="technician", done_at=START + 10**12), "workflow.not_done_yet"),
        (Close(by="li", role="technician", devices=("zz",)), "toy.unknown"),
        (Reopen(by="li", role="technician", case="zz"), "toy.unknown"),
        (Give(by="li", role="operator", case="zz"), "consent.nobody_waits"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_speaks_against_an_ask_is_said_by_a_key(ask: Close, key: str) -> None:
    room = KernelRoom(Toy())
    effects = room.step(1, ask)
    assert [key] == keys(effects)
    assert not effects.cases


def test_a_case_that_has_moved_on_is_looked_at_again_first() -> None:
    room = KernelRoom(Toy())
    case = room.ask(1, CLOSE_DOOR)
    effects = room.step(2, Reopen(case=case, by="li", role="technician", seen=7))
    assert ["workflow.moved_on"] == keys(effects)
    room.ask(3, Reopen(case=case, by="li", role="technician", seen=room.kernel.cases.of("toy")[case].revision))
    assert not room.kernel.cases.of("toy")


def test_a_held_device_does_not_shout_until_its_time_is_over() -> None:
    room = KernelRoom(Toy())
    room.ask(1, CLOSE_DOOR)
    (event,) = [e for e in room.step(2, "d1.door=on").alerts if e.alert.rule == "door"]
    assert event.alert.suppression is not None
    assert ("case", "toy", "li") == (
        event.alert.suppression.reason,
        event.alert.suppression.workflow,
        event.alert.suppression.by,
    )
    assert ["toy.suppression_ended", "toy.late"] == room.run_until(3_602)
    (alert,) = room.open("door")
    assert alert.suppression is None


def test_reopening_brings_back_what_stands() -> None:
    room = KernelRoom(Toy())
    case = room.ask(1, CLOSE_DOOR)
    room.step(2, "d1.door=on")
    room.ask(3, Reopen(case=case, by="li", role="technician"))
    (alert,) = room.open("door")
    assert alert.suppression is None
    assert [] == room.open("workflow:toy")[1:]


def test_one_person_alone_holds_back_no_fire() -> None:
    """Whatever the workflow says: EN 54-2, IEC 62443-3-3 SR 2.1."""

    class Alone(Toy):
        def takes_two(self, ask: object, world: object) -> bool:
            return False

    room = KernelRoom(Alone())
    room.ask(1, Close(by="li", role="technician", devices=("s1", "b1", "d1")))
    effects = room.step(2, "s1.smoke=on", "b1.call_point=on")
    assert {"fire": None, "call": None} == {
        e.alert.rule: e.alert.suppression
        for e in effects.alerts
        if e.action == "raised" and e.alert.rule != "workflow:toy"
    }


def test_two_people_hold_back_a_fire_detector_but_no_call_point() -> None:
    room = KernelRoom(Toy())
    room.ask(1, Close(by="li", role="technician", devices=("s1", "b1")), second="zhao")
    effects = room.step(2, "s1.smoke=on", "b1.call_point=on")
    held = {e.alert.rule: e.alert.suppression is not None for e in effects.alerts if e.action == "raised"}
    assert {"fire": True, "call": False} == held


# -- the second person -------------------------------------------------------------------------------------


def test_nothing_is_held_back_before_somebody_else_consents() -> None:
    room = KernelRoom(Toy())
    waits = room.ask(1, CLOSE_SMOKE)
    assert room.effects.answered[0].waits
    assert ["consent.asked"] == facts(room.effects)
    assert [waits] == [alert.key for alert in room.open("workflow:consent")]
    refused = room.step(2, Give(case=waits, by="LI (os:root)", role="technician"))
    assert ["consent.somebody_else"] == keys(refused)
    assert not room.kernel.cases.holds("s1")
    effects = room.step(3, Give(case=waits, by="zhao", role="operator"))
    assert ("li", "zhao") == (
        room.kernel.cases.of("toy")[effects.answered[0].case].by,
        room.kernel.cases.of("toy")[effects.answered[0].case].second,
    )
    assert [] == [alert for alert in room.open("workflow:consent") if alert.active]
    assert waits not in room.kernel.cases.of("consent")


def test_an_ask_that_waits_lapses_by_itself_also_over_a_restart() -> None:
    room = KernelRoom(Toy())
    room.ask(1, CLOSE_SMOKE)
    room.run_until(60)
    room.restart(7_200)
    assert ["consent.lapsed"] == room.run_until(8_000)
    assert not room.kernel.cases.of("consent")


def test_whoever_asked_may_take_it_back() -> None:
    room = KernelRoom(Toy())
    waits = room.ask(1, CLOSE_SMOKE)
    room.ask(2, Decline(case=waits, by="li", role="technician"))
    assert ["consent.declined"] == facts(room.effects)


def test_the_same_waits_once() -> None:
    room = KernelRoom(Toy())
    room.ask(1, CLOSE_SMOKE)
    effects = room.step(2, Close(id="other", by="wang", role="technician", devices=("s1",)))
    assert ["consent.waits_already"] == keys(effects)


def test_conditions_are_looked_at_anew_when_devices_change() -> None:
    room = KernelRoom(Toy())
    waits = room.ask(1, CLOSE_SMOKE)
    room.engine.set_devices(room.devices[1:], room.now)
    effects = room.step(2)
    assert ["consent.changed"] == facts(effects)
    refused = room.step(3, Give(case=waits, by="zhao", role="operator"))
    assert ["consent.nobody_waits"] == keys(refused)


# -- fire watch --------------------------------------------------------------------------------------------


def test_a_fire_watch_walks_while_it_lasts_and_after() -> None:
    room = KernelRoom(Toy())
    case = room.ask(0, CLOSE_SMOKE, second="zhao")
    (watch,) = room.kernel.cases.of("fire_watch").values()
    assert ["fire_watch.due"] == [step for step in facts(room.effects) if step.startswith("fire_watch")]
    assert ["fire_watch.missed", "fire_watch.due"] == room.run_until(1_801)
    room.ask(1_900, Walked(case=watch.id, by="sun", role="operator"))
    room.ask(2_000, Reopen(case=case, by="li", role="technician"))
    assert watch.id in room.kernel.cases.of("fire_watch")
    room.restart()
    assert ["fire_watch.due", "fire_watch.missed", "fire_watch.due"] == room.run_until(5_601)
    room.ask(5_700, Walked(case=watch.id, by="sun", role="operator"))
    assert "fire_watch.ended" in facts(room.effects)
    assert not room.kernel.cases.of("fire_watch")


def test_an_acknowledgement_is_no_round_and_a_round_done_is_seen() -> None:
    room = KernelRoom(Toy())
    room.ask(0, CLOSE_SMOKE, second="zhao")
    (watch,) = room.kernel.cases.of("fire_watch").values()
    (alert,) = room.open("workflow:fire_watch")
    room.step(10, Acknowledge(alert.id, "li"))
    assert room.kernel.cases.find("fire_watch", watch.id).due is not None  # type: ignore[union-attr]
    room.run_until(1_801)
    room.ask(1_900, Walked(case=watch.id, by="sun", role="guard", walker="Zhao"))
    walked = next(fact for fact in room.effects.facts if fact.step == "walked")
    assert ("sun", "Zhao", ("walker",)) == (walked.by, walked.fields["walker"], walked.personal)
    (alert,) = room.open("workflow:fire_watch")
    assert (State.ACKNOWLEDGED, "sun") == (alert.state, alert.acknowledged_by)


@pytest.mark.parametrize(
    ("area", "at", "is_done"), [("store", 60, True), ("hall", 60, False), ("store", -60, False)], ids=str
)
def test_a_scan_in_the_area_is_a_round_if_one_was_due_by_then(area: str, at: int, is_done: bool) -> None:
    room = KernelRoom(Toy())
    room.ask(1, CLOSE_SMOKE, second="zhao")
    when = START + at * SECOND
    scan = Fact(
        workflow="patrols", case="", step="scanned", at=when, by="sun", area=area, text=plain("s"), topics=(SCAN,)
    )
    told = facts(room.step(100, scan))
    assert is_done == ("fire_watch.walked" in told)


# -- the clock and restarts --------------------------------------------------------------------------------


def test_a_late_case_is_an_alert_by_a_rule_that_the_workflow_ships() -> None:
    room = KernelRoom(Toy())
    case = room.ask(1, Close(by="li", role="technician"))
    room.restart()
    assert ["toy.late"] == room.run_until(3_602)
    assert [(case, "store", True)] == [(a.key, a.area, a.active) for a in room.open("toy-late")]
    room.restart()
    room.step(4_000)
    assert [(case, True)] == [(a.key, a.active) for a in room.open("toy-late")]
    room.ask(4_001, Reopen(case=case, by="li", role="technician"))
    assert [(case, False)] == [(a.key, a.active) for a in room.open("toy-late")]


def test_what_falls_into_an_outage_is_opened_once() -> None:
    site = SiteFacts(calendar=Calendar("Asia/Shanghai"))
    room = KernelRoom(Toy(ToyConfig(daily_minute=60)), site=site)
    day = 86_400
    assert ["toy.slot"] == room.run_until(3_601)
    room.restart(5 * day)
    assert ["toy.slot"] == room.run_until(5 * day + 3_602)
    assert ["toy.slot"] == room.run_until(6 * day + 3_602)


def test_a_notification_is_handed_out_again_until_somebody_says_what_became_of_it() -> None:
    room = KernelRoom(Toy())
    case = room.ask(1, CLOSE_DOOR)
    assert [(f"{case}.1", "toy")] == [(n.id, n.workflow) for n in room.effects.notifications]
    room.restart()
    assert [f"{case}.1"] == [n.id for n in room.step(2).notifications]
    room.step(3, Receipt(f"{case}.1", "sent", room.now))
    room.restart()
    assert [] == room.step(4).notifications


def test_what_a_workflow_listens_to_reaches_it() -> None:
    room = KernelRoom(Toy())
    case = room.ask(1, Close(by="li", role="technician", mode="armed"))
    assert "armed" == room.engine.modes["store"]
    room.step(2, "d1.door=on")
    heard = room.kernel.cases.of("toy")[case].heard
    assert {"ModeSet", "Reading", "AlertEvent"} == set(heard)
    assert ["li"] == list(room.kernel.world.ask_of("on_duty", area="store")[0])


def test_a_mode_that_there_is_not_refuses_all_of_it() -> None:
    room = KernelRoom(Toy())
    room.engine._applicability._choices["store"] = ("disarmed",)
    effects = room.step(1, Close(by="li", role="technician", mode="armed"))
    assert effects.refused
    assert not effects.cases
    assert not effects.facts


def test_origin_is_kept_by_the_kernel() -> None:
    room = KernelRoom(Toy())
    room.ask(1, Close(by="li", role="technician", origin="drill"))
    assert {"drill"} == {fact.origin for fact in room.effects.facts}
    assert {"drill"} == {case.origin for case in room.effects.cases.values()}
    assert {"drill"} == {notification.origin for notification in room.effects.notifications}


@pytest.mark.slow
def test_a_case_wakes_at_most_so_many_in_a_turn() -> None:
    room = KernelRoom(Toy())
    room.step(0, *(Close(id=str(n), by="li", role="technician") for n in range(700)))
    at = 3_600 * SECOND + START
    first = room._step([], at)
    assert 500 == len([step for step in facts(first) if step == "toy.late"])
    assert room.engine.wake_at is not None
    assert room.engine.wake_at <= at
    assert 200 == len([step for step in facts(room._step([], at)) if step == "toy.late"])


def test_what_is_handed_in_later_happened_when_it_was_done() -> None:
    room = KernelRoom(Toy())
    room.ask(100, Close(by="li", role="technician", done_at=START + 40 * SECOND))
    (fact,) = [fact for fact in room.effects.facts if fact.step == "closed"]
    assert (START + 40 * SECOND, START + 100 * SECOND) == (fact.at, fact.recorded)


def test_what_was_heard_lately_is_known_to_workflows() -> None:
    room = KernelRoom(Toy())
    room.step(1, "d1.door=on")
    room.step(2, "d1.door=off")
    assert [True, False] == [r.value for r in room.kernel.world.recent("d1", "door", 10 * SECOND)][-2:]
    assert [] == list(room.kernel.world.recent("s1", "smoke", 10 * SECOND))
    assert 0 <= room.kernel.world.chance("a") == room.kernel.world.chance("a") < 1


def test_outages_are_known_to_workflows() -> None:
    room = KernelRoom(Toy())
    room.step(10)
    room.restart(50)
    room.step(61)
    assert ((START + 10 * SECOND, START + 61 * SECOND),) == room.kernel.world.outages(START)


def test_each_step_of_an_alert_is_heard_once() -> None:
    heard: list[tuple[str, str]] = []

    class Hearing(Toy):
        def step(self, event: Heard, cases: Mapping[str, Closing], world: World, now: Instant) -> Moves:
            if isinstance(event, AlertEvent):
                heard.append((event.alert.id, event.action))
                return Moves()
            return super().step(event, cases, world, now)

    room = KernelRoom(Hearing())
    room.ask(1, CLOSE_SMOKE)
    room.engine.set_devices(room.devices[1:], room.now)
    effects = room.step(2, "d1.door=on")
    room.step(3, "d1.door=off")
    assert len(effects.alerts) > 1
    assert {(event.alert.id, event.action) for event in effects.alerts} <= set(heard)
    assert len(heard) == len(set(heard))
