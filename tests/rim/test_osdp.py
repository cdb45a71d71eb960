"""Card readers at a real gateway: secure channel, cards, tamper, a wrong key, the cable out and back, adoption."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulators.osdp_reader import BUZZER, LED, Reader, Readers
from simulators.serial_pty import SerialPty
from tests.rim.conftest import Running
from tests.rim.processes import GatewayProcess, Mosquitto, free_port, wait_until
from tests.rim.test_registration import asked, changed, waiting

SITE = """\
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

[[osdp]]
name = "gate"
port = "{port}"
scan = true

[[devices]]
id = "reader-1"
family = "osdp"
line = "gate"
address = "1"
area = "store"
signals = ["credential", "tamper", "mains", "online"]
rename = {{ "switch.1" = "door" }}

[[devices]]
id = "reader-2"
family = "osdp"
line = "gate"
address = "2"
area = "store"
signals = ["credential", "tamper", "online", "fault.channel"]

[[rules]]
kind = "fault"
name = "device-fault"
alert_class = "fault"
priority = 3
signals = ["fault"]
procedure = "1. Visit the device."

[[rules]]
kind = "fault"
name = "device-tamper"
alert_class = "tamper"
priority = 2
signals = ["tamper"]
procedure = "1. Look who is there."
"""

KEYS = {"osdp/gate/0": bytes(16), "osdp/gate/1": bytes(range(16)), "osdp/gate/2": bytes(range(16, 32))}


class Gate:
    """A running gateway with a bus of readers."""

    def __init__(self, link: Path) -> None:
        self.link, self.pty = link, SerialPty(link)
        self.first = Reader(1, KEYS["osdp/gate/1"], has_contacts=True)
        self.wrong = Reader(2, KEYS["osdp/gate/1"])
        self.new = Reader(0, KEYS["osdp/gate/0"], serial=12)
        self.readers = Readers(self.pty.fileno(), [self.first, self.wrong, self.new])

    def run(self, running: Running) -> None:
        self.running, self.client = running, running.client()

    def unplug(self) -> None:
        self.readers.__exit__()
        self.pty.close()

    def plug(self, *readers: Reader) -> None:
        self.pty = SerialPty(self.link)
        self.readers = Readers(self.pty.fileno(), readers).__enter__()

    def latest(self, device: str) -> dict[str, Any]:
        return {reading["signal"]: reading["value"] for reading in self.client.get(f"/api/devices/{device}")["latest"]}

    def until(self, device: str, **values: Any) -> None:
        wanted = {name.replace("_", "."): value for name, value in values.items()}
        wait_until(lambda: wanted.items() <= self.latest(device).items(), f"{device} says {wanted}")

    def line(self) -> str:
        health = self.running.gateway.health()
        return str(health["lines"]["gate"]) if health is not None else ""

    def alerts(self) -> set[tuple[str, str]]:
        alerts = self.client.get("/api/alerts?open=true")["alerts"]
        return {(alert["alert_class"], alert["key"]) for alert in alerts if alert["active"]}


@pytest.fixture
def gate(broker: Mosquitto, tmp_path: Path) -> Iterator[Gate]:
    web, link, key_file = free_port(), tmp_path / "bus", tmp_path / "keys.toml"
    key_file.write_text("".join(f'"{name}" = "{key.hex()}"\n' for name, key in KEYS.items()))
    key_file.chmod(0o600)
    site = SITE.format(name=tmp_path.name, broker=broker.port, web=web, port=link)
    gate = Gate(link)
    gateway = GatewayProcess(tmp_path, site, web_port=web, env={"KEYAREA_KEYS": str(key_file)})
    gateway.add_users()
    with gate.readers, gateway:  # who is on the bus at the start is found by the first round of the search
        running = Running(gateway, broker)
        gate.run(running)
        yield gate
        running.close()
        log = gateway.log_tail()
    gate.unplug()
    assert not [name for name, key in KEYS.items() if key.hex() in log]


def test_a_bus_of_readers_from_card_to_alert(gate: Gate) -> None:
    """One story, because a gateway is slow to start: what a reader says, and what becomes of its faults."""
    gate.until("reader-1", online=True, tamper=False, mains=True)
    wait_until(lambda: gate.first.is_encrypted, "its channel is secure")
    gate.first.wiegand_26(20, 22591)
    gate.until("reader-1", credential="26:20:22591")
    gate.first.press("2580#")
    gate.until("reader-1", credential="code of 4 digits")
    gate.first.contact(0, is_active=True)
    gate.until("reader-1", door=True)
    gate.first.tamper(is_open=True)
    wait_until(lambda: ("tamper", "reader-1") in gate.alerts(), "the open housing is an alert")
    gate.first.tamper(is_open=False)

    assert asked(gate.running, "POST", "/api/devices/reader-1/commission", {})[1]["done"]
    gate.first.wiegand_26(20, 5)
    wait_until(
        lambda: [LED, BUZZER] == [told["command"] for told in gate.first.told], "whoever walks sees and hears it"
    )

    gate.until("reader-2", online=False, fault_channel=True)
    wait_until(lambda: ("fault", "reader-2") in gate.alerts(), "the wrong key is an alert")
    samples = gate.client.get("/api/malformed")
    assert any("reader 2: it answers, but not with the key" in sample["reason"] for sample in samples)

    proposed = waiting(gate.running, "0")["proposed"]
    assert "number 12" in proposed["model"]
    wanted = ("family", "address", "line", "model", "signals")
    body = {**{key: proposed[key] for key in wanted}, "id": "reader-0", "area": "store"}
    assert (200, "adopted") == changed(asked(gate.running, "POST", "/api/devices", body))
    gate.until("reader-0", mains=True)
    gate.new.wiegand_26(20, 7)
    gate.until("reader-0", credential="26:20:7")
    gate.unplug()

    wait_until(lambda: gate.line().startswith("lost"), "the line is lost")
    gate.until("reader-1", online=False)
    again = Reader(1, KEYS["osdp/gate/1"])
    gate.plug(again)
    gate.until("reader-1", online=True)
    again.wiegand_26(20, 9)
    gate.until("reader-1", credential="26:20:9")
    wait_until(lambda: gate.line() == "up", "the line is up")
