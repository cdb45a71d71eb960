"""Response: the checklist of an incident and its clocks, from the first second to its end."""

import pytest

from alerts.alert import Disposition
from alerts.command import Acknowledge, Close, Reset
from alerts.response_asks import Confirm, Dispatch, Tick, Undo
from alerts.response_case import Responding
from api.workflow_finder import workflows as found_workflows
from devices.reading import SECOND
from tests.alerts.kernel.room import facts, keys
from tests.alerts.timeline import START
from tests.workflows.responding import OPERATOR, Drilling, close_all, done, fire, late, room, run, scan, the_case
from workflows import bypass
from workflows.incident import Join, Split
from workflows.response import LATE

# -- opening ------------------------------------------------------------------------------------------------------


def test_one_fire_is_one_checklist_however_many_detectors_join() -> None:
    a_room = room()
    case = fire(a_room)
    a_room.step(5, "s2.smoke=on")
    (alert, other) = a_room.open("fire")
    assert alert.incident == other.incident == case.id == the_case(a_room).id
    assert START + SECOND == case.started_at, "the first second"
    assert ["scene", "confirm", "linkage", "call_119", "report", "evacuate", "team", "cause"] == [
        step.id for step in case.steps
    ]


@pytest.mark.parametrize(
    ("said", "steps"),
    [
        ("g1.gas_alarm=on", "gas_scene"),
        ("p1.panic=on", "hold_up_look"),
        ("m1.motion=on", "intrusion_scene"),
        ("d1.door=on", ""),
    ],
)
def test_each_class_with_a_procedure_has_its_own_and_no_other_opens_any(said: str, steps: str) -> None:
    a_room = room()
    effects = a_room.step(1, said)
    cases = [case for case in a_room.kernel.cases.of("response").values() if isinstance(case, Responding)]
    assert [steps] * bool(steps) == [case.steps[0].id for case in cases]
    assert bool(steps) == ("response.begun" in facts(effects))


def test_the_order_of_workflows_gives_an_alarm_its_number_first() -> None:
    """They hear an alarm in the order in which they are found."""
    order = list(found_workflows())
    assert order.index("incident") < order.index("response")


def test_an_alarm_that_belongs_to_no_incident_has_its_own() -> None:
    a_room = room(with_incidents=False)
    case = fire(a_room)
    assert a_room.open("fire")[0].id == case.id
    assert ["response.ended"] == [each for each in facts(close_all(a_room, 9)) if each.startswith("response.e")]


def test_something_worse_takes_the_checklist_over_and_counts_anew() -> None:
    a_room = room()
    a_room.step(1, "m1.motion=on")
    scan(a_room, 30)
    assert ["intrusion_scene"] == done(a_room)
    effects = a_room.step(60, "p1.panic=on")
    case = the_case(a_room)
    assert "response.again" in facts(effects)
    assert ("hold_up", START + 60 * SECOND) == (case.alert_class, case.started_at)
    a_room.step(61, "m1.motion=off", "m1.motion=on")
    assert "hold_up" == the_case(a_room).alert_class


def test_whoever_is_on_the_scene_still_is_when_something_worse_comes() -> None:
    a_room = room()
    a_room.step(1, "g1.gas_alarm=on")
    scan(a_room, 30)
    a_room.step(60, "s1.smoke=on")
    assert ["scene"] == done(a_room)


# -- clocks -------------------------------------------------------------------------------------------------------


def test_clocks_run_from_the_first_second_and_what_is_late_is_an_alert_beside_the_fire() -> None:
    """On the scene after 1 min, the team after 3 min; what only a real fire wants waits for that word."""
    a_room = room()
    fire(a_room)
    assert [(61, "overdue", "scene"), (91, "overdue", "confirm"), (181, "overdue", "team")] == run(a_room, 9_000)
    assert late(a_room)
    (alert,) = a_room.open(LATE.name)
    assert "duty" == alert.alert_class
    assert alert.incident != a_room.open("fire")[0].incident


def test_a_real_fire_counts_what_follows_from_that_word() -> None:
    a_room = room()
    case = fire(a_room)
    a_room.ask(20, Tick(case=case.id, step="scene", **OPERATOR))
    a_room.ask(30, Confirm(case=case.id, verdict="real", burns="pallets", size="a room", **OPERATOR))
    expected = [
        (60, "overdue", "linkage"),
        (90, "overdue", "call_119"),
        (90, "overdue", "evacuate"),
        (181, "overdue", "team"),
        (330, "overdue", "report"),
    ]
    assert expected == run(a_room, 9_000)


