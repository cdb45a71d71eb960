"""From the wall into service: real broker and gateway, a device that nobody knew. Its steps print what they took."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.cli import main
from tests.rim.conftest import Running, serving, site
from tests.rim.processes import Mosquitto, free_port, wait_until
from tests.rim.test_registration import asked, changed, waiting

SUPERVISION = """
[[rules]]
kind = "supervision"
name = "device-lost"
alert_class = "fault"
priority = 3
procedure = "1. Visit the device."
"""
INTERVAL_S = 3


@pytest.fixture
def supervised(broker: Mosquitto, tmp_path: Path) -> Iterator[Running]:
    """A gateway that also watches for silence, with topics of its own on the shared broker."""
    web, name = free_port(), tmp_path.name
    text = site(broker.port, web, smokes=2, name=name) + SUPERVISION
    with serving(tmp_path, text, web, broker, name) as running:
        yield running


def by_api(running: Running, proposed: dict[str, Any]) -> None:
    said = {key: proposed[key] for key in ("id", "family", "address", "name", "kind", "signals")}
    body = {**said, "area": "store", "interval_s": INTERVAL_S}
    assert (200, "adopted") == changed(asked(running, "POST", "/api/devices", body))


def by_command(running: Running, proposed: dict[str, Any]) -> None:
    options = ("--area", "store", "--interval", str(INTERVAL_S), "--data", str(running.data))
    assert 0 == main(["device", "adopt", proposed["address"], *options])


def alert(running: Running, rule: str, *, active: bool = True) -> dict[str, Any] | None:
    """The alert that this rule has open for the new device."""
    found = asked(running, "GET", "/api/alerts?open=true", user="olga")[1]["alerts"]
    return next((a for a in found if (a["rule"], a["key"], a["active"]) == (rule, "new-9", active)), None)


@pytest.mark.parametrize("adopt", [by_api, by_command], ids=["api", "command line"])
def test_an_unknown_device_is_in_service_supervised_and_tested(
    supervised: Running, adopt: Callable[[Running, dict[str, Any]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    steps: dict[str, float] = {}
    begun = time.monotonic()

    def done(step: str) -> None:
        steps[step] = round(time.monotonic() - begun, 2)

    supervised.readings("new-9", smoke=False, battery=90)
    proposed = waiting(supervised, "new-9")["proposed"]
    done("it waits, and a device is proposed")
    adopt(supervised, proposed)
    done("adopted")
    assert 0 == main(["device", "commission", "new-9", "--no-watch", "--data", str(supervised.data)])
    supervised.readings("new-9", smoke=True)
    fire = wait_until(lambda: alert(supervised, "smoke"), "its smoke is an alert")
    assert ("fire", "store") == (fire["alert_class"], fire["area"])
    done("its smoke is an alert on the operator's list")
    (walk,) = asked(supervised, "GET", "/api/commissionings")[1]
    assert "smoke" == walk["measured"]["trigger"]
    done("the trigger is seen by the commissioning")
    wait_until(lambda: alert(supervised, "device-lost"), "its loss is an alert")
    done(f"silent for its {INTERVAL_S} s: its loss is an alert")

    def is_back() -> bool:
        supervised.readings("new-9", smoke=False, battery=90)  # again and again: it is lost again so soon
        return not alert(supervised, "device-lost")

    wait_until(is_back, "it is back")
    done("it is back")
    with capsys.disabled():
        print("\n" + json.dumps(steps, indent=1))
