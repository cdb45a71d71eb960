"""The machine's clock is set by years, and a gateway stands still: in real processes."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rim.conftest import Running, site
from tests.rim.machine_clock import MachineClock
from tests.rim.processes import GatewayProcess, Mosquitto, free_port, wait_until

_LOST = """
[[rules]]
kind = "supervision"
name = "lost"
alert_class = "fault"
priority = 3
interval_s = 5
learns = false
device_kinds = ["beacon"]
procedure = "1. Visit it."

[[devices]]
id = "beacon"
family = "keyarea"
address = "beacon"
area = "store"
kind = "beacon"
signals = ["temperature"]
"""
_TEN_YEARS_S = 10 * 365 * 86_400


@pytest.fixture
def clock(tmp_path: Path) -> MachineClock:
    folder = tmp_path / "clock"
    folder.mkdir()
    return MachineClock(folder)


@pytest.fixture
def running(tmp_path: Path, broker: Mosquitto, clock: MachineClock) -> Iterator[Running]:
    port, name = free_port(), tmp_path.name
    text = site(broker.port, port, smokes=3, name=name).replace("[mqtt]", "[mqtt]\nkeep_alive_s = 5") + _LOST
    gateway = GatewayProcess(tmp_path, text, web_port=port, env=clock.env)
    gateway.add_users()
    with gateway:
        found = Running(gateway, broker, name)
        yield found
        found.close()


def alerts(running: Running) -> list[dict[str, Any]]:
    found = running.client().get("/api/alerts")["alerts"]
    assert isinstance(found, list)
    return found


def told(running: Running, **fields: object) -> list[dict[str, Any]]:
    return [alert for alert in alerts(running) if fields.items() <= alert.items()]


def faults(running: Running) -> str:
    health = running.gateway.health()
    return " ".join(health["faults"]) if health is not None else ""


def test_a_clock_that_is_years_ahead_and_right_again_is_said_and_leaves_nothing(
    running: Running, clock: MachineClock
) -> None:
    running.readings("beacon", temperature=20.0)
    clock.set_ahead(_TEN_YEARS_S)
    wait_until(lambda: told(running, key="part:clock", active=True), "an alert says it")
    assert "the machine's clock was set 3650 days ahead" in faults(running)
    running.readings("smoke-0", smoke=True)
    wait_until(lambda: told(running, key="smoke-0"), "the fire")
    clock.set_ahead(0)
    wait_until(lambda: told(running, key="part:clock", active=False), "it has ended")
    this_year = time.strftime("%Y", time.gmtime())
    assert {alert["raised"][:4] for alert in alerts(running)} == {this_year}


def test_a_clock_that_stays_years_ahead_and_is_set_back_leaves_no_gateway_in_the_future(
    running: Running, clock: MachineClock
) -> None:
    """Not even one that has run there: its supervision, its newest readings and its alerts are today's again."""
    this_year = int(time.strftime("%Y", time.gmtime()))
    then, today = (_TEN_YEARS_S, str(this_year + 10), "smoke-1", 30.0), (0, str(this_year), "smoke-2", 40.0)
    for ahead, year, smoke, warmth in (then, today):
        running.readings("beacon", temperature=warmth)
        clock.set_ahead(ahead)
        wait_until(lambda: "clock was set" in faults(running), "it is noticed")
        wait_until(lambda year=year: now_of(running).startswith(year), "the gateway has started anew by it")  # type: ignore[misc]
        wait_until(running.gateway.is_up, "and is up")
        running.readings("beacon", temperature=warmth + 1)
        running.readings(smoke, smoke=True)
        (fire,) = wait_until(lambda smoke=smoke: told(running, key=smoke), "a fire")  # type: ignore[misc]
        assert fire["raised"].startswith(year)
        newest = running.client().get("/api/devices/beacon")["latest"]
        assert [reading["value"] for reading in newest] == [warmth + 1]
        # It is silent from now on, and waited for by a clock that goes.
        wait_until(lambda: told(running, key="beacon", rule="lost", active=True), "its loss is told")


def now_of(running: Running) -> str:
    health = running.gateway.health()
    return str(health["now"])[:4] if health is not None else ""


def test_a_gateway_that_stood_still_accuses_no_device(running: Running, tmp_path: Path) -> None:
    """Longer than the device's interval, and until the broker had hung up on it: its first look has heard nothing."""
    running.readings("beacon", temperature=20.0)
    wait_until(lambda: running.client().get("/api/devices/beacon")["latest"], "heard")
    log = running.broker.log
    said = log.read_text(errors="replace").count("exceeded timeout")
    os.kill(running.gateway.pid, signal.SIGSTOP)
    try:
        wait_until(lambda: log.read_text(errors="replace").count("exceeded timeout") > said, "the broker has hung up")
    finally:
        os.kill(running.gateway.pid, signal.SIGCONT)
    wait_until(lambda: told(running, key="line:mqtt"), "it has noticed that the broker hung up")
    running.readings("beacon", temperature=21.0)
    running.readings("smoke-0", smoke=True)
    wait_until(lambda: told(running, key="smoke-0"), "the fire")
    assert told(running, rule="lost") == []
    wait_until(lambda: told(running, key="beacon", rule="lost"), "in the end it is lost, by its own silence")
