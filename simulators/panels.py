"""Panels of a site that call the gateway: fire alarm transmission devices (GB/T 26875.3), alarm panels (SIA DC-09).

What stands before the slash in a device's address is its panel, which has one connection of its own. A panel keeps
what it has to say, in its order, until it is answered.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Protocol, TypeVar

from simulators import gbt26875_device as gbt
from simulators import sia_dc09_panel as dc09
from simulators.fleet import SimulatedDevice, Value
from simulators.site import LineEntry

_MOST_WAITING = 1_000
Connect = TypeVar("Connect")


class _Panel(Protocol):
    """One panel. A silent one lets none of its parts speak."""

    is_silent: bool

    def tell(self, device: SimulatedDevice, values: dict[str, Value]) -> None: ...
    async def run(self) -> None: ...


class Panels:
    """The panels of one line."""

    def __init__(self, by_address: dict[str, _Panel]) -> None:
        self._by_address = by_address

    def tell(self, device: SimulatedDevice, values: dict[str, Value]) -> None:
        panel = self._by_address[_panel_of(device)]
        if not panel.is_silent:
            panel.tell(device, values)

    def hush(self, device: SimulatedDevice) -> None:
        """A part that is silent says nothing by itself: nothing to do."""
        if "/" not in device.entry.address:
            self._by_address[device.entry.address].is_silent = device.silent


class _Outbox:
    """What a panel has still to say. Routine is left out while anything waits; beyond 1,000, the oldest is lost."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[bytes | str] = asyncio.Queue()

    def put(self, word: bytes | str, *, is_routine: bool) -> None:
        if is_routine and not self._waiting.empty():
            return
        if self._waiting.qsize() >= _MOST_WAITING:
            self._waiting.get_nowait()
        self._waiting.put_nowait(word)

    async def next(self) -> bytes | str:
        return await self._waiting.get()


# -- GB/T 26875.3 ------------------------------------------------------------------------------------------------

_COMPONENTS = {
    "smoke_detector": gbt.SMOKE,
    "heat_detector": gbt.HEAT,
    "call_point": gbt.CALL_POINT,
    "flow_switch": gbt.FLOW,
}
"""Component type by what hangs on the wall."""
_ALARMS = ("smoke", "heat", "call_point", "water_flow", "fire")
_DEVICE_FAULT, _MAINS_LOST = 1 << 2, 1 << 3


class _TransmissionDevice:
    """One transmission device and the components of the fire alarm system behind it."""

    def __init__(self, address: str, connect: gbt.Connect) -> None:
        """Raises ValueError for an address that is none."""
        self.is_silent = False
        self._device = gbt.Transmitter(connect, int.from_bytes(bytes.fromhex(address), "little"))
        self._outbox = _Outbox()
        self._bits: dict[str, int] = {}

    def tell(self, device: SimulatedDevice, values: dict[str, Value]) -> None:
        """How it stands, and what it measures; again and again, as many panels do."""
        label, entry = self._device.label(), device.entry
        component = entry.address.rpartition(".")[2] if "/" in entry.address else ""
        bits = _component_bits(values) if component else _device_bits(values)
        is_routine = self._bits.get(entry.id, bits) == bits
        self._bits[entry.id] = bits
        if not component:
            self._outbox.put(gbt.device_state(label, bits), is_routine=is_routine)
            return
        kind, address = _COMPONENTS.get(entry.kind, 0), int.from_bytes(bytes.fromhex(component), "little")
        if "temperature" in values:
            tenths = round(float(values["temperature"]) * 10)
            self._outbox.put(gbt.analogue(label, kind, address, gbt.TEMPERATURE, tenths), is_routine=True)
        self._outbox.put(gbt.component_state(label, kind, address, bits, entry.name), is_routine=False)

    async def run(self) -> None:
        async with self._device as device:
            while True:
                unit = await self._outbox.next()
                assert isinstance(unit, bytes)
                while not (await device.say(unit)).answer:
                    pass


def _component_bits(values: dict[str, Value]) -> int:
    bits = gbt.OK
    bits |= gbt.FIRE * any(values.get(name) is True for name in _ALARMS)
    bits |= gbt.FAULT * (values.get("fault") is True)
    return bits | gbt.DISABLED * (values.get("disabled") is True)


