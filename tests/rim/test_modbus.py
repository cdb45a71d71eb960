"""Modbus slaves at a real gateway, over TCP and on a serial line: their smoke is an alert, their cable a fault."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulators.modbus_slaves import Slave, on_serial, on_tcp
from simulators.serial_cable import SerialCable
from tests.rim.conftest import Running
from tests.rim.processes import Client, GatewayProcess, Mosquitto, free_port, wait_until
from tests.rim.site_parts import SMOKE_IS_A_FIRE

SITE = (
    """\
id = "test"
name = "Test site"

[mqtt]
port = {broker}
client_id = "{name}"

[web]
port = {web}

[[areas]]
id = "store"
name = "Store"

[[modbus]]
name = "tcp"
host = "127.0.0.1"
tcp_port = {tcp}
poll_s = 0.2

[[modbus]]
name = "rtu"
port = "{port}"
baud = 115200
poll_s = 0.2
maps = "maps"

{devices}
"""
    + SMOKE_IS_A_FIRE
)
DEVICE = """\
[[devices]]
id = "{line}-{unit}"
family = "modbus"
line = "{line}"
address = "{unit}"
area = "store"
model = "{model}"

"""
OWN_MAP = """\
model = "acme-smoke"
description = "Acme"
description_zh = "Acme"
source = "Acme manual"
[[blocks]]
name = "state"
kind = "input"
first = 100
count = 1
[[blocks.points]]
signal = "smoke"
at = 0
states = { 7 = true, 1 = false }
"""


@pytest.fixture
def gateway(broker: Mosquitto, tmp_path: Path) -> Iterator[tuple[Running, SerialCable, int]]:
    web, tcp = free_port(), free_port()
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "acme.toml").write_text(OWN_MAP)
    units = (("tcp", 1, "th-transmitter"), ("tcp", 2, "smoke-generic"), ("rtu", 2, "acme-smoke"))
    devices = "".join(DEVICE.format(line=line, unit=unit, model=model) for line, unit, model in units)
    with SerialCable(tmp_path / "gateway-end", tmp_path / "slaves-end") as cable:
        ports = {"broker": broker.port, "web": web, "tcp": tcp, "port": cable.left, "name": tmp_path.name}
        process = GatewayProcess(tmp_path, SITE.format(devices=devices, **ports), web_port=web)
        process.add_users()
        process.start(wait=False)
        try:
            wait_until(process.answers, "the gateway is up")
            running = Running(process, broker)
            yield running, cable, tcp
            running.close()
        finally:
            process.stop()


def latest(client: Client, device: str) -> dict[str, object]:
    return {reading["signal"]: reading["value"] for reading in client.get(f"/api/devices/{device}")["latest"]}


def open_alerts(client: Client) -> set[tuple[str, str]]:
    return {(alert["rule"], alert["key"]) for alert in client.get("/api/alerts")["alerts"] if alert["active"]}


def test_slaves_of_both_ways_are_read_and_their_smoke_is_an_alert(gateway: tuple[Running, SerialCable, int]) -> None:
    """With a map of the site's own; a cable that is pulled out is a fault, and put in again it is none."""
    running, cable, tcp = gateway
    client = running.client()
    climate, smoke = Slave(1, holding={0: 452, 1: 213}), Slave(2, holding={0: 0})
    acme = Slave(2, input={100: 1})

    async def until(what: str, check: object) -> None:
        await asyncio.to_thread(wait_until, check, what)

    async def story() -> None:
        async with on_tcp("127.0.0.1", tcp, climate, smoke), on_serial(str(cable.right), acme, baud=115_200):
            await until("read over TCP", lambda: latest(client, "tcp-1").get("temperature") == 21.3)
            await until("read over RTU", lambda: latest(client, "rtu-2").get("smoke") is False)
            smoke.holding[0] = 1
            await until("an alert", lambda: ("smoke", "tcp-2") in open_alerts(client))
            acme.input[100] = 7
            await until("an alert by the site's own map", lambda: ("smoke", "rtu-2") in open_alerts(client))
            cable.pull()
            await until("the line is lost", lambda: ("gateway-line-lost", "line:rtu") in open_alerts(client))
            acme.input[100] = 1
            cable.plug()
            await until("the line is back", lambda: ("gateway-line-lost", "line:rtu") not in open_alerts(client))
            await until("read again", lambda: latest(client, "rtu-2")["smoke"] is False)

    asyncio.run(story())


def test_check_names_the_faults_of_a_map_and_of_a_model(gateway: tuple[Running, SerialCable, int]) -> None:
    running, _, _ = gateway
    process, site = running.gateway, running.gateway.site_file
    site.write_text(site.read_text().replace('model = "acme-smoke"', 'model = "acme-smoek"'))
    said = process.keyarea("check", str(site))
    assert (1, True) == (said.returncode, "did you mean 'acme-smoke'?" in said.stdout + said.stderr)
    own = process.folder / "maps" / "acme.toml"
    own.write_text(OWN_MAP.replace("first = 100", "first = 70000"))
    said = process.keyarea("check", str(site))
    assert said.returncode == 1
    assert "acme.toml: block 'state': addresses run from 0 to 65535" in said.stdout + said.stderr
