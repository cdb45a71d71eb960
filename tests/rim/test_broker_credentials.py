"""Logins made by ``keyarea device credentials``, in the hands of a real Mosquitto: who comes in, who may say what."""

import json
import queue
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import pytest
from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion

from gateway.cli import main
from tests.rim.conftest import Running
from tests.rim.processes import PATIENCE_S, Mosquitto

PLUGIN = next(Path("/usr/lib").glob("*/mosquitto_dynamic_security.so"))


class Made:
    """The files and what was printed once."""

    def __init__(self, running: Running, folder: Path, capsys: pytest.CaptureFixture[str], *, dynamic: bool) -> None:
        self.passwords, self.rules, self.dynamic = folder / "passwd", folder / "acl", folder / "dynsec.json"
        files = ("--dynsec", self.dynamic) if dynamic else ("--passwords", self.passwords, "--rules", self.rules)
        self._end = [*map(str, files), "--json", "--data", str(running.data)]
        self._capsys, self.is_dynamic = capsys, dynamic

    def __call__(self, *arguments: str) -> dict[str, str]:
        """User -> password, of the new ones."""
        self._capsys.readouterr()
        assert 0 == main(["device", "credentials", *arguments, *self._end])
        self.said: dict[str, Any] = json.loads(self._capsys.readouterr().out)
        return {login["user"]: login["password"] for login in self.said["logins"]}

    @contextmanager
    def broker(self, folder: Path) -> Iterator[Mosquitto]:
        """A Mosquitto that reads these files."""
        files = f"password_file {self.passwords}\nacl_file {self.rules}"
        if self.is_dynamic:
            files = f"plugin {PLUGIN}\nplugin_opt_config_file {self.dynamic}"
        own = folder / "mosquitto"
        own.mkdir(exist_ok=True)
        with Mosquitto(own, anonymous=False, extra=files) as running:
            yield running


@pytest.fixture(params=["password file", "dynamic security"])
def made(
    running_gateway: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> Made:
    return Made(running_gateway, tmp_path, capsys, dynamic=request.param == "dynamic security")


class Peer:
    """A client of the broker (MQTT 5, where a refusal has words)."""

    def __init__(self, broker: Mosquitto, user: str, password: str) -> None:
        self._greeted: queue.Queue[str] = queue.Queue()
        self._told: queue.Queue[str] = queue.Queue()
        self.heard: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self._client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv5)
        self._client.username_pw_set(user, password)
        self._client.on_connect = lambda _c, _u, _f, reason, _p: self._greeted.put(str(reason))
        self._client.on_publish = lambda _c, _u, _m, reason, _p: self._told.put(str(reason))
        self._client.on_subscribe = lambda _c, _u, _m, reasons, _p: self._told.put(str(reasons[0]))
        self._client.on_message = lambda _c, _u, message: self.heard.put((message.topic, message.payload))
        self._client.connect("127.0.0.1", broker.port)
        self._client.loop_start()
        self.welcome = self._greeted.get(timeout=PATIENCE_S)

    def says(self, topic: str, payload: bytes = b"x") -> str:
        """What the broker answers. (Mosquitto 2.0.11 also ends the connection of who is refused; it is made anew.)"""
        self._client.publish(topic, payload, qos=1)
        return self._told.get(timeout=PATIENCE_S)

    def listens(self, topic: str) -> str:
        self._client.subscribe(topic, qos=1)
        return self._told.get(timeout=PATIENCE_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()


REFUSED = "Not authorized"


def is_welcome(broker: Mosquitto, user: str, password: str) -> bool:
    with Peer(broker, user, password) as peer:
        return peer.welcome == "Success"


def test_a_device_speaks_on_its_own_topics_and_on_no_others(made: Made, tmp_path: Path) -> None:
    words = made("smoke-0", "smoke-1", "door-1", "--gateway")
    assert {"keyarea", "smoke-0", "smoke-1", "zigbee2mqtt"} == set(words)
    with made.broker(tmp_path) as broker, Peer(broker, "keyarea", words["keyarea"]) as gateway:
        gateway.listens("#")
        with Peer(broker, "smoke-0", words["smoke-0"]) as device:
            assert "Success" == device.welcome
            for topic in ("keyarea/smoke-1/readings", "keyarea/smoke-0/command", "zigbee2mqtt/x", "cmnd/x"):
                assert (topic, REFUSED) == (topic, device.says(topic))
            assert device.says("keyarea/smoke-0/readings", b"mine") in ("Success", "No matching subscribers")
            assert ("keyarea/smoke-0/readings", b"mine") == gateway.heard.get(timeout=PATIENCE_S)
            device.listens("keyarea/smoke-0/command")
            gateway.says("keyarea/smoke-1/command", b"not for smoke-0")
            gateway.says("keyarea/smoke-0/command", b"test")
            assert ("keyarea/smoke-0/command", b"test") == device.heard.get(timeout=PATIENCE_S)
        with Peer(broker, "zigbee2mqtt", words["zigbee2mqtt"]) as converter:
            assert REFUSED == converter.says("keyarea/smoke-0/readings")
            assert REFUSED != converter.says("zigbee2mqtt/office/door 1", b"open")


def test_a_device_hears_nothing_of_others(made: Made, tmp_path: Path) -> None:
    words = made("smoke-0", "smoke-1")
    with (
        made.broker(tmp_path) as broker,
        Peer(broker, "smoke-0", words["smoke-0"]) as spy,
        Peer(broker, "smoke-1", words["smoke-1"]) as other,
    ):
        spy.listens("#")
        spy.listens("keyarea/smoke-1/readings")
        other.says("keyarea/smoke-1/readings", b"private")
        spy.says("keyarea/smoke-0/readings", b"seen")
        assert spy.heard.empty()


def test_a_new_password_ends_the_old_one_and_nobody_elses(made: Made, tmp_path: Path) -> None:
    first = made("smoke-0", "smoke-1")
    second = made("smoke-0")
    assert ["smoke-0"] == list(second)
    with made.broker(tmp_path) as broker:
        assert not is_welcome(broker, "smoke-0", first["smoke-0"])
        assert is_welcome(broker, "smoke-0", second["smoke-0"])
        assert is_welcome(broker, "smoke-1", first["smoke-1"])
        assert not is_welcome(broker, "smoke-2", "")


def test_a_retired_device_is_shut_out_and_an_exchanged_one_speaks_elsewhere(
    made: Made, running_gateway: Running, tmp_path: Path
) -> None:
    name = f"cred-{'dyn' if made.is_dynamic else 'file'}"
    client = running_gateway.client("tom")
    for device in (f"{name}-1", f"{name}-2"):
        client.post("/api/devices", {"id": device, "family": "keyarea", "address": device, "area": "store"})
    words = made(f"{name}-1", f"{name}-2")
    client.post(f"/api/devices/{name}-1/retire", {})
    client.post(f"/api/devices/{name}-2/replace", {"family": "keyarea", "address": f"{name}-3"})
    assert {} == made()
    assert [f"{name}-1"] == made.said["gone"]
    with made.broker(tmp_path) as broker:
        assert not is_welcome(broker, f"{name}-1", words[f"{name}-1"])
        with Peer(broker, f"{name}-2", words[f"{name}-2"]) as device:
            assert REFUSED == device.says(f"keyarea/{name}-2/readings")
            assert REFUSED != device.says(f"keyarea/{name}-3/readings")


def test_no_password_is_kept_in_clear(made: Made, tmp_path: Path) -> None:
    words = made("--all", "--gateway")
    assert len(words) > 60
    assert len(set(words.values())) == len(words)
    assert all(len(word) == 20 for word in words.values())
    assert {} == made("--all", "--gateway")  # each has one already
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in files}
    text = "".join(path.read_text() for path in files)
    assert [] == [user for user, word in words.items() if word in text]


