"""Alarm panels at a real gateway, over TCP and UDP, plain and with AES: stored, then confirmed.

The panels are ``dc09-spt``, a sender by others, and our own simulator for what that cannot do.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from Crypto.Cipher import AES
from dc09_spt import dc09_spt as by_others
from dc09_spt.msg import dc09_msg

from simulators.sia_dc09_panel import Panel, over_tcp, over_udp
from tests.rim.conftest import Running
from tests.rim.processes import PATIENCE_S, Client, GatewayProcess, Mosquitto, free_port, wait_until
from tests.rim.test_disk_full import UNLIMITED, limit

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
"""dc09-spt leaves sockets open when nobody answers."""

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

[[socket]]
name = "panels"
family = "sia_dc09"
tcp = {tcp}
udp = {udp}

{devices}
[[rules]]
kind = "state"
name = "fire"
alert_class = "fire"
priority = 1
signals = ["fire", "smoke", "intrusion"]
procedure = "1. Go and look."
"""

DEVICE = """\
[[devices]]
id = "{id}"
family = "sia_dc09"
line = "panels"
address = "{address}"
area = "store"
signals = {signals}
"""

KEY, LONG_KEY = bytes(range(16)), bytes(range(32))
ACCOUNTS = {"tcp": "1001", "udp": "1002", "tcp-aes": "1003", "udp-aes": "100A"}
KEYS = {"tcp-aes": KEY, "udp-aes": LONG_KEY}


class _TextCipher:
    """dc09-spt was written for pycrypto, which took text for bytes; its living twin does not."""

    MODE_CBC = AES.MODE_CBC

    def __init__(self, key: bytes, mode: int, iv: str) -> None:
        self._cipher = AES.new(key, mode, iv=iv.encode("latin-1"))

    @classmethod
    def new(cls, key: bytes, mode: int, iv: str) -> "_TextCipher":
        return cls(key, mode, iv)

    def encrypt(self, text: str) -> bytes:
        return self._cipher.encrypt(text.encode("latin-1"))

    def decrypt(self, secret: bytes) -> bytes:
        return self._cipher.decrypt(secret)


class Door:
    """A running gateway with a panel of each way, and the ways in."""

    def __init__(self, running: Running, tcp: int, udp: int) -> None:
        self.running, self.gateway, self._ports = running, running.gateway, {"tcp": tcp, "udp": udp}

    def foreign(self, way: str) -> Any:
        transport, account = way[:3], ACCOUNTS[way]
        panel = by_others.dc09_spt(account, line=0)
        port, key = self._ports[transport], KEYS.get(way)
        panel.set_path("main", "primary", "127.0.0.1", port, account=account, key=key, type=transport)
        return panel

    def own(self, way: str, **settings: Any) -> Panel:
        transport = way[:3]
        connect = (over_tcp if transport == "tcp" else over_udp)("127.0.0.1", self._ports[transport])
        return Panel(connect, ACCOUNTS[way], KEYS.get(way, b""), **{"answer_within_s": PATIENCE_S, **settings})

    def client(self) -> Client:
        return self.running.client()


