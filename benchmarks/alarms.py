"""Simulated detectors of the site of every benchmark, one by one: what each says, and when."""

import asyncio
import json
import time
from collections.abc import Sequence

from paho.mqtt.client import Client as Mqtt
from paho.mqtt.enums import CallbackAPIVersion

from tests.rim.processes import Client, Mosquitto, wait_until


class Alarms:
    """Detectors that go off and on again, so many a second."""

    def __init__(self, broker: Mosquitto) -> None:
        self._mqtt = Mqtt(CallbackAPIVersion.VERSION2)
        self._mqtt.max_queued_messages_set(0)
        self._mqtt.max_inflight_messages_set(1_000)
        self._mqtt.connect("127.0.0.1", broker.port)
        self._mqtt.loop_start()

    def say(self, device: int, *, smoke: bool) -> None:
        body = {"readings": {"smoke": smoke, "temperature": 21.0}}
        self._mqtt.publish(f"keyarea/d{device}/readings", json.dumps(body), qos=1)

    def open(self, count: int, client: Client) -> None:
        """So many open alerts that stay."""
        for device in range(count):
            self.say(device, smoke=True)
        wait_until(lambda: client.get("/api/health")["open_alerts"] >= count, f"{count} open alerts", 600)

    async def keep(self, per_second: int, for_s: float, *, among: Sequence[int]) -> None:
        """New steps of alerts: detectors among these go off and on again."""
        began = time.monotonic()
        for number in range(int(per_second * for_s)):
            await asyncio.sleep(max(0.0, began + number / per_second - time.monotonic()))
            self.say(among[number // 2 % len(among)], smoke=number % 2 == 0)
        await asyncio.sleep(max(0.0, began + for_s - time.monotonic()))
