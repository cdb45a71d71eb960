"""Incidents: what belongs together, in which order, what a verb on all of it does, and what it can never do."""

from typing import Any

import pytest

from alerts.alert import Alert, Disposition, State
from alerts.calendar import Calendar
from alerts.command import Acknowledge as AcknowledgeOne
from alerts.incident import fold_of
from alerts.incident_asks import Acknowledge, Close, Comment, Join, Reset, Silence, Split
from alerts.site_facts import SiteFacts
from devices.reading import SECOND
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.kernel.toy import Close as CloseRoom
from tests.alerts.kernel.toy import Reopen, Toy
from tests.alerts.timeline import START, device, rule
from workflows.incident import IncidentConfig, Incidents

MIN, HOUR, DAY = 60, 3_600, 86_400
SITE = SiteFacts(calendar=Calendar(zone="Asia/Shanghai"))
TODAY = SITE.calendar.day(START).strftime("%Y%m%d")
RULES = (
    rule("state", name="fire", alert_class="fire", signals=["smoke"]),
    rule("state", name="call", alert_class="fire", signals=["call_point"]),
    rule("state", name="gas", alert_class="gas", signals=["gas_alarm"]),
    rule("state", name="door", alert_class="access", priority=3, signals=["door"]),
    rule("state", name="motion", alert_class="intrusion", priority=2, signals=["occupancy"]),
    rule("state", name="panic", alert_class="hold_up", priority=1, signals=["panic"], silent=False),
    rule("state", name="duress", alert_class="hold_up", priority=1, signals=["duress"]),
    rule("state", name="mains", alert_class="fault", priority=3, signals=["mains"]),
    rule("state", name="leak", alert_class="supervisory", priority=2, signals=["leak"]),
    rule("threshold", name="rising", alert_class="supervisory", priority=2, signal="smoke_density", above=0.1),
)
STORE = [
    device("s1", kind="smoke", signals=("smoke", "smoke_density")),
    device("s2", kind="smoke", signals=("smoke",)),
    device("g1", kind="gas", signals=("gas_alarm",)),
    device("d1", kind="door", signals=("door",)),
    device("m1", kind="motion", signals=("occupancy",)),
    device("p1", kind="panic", signals=("panic", "duress")),
    device("b1", kind="call_point", signals=("call_point",)),
    device("w1", kind="leak", signals=("leak", "mains")),
]
HALL = [device("s9", area="hall", kind="smoke", signals=("smoke",)), device("w9", area="hall", signals=("mains",))]


def room_of(*more: Any, **config: Any) -> KernelRoom:
    return KernelRoom(Incidents(IncidentConfig(**config)), *more, rules=RULES, devices=(*STORE, *HALL), site=SITE)


def told(room: KernelRoom) -> dict[str, tuple[str, int]]:
    """Where each open alert stands: the last part of the number of its incident, and its place."""
    found: list[Alert] = room.open()
    return {f"{alert.rule} {alert.key}": (alert.incident.removeprefix(TODAY), alert.place) for alert in found}


def by(kind: Any, case: str = "-01", **fields: Any) -> Any:
    return kind(**{"case": f"{TODAY}{case}", "by": "li", "role": "operator"} | fields)


def seen(room: KernelRoom, incident: str = "-01") -> tuple[str, ...]:
    return tuple(f"{a.id}:{a.occurrences}" for a in room.open() if a.incident == f"{TODAY}{incident}")


def test_one_fire_is_one_incident_with_the_gas_and_what_its_detectors_said_before() -> None:
    room = room_of()
    room.step(1, "s1.smoke_density=0.2")
    room.step(20, "s1.smoke=on", "s9.smoke=on")
    room.step(60, "g1.gas_alarm=on", "s2.smoke=on")
    assert {
        "rising s1": ("-01", 1),
        "fire s1": ("-01", 2),
        "fire s9": ("-02", 1),
        "gas g1": ("-01", 3),
        "fire s2": ("-01", 4),
    } == told(room)
    assert (4, "fire", "rising") == (
        (case := room.kernel.cases.of("incident")[f"{TODAY}-01"]).joined,
        case.kind,
        next(alert.rule for alert in room.open() if alert.id == case.first),
    )


def test_security_of_one_area_is_another_incident_than_its_fire() -> None:
    room = room_of()
    room.step(1, "d1.door=on", "m1.occupancy=on", "p1.panic=on")
    room.step(2, "s1.smoke=on")
    assert {"door d1": "-01", "motion m1": "-01", "panic p1": "-01", "fire s1": "-02"} == {
        name: number for name, (number, _) in told(room).items()
    }