@pytest.fixture
def door(broker: Mosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    monkeypatch.setitem(dc09_msg.dc09crypt.__globals__, "AES", _TextCipher)
    web, tcp, udp, key_file = free_port(), free_port(), free_port(), tmp_path / "keys.toml"
    key_file.write_text("".join(f'"dc09/{ACCOUNTS[way]}" = "{key.hex()}"\n' for way, key in KEYS.items()))
    key_file.chmod(0o600)
    devices = ""
    for way, account in ACCOUNTS.items():
        devices += DEVICE.format(id=f"panel-{way}", address=account, signals='["online", "mains"]')
        devices += DEVICE.format(id=f"zone-{way}", address=f"{account}/1.17", signals='["smoke", "fire"]')
    ports = {"web": web, "tcp": tcp, "udp": udp, "broker": broker.port}
    site = SITE.format(name=tmp_path.name, devices=devices, **ports)
    gateway = GatewayProcess(tmp_path, site, web_port=web, env={"KEYAREA_KEYS": str(key_file)})
    gateway.add_users()
    with gateway:
        running = Running(gateway, broker)
        yield Door(running, tcp, udp)
        running.close()


def raised(client: Client, device: str) -> int:
    """How often the ledger says that an alert was raised for it."""
    entries = client.get("/api/ledger?book=alerts&limit=1000")["entries"]
    told = [entry["fields"] for entry in entries if entry["fields"]["key"] == device]
    return [fields["action"] for fields in told].count("raised")


def latest(client: Client, device: str) -> dict[str, object]:
    return {reading["signal"]: reading["value"] for reading in client.get(f"/api/devices/{device}")["latest"]}


def all_taken(panel: Any) -> None:
    """dc09-spt takes a message off its queue only when it was confirmed."""
    wait_until(lambda: not panel.send.is_alive(), "everything is confirmed")
    assert 0 == panel.notSent()


@pytest.mark.parametrize("way", ACCOUNTS)
def test_a_panel_by_others_reports_and_is_confirmed(door: Door, way: str) -> None:
    """A link test, fire in both codes, its end, power; its numbers beyond 9 are hexadecimal."""
    client, panel = door.client(), door.foreign(way)
    panel.start_poll(85, retry_delay=0.1)
    wait_until(lambda: panel.state()["main primary path ok"] == 1, "the link test is confirmed")
    panel.stop_poll()
    wait_until(lambda: latest(client, f"panel-{way}") == {"online": True}, "the panel is there")
    panel.send_msg("CID", {"code": 111, "q": 1, "area": 1, "zone": 17})
    all_taken(panel)
    assert 1 == raised(client, f"zone-{way}")
    panel.send_msg("CID", {"code": 111, "q": 3, "area": 1, "zone": 17})
    panel.send_msg("SIA", {"code": "FA", "area": 1, "zone": 17, "zonename": "Store", "text": "IN THE STORE"})
    for q in (1, 3, 1, 3, 1, 3, 1, 3, 1):
        panel.send_msg("ADM-CID", {"code": 301, "q": q})
    all_taken(panel)
    told = latest(client, f"zone-{way}")
    assert (False, True) == (told["smoke"], told["fire"])
    assert False is latest(client, f"panel-{way}")["mains"]
    assert [] == client.get("/api/malformed")


def test_killed_between_receipt_and_commit_nothing_is_confirmed_and_others_panels_send_again(door: Door) -> None:
    """The disk takes nothing, so what was received is not committed; the killed gateway's successor stores it once."""
    panel = door.foreign("udp-aes")
    panel.send_msg("CID", {"code": 301, "q": 1})
    all_taken(panel)
    limit(door.running, 1)
    panel.send_msg("CID", {"code": 111, "q": 1, "area": 1, "zone": 17})
    wait_until(lambda: uncommitted(door) >= 2, "it was received twice")
    assert panel.send.is_alive()
    door.gateway.kill()
    assert panel.send.is_alive()
    door.gateway.start()
    all_taken(panel)
    assert 1 == raised(door.client(), "zone-udp-aes")


@pytest.mark.parametrize("way", ["tcp", "tcp-aes", "udp"])
def test_killed_between_receipt_and_commit_our_panel_sends_again(door: Door, way: str) -> None:
    async def story() -> None:
        async with door.own(way, answer_within_s=0.3, resends=1000) as panel:
            assert (await panel.test_link()).is_taken
            await asyncio.to_thread(limit, door.running, 1)
            telling = asyncio.create_task(panel.say("Nri1/FA17"))
            await asyncio.to_thread(wait_until, lambda: uncommitted(door) >= 2, "it was received twice")
            assert not telling.done()
            await asyncio.to_thread(door.gateway.kill)
            assert not telling.done()
            await asyncio.to_thread(door.gateway.start)
            async with asyncio.timeout(PATIENCE_S):
                message = await telling
            assert message.is_taken
            assert message.sent > 1

    asyncio.run(story())
    assert 1 == raised(door.client(), f"zone-{way}")


def test_while_the_store_is_down_there_is_no_answer_and_afterwards_one_alert(door: Door) -> None:
    async def story() -> None:
        async with door.own("tcp-aes", answer_within_s=0.3, resends=1000) as panel:
            await panel.test_link()
            await asyncio.to_thread(limit, door.running, 1)
            telling = asyncio.create_task(panel.say("1111 01 017"))
            await asyncio.to_thread(wait_until, lambda: uncommitted(door) >= 3, "it was received three times")
            assert not telling.done()
            await asyncio.to_thread(limit, door.running, UNLIMITED)
            assert (await telling).is_taken
            assert not [answer for answer in panel.answers if b"NAK" in answer or b"DUH" in answer]

    asyncio.run(story())
    assert 1 == raised(door.client(), "zone-tcp-aes")


@pytest.mark.parametrize("way", ["tcp", "udp-aes"])
def test_a_panel_with_a_wrong_clock_is_told_the_time_and_sends_again(door: Door, way: str) -> None:
    async def story() -> None:
        async with door.own(way) as panel:
            panel.clock_off = panel.clock_off.resolution * 3600 * 1_000_000
            message = await panel.say("1111 01 017", "[ISTORE]")
            assert (True, 2) == (message.is_taken, message.sent)
            assert b'"NAK"0000' in panel.answers[0]
            assert abs(panel.clock_off.total_seconds()) < 20

    asyncio.run(story())
    assert 1 == raised(door.client(), f"zone-{way}")


def test_the_name_of_a_keyed_account_is_not_enough(door: Door) -> None:
    """In the clear, or with another key: DUH, and nothing is raised; what happened stands in the log."""

    async def story() -> None:
        for key in (b"", LONG_KEY):
            async with door.own("tcp-aes") as panel:
                panel.key = key
                assert "DUH" == (await panel.say("1111 01 017")).answer

    asyncio.run(story())
    client = door.client()
    assert 0 == raised(client, "zone-tcp-aes")
    reasons = " ".join(sample["reason"] for sample in client.get("/api/malformed"))
    assert "has a key, and does not encrypt" in reasons
    assert "read with its key" in reasons


def uncommitted(door: Door) -> float:
    lines = door.running.metrics().splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith("keyarea_uncommitted ")))


