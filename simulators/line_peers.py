"""The far side of each line of a site: what its devices sense becomes registers, states, events, cards on that line.

A device with a ``line`` is sensed like any other; here what it has to say goes the way that its line speaks. Panels
call in and wait for each answer, slaves hold their registers, readers answer the bus, a serial line is a pseudo
terminal under the port's name.
"""

import contextlib
import logging
import os
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from simulators import modbus_slaves
from simulators.fleet import SimulatedDevice, Value, on_the_wire
from simulators.modbus_slaves import Slave
from simulators.osdp_reader import Reader, Readers
from simulators.panels import alarm_panels, transmission_devices
from simulators.serial_pty import SerialPty
from simulators.site import LineEntry, SiteEntry
from simulators.world import Room

log = logging.getLogger("simulators")

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class LinePeer(Protocol):
    """What hangs on one line. Neither call waits."""

    def tell(self, device: SimulatedDevice, values: dict[str, Value]) -> None:
        """That device has this to say."""

    def hush(self, device: SimulatedDevice) -> None:
        """That device falls silent, or (``silent`` is false) speaks again."""


class LinePeers:
    """Those of all lines that can be played here."""

    def __init__(self) -> None:
        self._by_line: dict[str, LinePeer] = {}
        self._silent: set[str] = set()

    @contextlib.asynccontextmanager
    async def opened(
        self, site: SiteEntry, devices: Sequence[SimulatedDevice], serial_link: Path | None = None
    ) -> AsyncIterator[None]:
        """Every line with devices on it, until the block ends; one that can't be played is logged and left alone.

        ``serial_link`` takes the place of the port of the site's first serial line.
        """
        async with AsyncExitStack() as stack:
            for line in _placed(site.lines, serial_link):
                mine = [device for device in devices if device.entry.line == line.name]
                opening = _OPENINGS.get(line.family)
                if opening is None:
                    log.warning("line %s is left alone: nothing simulated speaks %s", line.name, line.family)
                elif mine:
                    try:
                        self._by_line[line.name] = await stack.enter_async_context(opening(line, mine))
                    except (OSError, RuntimeError, ValueError) as error:
                        log.warning("line %s is left alone: %s", line.name, error)
            yield

    def tell(self, device: SimulatedDevice, values: dict[str, Value]) -> None:
        side = self._by_line.get(device.entry.line)
        if side is not None:
            side.tell(device, values)

    def hush(self, devices: Iterable[SimulatedDevice]) -> None:
        """Called now and then with all devices: whoever has fallen silent, or speaks again, does so on its line."""
        for device in devices:
            side = self._by_line.get(device.entry.line)
            if side is not None and device.silent != (device.entry.id in self._silent):
                self._silent ^= {device.entry.id}
                side.hush(device)


def _placed(lines: Sequence[LineEntry], serial_link: Path | None) -> Iterable[LineEntry]:
    """The lines, the first serial one at that link."""
    for line in lines:
        if serial_link is not None and line.family == "ndjson" and line.port:
            line, serial_link = replace(line, port=str(serial_link)), None
        yield line


# -- lines of which there is no more than a cable ----------------------------------------------------------------


class _Cable:
    """A serial line on which each device writes when it likes."""

    def __init__(self, pty: SerialPty) -> None:
        self._pty = pty

    def tell(self, device: SimulatedDevice, values: dict[str, Value]) -> None:
        self._pty.write(on_the_wire(device.entry, values, datetime.now().astimezone())[1])

    def hush(self, device: SimulatedDevice) -> None:
        """Whoever is silent writes nothing."""


@contextlib.asynccontextmanager
async def _cable(line: LineEntry, devices: Sequence[SimulatedDevice]) -> AsyncIterator[LinePeer]:
    with _pseudo_terminal(line) as pty:
        yield _Cable(pty)


@contextlib.contextmanager
def _pseudo_terminal(line: LineEntry) -> Iterator[SerialPty]:
    """Under the name of the line's port. Raises ValueError rather than take the name of a port that is one."""
    port = Path(line.port)
    is_left_over = port.is_symlink() and port.readlink().is_relative_to("/dev/pts")
    if not line.port or port.is_relative_to("/dev") or (os.path.lexists(port) and not is_left_over):
        raise ValueError(f"a pseudo terminal can't take the place of {line.port or 'no serial port'}")
    pty = SerialPty(port)
    try:
        yield pty
    finally:
        pty.close()


