"""What a device is due for, from a site file to the operator's list, the API and ``keyarea status``."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rim.conftest import Running, serving, site
from tests.rim.processes import Mosquitto, free_port, wait_until

RULES = """
[[devices]]
id = "old"
family = "keyarea"
address = "old"
area = "store"
installed = 2020-01-01
test_every_days = 365

[[rules]]
kind = "upkeep"
name = "upkeep"
alert_class = "supervisory"
priority = 4
procedure = "1. Test it."

[[rules]]
kind = "supervision"
name = "lost"
alert_class = "fault"
priority = 3
interval_s = 3
learns = false
devices = ["old"]
procedure = "1. Visit it."
"""


@pytest.fixture
def running(broker: Mosquitto, tmp_path: Path) -> Iterator[Running]:
    web, name = free_port(), tmp_path.name
    text = site(broker.port, web, smokes=1, name=name) + RULES
    with serving(tmp_path, text, web, broker, name) as running:
        yield running


def test_what_is_overdue_is_an_alert_and_shown_with_the_device(running: Running) -> None:
    client = running.client("olga")
    alert = wait_until(
        lambda: next((a for a in client.get("/api/alerts?open=true")["alerts"] if a["rule"] == "upkeep"), None),
        "an alert",
    )
    assert ("old", "supervisory") == (alert["key"], alert["alert_class"])
    assert alert["text"].startswith("test of old due, ")
    upkeep = client.get("/api/devices/old")["upkeep"]
    (due,) = upkeep["due"]
    assert ("test", "2020-12-31") == (due["what"], due["on"])
    assert due["left_days"] < 0
    assert (3, "rule") == (upkeep["interval_s"], upkeep["interval_from"])
    assert "1 due for a test or calibration" in running.gateway.keyarea("status", "--data", str(running.data)).stdout


def test_a_device_that_never_spoke_is_lost_although_the_gateway_starts_again_and_again(running: Running) -> None:
    """Each run is shorter than the interval or about as long; two intervals of listening are enough."""
    client = running.client("olga")
    for _ in range(2):
        assert running.gateway.stop() == 0
        running.gateway.start()
    wait_until(lambda: client.get("/api/devices/old")["upkeep"]["is_lost"], "the loss")

    def is_back() -> bool:
        running.readings("old", temperature=20.0)  # again and again: it is lost again so soon
        return not client.get("/api/devices/old")["upkeep"]["is_lost"]

    wait_until(is_back, "its word")
    assert client.get("/api/devices/old")["last_heard"] is not None
