"""What a site file must hold of the ways on which people outside are told."""

from typing import Any

import pytest

from gateway.site.channel import Channel
from gateway.site.channel_checks import channel_faults
from gateway.site.model import Site

HOOK: dict[str, Any] = {"id": "hook", "kind": "webhook", "url": "https://alarms.example/x"}


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        ({"id": "mail"}, []),
        (HOOK, []),
        (HOOK | {"url": "http://[::1]:99/x?a=b", "allow": ("::1/128",)}, []),
        ({"id": "two words"}, ["id"]),
        ({"id": "mail", "url": "mailto://user:password@x"}, ["url"]),
        ({"id": "mail", "allow": ("10.0.0.0/8",)}, []),
        ({"id": "mail", "allow": ("mail.local",)}, ["allow"]),
        (HOOK | {"url": "ftp://alarms.example"}, ["url"]),
        (HOOK | {"url": "https://user:password@alarms.example"}, ["url"]),
        (HOOK | {"url": "https:///x"}, ["url"]),
        (HOOK | {"url": "https://alarms.example:99999/"}, ["url"]),
        (HOOK | {"url": "https://alarms.example/a b"}, ["url"]),
        (HOOK | {"url": "https://alarms.example/\r\nX: y"}, ["url"]),
        (HOOK | {"url": ""}, ["url"]),
        (HOOK | {"allow": ("10.0.0.0/8", "home")}, ["allow"]),
        ({"id": "mail", "most": 0}, ["most"]),
        ({"id": "mail", "per_min": 0}, ["per_min"]),
        ({"id": "mail", "timeout_s": float("nan")}, ["timeout_s"]),
    ],
)
def test_a_channel_is_checked(channel: dict[str, Any], expected: list[str]) -> None:
    site = Site(id="works", name="Works", channels=(Channel(**channel),))
    assert expected == [fault.path[2] for fault in channel_faults(site)]


def test_two_channels_have_two_ids() -> None:
    site = Site(id="works", name="Works", channels=(Channel(id="mail"), Channel(id="mail")))
    assert [("channels", 1, "id")] == [fault.path for fault in channel_faults(site)]
