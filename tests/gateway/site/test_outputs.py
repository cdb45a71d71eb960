"""What a site file may bind to alerts, and what it may not."""

import pytest

from alerts.linkage_rule import LinkageRule
from alerts.output_rule import OutputRule
from gateway.output_rules import output_rules_of
from gateway.site.load import SiteFaults, parse
from tests.gateway.site.site_texts import GOOD

SIREN = """
[[devices]]
id = "siren-1"
family = "shelly"
address = "shelly1-A"
area = "gate"
rename = { "switch.relay" = "siren" }

[[socket]]
name = "door"
family = "ndjson"
tcp = 9100
allow = ["127.0.0.1"]

[[devices]]
id = "caller"
family = "ndjson"
address = "caller"
line = "door"
area = "gate"

[[devices]]
id = "panel"
family = "chirpstack"
address = "0102030405060708"
area = "gate"
"""
FAN = {"what": '"relay"', "starts": '"smoke_fan"'}
HEARD = GOOD.replace('keyarea = "keyarea"', 'keyarea = "keyarea"\nshelly = ""\nchirpstack = ""')


def outputs(**given: str) -> str:
    table = {"device": '"siren-1"', "what": '"siren"', "classes": '["fire"]', **given}
    return HEARD + SIREN + "\n[[outputs]]\n" + "".join(f"{name} = {value}\n" for name, value in table.items())


def test_a_bound_output_knows_the_signal_that_says_it_acted() -> None:
    (rule,) = output_rules_of(parse(outputs(until="30"), "site.toml"))
    assert isinstance(rule, OutputRule)
    (output,) = rule.outputs
    assert (output.feedback, output.lasts_s, output.key) == ("siren", 30, "siren")
    assert not output_rules_of(parse(GOOD, "site.toml"))
    (rule,) = output_rules_of(parse(outputs(feedback='"none"'), "site.toml"))
    assert rule.outputs[0].feedback == ""  # type: ignore[attr-defined]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"device": '"caller"'}, "a door for panels that call in"),
        ({"device": '"siren-2"'}, "no device 'siren-2'"),
        ({"device": '"panel"'}, "chirpstack takes no orders"),
        ({"areas": '["roof"]'}, "no area 'roof'"),
        ({"feedback": '"hum"'}, "no signal 'hum'"),
        ({"classes": "[]"}, "at least one class"),
        ({"within_s": "101"}, "within 100 s (EN 54-2)"),
        ({"within_s": "0"}, "within_s must be 1 or more"),
        ({"until": '"later"'}, "must be one of acknowledged, reset, returned, a number"),
        ({"what": '"lock"', "value": "false"}, "never locked by a fire"),
        ({"what": '"lock"', "value": "false", "classes": '["gas", "access"]'}, "never locked by a fire or by gas"),
        ({"value": "false"}, "warns nobody"),
        ({"what": '"keypad"'}, "a keypad shows a mode"),
        ({"what": '"relay"', "value": '"open"'}, "true or false"),
        ({"what": '"bell"'}, "bell"),
        ({"rules": '["smok"]'}, "no rule 'smok'"),
        ({"what": '"voice"'}, "a voice speaks a message"),
        ({"what": '"voice"', "value": '" "'}, "a voice speaks a message"),
        ({"starts": '"smoke_fan"'}, "only a relay moves something else"),
        ({"what": '"relay"'}, "say what this relay moves in a fire"),
        ({"what": '"relay"', "starts": '"extinguishing"'}, "extinguishing is never switched from here"),
        ({"what": '"relay"', "starts": '"other"', "channel": '"气体灭火释放"'}, "by its name this puts fires out"),
        ({**FAN, "classes": '["fire", "intrusion"]'}, "two inputs (GB 55036 12.0.11)"),
        ({**FAN, "classes": '["fault"]'}, "two inputs (GB 55036 12.0.11)"),
        ({**FAN, "until": "30"}, "what fire equipment has begun a person ends"),
        ({**FAN, "until": '"acknowledged"'}, "what fire equipment has begun a person ends"),
        ({**FAN, "areas": '["gate"]'}, "one input would start siren-1, or none: fire equipment takes two independent"),
        ({**FAN, "areas": '["store", "gate"]'}, "in gate one input would start siren-1"),
        ({**FAN, "areas": '["store"]', "rules": '["hot"]'}, "found smoke-1"),
        ({**FAN, "starts": '"wind"'}, "wind"),
    ],
)
def test_what_may_not_be(given: dict[str, str], told: str) -> None:
    with pytest.raises(SiteFaults) as faults:
        parse(outputs(**given), "site.toml")
    assert told in str(faults.value)
    assert all(fault.line for fault in faults.value.faults)


def test_a_lock_may_be_locked_by_an_intrusion_and_opened_by_a_fire() -> None:
    parse(outputs(what='"lock"', value="false", classes='["intrusion"]'), "site.toml")
    parse(outputs(what='"lock"'), "site.toml")


@pytest.mark.parametrize("what", ["siren", "strobe", "buzzer"])
def test_a_siren_is_never_bound_to_a_silent_hold_up(what: str) -> None:
    bound = outputs(what=f'"{what}"', classes='["fire", "hold_up"]')
    with pytest.raises(SiteFaults, match="would give a silent hold-up away: 'hold-up'"):
        parse(bound, "site.toml")
    parse(bound.replace('signals = ["panic"]', 'signals = ["panic"]\nsilent = false'), "site.toml")


def test_two_tables_may_not_want_opposite_things() -> None:
    text = outputs(what='"relay"', classes='["intrusion"]')
    again = text[text.index("\n[[outputs]]") :] + "value = false\n"
    with pytest.raises(SiteFaults, match="undo what the other wants"):
        parse(text + again, "site.toml")


def test_fire_equipment_is_watched_by_a_rule_for_each_area_where_its_inputs_count_together() -> None:
    rules = output_rules_of(parse(outputs(**FAN, areas='["store"]'), "site.toml"))
    (short,) = [rule for rule in rules if isinstance(rule, LinkageRule)]
    assert (short.name, short.areas, short.output) == (
        "gateway-linkage-siren-1-relay-store",
        ("store",),
        ("siren-1", "relay"),
    )
    assert not [rule for rule in output_rules_of(parse(outputs(), "site.toml")) if isinstance(rule, LinkageRule)]


def test_a_panel_and_its_own_point_are_not_two_inputs() -> None:
    text = HEARD.replace('address = "call-1"', 'address = "smoke-1/call-1"') + outputs(**FAN).removeprefix(HEARD)
    with pytest.raises(SiteFaults, match="one input would start siren-1"):
        parse(text, "site.toml")
