"""A simulated Sparkplug B edge node: what it writes on the wire, and the order in which a node speaks.

Written from the Sparkplug 3.0 specification with a protobuf writer of its own, so that nothing is shared with the
codec that reads it. ``Node`` holds no connection: it returns (topic, payload) for whoever has one; ``EdgeNode`` is
one who has. ``python -m simulators.sparkplug_node --broker 127.0.0.1:1883`` runs one until it is stopped.
"""

import argparse
import asyncio
import contextlib
import random
import struct
import sys
import time
from dataclasses import dataclass, field
from typing import Self

from aiomqtt import Client, Will

INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64 = range(1, 9)
FLOAT, DOUBLE, BOOLEAN, STRING, DATETIME, TEXT = range(9, 15)
_BITS = {INT8: 8, INT16: 16, INT32: 32, INT64: 64, UINT8: 8, UINT16: 16, UINT32: 32, UINT64: 64, DATETIME: 64}
_LONG = (INT64, UINT64, DATETIME)
REBIRTH = "Node Control/Rebirth"

Value = bool | int | float | str


def varint(number: int) -> bytes:
    """Seven bits a byte, least first; the high bit says that more follow."""
    low, rest = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + varint(rest) if rest else bytes([low])


def number(place: int, value: int) -> bytes:
    """A field that is a varint."""
    return varint(place << 3) + varint(value)


def block(place: int, value: bytes | str) -> bytes:
    """A field that is text, bytes or a message."""
    content = value.encode() if isinstance(value, str) else value
    return varint(place << 3 | 2) + varint(len(content)) + content


def scalar(first: int, datatype: int, value: Value) -> bytes:
    """A value in the oneof whose ``int_value`` has the number ``first`` (10 in a metric, 3 in a property)."""
    if datatype in _BITS:
        unsigned = int(value) & (1 << _BITS[datatype]) - 1
        return number(first + 1 if datatype in _LONG else first, unsigned)
    if datatype == FLOAT:
        return varint(first + 2 << 3 | 5) + struct.pack("<f", value)
    if datatype == DOUBLE:
        return varint(first + 3 << 3 | 1) + struct.pack("<d", value)
    if datatype == BOOLEAN:
        return number(first + 4, int(bool(value)))
    return block(first + 5, str(value))


def metric(
    value: Value | None,
    datatype: int,
    *,
    name: str = "",
    alias: int | None = None,
    at_ms: int | None = None,
    historical: bool = False,
    tell_type: bool = True,
    unit: str = "",
    quality: int | None = None,
) -> bytes:
    """One metric; ``value`` None is null. Births tell name, alias, type and unit, data need the alias alone."""
    out = block(1, name) if name else b""
    out += number(2, alias) if alias is not None else b""
    out += number(3, at_ms) if at_ms is not None else b""
    out += number(4, datatype) if tell_type else b""
    out += number(5, 1) if historical else b""
    out += number(7, 1) if value is None else b""
    keys, values = b"", b""
    if unit:
        keys, values = block(1, "engUnit"), block(2, number(1, STRING) + scalar(3, STRING, unit))
    if quality is not None:
        keys, values = keys + block(1, "Quality"), values + block(2, number(1, INT32) + scalar(3, INT32, quality))
    out += block(9, keys + values) if keys else b""
    return out + (scalar(10, datatype, value) if value is not None else b"")


def payload(metrics: list[bytes], *, at_ms: int | None = None, seq: int | None = None) -> bytes:
    """A whole message."""
    out = number(1, at_ms) if at_ms is not None else b""
    return out + b"".join(block(2, one) for one in metrics) + (number(3, seq) if seq is not None else b"")


@dataclass
class Tag:
    """One metric of the node or of a device: what it is called, of what type, in which unit, and what it says."""

    name: str
    datatype: int
    value: Value | None
    unit: str = ""
    alias: int | None = None


