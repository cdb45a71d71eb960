"""Unsafe and contradictory rules of every kind that there is: refused with reason, file and line."""

from typing import Any

import pytest

from alerts.kinds import kinds
from devices.errors import ConfigError
from gateway.site.load import parse
from gateway.site.safety import LONGEST_DELAYS_S
from tests.gateway.site.kind_sites import (
    HEAD,
    built,
    example,
    line_of,
    number_fields,
    rule_text,
    signal_fields,
    site_text,
)

KINDS = sorted(kinds())
parse(HEAD, "site.toml")  # what is found by scan is found before the first test


def refused(text: str, line: str, *words: str) -> None:
    """The file is refused, and one fault stands at that line and has these words."""
    with pytest.raises(ConfigError) as caught:
        parse(text, "site.toml")
    said = [fault for fault in str(caught.value).splitlines() if fault.startswith(f"site.toml:{line_of(text, line)}:")]
    assert any(all(word in fault for word in words) for fault in said), str(caught.value)


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_of_the_kind_is_a_good_rule(kind: str) -> None:
    (rule,) = parse(site_text(example(kind)), "site.toml").rules
    assert kind == rule.__struct_config__.tag


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("areas", ["nowhere"], ["there is no area 'nowhere'"]),
        ("devices", ["nothing"], ["there is no device 'nothing'"]),
        ("device_kinds", ["nonesuch"], ["there is no device of kind 'nonesuch'"]),
        ("tags", ["untagged"], ["there is no device with tag 'untagged'"]),
        ("modes", ["nap"], ["there is no armed mode 'nap'"]),
        ("schedule", "someday", ["there is no schedule 'someday'"]),
        ("priority", 9, ["must be one of 1, 2, 3, 4"]),
        ("alert_class", "panic", ["must be one of"]),
        ("procedure", " ", ["must say what the operator does"]),
        ("hold_minutes", 3, ["unknown key 'hold_minutes'"]),
    ],
)
def test_a_name_that_nothing_has(kind: str, key: str, value: Any, words: list[str]) -> None:
    good = example(kind)
    text = site_text(good).removesuffix(rule_text(good)) + rule_text({**good, key: value})
    refused(text, f"{key} =", *words)


@pytest.mark.parametrize("kind", KINDS)
def test_selectors_that_fit_nothing_together(kind: str) -> None:
    """Each is known by itself: an area, and a device that hangs elsewhere."""
    good = {key: value for key, value in example(kind).items() if key not in ("areas", "devices")}
    text = site_text(good).removesuffix(rule_text(good)) + "\n[[areas]]\nid = 'empty'\nname = 'x'\n"
    refused(text + rule_text({**good, "areas": ["empty"], "devices": ["all-hall"]}), "[[rules]]", "selects no device")


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_that_there_is_not(kind: str) -> None:
    refused(site_text({**example(kind), "kind": f"{kind}s"}), "kind = ", f"did you mean '{kind}'?")


@pytest.mark.parametrize(("kind", "key"), [(kind, key) for kind in KINDS for key in signal_fields(kind)])
def test_a_signal_that_there_is_not(kind: str, key: str) -> None:
    good = example(kind)
    one = good | {key: "presure"}
    bad = one if built(one, kind) is not None else good | {key: ["presure"]}
    refused(site_text(good).removesuffix(rule_text(good)) + rule_text(bad), f"{key} =", "presure", "'pressure'")


@pytest.mark.parametrize(
    ("kind", "key"), [(kind, key) for kind in KINDS if kinds()[kind].of_type is not None for key in signal_fields(kind)]
)
def test_a_signal_that_the_kind_would_never_hear(kind: str, key: str) -> None:
    """A number where the kind listens for true or false, or the other way round; a text for both."""
    good = example(kind)
    for signal in ("credential", "smoke" if kinds()[kind].of_type is float else "temperature"):
        one = good | {key: signal}
        bad = one if built(one, kind) is not None else good | {key: [signal]}
        refused(site_text(bad), f"{key} =", f"'{signal}' is not", "would never hear it")


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "key"), [(kind, key) for kind in KINDS for key in number_fields(kind)])
def test_no_number_of_any_kind_delays_a_danger_beyond_the_limit(kind: str, key: str) -> None:
    """Whatever number is set to an hour: the rule keeps its limit, or the file is refused and the limit is named."""
    for alert_class, (limit, _) in LONGEST_DELAYS_S.items():
        table = {**example(kind), "alert_class": str(alert_class), key: 3_600}
        table = {name: value for name, value in table.items() if name not in ("modes", "schedule")}
        rule = built(table, kind)
        if rule is None or rule.longest_delay_s() <= limit or rule.supervises:
            continue
        with pytest.raises(ConfigError) as caught:
            parse(site_text(table), "site.toml")
        assert "site.toml:" in str(caught.value)
        assert any(words in str(caught.value) for words in ("at most", "never delayed"))


