"""Simulated outputs obey and say so; nonsense is no order."""

import pytest

from simulators.outputs import command_topics, obeyed


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (b'{"id": "o", "output": "siren", "value": true}', {"siren": True}),
        (b'{"output": "strobe", "value": false}', {"siren.strobe": False}),
        (b'{"output": "relay", "value": true, "channel": "2"}', {"switch.2": True}),
        (b'{"output": "relay", "value": true, "channel": "1"}', {"switch": True}),
        (b'{"output": "lock", "value": true, "duration_s": 5}', {"lock": True}),
        (b'{"output": "voice", "value": "7"}', {"voice": "7"}),
        (b'{"output": "voice", "value": ""}', {"voice": ""}),
        (b'{"output": "voice", "value": true}', {}),
        (b'{"output": "keypad", "value": "armed"}', {}),
        (b'{"output": "siren"}', {}),
        (b"[]", {}),
        (b"{", {}),
    ],
)
def test_what_an_output_says_after_an_order(order: bytes, said: dict[str, bool | str]) -> None:
    assert obeyed(order) == said


def test_where_they_listen() -> None:
    assert command_topics("site") == "site/+/command"
