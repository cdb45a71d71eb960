"""One running gateway with its broker for the tests of a worker: real processes, free ports, folders of their own."""

import asyncio
import http.client
import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client as Mqtt
from paho.mqtt.enums import CallbackAPIVersion
from playwright.sync_api import Browser, sync_playwright

from tests.rim.browsing import CHROMIUM, FLAGS
from tests.rim.forked import forked, performed
from tests.rim.processes import METRICS_TOKEN, PATIENCE_S, Client, GatewayProcess, Mosquitto, free_port

GatewayProcess.spawn, GatewayProcess.perform = staticmethod(forked), staticmethod(performed)

SITE = """\
id = "test"
name = "Test site"

[mqtt]
port = {broker}
{own}
[web]
port = {web}

[[areas]]
id = "store"
name = "Chemical store"
name_zh = "化学品库"

[[areas]]
id = "office"
name = "Office"
mode = "armed"

[[devices]]
id = "door-1"
{door}
area = "office"
name = "<img src=x onerror=alert(1)> {{{{7*7}}}}"
signals = ["door"]

{smokes}

[[rules]]
kind = "state"
name = "smoke"
title = "Smoke"
alert_class = "fire"
priority = 1
signals = ["smoke"]
procedure = "1. Go and look.\\n2. Call 119."

[[rules]]
kind = "threshold"
name = "warm"
alert_class = "supervisory"
priority = 3
signal = "temperature"
above = 60.0
procedure = "1. Look."

[[rules]]
kind = "state"
name = "door-armed"
alert_class = "intrusion"
priority = 2
signals = ["door"]
modes = ["armed"]
procedure = "1. Look at the camera."

[workflows.patrols]
checkpoints = [
  {{ id = "gate", area = "office", name = "Gate", tags = ["KA-7F3A9C21"], plan = "ground", x = 0.1, y = 0.5 }},
  {{ id = "store", area = "store", name = "Store", tags = ["KA-51D0BE77"] }},
  {{ id = "tower", area = "office", name = "Tower", tags = ["KA-0E4419AA"], plan = "ground", x = 0.9, y = 0.2 }},
]
plans = [{{ id = "ground", building = "Works", width_m = 60, height_m = 40 }}]
routes = [{{ id = "round", name = "Round", checkpoints = ["gate", "store", "tower"], persons = 1 }}]

[[workflows.stores.stores]]
id = "vault"
area = "office"
name = "Vault"
name_zh = "金库"
keepers = ["olga", "mia"]

[[workflows.inspection.checklists]]
name = "warehouse"
title = "Warehouse"
title_zh = "仓库检查"
subject_kind = "key_department"
points = [{{ id = "aisles", title = "Aisles clear" }}]
"""


SMOKES = 60
"""Of the shared gateway: enough for one worker that runs all of the rim."""


def site(broker: int, web: int, smokes: int = SMOKES, *, name: str = "") -> str:
    """A small site: smoke detectors smoke-0, smoke-1 ... in the store, a door in an armed office.

    One with a ``name`` is alone on a broker that others share: its client id is that, and its topics begin with it.
    """
    tables = "\n".join(
        f'[[devices]]\nid = "smoke-{n}"\nfamily = "keyarea"\naddress = "smoke-{n}"\narea = "store"\n'
        f'signals = ["smoke", "temperature"]\n'
        for n in range(smokes)
    )
    own = f'client_id = "{name}"\n[mqtt.families]\nkeyarea = "{name}"\n' if name else ""
    door = ("keyarea", "door-1") if name else ("zigbee2mqtt", "office/door 1")
    described = 'family = "{}"\naddress = "{}"'.format(*door)
    return SITE.format(broker=broker, web=web, smokes=tables, own=own, door=described)