@pytest.mark.parametrize(
    ("table", "key", "words"),
    [
        ({"kind": "threshold", "signal": "humidity", "above": 1000}, "above", "humidity is never more"),
        ({"kind": "threshold", "signal": "humidity", "below": 0}, "below", "humidity is never less"),
        ({"kind": "fusion", "silent_s": 601}, "silent_s", "600 at most"),
    ],
)
def test_a_limit_that_nothing_ever_reaches(table: dict[str, Any], key: str, words: str) -> None:
    whole = {"name": "r", "alert_class": "fire", "priority": 1, "procedure": "look", **table}
    refused(site_text(whole), f"{key} =", words)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("key", "value"), [("modes", ["disarmed"]), ("schedule", "night")])
def test_no_mode_and_no_schedule_switches_a_danger_off(kind: str, key: str, value: Any) -> None:
    for alert_class in ("fire", "hold_up", "gas", "tamper"):
        table = {**example(kind), "alert_class": alert_class, key: value}
        refused(site_text(table), f"{key} =", f"a {alert_class} rule is never switched off")


SHIFTS = """
[[shifts]]
name = "day"
start = "06:00"
end = "22:00"

[[schedules]]
name = "days"
shifts = ["day"]

[[schedules]]
name = "week"
days = [1, 2, 3, 4, 5]

[[schedules]]
name = "worked"
only = "workdays"

[[schedules]]
name = "off"
only = "holidays"
"""
DOOR = {"kind": "state", "alert_class": "intrusion", "priority": 1, "signals": ["door"], "procedure": "look"}


@pytest.mark.parametrize(
    ("rules", "hole"),
    [
        ([{"schedule": "night"}], "a Monday from 06:00 on"),
        ([{"schedule": "night"}, {"schedule": "days"}], ""),
        ([{"schedule": "night"}, {"schedule": "days", "signals": ["motion"]}], "a Monday from 06:00 on"),
        ([{"schedule": "night"}, {"schedule": ""}], ""),
        ([{"schedule": "week"}], "a Saturday from 00:00 on"),
        ([{"schedule": "worked"}], "a Monday off from 00:00 on"),
        ([{"schedule": "worked"}, {"schedule": "off"}], ""),
        ([{"schedule": "night", "alert_class": "access"}], ""),
        ([{"modes": ["armed"]}], "in the mode 'disarmed' it does not hold"),
        ([{"modes": ["armed"]}, {"modes": ["disarmed"]}], ""),
        ([{"modes": ["armed"]}, {"modes": ["disarmed"], "schedule": "days"}], "a Monday from 00:00 on"),
        ([{"schedule": "night", "areas": ["yard"]}], ""),
    ],
)
def test_a_schedule_with_a_gap_in_a_24_hour_area(rules: list[dict[str, Any]], hole: str) -> None:
    tables = [{"name": f"r{n}", **DOOR, **{k: v for k, v in rule.items() if v}} for n, rule in enumerate(rules)]
    text = site_text(*tables, more=SHIFTS)
    text = text.replace('id = "hall"\n', 'id = "hall"\naround_the_clock = true\n')
    if not hole:
        assert len(rules) == len(parse(text, "site.toml").rules)
        return
    with pytest.raises(ConfigError) as caught:
        parse(text, "site.toml")
    assert "leaves a gap in 'hall', a 24-hour area" in str(caught.value)
    assert hole in str(caught.value)
    assert "site.toml:" in str(caught.value)


@pytest.mark.parametrize(
    ("table", "key", "words"),
    [
        ({"kind": "fact", "begins": ["hot_wrok.late"]}, "begins", ["no workflow 'hot_wrok'", "'hot_work'"]),
        ({"kind": "fact", "begins": ["scann"]}, "begins", ["no topic of facts 'scann'", "'scan'"]),
        ({"kind": "obligation", "every": "day", "topics": ["hotwork.done"]}, "topics", ["no workflow"]),
        ({"kind": "obligation", "every": "shift", "shift": "nite", "books": ["b"]}, "shift", ["no shift 'nite'"]),
        ({"kind": "absence", "every_s": 60, "topics": ["walktest.ended"]}, "topics", ["no workflow"]),
    ],
)
def test_a_topic_or_a_shift_that_there_is_not(table: dict[str, Any], key: str, words: list[str]) -> None:
    whole = {"name": "r", "alert_class": "duty", "priority": 3, "procedure": "look", **table}
    refused(site_text(whole), f"{key} =", *words)


def test_a_rule_that_hears_of_people_alone_needs_no_device() -> None:
    whole = {"name": "r", "alert_class": "duty", "priority": 3, "procedure": "look", "kind": "absence", "every_s": 60}
    assert parse(HEAD + rule_text({**whole, "books": ["canteen"]}), "site.toml").rules
    assert parse(site_text({**whole, "books": ["canteen"]}), "site.toml").rules