def test_a_zone_that_nobody_registered_is_a_fire_of_its_panel_and_is_confirmed_once_stored(door: Door) -> None:
    """Killed between receipt and commit: the panel says it again, and one alert stands; its restore ends it."""

    async def story() -> None:
        async with door.own("tcp", answer_within_s=0.3, resends=1000) as panel:
            assert (await panel.test_link()).is_taken
            await asyncio.to_thread(limit, door.running, 1)
            telling = asyncio.create_task(panel.say("1111 01 055"))
            await asyncio.to_thread(wait_until, lambda: uncommitted(door) >= 2, "it was received twice")
            assert not telling.done()
            await asyncio.to_thread(door.gateway.kill)
            await asyncio.to_thread(door.gateway.start)
            async with asyncio.timeout(PATIENCE_S):
                assert (await telling).is_taken

    asyncio.run(story())
    client = door.client()
    (alert,) = client.get("/api/alerts?open=true")["alerts"]
    assert ("gateway-unregistered-fire", "panel-tcp", "store", 1) == tuple(
        alert[key] for key in ("rule", "key", "area", "priority")
    )
    assert alert["text"].endswith("smoke reported by sia_dc09 1001/1.55 on panels")
    assert 1 == raised(client, "panel-tcp")


def test_after_a_cancel_a_new_alarm_without_a_restore_is_heard(door: Door) -> None:
    """1130, acknowledged; 1406 and 1401, and no 3130: the cause is over; the next 1130 is to be acknowledged again."""
    client = door.client()

    def alert() -> dict[str, Any]:
        (only,) = client.get("/api/alerts?open=true")["alerts"]
        return dict(only)

    async def story() -> None:
        async with door.own("tcp") as panel:
            await panel.say("1130 01 017")
            first = await asyncio.to_thread(alert)
            await asyncio.to_thread(client.post, f"/api/alerts/{first['id']}/acknowledge", {})
            await panel.say("1130 01 017")
            again = await asyncio.to_thread(alert)
            assert (True, "unacknowledged") == (again["active"], again["state"])
            await panel.say("1406 01 001")
            await panel.say("1401 01 001")
            assert not (await asyncio.to_thread(alert))["active"]
            await panel.say("1130 01 017")
            last = await asyncio.to_thread(alert)
            assert (first["id"], True, "unacknowledged") == (last["id"], last["active"], last["state"])

    asyncio.run(story())