def test_a_false_alarm_wants_its_cause_and_nothing_of_a_real_one() -> None:
    a_room = room()
    case = fire(a_room)
    scan(a_room, 20)
    a_room.ask(30, Confirm(case=case.id, verdict="false", **OPERATOR))
    assert [(1_830, "overdue", "cause")] == run(a_room, 9_000)
    assert ["response.cause_needed"] == keys(a_room.step(9_001, Tick(case=case.id, step="cause", **OPERATOR)))
    a_room.ask(9_002, Tick(case=case.id, step="cause", note="steam", **OPERATOR))
    assert not late(a_room)


def test_what_was_thought_to_be_false_and_comes_again_counts_anew() -> None:
    a_room = room()
    case = fire(a_room)
    scan(a_room, 20)
    a_room.ask(30, Confirm(case=case.id, verdict="false", **OPERATOR))
    effects = a_room.step(40, "s2.smoke=on")
    assert "response.again" in facts(effects)
    assert ("", START + 40 * SECOND, ["scene"]) == (
        the_case(a_room).verdict,
        the_case(a_room).started_at,
        done(a_room),
    )


def test_once_nothing_is_late_the_alert_about_it_is_over() -> None:
    a_room = room()
    case = fire(a_room)
    run(a_room, 100)
    a_room.ask(101, Tick(case=case.id, step="scene", **OPERATOR))
    assert late(a_room), "the confirmation is late still"
    a_room.ask(102, Confirm(case=case.id, verdict="real", **OPERATOR))
    assert not late(a_room)
    a_room.ask(103, Undo(case=case.id, step="scene", **OPERATOR))
    assert (103, "overdue", "scene") in run(a_room, 104)
    assert late(a_room)


def test_the_next_role_is_told_of_what_is_late() -> None:
    a_room = room()
    fire(a_room)
    told = []
    for at in (61, 91):
        effects = a_room.step(at)
        told += [(each.to, each.is_urgent, each.answers) for each in effects.notifications]
    assert [(("zhao",), True, False)] * 2 == told


@pytest.mark.parametrize("at", [0, 10, 61, 100, 200])
def test_a_restart_forgets_no_clock(at: float) -> None:
    """Whatever fell into the outage is said at once, and once."""
    plain, killed = room(), room()
    for each in (plain, killed):
        fire(each)
    before = run(killed, at)
    killed.restart(0.5)
    after = before + run(killed, 9_000)
    assert [each[1:] for each in run(plain, 9_000)] == [each[1:] for each in after]


def test_a_restart_after_all_of_it_says_what_is_late_at_once() -> None:
    a_room = room()
    fire(a_room)
    a_room.restart(3_600)
    assert {"scene", "confirm", "team"} == {item for _, step, item in run(a_room, 3_700) if step == "overdue"}


# -- ending -------------------------------------------------------------------------------------------------------


def test_it_ends_with_its_incident_and_says_what_was_not_done() -> None:
    a_room = room()
    case = fire(a_room)
    a_room.step(5, "s2.smoke=on")
    a_room.ask(6, Confirm(case=case.id, verdict="real", **OPERATOR))
    run(a_room, 70)
    effects = close_all(a_room, 80)
    (ended,) = [fact for fact in effects.facts if fact.step == "ended"]
    left = ("scene", "linkage", "call_119", "report", "evacuate", "team")
    assert left == ended.fields["not_done"]
    assert not a_room.kernel.cases.of("response")
    assert not late(a_room)


def test_incidents_that_are_joined_have_one_checklist() -> None:
    a_room = room()
    a_room.step(1, "s1.smoke=on")
    first = the_case(a_room).id
    a_room.step(2, "m1.motion=on")
    one, other = a_room.kernel.cases.of("response").values()
    assert first == one.id
    a_room.ask(3, Tick(case=other.id, step="intrusion_scene", **OPERATOR))
    a_room.ask(4, Join(case=one.id, other=other.id, **OPERATOR))
    assert first == the_case(a_room).id
    assert "fire" == the_case(a_room).alert_class


