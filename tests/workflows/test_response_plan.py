"""Response: procedures of a site, and what holds whatever people do."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.response_asks import Confirm, Dispatch, Tick, Undo
from alerts.response_case import Responding
from alerts.response_plan import DEFAULTS, Procedure, Step
from alerts.workflow import Ask
from devices.reading import SECOND
from tests.alerts.timeline import START
from tests.workflows.responding import OPERATOR, SITE, close_all, fire, room, run, scan
from workflows.response import Response, ResponseConfig

# -- the site's own -----------------------------------------------------------------------------------------------


def own(*steps: Step, **more: Any) -> Procedure:
    given: dict[str, Any] = {"name": "own", "classes": ("fire",), "steps": steps}
    return Procedure(**given | more)


def test_the_sites_own_is_taken_before_those_that_stand() -> None:
    mine = own(Step(id="kettle", name="Lift the kettle", name_zh="提起水壶", within_s=5), areas=("store",))
    a_room = room(ResponseConfig(procedures=(mine,)))
    fire(a_room)
    assert [(6, "overdue", "kettle")] == run(a_room, 900)


def test_what_only_a_false_alarm_wants_is_not_late_before_it_is_one() -> None:
    mine = own(Step(id="confirm", kind="confirm", within_s=9), Step(id="cause", within_s=5, only="false"))
    a_room = room(ResponseConfig(procedures=(mine,)))
    fire(a_room)
    assert [(10, "overdue", "confirm")] == run(a_room, 900)


def test_steps_are_chosen_among_those_of_the_site_and_those_that_stand() -> None:
    mine = own(Step(id="kettle", name="Lift the kettle"))
    assert ["kettle", "scene", "confirm"] == Response(ResponseConfig(procedures=(mine,))).choices(SITE)["step"][:3]


def test_a_class_whose_own_has_no_steps_opens_none() -> None:
    a_room = room(ResponseConfig(procedures=(own(),)))
    a_room.step(1, "s1.smoke=on")
    assert not a_room.kernel.cases.of("response")


@pytest.mark.parametrize(
    ("procedure", "path", "key"),
    [
        (own(classes=()), ("classes",), "no_classes"),
        (own(areas=("moon",)), ("areas", 0), "no_area"),
        (own(Step(id="scene"), Step(id="scene")), ("steps", 1, "id"), "bad_id"),
        (own(Step(id="two words", name="x")), ("steps", 0, "id"), "bad_id"),
        (own(Step(id="kettle")), ("steps", 0, "name"), "no_name"),
        (own(Step(id="scene", within_s=0)), ("steps", 0, "within_s"), "seconds"),
        (own(Step(id="scene", within_s=float("nan"))), ("steps", 0, "within_s"), "seconds"),
        (own(Step(id="call_119", kind="call", number="one")), ("steps", 0, "number"), "no_number"),
        (own(Step(id="team", only="real")), ("steps", 0, "only"), "never_confirmed"),
        (
            own(Step(id="confirm", kind="confirm"), Step(id="hold_up_look", kind="confirm")),
            ("steps", 0, "kind"),
            "one_confirm",
        ),
        (own(*(Step(id=f"s{number}", name="x") for number in range(21))), ("steps",), "most_steps"),
    ],
)
def test_what_is_wrong_with_it_is_said_with_its_place(procedure: Procedure, path: tuple[Any, ...], key: str) -> None:
    found = list(ResponseConfig(procedures=(procedure,)).check(SITE))
    assert (("procedures", 0, *path), f"response.{key}") in [(fault.path, fault.text.key) for fault in found]


def test_the_procedures_that_stand_are_right() -> None:
    assert not list(ResponseConfig(procedures=DEFAULTS).check(SITE))


# -- properties ---------------------------------------------------------------------------------------------------

STEPS = sorted({step.id for procedure in DEFAULTS for step in procedure.steps})
ACTS = st.one_of(
    st.sampled_from(["s1.smoke=on", "s1.smoke=off", "s2.smoke=on", "g1.gas_alarm=on", "p1.panic=on", "m1.motion=on"]),
    st.sampled_from([("tick", step) for step in STEPS] + [("undo", step) for step in STEPS]),
    st.sampled_from([("real", ""), ("false", ""), ("send", ""), ("scan", ""), ("restart", ""), ("close", "")]),
)


@given(st.lists(st.tuples(st.integers(1, 100), ACTS), max_size=14))
def test_whatever_people_do_each_danger_that_is_open_has_its_checklist(acts: list[tuple[int, Any]]) -> None:
    """None fails, none is left over, and each clock that runs is in sight."""
    a_room, at = room(), 2.0
    for pause, act in acts:
        at += pause
        run(a_room, at)
        cases = list(a_room.kernel.cases.of("response"))
        match act:
            case str():
                a_room.step(at, act)
            case ("scan", _):
                scan(a_room, at)
            case ("restart", _):
                a_room.restart()
            case ("close", _):
                close_all(a_room, at)
            case (verb, step):
                for case in cases:
                    a_room.step(at, _asked(verb, case, step))
        at = max(at, (a_room.now - START) / SECOND)
    assert not a_room.kernel.failures
    run(a_room, at)
    dangers = {
        alert.incident for alert in a_room.open() if alert.alert_class in ("fire", "gas", "hold_up", "intrusion")
    }
    assert dangers == set(a_room.kernel.cases.of("response"))
    for each in a_room.kernel.cases.of("response").values():
        assert isinstance(each, Responding)
        waits = [each.due_at(step) for step in each.steps if not step.is_late and each.due_at(step) is not None]
        assert not waits or each.wake_at is not None


def _asked(verb: str, case: str, step: str) -> Ask:
    match verb:
        case "tick":
            return Tick(case=case, step=step, note="x", **OPERATOR)
        case "undo":
            return Undo(case=case, step=step, **OPERATOR)
        case "send":
            return Dispatch(case=case, **OPERATOR)
        case "real":
            return Confirm(case=case, verdict="real", **OPERATOR)
    return Confirm(case=case, verdict="false", **OPERATOR)
