"""Devices on the plan of their area, each with how it stands."""

import pytest

from api.console.area_plan import plan_of, state_of
from api.device_rank import MARKS, DeviceRow
from devices.device import Device
from tests.api.console.of_a_page import asked
from tests.api.console.test_area_view import area


def row(name: str, *marks: str, place: tuple[float, float] | None = (0.25, 0.5), where: str = "store") -> DeviceRow:
    return DeviceRow(Device(id=name, family="keyarea", address=name, area=where, position=place), None, marks)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_worst_is_told_first_and_drawn_last(language: str) -> None:
    who = asked(language=language)
    rows = [row("a", "alarm", "battery"), row("b", "lost", place=None), row("c"), row("d", "alarm", where="hall")]
    plan = plan_of(who, area(has_plan=True), rows)
    assert ["c", "a"] == [spot.id for spot in plan.spots]
    assert [("25.00", "50.00", "loud")] == [(spot.x, spot.y, spot.state) for spot in plan.spots if spot.id == "a"]
    assert ["a", "b"] == [spot.id for spot in plan.wrong]
    assert " · ".join((who.say("mark.alarm"), who.say("mark.battery"))) == plan.wrong[0].told
    assert (1, "/console/plans/store") == (plan.unplaced, plan.picture)


def test_every_mark_has_a_state_and_the_worst_counts() -> None:
    assert "well" == state_of(())
    assert {"loud", "wrong", "aside"} == {state_of((mark,)) for mark in MARKS}
    assert "loud" == state_of(("bypassed", "gone"))
    assert "wrong" == state_of(("in_test", "battery"))