@dataclass
class Node:
    """An edge node and its devices. Every method that speaks returns (topic, payload) and counts ``seq`` on."""

    group: str
    name: str
    tags: list[Tag] = field(default_factory=list)
    devices: dict[str, list[Tag]] = field(default_factory=dict)
    bd_seq: int = 0
    seq: int = 0
    use_aliases: bool = True

    def __post_init__(self) -> None:
        """Aliases are unique in the whole node."""
        everything = [*self.tags, *(tag for tags in self.devices.values() for tag in tags)]
        for place, tag in enumerate(everything, 1):
            tag.alias = place if self.use_aliases else None

    def topic(self, kind: str, device: str = "") -> str:
        return "/".join(part for part in ("spBv1.0", self.group, kind, self.name, device) if part)

    def will(self) -> tuple[str, bytes]:
        """NDEATH, which the broker says for the node."""
        return self.topic("NDEATH"), payload([metric(self.bd_seq, INT64, name="bdSeq")])

    def birth(self, at_ms: int) -> list[tuple[str, bytes]]:
        """NBIRTH, then a DBIRTH of each device: ``seq`` begins anew."""
        self.seq = 0
        own = [metric(self.bd_seq, INT64, name="bdSeq", at_ms=at_ms)]
        own += [metric(False, BOOLEAN, name=REBIRTH, at_ms=at_ms), *(self._told(tag, at_ms) for tag in self.tags)]
        first = self.topic("NBIRTH"), payload(own, at_ms=at_ms, seq=0)
        return [first, *(self.device_birth(device, at_ms) for device in self.devices)]

    def device_birth(self, device: str, at_ms: int) -> tuple[str, bytes]:
        told = [self._told(tag, at_ms) for tag in self.devices[device]]
        return self.topic("DBIRTH", device), payload(told, at_ms=at_ms, seq=self._next())

    def device_death(self, device: str, at_ms: int) -> tuple[str, bytes]:
        return self.topic("DDEATH", device), payload([], at_ms=at_ms, seq=self._next())

    def says(self, device: str, name: str, value: Value | None, at_ms: int, **how: bool) -> tuple[str, bytes]:
        """One changed value, of a device or (no device named) of the node itself; ``historical`` may be told."""
        tag = next(tag for tag in (self.devices[device] if device else self.tags) if tag.name == name)
        tag.value = value
        named = "" if self.use_aliases else tag.name
        one = metric(value, tag.datatype, name=named, alias=tag.alias, at_ms=at_ms, tell_type=False, **how)
        kind = "DDATA" if device else "NDATA"
        return self.topic(kind, device), payload([one], at_ms=at_ms, seq=self._next())

    def says_alias(self, device: str, alias: int, value: bool, at_ms: int) -> tuple[str, bytes]:
        """A value under an alias that may be in no birth."""
        one = metric(value, BOOLEAN, alias=alias, at_ms=at_ms, tell_type=False)
        return self.topic("DDATA", device), payload([one], at_ms=at_ms, seq=self._next())

    def _told(self, tag: Tag, at_ms: int) -> bytes:
        return metric(tag.value, tag.datatype, name=tag.name, alias=tag.alias, at_ms=at_ms, unit=tag.unit)

    def _next(self) -> int:
        self.seq = (self.seq + 1) % 256
        return self.seq


class EdgeNode:
    """A node with a connection: ``async with`` connects it, lets it be born, and obeys the host's rebirth orders.

    ``orders`` holds (topic, payload) of every order that came.
    """

    def __init__(self, node: Node, host: str, port: int) -> None:
        self.node = node
        self.orders: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        topic, last_word = node.will()
        self._client = Client(host, port, will=Will(topic, last_word, qos=1))
        self._obeys: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        await self._client.subscribe(self.node.topic("NCMD"), qos=1)
        await self.say(*self.node.birth(now_ms()))
        self._obeys = asyncio.create_task(self._obey(), name="obey orders")
        return self

    async def __aexit__(self, *_: object) -> None:
        """A node that means to go says its own NDEATH: the broker keeps the will of an orderly goodbye to itself."""
        if self._obeys is not None:
            self._obeys.cancel()
        await self.say(self.node.will())
        await self._client.__aexit__(None, None, None)

    async def say(self, *messages: tuple[str, bytes]) -> None:
        """In order; returns when the broker has them."""
        for topic, content in messages:
            await self._client.publish(topic, content, qos=1)

    async def _obey(self) -> None:
        async for message in self._client.messages:
            content = bytes(message.payload) if isinstance(message.payload, bytes | bytearray) else b""
            if REBIRTH.encode() in content:
                await self.say(*self.node.birth(now_ms()))
            self.orders.put_nowait((message.topic.value, content))


def now_ms() -> int:
    return round(time.time() * 1_000)


def plant(group: str, name: str) -> Node:
    """A node with a cabinet temperature of its own, in °F, and a fire detector of two zones."""
    return Node(
        group,
        name,
        [Tag("Properties/Model", STRING, "Edge 1"), Tag("Cabinet/Temperature", FLOAT, 77.0, "°F")],
        {
            "detector": [
                Tag("Zone 1/Smoke", BOOLEAN, False),
                Tag("Zone 2/Smoke", BOOLEAN, False),
                Tag("Temperature", DOUBLE, 21.5, "°C"),
            ]
        },
    )


async def _run(node: Node, host: str, port: int, every_s: float) -> None:
    async with EdgeNode(node, host, port) as edge:
        warmth = 21.5
        while True:
            await asyncio.sleep(every_s)
            warmth += random.uniform(-0.2, 0.2)
            await edge.say(node.says("detector", "Temperature", round(warmth, 2), now_ms()))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m simulators.sparkplug_node", description=__doc__)
    parser.add_argument("--broker", default="127.0.0.1:1883", metavar="HOST:PORT")
    parser.add_argument("--group", default="plant")
    parser.add_argument("--node", default="press-hall")
    parser.add_argument("--every", type=float, default=5.0, metavar="S", help="seconds between two values")
    args = parser.parse_args()
    host, _, port = args.broker.rpartition(":")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(plant(args.group, args.node), host, int(port), args.every))
    return 0


if __name__ == "__main__":
    sys.exit(main())