def test_faults_belong_together_by_their_cause() -> None:
    """The mains of the whole site are one cause; a leak is no mains."""
    room = room_of()
    room.step(1, "w1.mains=on", "w9.mains=on", "w1.leak=on")
    assert {"mains w1": ("-01", 1), "mains w9": ("-01", 2), "leak w1": ("-02", 1)} == told(room)


def test_after_the_window_a_new_one_begins() -> None:
    room = room_of(window_min=10)
    room.step(0, "s1.smoke=on")
    room.step(9 * MIN, "s2.smoke=on")
    room.step(20 * MIN, "g1.gas_alarm=on")
    assert ["-01", "-01", "-02"] == sorted(number for number, _ in told(room).values())


def test_what_comes_again_keeps_the_window_open() -> None:
    room = room_of(window_min=10)
    room.step(0, "s1.smoke=on")
    room.step(9 * MIN, "s1.smoke=off")
    room.step(9.5 * MIN, "s1.smoke=on")
    room.step(19 * MIN, "s2.smoke=on")
    assert {"-01"} == {number for number, _ in told(room).values()}


def test_it_is_over_with_its_last_alert_and_its_number_is_not_given_again() -> None:
    room = room_of()
    room.step(1, "d1.door=on", "d1.door=off")
    assert ["incident.opened"] == facts(room.effects)
    room.step(2, by(Close, disposition=Disposition.NUISANCE))
    assert ["incident.closed", "incident.over"] == facts(room.effects)
    room.restart()
    room.step(3, "d1.door=on")
    assert {"door d1": ("-02", 1)} == told(room)
    assert [] == room.run_until(DAY / 2)
    assert {f"{TODAY}-01", f"{TODAY}-02"} == set(room.kernel.cases.of("incident"))


def test_an_incident_that_is_over_is_not_kept_for_ever() -> None:
    room = room_of()
    room.step(1, "d1.door=on", "d1.door=off")
    room.step(2, by(Close, disposition=Disposition.NUISANCE))
    room.run_until(2 * DAY)
    assert {} == room.kernel.cases.of("incident")


def test_members_and_numbers_outlast_a_restart() -> None:
    room = room_of()
    room.step(1, "s1.smoke=on")
    room.restart(5)
    room.step(10, "s2.smoke=on")
    assert {"fire s1": ("-01", 1), "fire s2": ("-01", 2)} == told(room)


def test_alerts_of_before_there_were_incidents_get_one_at_the_start() -> None:
    old = KernelRoom(rules=RULES, devices=(*STORE, *HALL), site=SITE)
    old.step(1, "s1.smoke=on", "w1.leak=on")
    new = room_of()
    new.alerts, new.memories = old.alerts, old.memories
    new.restart(5)
    new.step(6)
    assert {"fire s1": ("-01", 1), "leak w1": ("-02", 1)} == told(new)


def test_a_silent_alarm_has_no_number_that_could_give_it_away() -> None:
    room = room_of()
    room.step(1, "p1.duress=on", "d1.door=on")
    assert {"duress p1": ("", 0), "door d1": ("-01", 1)} == told(room)


def test_while_a_fire_stands_doors_belong_to_nothing() -> None:
    """They are set aside, under the fire (alerts/suppression/stages/fire.py)."""
    room = room_of()
    room.step(1, "s1.smoke=on", "d1.door=on")
    assert {"fire s1": ("-01", 1), "door d1": ("", 0)} == told(room)


def test_what_is_held_back_belongs_to_none_until_it_is_brought_back() -> None:
    room = room_of(Toy())
    case = room.ask(1, CloseRoom(by="wu", role="technician", devices=("d1",)))
    room.step(2, "d1.door=on")
    assert {"door d1": ("", 0)}.items() <= told(room).items()
    room.step(3, Reopen(by="wu", role="technician", case=case))
    assert {"door d1": ("-02", 1)}.items() <= told(room).items()


