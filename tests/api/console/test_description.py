"""The form of a device: what stands in it comes back as it was, and what is wrong stands beside its field."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given as draws
from hypothesis import strategies as st

from api.console.description import given, taken
from devices.device import Device
from devices.signals import SIGNALS

WORD = st.sampled_from(["a", "b-2", "x/y", "火警 3", "c d", "_"])
SHARE = st.integers(0, 10_000).map(lambda part: part / 10_000)
DEVICES = st.builds(
    Device,
    id=WORD,
    family=WORD,
    address=WORD,
    area=WORD,
    name=st.just("") | WORD,
    kind=st.sampled_from(["", "smoke_detector", "own kind"]),
    signals=st.lists(st.sampled_from([*SIGNALS, "temperature.2"]), unique=True, max_size=4).map(tuple),
    interval_s=st.none() | st.integers(1, 90_000).map(float),
    position=st.none() | st.tuples(SHARE, SHARE),
    rename=st.dictionaries(WORD, st.sampled_from([*SIGNALS]), max_size=3),
    tags=st.lists(WORD, max_size=3).map(tuple),
    restores=st.booleans(),
    installed=st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    test_every_days=st.none() | st.integers(1, 3_650),
)


@draws(DEVICES)
def test_what_stands_in_the_form_comes_back_as_it_was(device: Device) -> None:
    said, faults = taken(given(device), "Asia/Shanghai")
    assert {} == faults
    assert {name: getattr(device, name) for name in said if name not in ("device", "note")} == {
        name: value for name, value in said.items() if name not in ("device", "note")
    }
    assert device.id == said["device"]


WHOLE = {"area": ["store"], "device": ["x"]}


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({}, {"area": "area_wanting", "device": "device_wanting"}),
        ({**WHOLE, "interval_s": ["soon"]}, {"interval_s": "no_seconds"}),
        ({**WHOLE, "test_every_days": ["often"]}, {"test_every_days": "no_days"}),
        ({**WHOLE, "calibrate_every_days": ["1.5"]}, {"calibrate_every_days": "no_days"}),
        ({**WHOLE, "installed": ["yesterday"]}, {"installed": "no_day"}),
        ({**WHOLE, "x": ["12"]}, {"y": "no_share"}),
        ({**WHOLE, "x": ["left"], "y": ["3"]}, {"x": "no_share"}),
        ({**WHOLE, "x": ["101"], "y": ["-1"]}, {"x": "no_share", "y": "no_share"}),
        ({**WHOLE, "x": ["nan"], "y": ["5"]}, {"x": "no_share"}),
        ({**WHOLE, "wiring": ["switch"]}, {"wiring": "no_wiring"}),
        ({**WHOLE, "wiring": ["switch = "]}, {"wiring": "no_wiring"}),
    ],
)
def test_what_is_wrong_stands_beside_its_field(sent: dict[str, list[str]], wrong: dict[str, str]) -> None:
    _, faults = taken(sent, "UTC")
    assert {name: f"description.{key}" for name, key in wrong.items()} == {
        name: fault.key for name, fault in faults.items()
    }


@pytest.mark.parametrize(
    ("name", "typed", "read"),
    [
        ("interval_s", "12,5", {"interval_s": 12.5}),
        ("interval_s", "", {"interval_s": None}),
        ("tags", "a，b, ,c", {"tags": ("a", "b", "c")}),
        ("wiring", "switch = door，input.2=leak", {"rename": {"switch": "door", "input.2": "leak"}}),
        ("restores", "yes", {"restores": True}),
        ("name", "  Hall ", {"name": "Hall"}),
    ],
)
def test_what_is_typed_is_read_as_it_is_meant(name: str, typed: str, read: dict[str, Any]) -> None:
    said, faults = taken({**WHOLE, name: [typed]}, "UTC")
    assert ({}, read) == (faults, {each: said[each] for each in read})
