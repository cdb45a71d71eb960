"""Runs a scenario: steps the world, lets devices sense it, and puts what they say on the broker or on their line."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from aiomqtt import Client, MqttError

from simulators.fleet import SimulatedDevice, Value, on_the_wire, presence
from simulators.line_peers import LinePeers
from simulators.outputs import command_topics, obeyed
from simulators.people import Round
from simulators.scenario import STEPS, Doing, Scenario
from simulators.site import SiteEntry
from simulators.world import Room, World

_STEP_S = 0.25


@dataclass(frozen=True)
class Said:
    """What a device says: over MQTT as ``topic`` and ``payload``, on a line as that line has it.

    No device: a text of the story's own.
    """

    device: SimulatedDevice | None
    values: dict[str, Value] = field(default_factory=dict)
    topic: str = ""
    payload: bytes = b""


class Runner:
    """One site in one scenario. Deterministic by ``seed`` but for the moment at which it starts."""

    def __init__(self, site: SiteEntry, scenario: Scenario, seed: int) -> None:
        self._scenario, self.site = scenario, site
        chance = random.Random(seed)
        areas = list(site.areas)
        self.world = World(
            {
                area: Room(area, volume_m3=80 + 40 * (place % 5), neighbours=tuple(areas[place + 1 : place + 2]))
                for place, area in enumerate(areas)
            }
        )
        self.devices = {
            entry.id: SimulatedDevice(entry, random.Random(chance.random()), chance.uniform(0, 3))
            for entry in site.devices
        }
        self._rounds: list[Round] = []
        self._done = 0

    def advance(self, seconds: float) -> list[Said]:
        """Let time pass: everything that is said meanwhile, in order."""
        before = self.world.now
        self.world.step(seconds)
        now = self.world.now
        said = self._steps(now)
        for walk in self._rounds:
            for scanned in walk.scans(before, now):
                said.append(_says(self.devices[walk.reader], {walk.signal: scanned}))
        for device in self.devices.values():
            sensed = device.sense(self.world.rooms[device.entry.area], seconds)
            if sensed and device.must_speak(sensed, now):
                device.spoke(sensed, now)
                said.append(_says(device, sensed))
        return said

    def _steps(self, now: float) -> list[Said]:
        doing = Doing(self.site, now)
        steps = self._scenario.steps
        while self._done < len(steps) and steps[self._done].at_s <= now:
            step = steps[self._done]
            STEPS[step.do][2](doing, step.with_)
            self._done += 1
        self.world.fires += doing.fires
        self._rounds += doing.rounds
        for area in doing.extinguished:
            self.world.extinguish(area)
        for area, rate in doing.gas.items():
            self.world.rooms[area].gas_leak_lel_s = rate
        for device, values in doing.forced.items():
            self.devices[device].forced.update(values)
        for device, silent in doing.silenced.items():
            self.devices[device].silent = silent
        return [Said(None, {}, topic, payload) for topic, payload in doing.raw]

    def obey(self, address: str, order: bytes) -> None:
        """An order to one of its devices: it does so, and says so with its next word."""
        for device in self.devices.values():
            if device.entry.address == address and device.entry.family == "keyarea":
                said = obeyed(order)
                device.forced.update({name: said[name] for name in device.entry.signals if name in said})

    @property
    def is_over(self) -> bool:
        return self._scenario.ends_s is not None and self.world.now >= self._scenario.ends_s


def _says(device: SimulatedDevice, values: dict[str, Value]) -> Said:
    if device.entry.line:
        return Said(device, values)
    return Said(device, values, *on_the_wire(device.entry, values, datetime.now().astimezone()))


async def run(
    runner: Runner,
    host: str,
    port: int,
    *,
    speed: float = 1.0,
    serial_link: Path | None = None,
    on_progress: Callable[[float, int], None] = lambda now, said: None,
) -> None:
    """Run until the scenario ends or the task is cancelled; a lost broker is waited for.

    ``serial_link`` takes the place of the port of the site's first serial line.
    """
    lines = LinePeers()
    said = 0
    async with lines.opened(runner.site, list(runner.devices.values()), serial_link):
        while not runner.is_over:
            try:
                async with Client(host, port, identifier=f"simulators-{id(runner)}") as client:
                    for device in runner.devices.values():
                        here = presence(device.entry, online=True)
                        if here is not None:
                            await client.publish(*here, qos=1, retain=True)
                    await client.subscribe(command_topics(), qos=1)
                    said = await _speak(runner, client, lines, speed, said, on_progress)
            except MqttError:
                await asyncio.sleep(1)


async def _speak(
    runner: Runner,
    client: Client,
    lines: LinePeers,
    speed: float,
    said: int,
    on_progress: Callable[[float, int], None],
) -> int:
    loop = asyncio.get_running_loop()
    beat = loop.time()
    orders = client.messages
    while not runner.is_over:
        while len(orders):
            order = await anext(aiter(orders))
            runner.obey(str(order.topic).split("/")[1], bytes(order.payload or b""))  # type: ignore[arg-type]
        for word in runner.advance(_STEP_S * speed):
            if word.device is not None and word.device.entry.line:
                lines.tell(word.device, word.values)
            else:
                await client.publish(word.topic, word.payload, qos=1)
            said += 1
        lines.hush(runner.devices.values())
        on_progress(runner.world.now, said)
        beat += _STEP_S
        await asyncio.sleep(max(0.0, beat - loop.time()))
    return said
