"""What deploy/ hands out works: Mosquitto starts with it and keeps its promises, systemd finds nothing wrong."""

import configparser
import os
import pwd
import re
import shlex
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Self

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from gateway.cli import build_parser, names
from gateway.settings import VARIABLES
from tests.house.places import ROOT
from tests.rim.processes import PATIENCE_S, free_port, is_listening, wait_until

DEPLOY = ROOT / "deploy"
PASSWORD = "correct-horse"
USERS = ("keyarea", "zigbee2mqtt", "smoke-1", "smoke-2")


class Broker:
    """Mosquitto with deploy/'s own file; only ports, paths and the account are changed."""

    def __init__(self, folder: Path, *, tls: bool = False) -> None:
        self.folder, self.port, self.tls_port = folder, free_port(), free_port()
        text = (DEPLOY / "mosquitto" / "mosquitto.conf").read_text(encoding="utf-8")
        if tls:
            text = re.sub(r"(?m)^#(listener 8883|certfile|keyfile|tls_version)", r"\1", text)
            _make_certificate(folder)
        changes = {
            "listener 1883 127.0.0.1": f"listener {self.port} 127.0.0.1",
            "listener 8883": f"listener {self.tls_port} 127.0.0.1",
            "/etc/mosquitto/certs/": f"{folder}/",
            "/etc/mosquitto/keyarea.passwd": str(folder / "passwd"),
            "/etc/mosquitto/keyarea.acl": str(DEPLOY / "mosquitto" / "keyarea.acl"),
            "/var/lib/mosquitto/": f"{folder}/",
            "log_dest syslog": f"log_dest file {folder}/log",
        }
        for ours, here in changes.items():
            assert ours in text, f"{ours!r} is no more in mosquitto.conf: change this test with it"
            text = text.replace(ours, here)
        (folder / "mosquitto.conf").write_text(f"{text}\nuser {pwd.getpwuid(os.getuid()).pw_name}\n", encoding="utf-8")
        for place, name in enumerate(USERS):
            made = ["mosquitto_passwd", *(["-c"] if place == 0 else []), "-b", str(folder / "passwd"), name, PASSWORD]
            subprocess.run(made, check=True, capture_output=True, timeout=PATIENCE_S)

    def start(self) -> Self:
        program = next(path for path in ("/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto") if Path(path).exists())
        self._process = subprocess.Popen(
            [program, "-c", str(self.folder / "mosquitto.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_until(lambda: is_listening(self.port), "Mosquitto listens")
        return self

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE_S)


class Peer:
    """One MQTT client: what it heard, and whether it was let in."""

    def __init__(self, broker: Broker, user: str = "", *, session: str = "", tls_ca: Path | None = None) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.reason = ""
        self._answered, self._gone, self._subscribed = Event(), Event(), Event()
        client = Client(
            CallbackAPIVersion.VERSION2, client_id=session or os.urandom(8).hex(), clean_session=not session
        )
        if user:
            client.username_pw_set(user, PASSWORD)
        if tls_ca is not None:
            client.tls_set(ca_certs=str(tls_ca), tls_version=ssl.PROTOCOL_TLS_CLIENT)
        client.on_connect = lambda _client, _data, _flags, reason, _properties: self._connected(str(reason))
        client.on_disconnect = lambda *_: self._gone.set()
        client.on_subscribe = lambda *_: self._subscribed.set()
        client.on_message = self._message
        client.connect("127.0.0.1", broker.port if tls_ca is None else broker.tls_port)
        client.loop_start()
        assert self._answered.wait(PATIENCE_S)
        self.client = client

    def _connected(self, reason: str) -> None:
        self.reason = self.reason or reason
        self._answered.set()

    def _message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self.heard.append((message.topic, message.payload))

    def subscribe(self, topic: str) -> Self:
        self.client.subscribe(topic, qos=1)
        assert self._subscribed.wait(PATIENCE_S)
        return self

    def publish(self, topic: str, payload: bytes) -> None:
        self.client.publish(topic, payload, qos=1).wait_for_publish(PATIENCE_S)

    def is_thrown_out(self) -> bool:
        return self._gone.wait(PATIENCE_S)

    def leave(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    one = Broker(tmp_path).start()
    yield one
    one.stop()


def test_without_a_password_nobody_comes_in(broker: Broker) -> None:
    nobody, guessed = Peer(broker), Peer(broker, "root")
    assert {"Not authorized"} == {nobody.reason, guessed.reason}
    nobody.leave()
    guessed.leave()


def test_a_device_speaks_for_itself_and_for_no_other(broker: Broker) -> None:
    """Mosquitto 2.0.11 even ends the connection of a client that tries."""
    gateway = Peer(broker, "keyarea").subscribe("#")
    forged = {
        "keyarea/smoke-2/readings": "smoke-1",
        "zigbee2mqtt/smoke-2": "smoke-1",
        "keyarea/smoke-1/status": "zigbee2mqtt",
    }
    for topic, user in forged.items():
        forger = Peer(broker, user)
        forger.publish(topic, b"forged")
        forger.leave()
    device, converter = Peer(broker, "smoke-1"), Peer(broker, "zigbee2mqtt")
    device.publish("keyarea/smoke-1/readings", b"true")
    device.publish("tele/smoke-1/SENSOR", b"true")
    converter.publish("zigbee2mqtt/lamp", b"true")
    wait_until(lambda: len(gateway.heard) >= 3, "the gateway hears what may be said")
    assert {
        ("keyarea/smoke-1/readings", b"true"),
        ("tele/smoke-1/SENSOR", b"true"),
        ("zigbee2mqtt/lamp", b"true"),
    } == set(gateway.heard)
    for peer in (gateway, device, converter):
        peer.leave()


def test_a_device_does_not_hear_what_others_say(broker: Broker) -> None:
    spy, device, gateway = Peer(broker, "smoke-2").subscribe("#"), Peer(broker, "smoke-1"), Peer(broker, "keyarea")
    device.publish("keyarea/smoke-1/readings", b"private")
    gateway.publish("keyarea/smoke-2/command", b"test")
    wait_until(lambda: spy.heard, "a device hears its own commands")
    assert [("keyarea/smoke-2/command", b"test")] == spy.heard
    for peer in (spy, device, gateway):
        peer.leave()


def test_alarms_wait_for_the_gateway_through_a_restart_of_the_broker_however_many(broker: Broker) -> None:
    """More than Mosquitto's default queue of 1,000, and no limit drops one."""
    Peer(broker, "keyarea", session="gateway").subscribe("keyarea/#").leave()
    device = Peer(broker, "smoke-1")
    for number in range(2_500):
        device.client.publish("keyarea/smoke-1/readings", b"%d" % number, qos=1)
    device.publish("keyarea/smoke-1/readings", b"last")
    device.leave()
    broker.stop()
    broker.start()
    back = Peer(broker, "keyarea", session="gateway")
    wait_until(lambda: len(back.heard) >= 2_501, "every alarm")
    assert [*(b"%d" % number for number in range(2_500)), b"last"] == [payload for _, payload in back.heard]
    back.leave()


def test_a_message_that_is_too_large_ends_its_senders_connection(broker: Broker) -> None:
    gateway, device = Peer(broker, "keyarea").subscribe("#"), Peer(broker, "smoke-1")
    device.client.publish("keyarea/smoke-1/readings", bytes(300_000), qos=0)
    assert device.is_thrown_out()
    assert [] == gateway.heard
    for peer in (gateway, device):
        peer.leave()


def test_the_lines_for_tls_work_as_they_stand(tmp_path: Path) -> None:
    broker = Broker(tmp_path, tls=True).start()
    try:
        gateway = Peer(broker, "keyarea").subscribe("#")
        device = Peer(broker, "smoke-1", tls_ca=tmp_path / "server.crt")
        device.publish("keyarea/smoke-1/readings", b"true")
        wait_until(lambda: gateway.heard, "the gateway hears a device over TLS")
        for peer in (gateway, device):
            peer.leave()
    finally:
        broker.stop()


def _make_certificate(folder: Path) -> None:
    files = ("-keyout", str(folder / "server.key"), "-out", str(folder / "server.crt"))
    name = ("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1")
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *files, *name]
    subprocess.run(made, check=True, capture_output=True, timeout=PATIENCE_S)


def _unit() -> configparser.RawConfigParser:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(DEPLOY / "keyarea.service", encoding="utf-8")
    return unit


def test_the_systemd_unit_calls_commands_that_exist() -> None:
    service = _unit()["Service"]
    for key in ("ExecStartPre", "ExecStart"):
        program, *arguments = shlex.split(service[key])
        assert Path("/opt/keyarea/bin/keyarea") == Path(program)
        assert build_parser(names()).parse_args(arguments)


def test_the_systemd_unit_starts_the_gateway_again_whatever_happens() -> None:
    unit = _unit()
    assert "always" == unit["Service"]["Restart"]
    assert "notify" == unit["Service"]["Type"]
    assert "0" == unit["Unit"]["StartLimitIntervalSec"]
    assert 30 == int(unit["Service"]["WatchdogSec"])


def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "keyarea.service"
    text = (DEPLOY / "keyarea.service").read_text(encoding="utf-8")
    unit.write_text(text.replace("/opt/keyarea/bin/keyarea", "/bin/true"), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )
    assert [] == [line for line in done.stderr.splitlines() if "keyarea" in line]
    assert 0 == done.returncode


def test_the_example_environment_names_every_variable_and_holds_no_secret() -> None:
    text = (DEPLOY / "environment.example").read_text(encoding="utf-8")
    named = dict(re.findall(r"^#?(KEYAREA_\w+)=(.*)$", text, re.MULTILINE))
    assert VARIABLES.keys() == named.keys()
    assert "" == named["KEYAREA_MQTT_PASSWORD"]
