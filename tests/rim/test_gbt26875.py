"""A fire alarm transmission device at a real gateway, over TCP, UDP and a serial line: stored, then confirmed."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulators.gbt26875_device import (
    FIRE,
    HEAT,
    OK,
    SMOKE,
    TEMPERATURE,
    Transmitter,
    analogue,
    component_state,
    system_operation,
)
from simulators.gbt26875_ways import Connect, over_serial, over_tcp, over_udp
from simulators.serial_pty import SerialPty
from tests.rim.conftest import Running
from tests.rim.processes import PATIENCE_S, Client, GatewayProcess, Mosquitto, free_port, wait_until
from tests.rim.site_parts import SMOKE_IS_A_FIRE
from tests.rim.test_disk_full import UNLIMITED, limit

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

[[socket]]
name = "panels"
family = "gbt26875"
tcp = {tcp}
udp = {udp}
options.answer_within_s = 600

[[serial]]
name = "com1"
family = "gbt26875"
port = "{port}"

{devices}
"""
    + SMOKE_IS_A_FIRE
)

DEVICE = """\
[[devices]]
id = "{id}"
family = "gbt26875"
line = "{line}"
address = "{address}"
area = "store"
signals = {signals}
"""

SOURCES = {"tcp": 1001, "udp": 1002, "serial": 1003}
ADDRESS = 0x00110002


class Door:
    """A running gateway with a device of each way, and the ways in."""

    def __init__(self, running: Running, tcp: int, udp: int, pty: SerialPty) -> None:
        self.running, self.gateway, self.tcp = running, running.gateway, tcp
        self.ways: dict[str, Connect] = {
            "tcp": over_tcp("127.0.0.1", tcp),
            "udp": over_udp("127.0.0.1", udp),
            "serial": over_serial(pty.fileno()),
        }

    def device(self, way: str, *, answer_within_s: float = PATIENCE_S, resends: int = 3) -> Transmitter:
        return Transmitter(self.ways[way], SOURCES[way], answer_within_s=answer_within_s, resends=resends)

    def client(self) -> Client:
        return self.running.client()


@pytest.fixture
def door(broker: Mosquitto, tmp_path: Path) -> Iterator[Door]:
    web, tcp, udp, link = free_port(), free_port(), free_port(), tmp_path / "com1"
    devices = ""
    for way, source in SOURCES.items():
        raw, line = source.to_bytes(6, "little").hex(), "com1" if way == "serial" else "panels"
        devices += DEVICE.format(id=f"uitd-{way}", line=line, address=raw, signals='["online"]')
        address = f"{raw}/1.1.02001100"
        devices += DEVICE.format(id=f"head-{way}", line=line, address=address, signals='["smoke", "temperature"]')
    pty = SerialPty(link)
    ports = {"web": web, "tcp": tcp, "udp": udp, "port": link, "broker": broker.port}
    gateway = GatewayProcess(tmp_path, SITE.format(name=tmp_path.name, devices=devices, **ports), web_port=web)
    gateway.add_users()
    with gateway:
        running = Running(gateway, broker)
        yield Door(running, tcp, udp, pty)
        running.close()
    pty.close()


def alerts_of(client: Client, device: str) -> list[str]:
    """How often the ledger says that an alert was raised for it."""
    entries = client.get("/api/ledger?book=alerts&limit=1000")["entries"]
    told = [entry["fields"] for entry in entries if entry["fields"]["key"] == device]
    return [fields["action"] for fields in told if fields["action"] == "raised"]


def latest(client: Client, device: str) -> dict[str, object]:
    return {reading["signal"]: reading["value"] for reading in client.get(f"/api/devices/{device}")["latest"]}


def test_what_a_device_says_is_stored_before_it_is_confirmed(door: Door) -> None:
    """Over each of the three ways: heartbeat, value, fire; its clock is set, and its fire is one alert."""
    client = door.client()

    async def story(way: str) -> None:
        async with door.device(way) as device:
            label = device.label()
            for unit in (
                b"",
                analogue(label, HEAT, ADDRESS, TEMPERATURE, 685),
                component_state(label, SMOKE, ADDRESS, OK | FIRE, "A栋3层配电间烟感"),
            ):
                assert (await device.say(unit)).is_confirmed
            assert ["raised"] == await asyncio.to_thread(alerts_of, client, f"head-{way}")
            async with asyncio.timeout(PATIENCE_S):
                await device.clock_was_set.wait()
            assert [90] == device.asked
            assert abs(device.clock_off.total_seconds()) < 60

    async def all_ways() -> None:
        async with asyncio.TaskGroup() as group:
            for way in door.ways:
                group.create_task(story(way))

    asyncio.run(all_ways())
    for way in door.ways:
        told = latest(client, f"head-{way}")
        assert (68.5, True) == (told["temperature"], told["smoke"])
        assert {"online": True} == latest(client, f"uitd-{way}")
        assert f"uitd-{way}" == client.get(f"/api/devices/head-{way}")["upkeep"]["via"]
    assert [] == client.get("/api/malformed")


