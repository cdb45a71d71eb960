"""A simulated device that announces itself by Home Assistant discovery, and then says what it senses.

Written from Home Assistant's documentation, so that nothing is shared with the codec that reads it. ``Detector`` holds
no connection: it returns what to publish for whoever has one.
``python -m simulators.home_assistant_device --broker 127.0.0.1:1883`` runs one until it is stopped.
"""

import argparse
import asyncio
import contextlib
import json
import random
import sys
from dataclasses import dataclass
from typing import Any

from aiomqtt import Client, Will

Said = tuple[str, bytes, bool]
"""Topic, payload, whether the broker keeps it."""

_SHORT = {
    "state_topic": "stat_t", "value_template": "val_tpl", "device_class": "dev_cla", "unique_id": "uniq_id",
    "unit_of_measurement": "unit_of_meas", "availability_topic": "avty_t", "device": "dev", "components": "cmps",
    "platform": "p", "origin": "o",
}  # fmt: skip


@dataclass
class Detector:
    """A smoke detector with a thermometer and a battery.

    ``at_once``: it announces all its parts in one message, as newer firmware does; ``short``: in abbreviations.
    """

    name: str
    prefix: str = "homeassistant"
    at_once: bool = False
    short: bool = False

    def announcements(self) -> list[Said]:
        """What it says before anything else. The broker keeps it, for those who come later."""
        device = {"identifiers": [self.name], "manufacturer": "Simulated", "model": "SD-1", "name": self.name}
        shared = {"availability_topic": f"{self.name}/status", "state_topic": f"{self.name}/state"}
        parts = {
            "smoke": self._part("binary_sensor", "smoke", "{{ 'ON' if value_json.smoke else 'OFF' }}"),
            "temperature": self._part("sensor", "temperature", "{{ value_json.t | round(1) }}", "°F"),
            "battery": self._part("sensor", "battery", "{{ value_json.get('battery') | is_defined }}", "%"),
        }
        if self.at_once:
            everything = {**shared, "device": device, "origin": {"name": "simulator"}, "components": parts}
            return [(f"{self.prefix}/device/{self.name}/config", self._written(everything), True)]
        said = []
        for what, part in parts.items():
            kind = part.pop("platform")
            one = {**part, **shared, "device": device}
            said.append((f"{self.prefix}/{kind}/{self.name}/{what}/config", self._written(one), True))
        return said

    def goodbye(self) -> list[Said]:
        """It is taken away for good."""
        return [(topic, b"", True) for topic, _, _ in self.announcements()]

    def online(self, *, is_there: bool = True) -> Said:
        return f"{self.name}/status", b"online" if is_there else b"offline", True

    def state(self, *, smoke: bool = False, celsius: float = 21.5, battery: int = 90, keep: bool = False) -> Said:
        told = {"smoke": smoke, "t": celsius * 1.8 + 32, "battery": battery}
        return f"{self.name}/state", json.dumps(told).encode(), keep

    def _part(self, platform: str, device_class: str, template: str, unit: str = "") -> dict[str, Any]:
        part = {
            "platform": platform,
            "device_class": device_class,
            "unique_id": f"{self.name}_{device_class}",
            "value_template": template,
        }
        return {**part, "unit_of_measurement": unit} if unit else part

    def _written(self, config: dict[str, Any]) -> bytes:
        return json.dumps(self._shortened(config) if self.short else config).encode()

    def _shortened(self, config: dict[str, Any]) -> dict[str, Any]:
        return {
            _SHORT.get(key, key): self._shortened(value) if isinstance(value, dict) else value
            for key, value in config.items()
        }


async def _run(detector: Detector, host: str, port: int, every_s: float) -> None:
    topic, payload, keep = detector.online(is_there=False)
    async with Client(host, port, will=Will(topic, payload, qos=1, retain=keep)) as client:
        for topic, payload, keep in [*detector.announcements(), detector.online()]:
            await client.publish(topic, payload, qos=1, retain=keep)
        celsius = 21.5
        while True:
            topic, payload, keep = detector.state(celsius=celsius)
            await client.publish(topic, payload, qos=1, retain=keep)
            await asyncio.sleep(every_s)
            celsius += random.uniform(-0.2, 0.2)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m simulators.home_assistant_device", description=__doc__)
    parser.add_argument("--broker", default="127.0.0.1:1883", metavar="HOST:PORT")
    parser.add_argument("--name", default="hall-detector")
    parser.add_argument("--prefix", default="homeassistant")
    parser.add_argument("--at-once", action="store_true", help="announce all parts in one message")
    parser.add_argument("--every", type=float, default=5.0, metavar="S", help="seconds between two states")
    args = parser.parse_args()
    host, _, port = args.broker.rpartition(":")
    detector = Detector(args.name, args.prefix, at_once=args.at_once)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(detector, host, int(port), args.every))
    return 0


if __name__ == "__main__":
    sys.exit(main())