class Running:
    """A gateway, its broker, and a publisher."""

    def __init__(self, gateway: GatewayProcess, broker: Mosquitto, base: str = "keyarea") -> None:
        """``base``: where the native devices' topics begin."""
        self.gateway, self.broker, self.base = gateway, broker, base
        self.url, self.port, self.data = gateway.url, gateway.port, gateway.data
        self._next = 0
        self._clients: dict[str, Client] = {}
        self._mqtt = Mqtt(CallbackAPIVersion.VERSION2)
        self._mqtt.connect("127.0.0.1", broker.port)
        self._mqtt.loop_start()

    def publish(self, topic: str, payload: bytes | str | dict[str, Any], *, retain: bool = False) -> None:
        """QoS 1; returns when the broker has acknowledged it."""
        if isinstance(payload, dict):
            payload = json.dumps(payload)
        sent = self._mqtt.publish(topic, payload, qos=1, retain=retain)
        sent.wait_for_publish(PATIENCE_S)
        assert sent.is_published()

    def readings(self, device: str, *, retain: bool = False, **values: bool | float) -> None:
        """Publish readings of a native device."""
        self.publish(f"{self.base}/{device}/readings", {"readings": values}, retain=retain)

    def client(self, user: str = "ada") -> Client:
        """Always the same: who waits asks often, and each sign-in is a commit."""
        if user not in self._clients:
            self._clients[user] = Client(self.port, user, stays=True)
        return self._clients[user]

    def metrics(self) -> str:
        """What Prometheus would read."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        connection.request("GET", "/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"})
        text = connection.getresponse().read().decode()
        connection.close()
        return text

    def fresh_smoke(self) -> str:
        """A smoke detector that no other test of this worker uses, heard once at rest."""
        device = f"smoke-{self._next}"
        self._next += 1
        assert self._next <= SMOKES, "the shared gateway has no detector left: let a test of many have its own"
        self.readings(device, smoke=False, temperature=21.5)
        return device

    def close(self) -> None:
        self._mqtt.disconnect()
        self._mqtt.loop_stop()


@contextmanager
def serving(folder: Path, text: str, web: int, broker: Mosquitto, base: str = "keyarea") -> Iterator[Running]:
    """A gateway at work on that site file, with somebody of each role to sign in."""
    gateway = GatewayProcess(folder, text, web_port=web)
    gateway.add_users()
    with gateway:
        running = Running(gateway, broker, base)
        yield running
        running.close()


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    with Mosquitto(tmp_path_factory.mktemp("broker")) as running:
        yield running


@pytest.fixture(scope="session")
def running_gateway(broker: Mosquitto, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    web = free_port()
    with serving(tmp_path_factory.mktemp("gateway"), site(broker.port, web), web, broker) as running:
        yield running


@pytest.fixture
def own_gateway(broker: Mosquitto, tmp_path: Path) -> Iterator[Running]:
    """A gateway of one test, which may stop, kill and spoil it: on the shared broker, with topics of its own."""
    web, name = free_port(), tmp_path.name
    with serving(tmp_path, site(broker.port, web, smokes=5, name=name), web, broker, name) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One for all tests of a worker: to start one costs more than most of them do."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        _LOOPS.append(asyncio.get_running_loop())
        yield browser
        asyncio._set_running_loop(_LOOPS.pop())
        browser.close()


_LOOPS: list[asyncio.AbstractEventLoop] = []
"""Playwright's, which goes on for as long as the browser is open."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """What a test opened is closed with it: a control room that was left open sounds and blinks for all that follow.

    One page cost each later second 15 % of a core, and what waits in the rim waits for minutes.
    """
    browser: Browser | None = getattr(item, "funcargs", {}).get("browser")
    before = set(browser.contexts) if browser is not None else set()
    try:
        return (yield)
    finally:
        for context in set(browser.contexts) - before if browser is not None else ():
            context.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Whoever uses no browser may run a loop of their own."""
    if _LOOPS and "browser" in getattr(item, "fixturenames", ()):
        asyncio._set_running_loop(_LOOPS[0])
    try:
        return (yield)
    finally:
        asyncio._set_running_loop(None)