def test_what_an_administrator_made_stays(
    running_gateway: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Users, rules, comments, rights; a user that is there and is not ours is not taken over."""
    made = Made(running_gateway, tmp_path, capsys, dynamic=False)
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(made.passwords), "admin", "secret-1"], check=True)
    subprocess.run(["mosquitto_passwd", "-b", str(made.passwords), "smoke-3", "secret-2"], check=True)
    made.passwords.chmod(0o640)
    made.rules.write_text("# mine\nuser admin\ntopic readwrite #\n")
    words = made("smoke-0", "smoke-3")
    assert ["smoke-0"] == list(words)
    assert "was not made here" in made.said["left_alone"]["smoke-3"]
    assert 0o640 == stat.S_IMODE(made.passwords.stat().st_mode)
    assert made.rules.read_text().startswith("# mine\nuser admin\ntopic readwrite #\n\n# -- keyarea:")
    with made.broker(tmp_path) as broker:
        assert is_welcome(broker, "admin", "secret-1")
        assert is_welcome(broker, "smoke-3", "secret-2")
        with Peer(broker, "smoke-0", words["smoke-0"]) as device:
            assert REFUSED == device.says("admin/x")


def test_mosquittos_own_control_finds_the_plugins_file_in_order(
    running_gateway: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that ``mosquitto_ctrl`` began keeps its administrator."""
    made = Made(running_gateway, tmp_path, capsys, dynamic=True)
    begun = ["mosquitto_ctrl", "dynsec", "init", str(made.dynamic), "admin", "admin-secret"]
    subprocess.run(begun, check=True, capture_output=True, input=b"")
    words = made("smoke-0")
    with made.broker(tmp_path) as broker:
        asked = ["mosquitto_ctrl", "-p", str(broker.port), "-u", "admin", "-P", "admin-secret", "dynsec"]
        listed = subprocess.run([*asked, "getClient", "smoke-0"], check=True, capture_output=True, text=True).stdout
        assert "keyarea-device-smoke-0" in listed
        assert is_welcome(broker, "smoke-0", words["smoke-0"])


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"clients": {}}', b'{"clients": [1]}', b'{"roles": [{}]}'])
def test_a_file_that_is_something_else_is_left_as_it_is(
    running_gateway: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(content)
    arguments = ["--dynsec", str(path), "--data", str(running_gateway.data)]
    assert 1 == main(["device", "credentials", "smoke-0", *arguments])
    assert "no file of the dynamic security plugin" in capsys.readouterr().err
    assert content == path.read_bytes()


def test_nobody_gets_a_login_who_is_no_device_on_mqtt(
    running_gateway: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [
        "--passwords",
        str(tmp_path / "p"),
        "--rules",
        str(tmp_path / "r"),
        "--data",
        str(running_gateway.data),
    ]
    assert 1 == main(["device", "credentials", "smoke-0", "nobody", *arguments])
    assert "nobody is no device on MQTT" in capsys.readouterr().err
    assert [] == list(tmp_path.iterdir())