@pytest.mark.parametrize("way", SOURCES)
def test_killed_between_receipt_and_commit_nothing_is_confirmed_and_the_device_sends_again(
    door: Door, way: str
) -> None:
    """The disk takes nothing, so what was received is not committed; the killed gateway's successor stores it once."""

    async def story() -> None:
        async with door.device(way, answer_within_s=0.3, resends=1000) as device:
            assert (await device.say()).is_confirmed
            await asyncio.to_thread(limit, door.running, 1)
            fire = component_state(device.label(), SMOKE, ADDRESS, OK | FIRE)
            telling = asyncio.create_task(device.say(fire))
            await asyncio.to_thread(wait_until, lambda: _uncommitted(door) and _sent(device) >= 2, "it waits")
            assert not telling.done()
            await asyncio.to_thread(door.gateway.kill)
            assert not telling.done()
            await asyncio.to_thread(door.gateway.start)
            async with asyncio.timeout(PATIENCE_S):
                upload = await telling
            assert upload.is_confirmed
            assert upload.sent > 1

    asyncio.run(story())
    assert ["raised"] == alerts_of(door.client(), f"head-{way}")


def test_while_the_store_is_down_there_is_no_answer_and_afterwards_one_alert(door: Door) -> None:
    """No deny: that is no fault of the device. What it said again meanwhile is confirmed and counts once."""

    async def story() -> None:
        async with door.device("tcp", answer_within_s=0.3, resends=1000) as device:
            await device.say()
            await asyncio.to_thread(limit, door.running, 1)
            telling = asyncio.create_task(device.say(component_state(device.label(), SMOKE, ADDRESS, OK | FIRE)))
            await asyncio.to_thread(wait_until, lambda: _uncommitted(door) and _sent(device) >= 3, "it waits")
            assert not telling.done()
            await asyncio.to_thread(limit, door.running, UNLIMITED)
            assert (await telling).is_confirmed

    asyncio.run(story())
    assert ["raised"] == alerts_of(door.client(), "head-tcp")


def test_a_spoilt_frame_is_denied_and_said_again(door: Door) -> None:
    """What stands in the log names the sum; the line goes on."""

    async def story() -> None:
        async with door.device("tcp", resends=0) as device:
            await device.say()
            good, write = device.write, device.write
            device.write = lambda data: write(data[:-3] + bytes((data[-3] ^ 1,)) + data[-2:])  # type: ignore[method-assign]
            unit = component_state(device.label(), SMOKE, ADDRESS, OK)
            assert 6 == (await device.say(unit)).answer
            device.write = good  # type: ignore[method-assign]
            assert (await device.say(unit)).is_confirmed

    asyncio.run(story())
    assert any("sum" in sample["reason"] for sample in door.client().get("/api/malformed"))


def alert_of(client: Client, device: str) -> dict[str, Any]:
    """Its open alert of fire."""
    return next(alert for alert in client.get("/api/alerts")["alerts"] if alert["key"] == device)


def test_a_reset_of_the_panel_ends_the_cause_and_the_next_fire_is_heard(door: Door) -> None:
    """The alert stands until a person resets it here; the second fire is one to acknowledge again."""
    client = door.client()

    async def story() -> None:
        async with door.device("tcp") as device:
            await device.say(component_state(device.label(), SMOKE, ADDRESS, OK | FIRE))
            alert = await asyncio.to_thread(alert_of, client, "head-tcp")
            await asyncio.to_thread(client.post, f"/api/alerts/{alert['id']}/acknowledge", {})
            assert (await device.say(system_operation(device.label(), 1))).is_confirmed
            alert = await asyncio.to_thread(alert_of, client, "head-tcp")
            assert (False, True) == (alert["active"], alert["latched"])
            later = bytes(((device.label()[0] + 1) % 60, *device.label()[1:]))
            await device.say(component_state(later, SMOKE, ADDRESS, OK | FIRE))
            alert = await asyncio.to_thread(alert_of, client, "head-tcp")
            assert (True, "unacknowledged") == (alert["active"], alert["state"])

    asyncio.run(story())


def test_a_second_caller_raises_an_alarm_and_ends_none(door: Door) -> None:
    """It is named beside the first; what it may not say is not confirmed, and the panel itself ends its fire."""
    client = door.client()
    other = over_tcp("127.0.0.1", door.tcp, "127.0.0.2")

    async def story() -> None:
        async with (
            door.device("tcp") as device,
            Transmitter(other, SOURCES["tcp"], answer_within_s=1, resends=0) as second,
        ):
            assert (await device.say(component_state(device.label(), SMOKE, ADDRESS, OK | FIRE))).is_confirmed
            for unit in (component_state(second.label(), SMOKE, ADDRESS, OK), system_operation(second.label(), 1)):
                assert not (await second.say(unit)).is_confirmed
            assert (await asyncio.to_thread(alert_of, client, "head-tcp"))["active"]
            claim = await asyncio.to_thread(alert_of, client, "line:panels")
            assert ("gateway-second-caller", "tamper") == (claim["rule"], claim["alert_class"])
            assert "-called-from-127.0.0.2-and-127.0.0.1" in claim["text"]
            assert [2, 256] == (await asyncio.to_thread(client.get, "/api/health"))["callers"]["panels"]
            assert (await second.say(component_state(second.label(), SMOKE, ADDRESS + 1, OK | FIRE))).is_confirmed
            stranger = await asyncio.to_thread(alert_of, client, "uitd-tcp")
            assert stranger["alert_class"] == "fire"
            assert (await device.say(component_state(device.label(), SMOKE, ADDRESS, OK))).is_confirmed
            assert not (await asyncio.to_thread(alert_of, client, "head-tcp"))["active"]

    asyncio.run(story())


def _sent(device: Transmitter) -> int:
    """How often it has said the newest."""
    return device.uploads[-1].sent


def _uncommitted(door: Door) -> float:
    lines = door.running.metrics().splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith("keyarea_uncommitted ")))
