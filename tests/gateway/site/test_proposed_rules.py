"""A rule proposed on the console is held to what a site file is refused for, beside the rules that are at work."""

from typing import Any

import pytest
from msgspec.structs import replace

from alerts.alert import AlertClass
from alerts.rule import Rule
from gateway.site.load import parse
from gateway.site.workflow_tables import site_facts
from tests.alerts.timeline import rule
from tests.gateway.site.test_outputs import outputs
from tests.gateway.site.test_routes import SITE
from tests.words import english

WORKS = parse(SITE, "site.toml")
ALWAYS = rule("state", name="case", alert_class="tamper", signals=["tamper"])


def faults(one: Rule[Any], *others: Rule[Any]) -> list[str]:
    return [english(text) for text in site_facts(WORKS).faults_of(one, WORKS.devices, others)]


def by_mode(*signals: str, **more: Any) -> Rule[Any]:
    return rule("state", **{"name": "r", "alert_class": "intrusion", "signals": signals, "modes": ["armed"]} | more)


@pytest.mark.parametrize(
    ("one", "others", "words"),
    [
        (by_mode("door"), (), ""),
        (by_mode("door", hold_s=15), (), ""),
        (by_mode("door", hold_s=16), (), "waits for 46 s in all, with rule r and the entry delay of route front"),
        (by_mode("door", "panic"), (), "a call for help by hand"),
        (by_mode("tamper"), (), "door tells tamper, which no armed mode and no schedule takes out"),
        (by_mode("tamper"), (ALWAYS,), ""),
        (by_mode("vibration"), (), "safe tells vibration"),
        (by_mode("vibration"), (rule("state", name="safe", alert_class="access", signals=["vibration"]),), ""),
        (by_mode("vibration", devices=["door"], signals=["door"]), (), ""),
    ],
)
def test_what_a_mode_never_takes_out_and_no_delay_prolongs(one: Rule[Any], others: Any, words: str) -> None:
    found = faults(one, *others)
    assert len(found) == bool(words)
    assert all(words in fault for fault in found), found


LINKED = parse(outputs(what='"relay"', starts='"smoke_fan"', areas='["store"]'), "site.toml")
FIRE = next(one for one in LINKED.rules if one.name == "fire")


@pytest.mark.parametrize(("one", "words"), [
    (FIRE, ""),
    (replace(FIRE, procedure="1. Run."), ""),
    (replace(FIRE, signals=("call_point",)), ""),
    (replace(FIRE, areas=("gate",)), "in store one input would start siren-1"),
    (replace(FIRE, alert_class=AlertClass.SUPERVISORY), "in store one input would start siren-1"),
])  # fmt: skip
def test_no_version_of_a_rule_takes_an_input_from_a_linkage(one: Rule[Any], words: str) -> None:
    """The detector is heard by another rule as well, the call point by this one alone."""
    others = [rule for rule in LINKED.rules if rule.name != "fire"]
    found = [english(text) for text in site_facts(LINKED).faults_of(one, LINKED.devices, others)]
    assert [words in fault for fault in found if "one input" in fault] == [True] * bool(words)