def test_an_acknowledgement_takes_in_what_its_giver_saw_and_nothing_that_came_later() -> None:
    room = room_of()
    room.step(1, "s1.smoke=on")
    saw = seen(room)
    room.step(2, "s2.smoke=on")
    room.step(3, by(Acknowledge, saw=saw))
    assert {"s1": State.ACKNOWLEDGED, "s2": State.UNACKNOWLEDGED} == {alert.key: alert.state for alert in room.open()}
    assert (1, 1) == tuple(room.effects.facts[0].fields[name] for name in ("count", "later"))
    room.step(4, "s1.smoke=off")
    room.step(5, "s1.smoke=on")
    assert ["incident.came_later"] == keys(room.step(6, by(Acknowledge, saw=saw)))
    room.step(7, by(Acknowledge))
    assert {State.ACKNOWLEDGED} == {alert.state for alert in room.open()}
    assert ["incident.nothing_to_do"] == keys(room.step(8, by(Acknowledge)))


def test_a_later_one_that_joins_is_new_though_the_rest_was_acknowledged() -> None:
    room = room_of()
    room.step(1, "s1.smoke=on")
    room.step(2, by(Acknowledge))
    room.step(3, "g1.gas_alarm=on")
    assert {"fire": State.ACKNOWLEDGED, "gas": State.UNACKNOWLEDGED} == {a.rule: a.state for a in room.open()}


def test_all_of_it_is_silenced_but_nothing_that_came_later() -> None:
    """Nor is anything acknowledged by it: what joins, or comes again, sounds."""
    room = room_of()
    room.step(1, "s1.smoke=on", "g1.gas_alarm=on")
    room.step(2, by(Acknowledge, saw=tuple(each for each in seen(room) if each in alerts_of(room, "g1"))))
    saw = seen(room)
    room.step(3, "s2.smoke=on")
    room.step(4, by(Silence, saw=saw))
    assert {"s1": True, "s2": False, "g1": False} == quiet(room)
    assert State.UNACKNOWLEDGED in {alert.state for alert in room.open() if alert.key == "s1"}
    assert ("silenced", 1, 1) == (
        room.effects.facts[0].step,
        *(room.effects.facts[0].fields[name] for name in ("count", "later")),
    )
    room.step(5, "s1.smoke=off")
    room.step(6, "s1.smoke=on")
    assert {"s1": False, "s2": False, "g1": False} == quiet(room)
    assert ["incident.came_later"] == keys(room.step(7, by(Silence, saw=saw)))
    room.step(8, by(Silence))
    assert {"s1": True, "s2": True, "g1": False} == quiet(room)
    room.step(9, by(Acknowledge))
    assert ["incident.nothing_to_do"] == keys(room.step(10, by(Silence)))


def quiet(room: KernelRoom) -> dict[str, bool]:
    return {alert.key: alert.silenced_until is not None for alert in room.open()}


def alerts_of(room: KernelRoom, key: str) -> tuple[str, ...]:
    return tuple(f"{alert.id}:{alert.occurrences}" for alert in room.open() if alert.key == key)


def test_a_fire_is_cleared_by_two_acts() -> None:
    room = room_of()
    room.step(1, "s1.smoke_density=0.2", "s1.smoke=on", "s2.smoke=on")
    room.step(60, "s1.smoke_density=0", "s1.smoke=off", "s2.smoke=off")
    room.step(61, by(Acknowledge, saw=seen(room)))
    room.step(62, by(Close, disposition=Disposition.CONFIRMED, note="bin burnt", saw=seen(room)))
    assert [] == room.open()
    assert ["reset", "close", "reset", "close"] == [event.action for event in room.effects.alerts]
    assert {("li", "bin burnt")} == {(e.by, e.note) for e in room.effects.alerts if e.action == "close"}


