"""The broker gone and back, MQTT 5, TLS, wrong passwords: on a real Mosquitto."""

import socket
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client as Mqtt
from paho.mqtt.enums import CallbackAPIVersion

from gateway.site.model import Mqtt as Broker
from gateway.transports.mqtt import MqttTransport
from gateway.transports.rivalry import CONTENDED
from gateway.transports.topic_filter import matches
from tests.rim.conftest import Running, site
from tests.rim.processes import PATIENCE_S, GatewayProcess, Mosquitto, free_port, wait_until


class Loop:
    """Runs a transport as the pipeline does, in one thread; ``handle`` gets each burst."""

    def __init__(
        self,
        broker: Broker,
        topics: Sequence[str] = ("t/#",),
        *,
        acknowledges: bool = True,
        monotonic: Callable[[], float] = time.monotonic,
        **secrets: str,
    ) -> None:
        self.states: list[str] = []
        self.messages: list[Any] = []
        self._acknowledges = acknowledges
        self._stop = threading.Event()
        self.transport = MqttTransport(broker, topics, monotonic=monotonic, on_state=self.states.append, **secrets)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(0.005):
            self.transport.upkeep()
            burst = self.transport.take(100, time.monotonic() + 0.02)
            self.messages += burst
            if burst and self._acknowledges:
                self.transport.acknowledge(burst, self.transport.connection)
        self.transport.close()

    def until(self, check: Callable[[], object], what: str) -> None:
        wait_until(check, f"{what}; states {self.states}")

    def close(self) -> None:
        self._stop.set()
        self._thread.join(PATIENCE_S)


def publish(port: int, *payloads: str) -> None:
    """QoS 1, each acknowledged."""
    client = Mqtt(CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", port)
    client.loop_start()
    for payload in payloads:
        client.publish("t/x", payload, qos=1).wait_for_publish(PATIENCE_S)
    client.disconnect()
    client.loop_stop()


@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
def test_what_is_not_acknowledged_comes_again_marked(broker: Mosquitto, protocol: str) -> None:
    """A session that ends without PUBACKs gets every message again, each with DUP."""
    setup = Broker(port=broker.port, client_id=f"again-{protocol}", protocol=protocol)  # type: ignore[arg-type]
    first = Loop(setup, acknowledges=False)
    first.until(lambda: "up" in first.states, "connected")
    publish(broker.port, "0")
    first.until(lambda: first.messages, "subscribed")
    publish(broker.port, "1", "2", "3")
    first.until(lambda: len(first.messages) == 4, "all four")
    first.close()
    second = Loop(setup)
    # Up: its SUBACK is read. Closed with bytes unread, a socket is reset, and the broker loses the last PUBACKs.
    second.until(lambda: len(second.messages) == 4 and "up" in second.states, "all four again")
    assert [b"0", b"1", b"2", b"3"] == [message.payload for message in second.messages]
    assert all(message.dup for message in second.messages)
    second.close()
    third = Loop(setup)
    publish(broker.port, "4")
    third.until(lambda: third.messages, "what came meanwhile")
    assert [b"4"] == [message.payload for message in third.messages]
    third.close()


def test_a_wrong_password_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "passwords").write_text("gate:secret-word\n")
    subprocess.run(["mosquitto_passwd", "-U", str(tmp_path / "passwords")], check=True)
    extra = f"password_file {tmp_path / 'passwords'}"
    with Mosquitto(tmp_path, extra=extra, anonymous=False) as closed:
        refused = Loop(Broker(port=closed.port), username="gate", password="wrong")
        refused.until(lambda: len(refused.states) >= 2, "tried twice")
        assert all("refused the connection: Not authorized" in state for state in refused.states), refused.states
        refused.close()
        accepted = Loop(Broker(port=closed.port), username="gate", password="secret-word")
        accepted.until(lambda: "up" in accepted.states, "accepted")
        accepted.close()


# paho leaves a socket whose handshake failed to the collector.
@pytest.mark.filterwarnings("ignore:.*SSLSocket:pytest.PytestUnraisableExceptionWarning")
def test_tls_with_a_ca_of_our_own(tmp_path: Path) -> None:
    """The right CA connects; without it the certificate is refused."""
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
            "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate),
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    with Mosquitto(tmp_path, extra=f"certfile {certificate}\nkeyfile {key}") as secure:
        trusting = Loop(Broker(port=secure.port, tls=True, ca_file=str(certificate)))
        trusting.until(lambda: "up" in trusting.states, "connected over TLS")
        trusting.close()
        doubting = Loop(Broker(port=secure.port, tls=True, client_id="doubting"))
        doubting.until(lambda: any("certificate" in state.lower() for state in doubting.states), "refused")
        assert "up" not in doubting.states
        doubting.close()


