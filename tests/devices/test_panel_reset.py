"""A panel's reset ends what was in alarm behind it, and nothing else."""

import pytest

from devices.device import Device
from devices.panel_reset import RaisedFlags, is_behind, over
from devices.reading import Quality, Reading


@pytest.mark.parametrize(
    ("address", "panel", "ends"),
    [
        ("e903", "e903", True),
        ("e903/1.1", "e903", True),
        ("e903/1.1.02001100", "e903/1.1", True),
        ("e903/1.17", "e903/1.1", False),
        ("e9030", "e903", False),
        ("e903", "e903/1.1", False),
        ("1234/1.17", "1234/1", True),
        ("1234/11.17", "1234/1", False),
    ],
)
def test_the_parts_of_a_panel_are_known_by_their_addresses(address: str, panel: str, *, ends: bool) -> None:
    assert ends == is_behind(address, panel)


def test_flags_are_up_until_they_are_told_down_and_what_a_device_says_of_itself_is_none() -> None:
    device = Device(id="z", family="gbt26875", address="e903/1.1.02", area="a", line="tcp")
    flags = RaisedFlags()
    said = [Reading("z", signal, value, 5, 5) for signal, value in (("smoke", True), ("fault", True), ("heat", True))]
    flags.hear(device, [*said, Reading("z", "temperature", 20.0, 5, 5), Reading("z", "heat", False, 6, 6)])
    assert {"z": ("smoke",)} == flags.up("tcp", "gbt26875", "e903")
    assert {} == flags.up("tcp2", "gbt26875", "e903")
    fell = over(device, ("smoke",), 7, 8)
    assert fell == [Reading("z", "smoke", False, 7, 8, int(Quality.DEDUCED))]
    flags.hear(device, fell)
    assert {} == flags.up("tcp", "gbt26875", "e903")
