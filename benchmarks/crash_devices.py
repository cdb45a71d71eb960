"""Detectors of several families that each say "all clear", then "smoke", once; and what the broker had of it.

Each says its smoke when its all-clear is acknowledged, so that nothing but the gateway can put the two out of order.
"""

import json
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple, Self

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from tests.rim.site_parts import SMOKE_IS_A_FIRE

_AREAS = 20
_PAUSE_S = 1 / 15


class Detector(NamedTuple):
    """``has_time``: its messages carry one, so that a repeat is the same message and nothing else."""

    number: int
    family: str
    address: str
    topic: str
    has_time: bool = False

    @property
    def id(self) -> str:
        return f"d{self.number}"

    def payload(self, *, smoke: bool) -> bytes:
        """What it says, at this moment where it has a clock."""
        if self.family == "shelly":
            return b"true" if smoke else b"false"
        if self.family == "zigbee2mqtt":
            return json.dumps({"smoke": smoke, "battery": 97}).encode()
        body: dict[str, object] = {"readings": {"smoke": smoke, "temperature": 31.5}}
        if self.has_time:
            body["time"] = datetime.now(UTC).isoformat()
        return json.dumps(body).encode()


def detector(number: int) -> Detector:
    """The families in turn."""
    match number % 4:
        case 0:
            return Detector(number, "keyarea", f"d{number}", f"keyarea/d{number}/readings")
        case 1:
            return Detector(number, "keyarea", f"d{number}", f"keyarea/d{number}/readings", has_time=True)
        case 2:
            return Detector(number, "zigbee2mqtt", f"d{number}", f"zigbee2mqtt/d{number}")
        case _:
            name = f"shellysmoke-{number:06X}"
            return Detector(number, "shelly", name, f"shellies/{name}/sensor/smoke")


def site(detectors: int, *, broker_port: int, web_port: int) -> str:
    """A site file with them, and the one rule that smoke is a fire."""
    areas = "\n".join(f'[[areas]]\nid = "area{number}"\nname = "Area {number}"\n' for number in range(_AREAS))
    devices = "\n".join(
        f'[[devices]]\nid = "{one.id}"\nfamily = "{one.family}"\naddress = "{one.address}"\n'
        f'area = "area{one.number % _AREAS}"\nkind = "smoke_detector"\nsignals = ["smoke"]\n'
        for one in map(detector, range(detectors))
    )
    return f"""\
id = "bench"
name = "Benchmark"

[mqtt]
port = {broker_port}
client_id = "keyarea-bench"

[web]
port = {web_port}

{areas}
{devices}
{SMOKE_IS_A_FIRE}"""


class Told(NamedTuple):
    """Smoke for which the broker sent PUBACK."""

    detector: Detector
    payload: bytes
    at: float
    """time.monotonic()"""


class Publisher:
    """Publishes at QoS 1, 15 detectors a second while any are left, and notes which smoke the broker acknowledged.

    Detectors come into play by ``add``.

    What the broker had not acknowledged when it died is sent again, as a device would.
    """

    def __init__(self, broker_port: int) -> None:
        self._detectors = 0
        self.acknowledged: list[Told] = []
        self._on_the_way: dict[int, tuple[Detector, bytes, bool]] = {}
        self._heard: deque[tuple[int, float]] = deque()
        """Of each PUBACK the number, and when it came."""
        self._stop = threading.Event()
        self._client = Client(CallbackAPIVersion.VERSION2, "crash-devices")
        self._client.max_inflight_messages_set(1_000)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_publish = self._on_publish
        self._client.connect("127.0.0.1", broker_port)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._client.loop_start()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """No more detectors; what is on the way is waited for a while."""
        self._stop.set()
        self._thread.join()
        until = time.monotonic() + 20
        while self._on_the_way and time.monotonic() < until:
            self._go_on()
            time.sleep(0.05)
        self._client.disconnect()
        self._client.loop_stop()

    def add(self, detectors: int) -> None:
        self._detectors += detectors

    def _run(self) -> None:
        number = 0
        while not self._stop.wait(_PAUSE_S):
            self._go_on()
            if number < self._detectors:
                self._say(detector(number), smoke=False)
                number += 1

    def _go_on(self) -> None:
        while self._heard:
            number, at = self._heard.popleft()
            one, payload, smoke = self._on_the_way.pop(number)
            if smoke:
                self.acknowledged.append(Told(one, payload, at))
            else:
                self._say(one, smoke=True)

    def _say(self, one: Detector, *, smoke: bool) -> None:
        payload = one.payload(smoke=smoke)
        self._on_the_way[self._client.publish(one.topic, payload, qos=1).mid] = (one, payload, smoke)

    def _on_publish(self, _client: Client, _userdata: object, number: int, *_: object) -> None:
        self._heard.append((number, time.monotonic()))  # paho holds a lock here that publish wants


class Fate:
    """Where each acknowledged smoke was when the broker died."""

    def __init__(self, read_state: Callable[[], bytes]) -> None:
        """``read_state``: what the broker has on disk."""
        self._read_state = read_state
        self._deaths: list[tuple[float, bytes]] = []

    def broker_died(self) -> None:
        """To be called when it is dead, before it is started again."""
        self._deaths.append((time.monotonic(), self._read_state()))

    def died_with_the_broker(self, told: Told) -> bool:
        """Whether it was not written down when the broker died for the first time after its PUBACK."""
        key = told.detector.topic.encode() + told.payload
        return next((key not in state for at, state in self._deaths if at > told.at), False)