def test_a_broker_that_goes_away_is_a_fault_and_comes_back_by_itself(tmp_path: Path) -> None:
    """Lost line: an alert of class fault. Back: it returns, and what was kept meanwhile arrives."""
    web = free_port()
    persistent = f"persistence true\npersistence_location {tmp_path}/\nautosave_interval 1"
    with Mosquitto(tmp_path, extra=persistent) as mortal:
        gateway = GatewayProcess(tmp_path, site(mortal.port, web), web_port=web)
        gateway.add_users()
        with gateway:
            running = Running(gateway, mortal)
            device = running.fresh_smoke()
            client = running.client("olga")
            wait_until(lambda: client.get(f"/api/devices/{device}")["latest"], "heard")
            running.close()
            mortal.stop()

            def lost() -> list[Any]:
                found = client.get("/api/alerts?open=true")["alerts"]
                return [a for a in found if a["key"] == "line:mqtt" and a["alert_class"] == "fault" and a["active"]]

            wait_until(lost, "a fault alert for the line")
            mortal.start()
            wait_until(lambda: not lost(), "the line is back")
            again = Running(gateway, mortal)
            again.readings(device, smoke=True)
            wait_until(
                lambda: [a for a in client.get("/api/alerts?open=true")["alerts"] if a["key"] == device], "an alert"
            )
            again.close()


