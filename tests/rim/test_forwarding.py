"""A gateway that forwards to centres of somebody else: pysiaalarm's receiver with AES, and a city's fire centre."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from pysiaalarm import CommunicationsProtocol, SIAAccount, SIAClient, SIAEvent

from tests.rim.browsing import sign_in
from tests.rim.conftest import Running
from tests.rim.fire_centre import DUTY_ANSWER, FIRE_BIT, FireCentre
from tests.rim.processes import Client, GatewayProcess, Mosquitto, free_port, wait_until
from tests.rim.site_parts import SMOKE_IS_A_FIRE
from tests.rim.test_disk_full import UNLIMITED, limit

KEY = "0123456789ABCDEF"
SITE = (
    """\
id = "test"
name = "Test site"

[mqtt]
port = {broker}
client_id = "{name}"

[mqtt.families]
keyarea = "{name}"

[web]
port = {web}

[[areas]]
id = "store"
name = "Store"
name_zh = "化学品库"

[[devices]]
id = "smoke-0"
family = "keyarea"
address = "smoke-0"
area = "store"
name = "Head 1"
signals = ["smoke", "temperature"]

[[forwarding]]
name = "arc"
family = "sia_dc09"
primary = "udp://127.0.0.1:{lost}"
secondary = "tcp://127.0.0.1:{arc}"
answer_within_s = 1
supervision_s = 600
openings = true
zones = {{ smoke-0 = 17 }}
users = {{ ada = 7 }}
options = {{ account = "1234" }}

[[forwarding]]
name = "city"
family = "gbt26875"
primary = "tcp://127.0.0.1:{city}"
answer_within_s = 1
supervision_s = 600
options = {{ source = 1001, destination = 1 }}

"""
    + SMOKE_IS_A_FIRE
)


class Site:
    """A gateway and where its centres are to be; nobody listens at the first of the ways to ``arc``."""

    def __init__(self, folder: Path, broker: Mosquitto) -> None:
        web, self.arc, self.city = free_port(), free_port(), free_port()
        keys = folder / "keys.toml"
        keys.write_text(f'"forwarding/arc" = "{KEY.encode().hex()}"\n')
        keys.chmod(0o600)
        ports = {"broker": broker.port, "web": web, "arc": self.arc, "city": self.city, "lost": free_port()}
        text = SITE.format(name=folder.name, **ports)
        self.gateway = GatewayProcess(folder, text, web_port=web, env={"KEYAREA_KEYS": str(keys)})
        self.gateway.add_users()
        self._broker = broker

    @contextmanager
    def running(self) -> Iterator[Running]:
        with self.gateway:
            running = Running(self.gateway, self._broker, self.gateway.folder.name)
            running.readings("smoke-0", smoke=False, temperature=21.5)
            yield running
            running.close()


@pytest.fixture
def site(broker: Mosquitto, tmp_path: Path) -> Site:
    return Site(tmp_path, broker)


@contextmanager
def receiver(port: int) -> Iterator[list[SIAEvent]]:
    """What pysiaalarm heard."""
    heard: list[SIAEvent] = []
    account = SIAAccount("1234", KEY)
    client = SIAClient("127.0.0.1", port, [account], heard.append, CommunicationsProtocol.TCP)
    with client:
        yield heard


def notes(client: Client, alert: str) -> list[str]:
    told = client.get(f"/api/alerts/{alert}")["history"]
    return [str(step["note"]) for step in told if step["note"]]


def codes(heard: list[SIAEvent]) -> list[tuple[Any, ...]]:
    return [(event.event_qualifier, event.event_type, event.ri) for event in heard if event.event_type != "602"]


def the_fire(client: Client) -> dict[str, Any] | None:
    return next((alert for alert in client.get("/api/alerts")["alerts"] if alert["rule"] == "smoke"), None)


def transmitted(client: Client) -> set[tuple[str, str]]:
    return {(each["centre"], each["state"]) for each in (the_fire(client) or {"transmitted": ()})["transmitted"]}


def ways(client: Client) -> list[tuple[str, list[str]]]:
    return [(each["name"], [way["state"] for way in each["ways"]]) for each in client.get("/api/centres")]


def test_a_fire_is_told_both_centres_its_end_too_and_a_duty_check_is_answered(site: Site) -> None:
    """Over the second way where the first is dead; confirmed on the alert's timeline."""
    with receiver(site.arc) as heard, FireCentre(site.city) as city, site.running() as running:
        client = running.client()
        wait_until(city.operations, "the way is tested at the start")
        running.readings("smoke-0", smoke=True)
        fire = wait_until(lambda: the_fire(client), "the fire is shown")
        wait_until(lambda: codes(heard), "the receiving centre knows of it")
        (told,) = wait_until(city.components, "the fire centre knows of it")
        assert [("1", "111", "017")] == codes(heard)
        assert (FIRE_BIT, "Store Head 1") == (told.state & FIRE_BIT, told.text)
        for name in ("arc", "city"):
            wait_until(
                lambda name=name: f"confirmed by {name}" in notes(client, fire["id"]), "it stands on its timeline"
            )
        assert {("arc", "confirmed"), ("city", "confirmed")} == transmitted(client)
        assert [("arc", ["lost", "up"]), ("city", ["up"])] == ways(client)
        assert all(each["confirmed_at"] and not each["failed"] for each in client.get("/api/centres"))
        numbers = client.get("/api/centres/numbers")
        assert {"centre": "arc", "kind": "zone", "number": 17, "name": "smoke-0"} in numbers
        listed = site.gateway.keyarea("centre", "list").stdout
        assert f"tcp://127.0.0.1:{site.city} up" in listed

        city.ask(1, "5B010A")
        check = wait_until(lambda: client.get("/api/workflows/duty_check")["cases"], "somebody is to answer")
        wait_until(lambda: (3, b"") in city.answers, "it is confirmed, because it is stored")
        before = len(city.operations())
        client.post("/api/workflows/duty_check/answer", {"case": check[0]["id"], "operator": 7})
        (answer,) = wait_until(city.operations[before:], "the answer has gone out")
        assert (DUTY_ANSWER, 7) == (answer.unit[2], answer.unit[3])

        client.post(f"/api/alerts/{fire['id']}/acknowledge")
        running.readings("smoke-0", smoke=False)
        wait_until(lambda: not (the_fire(client) or {"active": True})["active"], "the cause is gone")
        assert 1 == len(city.components()), "it is latched"
        client.post(f"/api/alerts/{fire['id']}/reset")
        wait_until(lambda: ("3", "111", "017") in codes(heard), "its end is told")
        wait_until(lambda: [each for each in city.components()[1:] if not each.state & FIRE_BIT], "there, too")


