"""Rules of every kind select by area, device, device kind and tag; the base does it, and no kind by itself."""

import ast
import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.kinds import kinds
from alerts.rule import Rule
from devices.device import Device
from devices.reading import SECOND
from tests.alerts.timeline import Timeline, device, rule, walk

_SELECTORS = {"areas", "devices", "device_kinds", "tags"}
_words = st.lists(st.sampled_from(["a", "b", "c"]), max_size=2, unique=True).map(tuple)


@given(_words, _words, _words, _words, st.sampled_from("abc"), st.sampled_from("abc"), st.sampled_from("abc"), _words)
def test_a_device_is_selected_if_it_fits_all_that_is_given(
    areas: tuple[str, ...],
    devices: tuple[str, ...],
    device_kinds: tuple[str, ...],
    tags: tuple[str, ...],
    area: str,
    name: str,
    kind: str,
    own_tags: tuple[str, ...],
) -> None:
    made = rule("state", signals=["smoke"], areas=areas, devices=devices, device_kinds=device_kinds, tags=tags)
    one = Device(id=name, family="keyarea", address=name, area=area, kind=kind, tags=own_tags)
    fits = [not areas or area in areas, not devices or name in devices, not device_kinds or kind in device_kinds]
    assert made.selects(one) == all([*fits, not tags or any(tag in tags for tag in own_tags)])


@pytest.mark.slow
@pytest.mark.parametrize("kind", kinds())
def test_no_kind_selects_by_itself(kind: str) -> None:
    made = kinds()[kind]
    assert made.selects is Rule.selects
    tree = ast.parse(inspect.getsource(inspect.getmodule(made) or made))
    read = {
        node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self"
    }
    assert not read & _SELECTORS


WATCHED = device("a", "store", kind="smoke_detector", tags=("new",))
OTHER = device("b", "store", kind="heat_detector")
LATE = {"alert_class": "duty", "priority": 3, "begins": ["test.late"]}
BOOK = {"alert_class": "duty", "priority": 3, "books": ["canteen"], "every_s": 1000}


@pytest.mark.parametrize("selector", [{"tags": ["new"]}, {"device_kinds": ["smoke_detector"]}, {"devices": ["a"]}])
@pytest.mark.parametrize("per", ["case", "area", "site", "device"])
def test_a_fact_concerns_the_rules_that_select_one_of_its_devices(selector: dict[str, list[str]], per: str) -> None:
    key = {"case": "a", "area": "store", "site": "site", "device": "a"}[per]
    room = walk(Timeline("", (rule("fact", per=per, **LATE, **selector),), (WATCHED, OTHER), ()), "plain")
    for name in ("b", "a"):
        room.step([room.event(f"fact test.late store {name}", room.now)], room.now)
    assert [key] == [alert.key for alert in room.alerts.values()]


@pytest.mark.parametrize(("areas", "raised"), [([], []), (["store"], []), (["hall"], ["site"])])
def test_a_record_of_another_area_does_not_count(areas: list[str], raised: list[str]) -> None:
    """Records are made in the store; a rule about the hall alone goes on waiting."""
    devices = (WATCHED, device("h", "hall"))
    room = walk(Timeline("", (rule("absence", per="site", areas=areas, **BOOK),), devices, ((0, "", ""),)), "plain")
    later = room.now + 900 * SECOND
    room.step([room.event("record canteen x=y", later)], later)
    room.run_until(room.now + 200 * SECOND)
    assert raised == [alert.key for alert in room.alerts.values()]
