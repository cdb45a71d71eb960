"""The guide for technicians shows site files that work."""

import re

from gateway.site.load import parse
from tests.house.places import ROOT

REST = """
id = "works"
name = "Works"
[[areas]]
id = "store"
name = "Store"
"""


def test_all_that_the_guide_shows_makes_one_good_site() -> None:
    guide = (ROOT / "docs" / "connecting.md").read_text(encoding="utf-8")
    shown = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    site = parse(REST + "".join(shown), "connecting.md")
    assert len(shown) == 6
    assert ["plant-room-climate", "gate-reader"] == [device.id for device in site.devices]
    assert set(site.line_families().values()) == {"gbt26875", "sia_dc09", "modbus", "osdp", "ndjson"}