class Server:
    """Something on a port that is no broker: says ``answer`` to whoever connects, and then nothing."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.connections: list[socket.socket] = []
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                with suppress(OSError):  # who called has hung up meanwhile, and will call again
                    connection.sendall(self._answer)
                self.connections.append(connection)

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(PATIENCE_S)
        for connection in self.connections:
            connection.close()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x20\x02\x00\x00" + b"\x31\x04\x00\x09xx",  # accepted, then a topic longer than its message
        b"\x20\x02\x00\x00" + b"\x32\x01\x00",
        b"\x20\x02\x00\x00" + b"\xff\xff\xff\xff\xff\xff",
        b"\x20\x00",
        b"\x00" * 100,
    ],
)
@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
def test_what_is_no_broker_is_a_lost_line_and_no_more(answer: bytes, protocol: str) -> None:
    """Nonsense on the line ends the connection, is told, and the line is tried again; the thread lives."""
    server = Server(answer)
    loop = Loop(Broker(port=server.port, protocol=protocol, keep_alive_s=1))  # type: ignore[arg-type]
    loop.until(lambda: len(server.connections) >= 2, "tried again")
    assert any(state.startswith("lost: ") for state in loop.states)
    loop.close()
    server.close()


def test_one_that_takes_connections_and_says_nothing_is_given_up() -> None:
    """No CONNACK within the keep-alive time is a lost line."""
    server = Server(b"")
    loop = Loop(Broker(port=server.port, keep_alive_s=1))
    loop.until(lambda: any(state.startswith("lost: ") for state in loop.states), "given up")
    assert "up" not in loop.states
    loop.close()
    server.close()


CONNACK = {"3.1.1": b"\x20\x02\x00\x00", "5": b"\x20\x03\x00\x00\x00"}


@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
def test_the_line_is_up_when_the_broker_has_taken_the_subscription_and_not_before(protocol: str) -> None:
    """What comes between the two nobody hears."""
    server = Server(CONNACK[protocol])
    loop = Loop(Broker(port=server.port, protocol=protocol, keep_alive_s=1))  # type: ignore[arg-type]
    loop.until(lambda: loop.states, "given up")
    assert loop.states[0].startswith("lost: ")
    loop.close()
    server.close()


@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
@pytest.mark.parametrize("let", [(True, True), (True, False), (False, False)])
def test_a_broker_that_lets_us_listen_to_nothing_is_a_lost_line(
    protocol: str, let: tuple[bool, ...], caplog: pytest.LogCaptureFixture
) -> None:
    """Connected, and deaf: nobody may take that for well. What some families may not hear is told."""
    answers = bytes(1 if is_let else {"3.1.1": 0x80, "5": 0x87}[protocol] for is_let in let)
    suback = {"3.1.1": b"\x90\x04\x00\x01", "5": b"\x90\x05\x00\x01\x00"}[protocol]
    server = Server(CONNACK[protocol] + suback + answers)
    loop = Loop(Broker(port=server.port, protocol=protocol), ["t/#", "u/#"])  # type: ignore[arg-type]
    loop.until(lambda: loop.states, "it says how it is")
    assert ["up" if any(let) else "lost: the broker does not let us listen to any topic"] == loop.states
    assert (False in let) == ("does not let us listen to" in caplog.text)
    loop.close()
    server.close()


def test_a_broker_that_is_killed_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """Killed, started again: the same thread reads on; all that came before and after was handed over."""
    with Mosquitto(tmp_path) as broker:
        loop = Loop(Broker(port=broker.port))
        loop.until(lambda: "up" in loop.states, "connected")
        publish(broker.port, "first")
        loop.until(lambda: loop.messages, "the first")
        before = loop.transport.connection
        broker.kill()
        loop.until(lambda: loop.states[-1].startswith("lost"), "lost")
        broker.start()
        loop.until(lambda: loop.states[-1] == "up", "back")
        assert loop.transport.connection == before + 1
        publish(broker.port, "second")
        loop.until(lambda: loop.messages[-1].payload == b"second", "the second")
        loop.close()
    waits = [state for state in loop.states if state != "up"]
    assert waits


@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
def test_another_client_with_our_id_is_said_until_a_connection_has_lasted(broker: Mosquitto, protocol: str) -> None:
    """Both come back again and again, and each says why; alone, a connection lasts, and the line is up."""
    setup = Broker(port=broker.port, client_id=f"rival-{protocol}", protocol=protocol)  # type: ignore[arg-type]
    one, other = (Loop(setup, monotonic=lambda: 30 * time.monotonic()) for _ in range(2))
    try:
        for loop in (one, other):
            wait_until(lambda loop=loop: loop.states and loop.states[-1].startswith(CONTENDED), "said")  # type: ignore[misc]
            assert f"another client uses our client id 'rival-{protocol}'" in loop.states[-1]
        connections = one.transport.connection
        one.until(lambda: one.transport.connection > connections, "it never stays away")
        other.close()
        one.until(lambda: one.states[-1] == "up", "alone again")
    finally:
        one.close()
        other.close()


def test_a_rival_is_an_alert_and_alarms_come_through_meanwhile(own_gateway: Running) -> None:
    gateway, client = own_gateway.gateway, own_gateway.client()
    name = own_gateway.base.encode()
    hello = b"\x00\x04MQTT\x04\x00\x00\x00" + len(name).to_bytes(2, "big") + name

    def line() -> str:
        health = gateway.health()
        return health["lines"]["mqtt"] if health is not None else ""

    def told(key: str) -> bool:
        return any(alert["key"] == key for alert in client.get("/api/alerts")["alerts"])

    for _ in range(3):
        with socket.create_connection(("127.0.0.1", own_gateway.broker.port)) as rival:
            rival.sendall(bytes([0x10, len(hello)]) + hello)
            assert rival.recv(1) == b"\x20"  # CONNACK: from now on the id is the rival's
            wait_until(lambda: line().startswith(("lost", CONTENDED)), "the broker has hung up on the gateway")
            assert rival.recv(3)
            assert rival.recv(1) == b""  # and on the rival, because the gateway came back
        wait_until(lambda: not line().startswith("lost"), "it is back")
    wait_until(lambda: told("part:client-id"), "an alert says it")
    own_gateway.readings("smoke-0", smoke=True)
    wait_until(lambda: told("smoke-0"), "the fire")


def test_attempts_are_spread() -> None:
    """A thousand gateways must not all come back in the same second: each waits longer, and not the same."""
    times = [0.0]
    waits: list[float] = []
    for _ in range(20):
        transport = MqttTransport(
            Broker(port=free_port()), ["t/#"], monotonic=lambda: times[0], on_state=lambda state: None
        )
        for _ in range(3):
            transport._lost("told by the test")
            waits.append(transport._retry_at - times[0])
        transport.close()
    firsts, thirds = waits[::3], waits[2::3]
    assert all(0.25 <= wait <= 0.75 for wait in firsts)
    assert all(1.0 <= wait <= 3.0 for wait in thirds)
    assert len({round(wait, 4) for wait in firsts}) > 10


@pytest.mark.parametrize(
    ("topic_filter", "topic", "covers"),
    [
        ("a/+/b", "a/x/b", True),
        ("a/#", "a", True),
        ("a/#", "a/b/c", True),
        ("a/+", "a/b/c", False),
        ("#", "$SYS/x", False),
    ],
)
def test_topic_filters_are_mqtts(topic_filter: str, topic: str, covers: bool) -> None:
    assert matches(topic_filter, topic) == covers
