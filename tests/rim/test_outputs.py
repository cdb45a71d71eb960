"""A fire sounds a siren over a real broker: ordered, obeyed, silenced, unheard; and though nothing can be stored."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from paho.mqtt.client import Client as Mqtt
from paho.mqtt.enums import CallbackAPIVersion
from playwright.sync_api import Browser, expect

from simulators.outputs import command_topics, obeyed
from tests.rim.browsing import sign_in
from tests.rim.conftest import Running, serving, site
from tests.rim.processes import PATIENCE_S, Client, Mosquitto, free_port, wait_until
from tests.rim.test_disk_full import UNLIMITED, limit

OUTPUTS = """
[[devices]]
id = "siren-1"
family = "keyarea"
address = "siren-1"
area = "store"
kind = "siren"
signals = ["siren"]

[[outputs]]
device = "siren-1"
what = "siren"
classes = ["fire"]
within_s = 3
"""


LINKED = """
[[devices]]
id = "voice-1"
family = "keyarea"
address = "voice-1"
area = "store"
kind = "voice"
signals = ["voice"]

[[outputs]]
device = "voice-1"
what = "voice"
value = "7"
classes = ["fire"]

[[devices]]
id = "fan-1"
family = "keyarea"
address = "fan-1"
area = "store"
signals = ["switch"]

