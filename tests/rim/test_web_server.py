"""The web server under strangers: slow heads, many connections, few descriptors; the alarms go on."""

import contextlib
import re
import resource
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rim.conftest import Running
from tests.rim.conftest import site as site_text
from tests.rim.processes import METRICS_TOKEN, Client, GatewayProcess, Mosquitto, free_port, wait_until
from tests.rim.test_api import ask

FEW = 256


@contextlib.contextmanager
def strangers(port: int, count: int, first: bytes = b"GET / HTTP/1.1\r\nhost: x\r\n") -> Iterator[list[socket.socket]]:
    """So many connections that have begun a head and never end it."""
    opened: list[socket.socket] = []
    try:
        for _ in range(count):
            with contextlib.suppress(OSError):
                opened.append(socket.create_connection(("127.0.0.1", port), timeout=5))
                opened[-1].sendall(first)
        yield opened
    finally:
        for each in opened:
            each.close()


def is_cut(connection: socket.socket) -> bool:
    """Whether the other side has ended it."""
    connection.setblocking(False)
    try:
        return connection.recv(4096) == b"" or is_cut(connection)
    except BlockingIOError:
        return False
    except OSError:
        return True


def test_a_head_that_never_ends_is_cut(running_gateway: Running) -> None:
    """Dripping does not keep it open, nor do empty lines after an answer; a body that never comes is cut too."""
    with strangers(running_gateway.port, 3) as (slow, dripping, blank):
        blank.sendall(b"\r\n")
        blank.settimeout(60)
        assert blank.recv(4096)
        ended: set[int] = set()

        def drip() -> bool:
            for number, (connection, more) in enumerate(((slow, b""), (dripping, b"a: b\r\n"), (blank, b"\r\n"))):
                with contextlib.suppress(OSError):
                    connection.sendall(more)
                if is_cut(connection):
                    ended.add(number)
            time.sleep(0.2)
            return len(ended) == 3

        wait_until(drip, "all three are cut")
    head = b"POST /api/session HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"
    with strangers(running_gateway.port, 1, head) as (mute,):
        wait_until(lambda: is_cut(mute), "the body that never came")


def test_a_head_without_end_is_refused_by_its_size(running_gateway: Running) -> None:
    with strangers(running_gateway.port, 1) as (long,):
        long.settimeout(60)
        answer = b""
        with contextlib.suppress(OSError):
            for _ in range(200):
                long.sendall(b"a: " + b"b" * 4000 + b"\r\n")
        with contextlib.suppress(OSError):
            answer = long.recv(4096)
        assert answer.startswith((b"HTTP/1.1 431", b""))
        wait_until(lambda: is_cut(long), "it is cut")


def test_many_connections_make_nothing_deaf(tmp_path: Path) -> None:
    """With few descriptors: broker, database, local socket and new visitors get through, and the log stays small."""
    web = free_port()
    with Mosquitto(tmp_path) as broker:
        gateway = GatewayProcess(tmp_path, site_text(broker.port, web, smokes=5), web_port=web)
        gateway.add_users()
        gateway.start(wait=False)
        resource.prlimit(gateway.pid, resource.RLIMIT_NOFILE, (FEW, FEW))
        try:
            wait_until(gateway.is_up, "it is up")
            crowded(Running(gateway, broker), broker)
            limits = Path(f"/proc/{gateway.pid}/limits").read_text(encoding="utf-8")
            assert re.search(rf"Max open files +{FEW} +{FEW}", limits)
            assert "open files" not in gateway.log_tail()
        finally:
            gateway.stop()


def crowded(running: Running, broker: Mosquitto) -> None:
    client = running.client("ada")

    def mqtt_is(state: str) -> bool:
        health = running.gateway.health()
        return health is not None and (health["lines"]["mqtt"] == "up") == (state == "up")

    with strangers(running.port, 400):
        running.readings("smoke-1", smoke=True)
        wait_until(lambda: "smoke-1" in {a["key"] for a in client.get("/api/alerts?open=true")["alerts"]}, "the fire")
        broker.stop()
        wait_until(lambda: mqtt_is("lost"), "the broker is lost")
        broker.start()
        wait_until(lambda: mqtt_is("up"), "the broker is back")
        assert Client(running.port, "olga").get("/api/me")["user"] == "olga"
    running.close()


def test_metrics_are_for_whoever_shows_the_token_or_is_signed_in(running_gateway: Running) -> None:
    assert ask(running_gateway, "GET", "/metrics")[0] == 401
    assert ask(running_gateway, "GET", "/metrics", authorization="Bearer wrong")[0] == 401
    for token, status in (
        (METRICS_TOKEN, 200),
        (running_gateway.client("mia").token, 200),
        (running_gateway.client("olga").token, 403),
    ):
        assert ask(running_gateway, "GET", "/metrics", authorization=f"Bearer {token}")[0] == status


def test_a_wrong_address_costs_nothing(running_gateway: Running) -> None:
    """A thousand of them leave the gateway as large as it was."""
    running = running_gateway

    def resident_mb() -> float:
        pages = int(Path(f"/proc/{running.gateway.pid}/statm").read_text(encoding="utf-8").split()[1])
        return pages * resource.getpagesize() / 2**20

    for number in range(50):
        assert ask(running, "GET", f"/nowhere/{number}")[0] == 404
    before = resident_mb()
    for number in range(1_000):
        assert ask(running, "GET", f"/nowhere/{number}")[0] == 404
    assert resident_mb() - before < 5


@pytest.mark.parametrize(("language", "said"), [("en", "There is no such page"), ("zh", "没有这个页面")])
def test_what_is_not_there_is_a_page_of_ours(running_gateway: Running, language: str, said: str) -> None:
    cookie = f"keyarea_language={language}; keyarea_session={running_gateway.client('olga').token}"
    for path in ("/nowhere", "/console/devices/nobody", "/console/walk-tests/none"):
        status, headers, text = ask(running_gateway, "GET", path, cookie=cookie)
        assert (status, said in text) == (404, True), path
        assert headers["content-type"].startswith("text/html")
    for method, path in (("POST", "/"), ("PUT", "/areas"), ("GET", "/api/nowhere")):
        status, headers, _ = ask(running_gateway, method, path, cookie=cookie, origin=running_gateway.url)
        assert status in (404, 405)
        assert headers["content-type"].startswith("application/json")


def test_a_page_that_is_not_for_a_role_says_so_and_shows_a_way_back(running_gateway: Running) -> None:
    cookie = f"keyarea_session={running_gateway.client('olga').token}"
    for path in ("/console/waiting", "/console/adopt", "/console/import"):
        status, _, text = ask(running_gateway, "GET", path, cookie=cookie)
        assert status == 403
        assert "Your role may not see this" in text
        assert 'href="/"' in text
