"""Which signals those may not read who may not see a silent alarm."""

from types import SimpleNamespace

import pytest

from gateway.site.load import parse
from gateway.views.rules import RulesView
from tests.gateway.site.test_outputs import outputs

RELAY = {"what": '"relay"', "starts": '"other"', "feedback": '"switch"'}


@pytest.mark.parametrize(
    ("classes", "screens", "is_silent"),
    [
        ('["hold_up"]', True, True),
        ('["intrusion", "hold_up"]', True, True),
        ('["intrusion"]', True, False),
        ('["hold_up"]', False, False),
    ],
)
def test_a_relay_that_a_hold_up_switches_says_so_to_nobody_else(classes: str, screens: bool, is_silent: bool) -> None:
    """Always, because a reading that vanishes tells as much; where nothing is silent everybody reads it."""
    text = outputs(classes=classes, **RELAY)
    if not screens:
        text = text.replace('silent_alarm_screens = ["li"]\n', "")
        text = text.replace('alert_class = "hold_up"\n', 'alert_class = "hold_up"\nsilent = false\n')
    site = parse(text, "site.toml")
    devices = {device.id: device for device in site.devices}
    view = RulesView(SimpleNamespace(site=site, engine=None, device=devices.get))  # type: ignore[arg-type]
    assert is_silent == view.is_silent("siren-1", "switch")
    assert not view.is_silent("siren-1", "temperature")
