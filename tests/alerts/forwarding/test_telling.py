"""Which steps of alerts a centre is told, and as what."""

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from alerts.alert import Alert, AlertClass, AlertEvent, State
from alerts.forwarding.conditions import CONDITIONS, condition_of, conditions_of
from alerts.forwarding.numbering import Numbering, Numbers
from alerts.forwarding.telling import Telling
from alerts.lifecycle import MANNERS, Action, Manner, after
from alerts.suppression_reason import Suppression
from devices.centre import RANK, CentreEvent
from devices.families import centre_families
from devices.message import Text
from devices.reading import SECOND, Instant, Origin, Reading

AT: Instant = 1_000 * SECOND
FIRE_CENTRE = centre_families()["gbt26875"].conditions
BYPASS = Suppression("bypass", "b1", 0, "li", 100, "welding")


def reading(device: str, signal: str = "smoke", value: Any = True) -> Reading:
    return Reading(device, signal, value, AT, AT)


def alert(alert_class: AlertClass = AlertClass.FIRE, *causes: Reading, **fields: Any) -> Alert:
    known: dict[str, Any] = {
        "id": "1",
        "rule": "rule",
        "rule_version": "",
        "area": "store",
        "key": causes[0].device if causes else "store",
        "priority": 1,
        "text": Text.of("state.active"),
        "state": State.UNACKNOWLEDGED,
        "raised": AT,
        "changed": AT,
        "latched": MANNERS[alert_class] is Manner.LATCHING,
    }
    return Alert(alert_class=alert_class, causes=causes, **{**known, **fields})


def telling(classes: Any = AlertClass) -> Telling:
    numbering = Numbering(Numbers(), Numbers({"store": 3}, {"s-1": 17}))
    return Telling(
        list(classes), RANK, numbering, "{}/{}".format, own_area="gateway", own_ways={"gateway-transmission-failed"}
    )


def raised(of: Alert) -> AlertEvent:
    return AlertEvent(of, Action.RAISED, of.raised, causes=of.causes)


def then(of: Alert, action: Action, at: Instant, *causes: Reading, **given: Any) -> AlertEvent:
    return AlertEvent(after(of, action, at, **given), action, at, causes=causes)


def short(told: list[CentreEvent]) -> list[tuple[Any, ...]]:
    return [(each.condition, each.point, each.zone, each.is_restore) for each in told]


SMOKE = reading("s-1")


def test_a_fire_is_told_of_its_detector_and_over_when_a_person_has_reset_it() -> None:
    centre, fire = telling(), alert(AlertClass.FIRE, SMOKE)
    (begun,) = centre.step(raised(fire))
    assert ("smoke", 3, 17, "store/s-1", ("smoke",)) == (
        *(begun.condition, begun.partition, begun.zone, begun.text, begun.standing),
    )
    gone = then(fire, Action.CAUSE_GONE, AT + 1)
    assert [] == centre.step(gone), "it is latched"
    seen = then(gone.alert, Action.ACKNOWLEDGE, AT + 2, by="ada")
    assert [] == centre.step(seen)
    (over,) = centre.step(then(seen.alert, Action.RESET, AT + 3, by="ada"))
    assert ("smoke", "s-1", 17, True) == short([over])[0]
    assert () == over.standing


@pytest.mark.parametrize("alert_class", [AlertClass.GAS, AlertClass.FAULT, AlertClass.TAMPER])
def test_what_latches_not_is_over_when_its_cause_is(alert_class: AlertClass) -> None:
    centre, found = telling(), alert(alert_class, reading("s-1", "gas"))
    assert [False] == [each.is_restore for each in centre.step(raised(found))]
    gone = then(found, Action.CAUSE_GONE, AT + 1)
    assert [True] == [each.is_restore for each in centre.step(gone)]
    back = then(gone.alert, Action.CAUSE_AGAIN, AT + 2, reading("s-1", "gas"))
    assert [False] == [each.is_restore for each in centre.step(back)]


