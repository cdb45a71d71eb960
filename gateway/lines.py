"""The lines of a site besides the broker: which transport works each, and how what it received comes to the inbox."""

import contextlib
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from alerts.output_event import OutputAnswered
from devices.codec import Decoded, Key, Line
from devices.device import Device
from devices.errors import Refused
from devices.families import bus_families, line_families
from devices.message import Text
from devices.output_orders import OutputOrder, refused
from gateway.clock import Clock
from gateway.inbox import Delivery, FromLine, Inbox
from gateway.site.modbus_maps import load_maps
from gateway.site.model import ModbusLine, OsdpLine, SerialLine, Site, SocketLine
from gateway.supervisor import run_thread
from gateway.transports import modbus, osdp, serial, socket_line

Run = Callable[[], Awaitable[None]]


class Bus(Protocol):
    """A line on which the gateway asks, and so must know whom: ``serve`` tells it, from any thread."""

    def run(self) -> None: ...
    def stop(self) -> None: ...
    def serve(self, devices: Sequence[Device]) -> None: ...
    def order(
        self, device: Device, order: OutputOrder, told: Callable[[Literal["acted", "refused"], Text | None], None]
    ) -> None: ...


class Lines:
    """Every line as a part for the supervisor; ``on_state(line, state)`` hears ``up`` or ``lost: ...``."""

    def __init__(self, site: Site, keys: Key, inbox: Inbox, clock: Clock, on_state: Callable[[str, str], None]) -> None:
        self._site, self._keys, self._inbox, self._clock, self._on_state = site, keys, inbox, clock, on_state
        self._devices: Sequence[Device] = ()
        self._buses: dict[str, Bus] = {}
        self._doors: dict[str, socket_line.SocketLine] = {}
        self._serials: dict[str, serial.SerialLine] = {}

    def serve(self, devices: Sequence[Device]) -> None:
        """These are in service from now on: each bus asks its own. From any thread."""
        self._devices = devices
        for name, bus in list(self._buses.items()):
            bus.serve([device for device in devices if device.line == name])

    def tick(self, device: Device) -> None:
        """Let whoever stands at the device see and hear that it was heard, where it can. From any thread."""
        if isinstance(self._buses.get(device.line), osdp.OsdpLine):
            now, why = self._clock.now(), Text.of("lines.heard")
            green = OutputOrder("tick", device.id, "led", "green", now, why, duration_s=1, origin="test")
            beep = OutputOrder("tick", device.id, "buzzer", True, now, why, duration_s=0.4, origin="test")
            for order in (green, beep):
                with contextlib.suppress(Refused):  # whoever stands there sees that it does not answer
                    self.order(device, order, _ignore)

    def order(self, device: Device, order: OutputOrder, answer: Callable[[OutputAnswered], None]) -> None:
        """Tell a device on a line what its output shall do. From any thread. Raises Refused."""
        bus, line = self._buses.get(device.line), self._serials.get(device.line)
        if bus is not None:
            bus.order(device, order, lambda step, why: answer(OutputAnswered(order, step, why)))
        elif line is not None:
            is_told = line.order(device, order)
            if not is_told:
                answer(OutputAnswered(order, "sent"))
        else:
            raise refused("line_lost" if device.line not in self._doors else "no_such_output", order)

    def names(self) -> list[str]:
        """The lines' own names."""
        return list(self._site.line_families())

    def callers(self) -> dict[str, tuple[int, int]]:
        """By line that panels call in on: how many do, and how many may. From any thread."""
        return {name: (door.callers(), door.most) for name, door in list(self._doors.items())}

    def parts(self) -> dict[str, Run]:
        """The body of each line's task, by the name of the part."""
        site = self._site
        return {
            **{f"serial {line.name}": partial(self._serial, line) for line in site.serial},
            **{f"socket {door.name}": partial(self._socket, door) for door in site.socket},
            **{f"modbus {line.name}": partial(self._modbus, line) for line in site.modbus},
            **{f"osdp {line.name}": partial(self._osdp, line) for line in site.osdp},
        }

    async def _serial(self, setup: SerialLine) -> None:
        session = self._session(setup)()
        put = partial(self._put, setup.name, setup.family, "")
        line = serial.SerialLine(setup, session, put, self._clock, partial(self._on_state, setup.name))
        self._serials[setup.name] = line
        await run_thread(f"serial {setup.name}", line.run, line.stop)

    async def _socket(self, setup: SocketLine) -> None:
        put = partial(self._put, setup.name, setup.family)
        on_state = partial(self._on_state, setup.name)
        door = socket_line.SocketLine(setup, self._session(setup), put, self._clock, on_state)
        self._doors[setup.name] = door
        await run_thread(f"socket {setup.name}", door.run, door.stop)

    async def _modbus(self, setup: ModbusLine) -> None:
        maps, _ = load_maps(Path(setup.maps) if setup.maps else None)
        put = partial(self._put, setup.name, "modbus", "")
        decoder = bus_families()["modbus"].open_bus()
        line = modbus.ModbusLine(setup, maps, put, self._clock, partial(self._on_state, setup.name), decoder)
        await self._bus(f"modbus {setup.name}", setup.name, line)

    async def _osdp(self, setup: OsdpLine) -> None:
        put = partial(self._put, setup.name, "osdp", "")
        decoder = bus_families()["osdp"].open_bus()
        line = osdp.OsdpLine(setup, self._keys, put, self._clock, partial(self._on_state, setup.name), decoder)
        await self._bus(f"osdp {setup.name}", setup.name, line)

    async def _bus(self, part: str, name: str, bus: Bus) -> None:
        self._buses[name] = bus
        bus.serve([device for device in self._devices if device.line == name])
        await run_thread(part, bus.run, bus.stop)

    def _session(self, setup: SerialLine | SocketLine) -> Callable[[], Line]:
        codec = line_families()[setup.family]
        return codec.open_line(setup.name, msgspec.convert(setup.options, codec.options), self._keys)

    def _put(
        self,
        line: str,
        family: str,
        peer: str,
        decoded: Decoded,
        done: Callable[[], None],
        failed: Callable[[str], None],
    ) -> None:
        self._inbox.put(Delivery(FromLine(line, family, decoded, peer), done, lambda reason: failed(str(reason))))


def _ignore(_event: OutputAnswered) -> None:
    """Nobody waits for it."""