# -- Modbus ------------------------------------------------------------------------------------------------------


def _climate(slave: Slave, values: dict[str, Value]) -> None:
    slave.holding[0] = round(float(values.get("humidity", 0)) * 10)
    slave.holding[1] = round(float(values.get("temperature", 0)) * 10) & 0xFFFF


def _gas_loop(slave: Slave, values: dict[str, Value]) -> None:
    """4 to 20 mA for 0 to 100 %LEL, in µA."""
    slave.input[0] = round(4_000 + 160 * float(values.get("gas", 0)))


def _smoke(slave: Slave, values: dict[str, Value]) -> None:
    slave.holding[0] = int(bool(values.get("smoke")))


_MODELS: dict[str, Callable[[Slave, dict[str, Value]], None]] = {
    "th-transmitter": _climate,
    "gas-4-20ma": _gas_loop,
    "smoke-generic": _smoke,
}
"""Where each model has what it senses, from its maker's manual."""


class _Slaves:
    """Slaves of a bus. Before they are told anything, they hold what a room holds in which nothing has happened."""

    def __init__(self, devices: Sequence[SimulatedDevice]) -> None:
        """Raises ValueError for a model whose registers nobody has told us."""
        self._slaves: dict[str, Slave] = {}
        for device in devices:
            entry = device.entry
            if entry.model not in _MODELS:
                raise ValueError(f"{entry.id} is of model {entry.model!r}; simulated are {', '.join(_MODELS)}")
            slave = Slave(int(entry.address))
            _MODELS[entry.model](slave, device.sense(Room(entry.area), 0.0))
            self._slaves[entry.id] = slave

    def all(self) -> Iterable[Slave]:
        return self._slaves.values()

    def tell(self, device: SimulatedDevice, values: dict[str, Value]) -> None:
        _MODELS[device.entry.model](self._slaves[device.entry.id], values)

    def hush(self, device: SimulatedDevice) -> None:
        self._slaves[device.entry.id].is_silent = device.silent


@contextlib.asynccontextmanager
async def _slaves(line: LineEntry, devices: Sequence[SimulatedDevice]) -> AsyncIterator[LinePeer]:
    if line.host not in _LOOPBACK:
        raise ValueError(f"slaves are simulated on this machine alone, not on {line.host or line.port}")
    slaves = _Slaves(devices)
    async with modbus_slaves.on_tcp(line.host, line.tcp, *slaves.all()):
        yield slaves


# -- OSDP --------------------------------------------------------------------------------------------------------


class _Bus:
    """Readers on a bus, unencrypted; each says of itself when its housing is opened or its supply fails."""

    def __init__(self, devices: Sequence[SimulatedDevice]) -> None:
        self.readers = {device.entry.id: Reader(int(device.entry.address)) for device in devices}
        self.wire: Readers | None = None
        self._told: dict[str, dict[str, Value]] = {}

    def tell(self, device: SimulatedDevice, values: dict[str, Value]) -> None:
        """A reader that nobody polls forgets cards; how it stands itself, it says when it is asked again."""
        reader, told = self.readers[device.entry.id], self._told.setdefault(device.entry.id, {})
        with contextlib.suppress(RuntimeError):
            if "tamper" in values and values["tamper"] != told.get("tamper", False):
                reader.tamper(bool(values["tamper"]))
            if "mains" in values and values["mains"] != told.get("mains", True):
                reader.power(is_weak=not values["mains"])
            if "credential" in values:
                facility, _, number = str(values["credential"]).partition(":")
                reader.wiegand_26(int(facility), int(number))
        told.update(values)

    def hush(self, device: SimulatedDevice) -> None:
        assert self.wire is not None
        (self.wire.cut if device.silent else self.wire.join)(self.readers[device.entry.id])


@contextlib.asynccontextmanager
async def _bus(line: LineEntry, devices: Sequence[SimulatedDevice]) -> AsyncIterator[LinePeer]:
    bus = _Bus(devices)
    with _pseudo_terminal(line) as pty, Readers(pty.fileno(), list(bus.readers.values())) as bus.wire:
        yield bus


_OPENINGS: dict[str, Callable[[LineEntry, Sequence[SimulatedDevice]], AbstractAsyncContextManager[LinePeer]]] = {
    "ndjson": _cable,
    "modbus": _slaves,
    "osdp": _bus,
    "gbt26875": transmission_devices,
    "sia_dc09": alarm_panels,
}
"""By what is spoken on the line."""
