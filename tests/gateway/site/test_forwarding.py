"""What a site file may say of receiving centres: each fault with its line, and one that is right."""

from typing import Any

import pytest

from gateway.site.centre_address import Address, address_of
from gateway.site.load import SiteFaults, parse

BASE = 'id = "w"\nname = "W"\n[[areas]]\nid = "store"\nname = "Store"\n[[forwarding]]\n'
GOOD: dict[str, str] = {
    "name": '"arc"',
    "family": '"sia_dc09"',
    "primary": '"tcp://arc.example:9009"',
    "secondary": '"udp://[2001:db8::7]:9009"',
    "areas": "{ store = 1 }",
    "zones": "{ smoke-1 = 17 }",
    "options": '{ account = "1234" }',
}


def text(**changes: str) -> str:
    return BASE + "\n".join(f"{key} = {value}" for key, value in (GOOD | changes).items())


def test_a_centre_that_is_right() -> None:
    (centre,) = parse(text(), "site.toml").forwarding
    assert ("arc", 4, 3, 30, 24) == (
        *(centre.name, centre.answer_within_s, centre.resends, centre.supervision_s, centre.test_every_h),
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": '"a r c"'}, "one word"),
        ({"family": '"modbus"'}, "is not spoken to a receiving centre; those that are: gbt26875, sia_dc09"),
        ({"primary": '"arc.example:9009"'}, "must be an address like"),
        ({"primary": '"tcp://u:p@arc.example:9009"'}, "must be an address like"),
        ({"secondary": '"tcp://arc.example"'}, "must be an address like"),
        ({"secondary": GOOD["primary"]}, "the same way twice is one way"),
        ({"classes": '["duty"]'}, "sia_dc09 has no words for duty"),
        ({"family": '"gbt26875"', "classes": '["hold_up"]', "options": "{ source = 1 }"}, "no words for hold_up"),
        ({"answer_within_s": "10"}, "must be 0.2 to 8"),
        ({"resends": "0"}, "must be 1 to 10"),
        ({"supervision_s": "0"}, "must be 1 to 7200"),
        ({"test_every_h": "-1"}, "must be 0 to 744"),
        ({"areas": "{ hall = 1 }"}, "there is no area 'hall'"),
        ({"areas": "{ store = 100 }"}, "must be 1 to 99"),
        ({"zones": "{ a = 1, b = 1 }"}, "1 is 'a' already"),
        ({"users": "{ li = 1000 }"}, "must be 1 to 999"),
        ({"family": '"gbt26875"', "openings": "true", "options": "{ source = 1 }"}, "no words for openings"),
        ({"options": "{ account = 1234 }"}, "must be a text in quotes"),
        ({"options": '{ account = "1234", cipher = "none" }'}, "unknown key 'cipher'"),
        ({"options": "{}"}, "'account' is missing"),
    ],
)
def test_a_fault_is_named_with_what_is_expected(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(SiteFaults) as raised:
        parse(text(**changes), "site.toml")
    (fault,) = raised.value.faults
    assert said in str(fault)
    assert (fault.line or 0) > 5


def test_two_centres_have_two_names() -> None:
    twice = text() + "\n[[forwarding]]\n" + text().partition("[[forwarding]]\n")[2]
    with pytest.raises(SiteFaults, match="'arc' is used twice"):
        parse(twice, "site.toml")


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("tcp://192.0.2.7:9009", Address("tcp", "192.0.2.7", 9009)),
        ("udp://[2001:db8::7]:1", Address("udp", "2001:db8::7", 1)),
        *((each, None) for each in ("", "http://a:1", "tcp://a", "tcp://a:0", "tcp://a:1/x", "tcp://a:99999", "a:1")),
    ],
)
def test_an_address_is_whole_or_none(written: str, address: Address | None) -> None:
    assert address == address_of(written)