def test_each_detector_that_joins_is_told_and_none_twice() -> None:
    centre, fire = telling(), alert(AlertClass.FIRE, SMOKE, reading("s-2", "heat"))
    assert [("smoke", "s-1", 17, False), ("heat", "s-2", 18, False)] == short(centre.step(raised(fire)))
    joined = then(fire, Action.CAUSE_AGAIN, AT + 1, SMOKE, reading("s-3", "flame"))
    assert [("flame", "s-3", 19, False)] == short(centre.step(joined))
    assert [] == centre.step(joined)
    anew = then(fire, Action.CAUSE_AGAIN, AT + 2, SMOKE, is_anew=True)
    assert [("smoke", "s-1", 17, False)] == short(centre.step(anew)), "it has happened once more"
    gone = then(anew.alert, Action.CAUSE_GONE, AT + 3)
    over = replace(gone, alert=replace(gone.alert, latched=False), action=Action.RESET)
    assert {"s-1", "s-2", "s-3"} == {each.point for each in centre.step(over) if each.is_restore}


def test_what_is_set_aside_is_told_when_it_is_brought_back() -> None:
    centre = telling()
    aside = alert(AlertClass.FIRE, SMOKE, suppression=BYPASS)
    assert [] == centre.step(raised(aside))
    back = then(aside, Action.BROUGHT_BACK, AT + 5)
    assert [("smoke", "s-1", 17, False)] == short(centre.step(back))


def test_what_was_told_and_set_aside_later_is_over_when_it_is() -> None:
    centre, fault = telling(), alert(AlertClass.FAULT, reading("s-1", "fault"))
    centre.step(raised(fault))
    aside = then(fault, Action.SET_ASIDE, AT + 1, suppression=BYPASS)
    assert [] == centre.step(aside)
    gone = then(aside.alert, Action.CAUSE_GONE, AT + 2)
    assert [("fault", "s-1", 17, True)] == short(centre.step(gone))
    assert [] == centre.step(then(gone.alert, Action.LAPSED, AT + 3))


def test_two_alerts_that_say_the_same_of_a_place_are_over_together() -> None:
    centre = telling()
    one, two = (
        alert(AlertClass.FAULT, reading("s-1", "fault")),
        alert(AlertClass.FAULT, reading("s-1", "fault"), id="2"),
    )
    fire = alert(AlertClass.FIRE, SMOKE, id="3")
    for each in (one, two, fire):
        centre.step(raised(each))
    assert [] == centre.step(then(one, Action.CAUSE_GONE, AT + 1))
    (over,) = centre.step(then(two, Action.CAUSE_GONE, AT + 2))
    assert ("smoke",) == over.standing, "the fire beside it stands"


@pytest.mark.parametrize(
    ("found", "condition"),
    [
        (alert(AlertClass.FIRE, reading("a", "call_point")), "call_point"),
        (alert(AlertClass.FIRE, reading("a", "temperature.2", 80.0)), "heat"),
        (alert(AlertClass.FIRE), "fire"),
        (alert(AlertClass.GAS, reading("a", "co", 300.0)), "co"),
        (alert(AlertClass.HOLD_UP, reading("a", "panic")), "hold_up"),
        (alert(AlertClass.HOLD_UP, reading("a", "panic"), silent=True), "silent_hold_up"),
        (alert(AlertClass.HOLD_UP, reading("a", "duress"), silent=True), "duress"),
        (alert(AlertClass.INTRUSION, reading("a", "door")), "perimeter"),
        (alert(AlertClass.INTRUSION, reading("a", "motion")), "interior"),
        (alert(AlertClass.ACCESS, reading("a", "door")), "forced_door"),
        (alert(AlertClass.FAULT, reading("a", "mains", False)), "mains"),
        (alert(AlertClass.FAULT, text=Text.of("supervision.silent"), key="a"), "lost"),
        (alert(AlertClass.FAULT, text=Text.of("alert.titled", text=Text.of("supervision.silent"))), "lost"),
    ],
)
def test_what_told_it_says_what_it_is_about(found: Alert, condition: str) -> None:
    assert condition == condition_of(found, found.causes)


def test_what_is_wrong_with_the_gateway_is_told_as_that() -> None:
    centre = telling()
    own = alert(AlertClass.FAULT, reading("part:storage", "fault"), area="gateway")
    assert [("gateway", "", 0, False)] == short(centre.step(raised(own)))
    way = alert(
        AlertClass.FAULT, reading("part:x", "fault"), id="2", area="gateway", rule="gateway-transmission-failed"
    )
    (told,) = centre.step(raised(way))
    assert ("transmission", ("gateway", "transmission"), 0) == (told.condition, told.standing, told.partition)