[[outputs]]
device = "fan-1"
what = "relay"
classes = ["fire"]
starts = "smoke_fan"
"""


class Siren:
    """One that obeys and reports, or is deaf; so does whatever else is ordered."""

    def __init__(self, broker: Mosquitto, base: str) -> None:
        self.orders: Queue[dict[str, Any]] = Queue()
        self.is_deaf = False
        self._base = base
        self._mqtt = Mqtt(CallbackAPIVersion.VERSION2)
        self._mqtt.on_message = self._hear
        self._mqtt.on_connect = lambda client, *_: client.subscribe(command_topics(base), 1)
        heard: Queue[None] = Queue()
        self._mqtt.on_subscribe = lambda *_: heard.put(None)
        self._mqtt.connect("127.0.0.1", broker.port)
        self._mqtt.loop_start()
        heard.get(timeout=PATIENCE_S)

    def _hear(self, client: Mqtt, _userdata: Any, message: Any) -> None:
        if not self.is_deaf:
            said = json.dumps({"readings": obeyed(message.payload)})
            client.publish(message.topic.removesuffix("command") + "readings", said, qos=1)
        self.orders.put(json.loads(message.payload))

    def told(self) -> dict[str, Any]:
        """The next order that comes."""
        return self.orders.get(timeout=PATIENCE_S)

    def close(self) -> None:
        self._mqtt.disconnect()
        self._mqtt.loop_stop()


@pytest.fixture
def gateway(broker: Mosquitto, tmp_path: Path) -> Iterator[Running]:
    web, name = free_port(), tmp_path.name
    text = site(broker.port, web, smokes=5, name=name) + OUTPUTS
    with serving(tmp_path, text, web, broker, name) as running:
        yield running


@pytest.fixture
def siren(gateway: Running) -> Iterator[Siren]:
    siren = Siren(gateway.broker, gateway.base)
    yield siren
    siren.close()


def until_state(gateway: Running, state: str, **further: Any) -> dict[str, Any]:
    client = gateway.client("olga")

    def found() -> Any:
        output = next(each for each in client.get("/api/outputs") if each["device"] == "siren-1")
        wanted = {"state": state, **further}
        return output if {name: output[name] for name in wanted} == wanted else None

    return wait_until(found, f"the siren is {state} {further}")


def actions(client: Client) -> list[str]:
    entries = client.get("/api/ledger?book=outputs")["entries"]
    return [entry["fields"]["action"] for entry in entries]


def until_open(gateway: Running, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    client = gateway.client("olga")
    return wait_until(
        lambda: next((a for a in client.get("/api/alerts?open=true")["alerts"] if is_so(a)), None), "an alert"
    )


def test_a_fire_sounds_the_siren_until_a_person_silences_it(gateway: Running, siren: Siren) -> None:
    smoke = gateway.fresh_smoke()
    gateway.readings(smoke, smoke=True)
    order = siren.told()
    assert (order["output"], order["value"]) == ("siren", True)
    until_state(gateway, "acted", value=True, is_silenced=False)
    gateway.client("olga").post("/api/outputs/silence", {})
    assert siren.told()["value"] is False
    until_state(gateway, "acted", value=False, is_silenced=True)
    assert until_open(gateway, lambda alert: alert["key"] == smoke)["state"] == "unacknowledged"
    gateway.readings(gateway.fresh_smoke(), smoke=True)
    assert siren.told()["value"] is True
    until_state(gateway, "acted", value=True, is_silenced=False)
    client = gateway.client("ada")
    said = wait_until(lambda: found if len(found := actions(client)) == 7 else None, "all is in the ledger")
    assert said == ["ordered", "acted", "ordered", "silenced", "acted", "ordered", "acted"]


def test_a_siren_that_does_not_answer_is_a_fault_and_is_told_again(gateway: Running, siren: Siren) -> None:
    siren.is_deaf = True
    gateway.readings(gateway.fresh_smoke(), smoke=True)
    first = siren.told()
    alert = until_open(gateway, lambda alert: alert["key"] == "siren-1")
    assert (alert["alert_class"], "siren-1" in alert["text"]) == ("fault", True)
    siren.is_deaf = False
    again = siren.told()
    assert again["id"] == first["id"]
    until_state(gateway, "acted", value=True)
    until_open(gateway, lambda alert: alert["key"] == "siren-1" and not alert["active"])


def test_what_should_sound_sounds_again_after_a_kill(gateway: Running, siren: Siren) -> None:
    gateway.readings(gateway.fresh_smoke(), smoke=True)
    first = siren.told()
    until_state(gateway, "acted")
    gateway.gateway.kill()
    gateway.gateway.start()
    again = siren.told()
    assert (again["id"], again["value"]) == (first["id"], True)


def test_a_siren_sounds_though_nothing_can_be_stored(gateway: Running, siren: Siren) -> None:
    smoke = gateway.fresh_smoke()
    client = gateway.client("olga")
    wait_until(lambda: client.get(f"/api/devices/{smoke}")["latest"], "the device is heard")
    limit(gateway, 1)
    gateway.readings(smoke, smoke=True)
    assert siren.told()["value"] is True
    assert actions(client) == []
    limit(gateway, UNLIMITED)
    said = wait_until(lambda: found if "acted" in (found := actions(client)) else None, "it is stored after all")
    assert said[:2] == ["ordered", "sent_before_stored"]
    assert siren.orders.empty()


def test_two_detectors_start_a_fan_and_one_a_siren_and_a_voice(broker: Mosquitto, tmp_path: Path) -> None:
    web, name = free_port(), tmp_path.name
    text = site(broker.port, web, smokes=5, name=name) + OUTPUTS + LINKED
    with serving(tmp_path, text, web, broker, name) as gateway:
        devices = Siren(broker, gateway.base)
        client = gateway.client("olga")

        def on() -> list[str]:
            return [each["device"] for each in client.get("/api/outputs") if each["is_on"] and each["state"] == "acted"]

        gateway.readings(gateway.fresh_smoke(), smoke=True)
        assert {devices.told()["output"], devices.told()["output"]} == {"siren", "voice"}
        wait_until(lambda: on() == ["siren-1", "voice-1"], "both say that they acted")
        gateway.readings(gateway.fresh_smoke(), smoke=True)
        fan = devices.told()
        assert (fan["output"], fan["value"]) == ("relay", True)
        wait_until(lambda: on() == ["siren-1", "voice-1", "fan-1"], "the fan runs")
        client.post("/api/outputs/silence", {})
        assert {devices.told()["value"], devices.told()["value"]} == {False, ""}
        wait_until(lambda: on() == ["fan-1"], "silence is no reset")
        gateway.gateway.kill()
        gateway.gateway.start()
        again = devices.told()
        assert (again["id"], again["value"]) == (fan["id"], True)
        client = gateway.client("olga")
        asked = {"device": "voice-1", "reason": "all out", "period": "5min"}
        client.post("/api/outputs/on", asked)
        assert devices.told()["value"] == "7"
        (case,) = client.get("/api/workflows/output_order/cases")
        client.post(f"/api/outputs/on/{case['id']}/end", {})
        voice = next(each for each in client.get("/api/outputs") if each["device"] == "voice-1")
        assert (voice["is_on"], voice["held_by"]) == (True, [])  # two alarms want it still
        assert devices.orders.empty()
        devices.close()


def test_the_control_room_shows_what_sounds_and_silences_it(browser: Browser, gateway: Running, siren: Siren) -> None:
    page = sign_in(browser, gateway.url, "olga")
    expect(page.get_by_role("button", name="Silence sirens")).to_be_hidden()
    gateway.readings(gateway.fresh_smoke(), smoke=True)
    assert siren.told()["value"] is True
    expect(page.get_by_text("Switched on: siren-1")).to_be_visible()
    page.get_by_role("button", name="Silence sirens").click()
    assert siren.told()["value"] is False
    expect(page.get_by_text("Silenced: siren-1")).to_be_visible()
    expect(page.get_by_role("button", name="Silence sirens")).to_be_hidden()
    page.goto(f"{gateway.url}/console/outputs")
    siren_card = page.locator("#output-siren-1-siren")
    expect(siren_card).to_contain_text("silenced by olga until the next alarm")
    siren_card.get_by_role("link", name="Switch on").click()
    page.locator("#ask-switch_on textarea[name=reason]").fill("evacuate")
    page.locator("#ask-switch_on").get_by_role("button", name="Switch on").click()
    assert siren.told()["value"] is True
    page.goto(f"{gateway.url}/console/outputs")
    expect(siren_card).to_contain_text("olga: evacuate")
    expect(siren_card.get_by_role("link", name="Take back")).to_be_visible()
    gateway.client("olga").post("/api/outputs/stop", {"device": "siren-1", "reason": "over"})
    assert siren.told()["value"] is False
    chinese = sign_in(browser, gateway.url, "tom", "zh", width=390)
    expect(chinese.get_by_text("由 olga 手动停止：siren-1")).to_be_visible()
    expect(chinese.get_by_role("button", name="警报器消音")).to_be_hidden()
    chinese.goto(f"{gateway.url}/console/outputs")
    expect(chinese.locator("#output-siren-1-siren")).to_contain_text("由 olga 停止，至下次报警")
    expect(chinese.get_by_role("link", name="启动", exact=True)).to_be_hidden()