def test_what_was_done_of_one_counts_for_the_other_that_it_is_joined_to() -> None:
    a_room = room()
    a_room.step(1, "s1.smoke=on")
    a_room.step(2, "s3.smoke=on")
    one, other = list(a_room.kernel.cases.of("response"))
    a_room.ask(3, Tick(case=other, step="team", **OPERATOR))
    a_room.ask(4, Join(case=one, other=other, **OPERATOR))
    assert (one, ["team"]) == (the_case(a_room).id, done(a_room))


def test_at_a_start_what_stands_has_its_checklist_and_no_other_is_left() -> None:
    """One that is new here begins with the start: nobody was asked for anything before."""
    a_room = room()
    fire(a_room)
    a_room.cases = {name: case for name, case in a_room.cases.items() if name[0] != "response"}
    a_room.restart(60)
    a_room.step(61)
    assert START + 61 * SECOND == the_case(a_room).started_at
    a_room.alerts.clear()
    a_room.memories.clear()
    a_room.restart()
    a_room.step(62)
    assert not a_room.kernel.cases.of("response")


def test_what_is_held_back_opens_one_when_it_is_brought_back() -> None:
    a_room = room()
    until = START + 3_600 * SECOND
    held = a_room.ask(1, bypass.Begin(by="li", role="technician", reason="work", until=until, devices=("m1",)))
    a_room.step(2, "m1.motion=on")
    assert not a_room.kernel.cases.of("response")
    a_room.ask(3, bypass.End(case=held, by="li", role="technician"))
    assert "intrusion" == the_case(a_room).alert_class


def test_alerts_that_are_split_off_have_a_checklist_of_their_own() -> None:
    a_room = room()
    case = fire(a_room)
    a_room.step(2, "s2.smoke=on")
    second = a_room.open("fire")[1]
    a_room.ask(4, Split(case=case.id, alerts=(second.id,), **OPERATOR))
    cases = a_room.kernel.cases.of("response")
    assert {alert.incident for alert in a_room.open("fire")} == set(cases)
    assert 2 == len(cases)


# -- what is not real, and what is silent -------------------------------------------------------------------------


def test_a_drill_has_its_own_marked_and_ending_with_it() -> None:
    a_room = room()
    a_room.step(1, Drilling(device="s1", **OPERATOR))
    a_room.step(1)
    case = the_case(a_room)
    assert "drill" == case.origin
    a_room.step(2, "s2.smoke=on")
    real = next(each for each in a_room.kernel.cases.of("response").values() if each.origin == "real")
    assert real.id != case.id, "real smoke beside a drill is a fire of its own"
    effects = a_room.step(3, Dispatch(case=case.id, person="wang", **OPERATOR))
    assert ["drill"] == [each.origin for each in effects.notifications]
    assert "response.message_drill" == effects.notifications[0].text.key
    assert {"drill"} == {fact.origin for fact in effects.facts if fact.case == case.id}
    assert [(61, "overdue_quiet", "scene")] == run(a_room, 61)
    assert not late(a_room), "what is late in a drill is no real alert"
    scan(a_room, 62)
    cases = [each for each in a_room.kernel.cases.of("response").values() if isinstance(each, Responding)]
    assert [True, True] == [each.is_anybody_there for each in cases], "who is there in a drill is really there"
    (alert,) = [each for each in a_room.open("fire") if each.origin == "drill"]
    a_room.step(64, Drilling(device="s1", is_on=False, **OPERATOR))
    a_room.step(65, Acknowledge(alert=alert.id, by="op"), Reset(alert=alert.id, by="op"))
    effects = a_room.step(66, Close(alert=alert.id, by="op", disposition=Disposition.TEST, note="drill"))
    assert [("ended", "drill")] == [(fact.step, fact.origin) for fact in effects.facts if fact.case == case.id]
    assert [real.id] == list(a_room.kernel.cases.of("response"))


def test_a_silent_alarm_gives_nothing_away() -> None:
    """Its case and entries have its id, by which they are hidden; no alert that stands everywhere, no telephone."""
    a_room = room()
    a_room.step(1, "p1.duress=on")
    case = the_case(a_room)
    (alert,) = a_room.open("quiet")
    assert (alert.id, True) == (case.id, case.silent)
    told = []
    for at in (61, 62, 121):
        effects = a_room.step(at)
        told += effects.notifications
        assert {fact.case for fact in effects.facts} <= {alert.id}
    assert [] == told
    assert not late(a_room)