def test_classes_that_are_not_wanted_and_what_cannot_be_said_stay_here() -> None:
    assert [] == telling([AlertClass.GAS]).step(raised(alert(AlertClass.FIRE, SMOKE)))
    assert [] == telling().step(raised(alert(AlertClass.DUTY)))
    fire_centre = Telling(
        list(AlertClass),
        FIRE_CENTRE,
        Numbering(Numbers(), Numbers()),
        "{}{}".format,
        own_area="gateway",
        own_ways=(),
    )
    assert [] == fire_centre.step(raised(alert(AlertClass.HOLD_UP, reading("a", "panic"))))
    assert [("smoke", "s-1", 1, False)] == short(fire_centre.step(raised(alert(AlertClass.FIRE, SMOKE))))


def test_every_condition_of_a_class_is_one_that_a_centre_ranks() -> None:
    every = frozenset[str]().union(*(conditions_of(each) for each in AlertClass))
    of_no_alert = {"test", "duty_answer", "opening", "closing", "drill_begun", "drill_over"}
    assert of_no_alert == RANK.keys() - every
    assert not conditions_of(AlertClass.DUTY)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(list(Action)),
        st.lists(st.sampled_from(["s-1", "s-2"]), max_size=2),
        st.booleans(),
    ),
    max_size=12,
)


@given(
    st.sampled_from(list(AlertClass)),
    st.sampled_from([each for each in get_args(Origin) if each != "real"]),
    STEPS,
    st.booleans(),
)
def test_what_is_not_real_never_leaves(
    alert_class: AlertClass, origin: Origin, steps: list[tuple[Action, list[str], bool]], is_silent: bool
) -> None:
    """Whatever happens to it, in whichever order, of whichever class, as whichever family's code."""
    centre = telling()
    found = alert(alert_class, SMOKE, origin=origin, silent=is_silent)
    assert [] == centre.step(raised(found))
    for place, (action, devices, is_active) in enumerate(steps):
        changed = replace(found, active=is_active, state=State.CLOSED if action is Action.CLOSE else found.state)
        causes = tuple(reading(device) for device in devices)
        assert [] == centre.step(AlertEvent(changed, action, AT + place, causes=causes))


@given(st.sampled_from(list(CONDITIONS)), STEPS)
def test_nothing_that_is_set_aside_begins_and_what_ends_had_begun(
    alert_class: AlertClass, steps: list[tuple[Action, list[str], bool]]
) -> None:
    centre, stands = telling(), set[tuple[str, str]]()
    found = alert(alert_class, SMOKE)
    for place, (action, devices, is_aside) in enumerate(steps):
        at = AT + place
        changed = replace(
            found,
            active=action not in (Action.CAUSE_GONE, Action.RESET, Action.CLOSE),
            latched=found.latched and action not in (Action.RESET, Action.CLOSE),
            state=State.CLOSED if action is Action.CLOSE else State.UNACKNOWLEDGED,
            suppression=BYPASS if is_aside else None,
            again=at if action is Action.CAUSE_AGAIN else None,
        )
        causes = tuple(reading(device) for device in devices)
        for told in centre.step(AlertEvent(changed, action, at, causes=causes)):
            if told.is_restore:
                assert told.place in stands
                stands.discard(told.place)
            else:
                assert not is_aside
                stands.add(told.place)


def test_a_number_is_given_once() -> None:
    first = Numbering(Numbers(), Numbers({}, {"b": 5}))
    first.give(["x", "y"], ["a", "b", "c"])
    assert ([1, 2], [6, 5, 7, 0]) == ([*map(first.partition, "xy")], [*map(first.zone, ["a", "b", "c", ""])])
    assert first.has_news
    later = Numbering(first.numbers, Numbers({}, {"b": 5}))
    later.give([], ["c", "d", "a"])
    assert [6, 7, 8] == [*map(later.zone, "acd")]
    later.kept()
    assert not later.has_news
    moved = Numbering(Numbers({}, {"a": 1, "b": 2}), Numbers({}, {"b": 1}))
    assert [2, 1] == [*map(moved.zone, "ab")], "the site file's word counts, and no two have one number"