def _device_bits(values: dict[str, Value]) -> int:
    return gbt.OK | _DEVICE_FAULT * (values.get("fault") is True) | _MAINS_LOST * (values.get("mains") is False)


@contextlib.asynccontextmanager
async def transmission_devices(line: LineEntry, devices: Sequence[SimulatedDevice]) -> AsyncIterator[Panels]:
    """The transmission devices of a line, calling in until the block ends. Raises ValueError: no way, no address."""
    way = _way(line, gbt.over_tcp, gbt.over_udp)
    async with _calling({name: _TransmissionDevice(name, way) for name in _names(devices)}) as panels:
        yield panels


# -- SIA DC-09 ---------------------------------------------------------------------------------------------------

_CONTACT_ID = {
    "fire": "110",
    "smoke": "111",
    "water_flow": "113",
    "heat": "114",
    "call_point": "115",
    "panic": "120",
    "intrusion": "130",
    "intrusion.perimeter": "131",
    "intrusion.interior": "132",
    "tamper": "137",
    "gas_alarm": "151",
    "leak": "154",
    "co_alarm": "162",
    "fault": "300",
    "mains": "301",
    "battery_low": "302",
}
"""What a panel says when that begins (SIA DC-05); ``mains`` begins when it is not there."""
_BEGINS, _ENDS = "1", "3"


class _AlarmPanel:
    """One panel with its zones. A zone speaks when something begins or ends; the panel also when nothing does."""

    def __init__(self, account: str, connect: dc09.Connect) -> None:
        self.is_silent = False
        self._panel = dc09.Panel(connect, account)
        self._outbox = _Outbox()
        self._standing: set[tuple[str, str]] = set()

    def tell(self, device: SimulatedDevice, values: dict[str, Value]) -> None:
        place = device.entry.address.partition("/")[2]
        partition, _, zone = place.partition(".")
        for signal, value in values.items():
            key, stands = (device.entry.id, signal), value is (signal != "mains")
            if signal in _CONTACT_ID and stands != (key in self._standing):
                self._standing ^= {key}
                qualifier = _BEGINS if stands else _ENDS
                event = f"{qualifier}{_CONTACT_ID[signal]} {partition:0>2} {zone:0>3}"
                self._outbox.put(event, is_routine=False)
        if not place:
            self._outbox.put("", is_routine=True)

    async def run(self) -> None:
        async with self._panel as panel:
            while True:
                event = await self._outbox.next()
                assert isinstance(event, str)
                while not (await (panel.say(event) if event else panel.test_link())).answer:
                    pass


@contextlib.asynccontextmanager
async def alarm_panels(line: LineEntry, devices: Sequence[SimulatedDevice]) -> AsyncIterator[Panels]:
    """The alarm panels of a line, calling in until the block ends. Raises ValueError if there is no way in."""
    way = _way(line, dc09.over_tcp, dc09.over_udp)
    async with _calling({name: _AlarmPanel(name, way) for name in _names(devices)}) as panels:
        yield panels


# -- both --------------------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def _calling(panels: dict[str, "_TransmissionDevice"] | dict[str, "_AlarmPanel"]) -> AsyncIterator[Panels]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(panel.run(), name=f"panel {address}") for address, panel in panels.items()]
        try:
            yield Panels({**panels})
        finally:
            for task in tasks:
                task.cancel()


def _names(devices: Sequence[SimulatedDevice]) -> list[str]:
    return sorted({_panel_of(device) for device in devices})


def _panel_of(device: SimulatedDevice) -> str:
    return device.entry.address.partition("/")[0]


def _way(line: LineEntry, tcp: Callable[[str, int], Connect], udp: Callable[[str, int], Connect]) -> Connect:
    """Over TCP if the line has that; a door for the whole machine is called at this one."""
    host = "127.0.0.1" if line.host in ("0.0.0.0", "::") else line.host  # noqa: S104 - called, not bound
    if not line.tcp and not line.udp:
        raise ValueError("panels call in over TCP or UDP, and it has neither")
    return tcp(host, line.tcp) if line.tcp else udp(host, line.udp)