def faults(client: Client, rule: str) -> list[bool]:
    return [alert["active"] for alert in client.get("/api/alerts")["alerts"] if alert["rule"] == rule]


def test_what_a_silent_centre_did_not_confirm_is_an_alert_and_is_told_after_a_crash(
    site: Site, browser: Browser
) -> None:
    with FireCentre(site.city, "silent") as city:
        with site.running() as running:
            client = running.client()
            running.readings("smoke-0", smoke=True)
            fire = wait_until(lambda: the_fire(client), "the fire is shown")
            wait_until(lambda: True in faults(client, "gateway-transmission-failed"), "that it is not told is shown")
            wait_until(
                lambda: any("NOT CONFIRMED by city" in each for each in notes(client, fire["id"])), "on the alert"
            )
            assert ("city", "failed") in transmitted(client)
            page = sign_in(browser, running.url, "olga", "zh", width=390, at="/console/centres")
            expect(page.locator("#centre-city")).to_contain_text("请电话报送监控中心")
            expect(page.locator("#centre-arc")).to_contain_text("尚未收到应答")
            page.context.close()
            assert 1 <= next(each["failed"] for each in client.get("/api/centres") if each["name"] == "city")
            site.gateway.kill()
        city.mood = "denies"
        with site.running() as running:
            client = running.client()
            wait_until(lambda: city.denied, "it is denied")
            city.mood = "answers"
            wait_until(lambda: [each for each in city.components() if each.state & FIRE_BIT], "it is told")
            wait_until(lambda: "confirmed by city" in notes(client, fire["id"]), "and that stands on its timeline")
            wait_until(lambda: ("city", "confirmed") in transmitted(client), "and on its row")


def test_a_fire_is_told_although_nothing_can_be_stored(site: Site) -> None:
    with FireCentre(site.city) as city, site.running() as running:
        wait_until(city.operations, "the way is tested at the start")
        limit(running, 1)
        running.readings("smoke-0", smoke=True)
        wait_until(lambda: [each for each in city.components() if each.state & FIRE_BIT], "the fire centre knows")
        assert any("storage" in fault for fault in (running.gateway.health() or {"faults": []})["faults"])
        limit(running, UNLIMITED)
        client = running.client()
        fire = wait_until(lambda: the_fire(client), "it is stored")
        wait_until(lambda: "confirmed by city" in notes(client, fire["id"]), "and what became of it")
        assert 1 == len(city.components())


def test_of_a_drill_a_centre_hears_its_test_codes_alone_and_of_a_real_fire_at_once(site: Site) -> None:
    """Armed and disarmed areas, too, by who has a number there."""
    drill = {"area": "store", "purpose": "evacuation", "tells_centre": True}
    with receiver(site.arc) as heard, FireCentre(site.city) as city, site.running() as running:
        client = running.client()
        wait_until(city.operations, "the way is tested at the start")
        case = client.post("/api/drills", drill)["case"]
        client.post(f"/api/drills/{case}/start")
        drilled = wait_until(lambda: the_fire(client), "the drill alarms")
        assert "drill" == drilled["origin"]
        wait_until(lambda: ("1", "601", "000") in codes(heard), "the receiving centre knows that one begins")
        wait_until(lambda: 2 <= len(city.operations()), "the fire centre, too")
        running.readings("smoke-0", smoke=True)
        wait_until(lambda: ("3", "601", "000") in codes(heard), "and that it is over")
        wait_until(city.components, "the fire centre knows of the real one")
        assert [("1", "111", "017")] == [code for code in codes(heard) if code[1] != "601"]
        assert 3 == len(city.operations())
        client.post("/api/areas/store/mode", {"mode": "armed"})
        client.post("/api/areas/store/mode", {"mode": "disarmed"})
        wait_until(lambda: ("1", "401", "007") in codes(heard), "it was disarmed")
        assert ("3", "401", "007") in codes(heard)
