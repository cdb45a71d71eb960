"""What a site file may say of ways in and out, of sensors that are always watched, and of the modes of its areas."""

import pytest

from gateway.site.load import SiteFaults, parse
from tests.gateway.site.site_texts import GOOD

SITE = """
id = "works"
name = "Works"

[mqtt]

[[areas]]
id = "store"
name = "Store"
modes = ["disarmed", "away", "home"]
mode = "armed"

[[devices]]
id = "door"
family = "keyarea"
address = "door"
area = "store"
signals = ["door", "tamper"]

[[devices]]
id = "safe"
family = "keyarea"
address = "safe"
area = "store"
signals = ["vibration"]
tags = ["24h"]

[[rules]]
kind = "state"
name = "intrusion"
alert_class = "intrusion"
priority = 1
signals = ["door", "vibration"]
modes = ["armed"]
hold_s = 2
procedure = "1. Look."

[[rules]]
kind = "state"
name = "safe"
alert_class = "intrusion"
priority = 1
devices = ["safe"]
signals = ["vibration"]
procedure = "1. Look."

[[routes]]
name = "front"
devices = ["door"]
entry_s = 30
modes = ["away"]
"""

WRONG = [
    ("a sensor that is not there", 'devices = ["door"]', 'devices = ["dor"]', "no device 'dor'"),
    ("none that begins", 'devices = ["door"]', "devices = []", "begin an entry"),
    ("too long an entry", "entry_s = 30", "entry_s = 46", "45 s at most"),
    ("too long with the rule", "entry_s = 30", "entry_s = 44", "waits for 46"),
    ("too long for a sensor", "entry_s = 30", "sensors = { door = { entry_s = 50 } }", "45 s at most"),
    ("too long an exit", "entry_s = 30", "exit_s = 301", "300 s at most"),
    ("less than none", "entry_s = 30", "exit_s = -1", "300 s at most"),
    ("a sensor off the route", "entry_s = 30", "sensors = { safe = {} }", "24h"),
    ("one that is always watched", "entry_s = 30", 'through = ["safe"]', "alarms at once"),
    ("no such mode", 'modes = ["away"]\n', 'modes = ["awya"]\n', "did you mean 'away'?"),
    ("an unknown key", "entry_s = 30", "entry = 30", "unknown key 'entry'"),
    (
        "a safe that is switched off",
        'devices = ["safe"]\n',
        'devices = ["safe"]\nmodes = ["home"]\n',
        "no armed mode and no schedule takes out",
    ),
    ("tamper that is switched off", '"vibration"]\nmodes', '"vibration", "tamper"]\nmodes', "tells tamper"),
    ("a call for help by mode", '"vibration"]\nmodes', '"vibration", "panic"]\nmodes', "never switched off"),
]


def test_a_good_one_is_read_and_armed_is_understood_where_a_whole_area_can_be_armed() -> None:
    site = parse(SITE, "site.toml")
    assert [("front", 30.0, 30.0)] == [(route.name, route.entry_s, route.exit_s) for route in site.routes]


def test_a_file_of_before_needs_no_route() -> None:
    assert () == parse(GOOD, "site.toml").routes


@pytest.mark.parametrize(("old", "new", "words"), [each[1:] for each in WRONG], ids=[each[0] for each in WRONG])
def test_what_is_wrong_is_told(old: str, new: str, words: str) -> None:
    assert old in SITE
    with pytest.raises(SiteFaults) as caught:
        parse(SITE.replace(old, new), "site.toml")
    assert any(words in fault.problem and fault.line for fault in caught.value.faults), caught.value.faults