@pytest.mark.parametrize(
    ("events", "ask", "key"),
    [
        (("s1.smoke=on",), {"note": "x"}, "incident.stands"),
        (("s1.smoke=on", "s1.smoke=off"), {"note": "x"}, "incident.acknowledge_first"),
        (("g1.gas_alarm=on", "g1.gas_alarm=off"), {}, "incident.acknowledge_first"),
        (("d1.door=on", "d1.door=off"), {"case": "-07"}, "incident.no_case"),
        (("d1.door=on", "d1.door=off"), {"saw": ("zz",)}, "incident.came_later"),
        (("d1.door=on", "d1.door=off"), {"role": "guard"}, "workflow.not_your_role"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_closed_by_one_act(events: tuple[str, ...], ask: dict[str, Any], key: str) -> None:
    room = room_of()
    room.step(1, *events)
    assert [key] == keys(room.step(2, by(Close, disposition=Disposition.CONFIRMED, **ask)))
    assert room.open()


def test_a_fire_is_closed_with_a_note() -> None:
    room = room_of()
    room.step(1, "s1.smoke=on", "s1.smoke=off")
    room.step(2, by(Acknowledge))
    assert ["incident.note_needed"] == keys(room.step(3, by(Close, disposition=Disposition.NUISANCE)))
    assert ["incident.say_what"] == keys(room.step(4, by(Comment, note=" ")))
    room.step(5, by(Comment, note="cook"))
    assert ["cook"] == [alert.note for alert in room.open()]
    room.step(6, by(Reset))
    assert [False] == [alert.latched for alert in room.open()]
    assert ["incident.nothing_to_do"] == keys(room.step(7, by(Reset)))


def test_two_are_joined_under_the_earlier_number_in_whichever_order_they_are_named() -> None:
    for first, second in (("-01", "-02"), ("-02", "-01")):
        room = room_of()
        room.step(1, "s1.smoke=on")
        room.step(2, "s9.smoke=on")
        room.step(3, by(Join, first, other=f"{TODAY}{second}"))
        assert {"fire s1": ("-01", 1), "fire s9": ("-01", 2)} == told(room)
        assert ["incident.joined", "incident.went"] == facts(room.effects)
        cases = room.kernel.cases.of("incident")
        assert (f"{TODAY}-01", (f"{TODAY}-02",)) == (cases[f"{TODAY}-02"].into, cases[f"{TODAY}-01"].with_numbers)
        assert ["incident.is_over"] == keys(room.step(4, by(Join, "-02", other=f"{TODAY}-01")))


def test_what_is_something_else_is_split_off_with_a_number_of_its_own() -> None:
    room = room_of()
    room.step(1, "s1.smoke=on")
    room.step(2, "s2.smoke=on", "g1.gas_alarm=on")
    first, second = (next(a.id for a in room.open() if a.key == key) for key in ("s1", "s2"))
    room.step(3, by(Split, alerts=(first,)))
    assert {"fire s1": ("-02", 1), "fire s2": ("-01", 2), "gas g1": ("-01", 3)} == told(room)
    assert second == room.kernel.cases.of("incident")[f"{TODAY}-01"].first
    assert ["incident.not_in_it"] == keys(room.step(4, by(Split, alerts=(first,))))
    assert ["incident.nothing_left"] == keys(room.step(5, by(Split, "-02", alerts=(first,))))
    assert ["incident.no_other"] == keys(room.step(6, by(Join, other=f"{TODAY}-01")))


def test_alerts_closed_one_by_one_end_it_too() -> None:
    room = room_of()
    room.step(1, "w1.leak=on", "w1.leak=off")
    (alert,) = room.open()
    room.step(2, AcknowledgeOne(alert.id, "li"))
    assert ["incident.over"] == facts(room.effects)


@pytest.mark.parametrize("minutes", [0, 0.5, 1_441])
def test_a_window_that_is_none(minutes: float) -> None:
    assert ["incident.minutes"] == [fault.text.key for fault in IncidentConfig(window_min=minutes).check(SITE)]


@pytest.mark.parametrize(
    ("events", "folds"),
    [
        (("s1.smoke=on", "s2.smoke=on", "s1.smoke_density=0.2"), {"s1": "/fire", "s2": "/fire"}),
        (("s1.smoke=on", "g1.gas_alarm=on"), {"s1": "/fire", "g1": "/gas"}),
        (("s1.smoke=on", "b1.call_point=on"), {"s1": "/fire", "b1": "/fire/by-hand"}),
        (("d1.door=on", "p1.panic=on"), {"d1": "", "p1": "/hold_up"}),
        (("d1.door=on", "m1.occupancy=on"), {"d1": "", "m1": ""}),
        (("w1.leak=on",), {"w1": ""}),
    ],
)
def test_what_kills_stands_in_the_fold_of_nothing_else(events: tuple[str, ...], folds: dict[str, str]) -> None:
    room = room_of()
    room.step(1, *events)
    assert {(alert.key, f"{TODAY}-01{folds[alert.key]}") for alert in room.open()} == {
        (alert.key, fold_of(alert)) for alert in room.open()
    }


def test_what_the_gateway_says_at_the_end_of_a_turn_gets_its_incident_in_the_next() -> None:
    lost = rule("supervision", name="lost", alert_class="fault", interval_s=100)
    room = KernelRoom(Incidents(), rules=(lost,), devices=(), site=SITE)
    room.engine.set_devices(STORE, START + SECOND)
    room.step(1)
    room.run_until(300)
    assert {"gateway-not-put-up"} == {alert.rule for alert in room.open() if alert.suppression is None}
    assert {True} == {alert.incident != "" for alert in room.open() if alert.suppression is None}
