"""What hangs on every kind of line, for benchmarks.lines: each shows one flag, on a cable that can be pulled out."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.relay import Relay
from simulators import gbt26875_device as gbt
from simulators import sia_dc09_panel as dc09
from simulators.modbus_slaves import Slave, on_serial, on_tcp
from simulators.osdp_reader import Reader, Readers
from simulators.serial_cable import SerialCable
from tests.rim.processes import free_port

_BAUD = 115_200
_GBT_ADDRESS = 0x00110002
OSDP_KEY = bytes(range(16))

Show = Callable[[bool], Coroutine[Any, Any, None]]


class FarSide(msgspec.Struct):
    """One line. ``show(flag)`` returns once it is told or on its way; ``signal`` of ``device`` is that flag.

    ``noise(data)`` brings bytes that are nothing to the gateway's side.
    """

    name: str
    device: str
    signal: str
    show: Show
    pull: Callable[[], None]
    plug: Callable[[], None]
    noise: Callable[[bytes], Coroutine[Any, Any, None]]


class Wall:
    """Everything at once; ``tables`` are the lines and devices for the site file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.tables = ""
        self.sides: list[FarSide] = []
        self.tcp_ports: list[int] = []
        self._uploads: set[asyncio.Task[Any]] = set()

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator["Wall"]:
        async with AsyncExitStack() as stack:
            self._ndjson(stack)
            self._gbt_serial(stack)
            await self._modbus_rtu(stack)
            await self._modbus_tcp(stack)
            self._osdp(stack)
            gbt_ports, dc09_ports = (free_port(), free_port()), (free_port(), free_port())
            self._door("panels", "gbt26875", gbt_ports)
            self._door("alarms", "sia_dc09", dc09_ports)
            for way, port in zip(("tcp", "udp"), gbt_ports, strict=True):
                await self._gbt_socket(stack, way, port)
            for way, port in zip(("tcp", "udp"), dc09_ports, strict=True):
                await self._dc09(stack, way, port)
            try:
                yield self
            finally:
                for task in self._uploads:
                    task.cancel()

    # -- serial lines ----------------------------------------------------------------------------------------

    def _cable(self, stack: AsyncExitStack, name: str) -> SerialCable:
        return stack.enter_context(SerialCable(self._folder / f"{name}-gateway", self._folder / f"{name}-device"))

    def _far_end(self, stack: AsyncExitStack, cable: SerialCable) -> int:
        descriptor = gbt.open_port(str(cable.right), _BAUD)
        stack.callback(os.close, descriptor)
        return descriptor

    def _serial_line(self, name: str, family: str, cable: SerialCable) -> None:
        self.tables += f'[[serial]]\nname = "{name}"\nfamily = "{family}"\nport = "{cable.left}"\nbaud = {_BAUD}\n\n'

    def _on_cable(self, name: str, device: str, signal: str, show: Show, cable: SerialCable) -> None:
        async def noise(data: bytes) -> None:
            for start in range(0, len(data), 1024):
                cable.inject(data[start : start + 1024])
                await asyncio.sleep(0)

        self.sides.append(FarSide(name, device, signal, show, cable.pull, cable.plug, noise))

    def _ndjson(self, stack: AsyncExitStack) -> None:
        cable = self._cable(stack, "ndjson")
        end = self._far_end(stack, cable)
        self._serial_line("ndjson", "ndjson", cable)
        self._device("nd-door", "ndjson", "nd-door", "ndjson", "door")

        async def say_again_and_again(is_open: bool) -> None:
            while True:
                os.write(end, msgspec.json.encode({"device": "nd-door", "readings": {"door": is_open}}) + b"\n")
                await asyncio.sleep(1)

        self._on_cable("ndjson serial", "nd-door", "door", self._started(say_again_and_again), cable)

    def _gbt_serial(self, stack: AsyncExitStack) -> None:
        cable = self._cable(stack, "gbt")
        self._serial_line("gbt", "gbt26875", cable)
        way = gbt.over_serial(self._far_end(stack, cable))
        self._on_cable("gbt26875 serial", "gbt-serial", "smoke", self._transmitter(1003, way, "gbt"), cable)

    async def _modbus_rtu(self, stack: AsyncExitStack) -> None:
        cable = self._cable(stack, "rtu")
        self.tables += f'[[modbus]]\nname = "rtu"\nport = "{cable.left}"\nbaud = {_BAUD}\npoll_s = 1\n\n'
        self._device("rtu-smoke", "modbus", "1", "rtu", "smoke", 'model = "smoke-generic"\n')
        slave = Slave(1, holding={0: 0})
        await stack.enter_async_context(on_serial(str(cable.right), slave, baud=_BAUD))
        self._on_cable("modbus rtu", "rtu-smoke", "smoke", _register(slave), cable)

    def _osdp(self, stack: AsyncExitStack) -> None:
        cable = self._cable(stack, "osdp")
        end = self._far_end(stack, cable)
        self.tables += f'[[osdp]]\nname = "gate"\nport = "{cable.left}"\nbaud = {_BAUD}\n\n'
        self._device("gate-reader", "osdp", "1", "gate", "tamper")
        reader = Reader(1, OSDP_KEY)
        stack.enter_context(Readers(end, [reader]))

        async def show(is_open: bool) -> None:
            reader.tamper(is_open)

        self._on_cable("osdp serial", "gate-reader", "tamper", show, cable)

    # -- networks --------------------------------------------------------------------------------------------

    async def _relay(self, stack: AsyncExitStack, target: int) -> tuple[Relay, int]:
        port = free_port()
        relay = Relay(port, target)
        await relay.open()
        stack.push_async_callback(relay.close)
        return relay, port

    async def _modbus_tcp(self, stack: AsyncExitStack) -> None:
        slaves_at = free_port()
        relay, port = await self._relay(stack, slaves_at)
        self.tables += f'[[modbus]]\nname = "mtcp"\nhost = "127.0.0.1"\ntcp_port = {port}\npoll_s = 1\n\n'
        self._device("mtcp-smoke", "modbus", "1", "mtcp", "smoke", 'model = "smoke-generic"\n')
        slave = Slave(1, holding={0: 0})
        await stack.enter_async_context(on_tcp("127.0.0.1", slaves_at, slave))

        async def noise(data: bytes) -> None:
            """It comes instead of answers."""
            relay.noise = data

        side = FarSide("modbus tcp", "mtcp-smoke", "smoke", _register(slave), relay.pull, relay.plug, noise)
        self.sides.append(side)

    async def _gbt_socket(self, stack: AsyncExitStack, way: str, port: int) -> None:
        relay, via = await self._relay(stack, port)
        connect = (gbt.over_tcp if way == "tcp" else gbt.over_udp)("127.0.0.1", via)
        show = self._transmitter({"tcp": 1001, "udp": 1002}[way], connect, "panels", way)
        noise = _to_door(way, port)
        self.sides.append(FarSide(f"gbt26875 {way}", f"gbt-{way}", "smoke", show, relay.pull, relay.plug, noise))

    async def _dc09(self, stack: AsyncExitStack, way: str, port: int) -> None:
        relay, via = await self._relay(stack, port)
        account = {"tcp": "1234", "udp": "5678"}[way]
        connect = (dc09.over_tcp if way == "tcp" else dc09.over_udp)("127.0.0.1", via)
        panel = dc09.Panel(connect, account, answer_within_s=2, resends=10_000)
        self._device(f"dc09-{way}", "sia_dc09", f"{account}/1.17", "alarms", "smoke")

        async def report(is_alarm: bool) -> None:
            await panel.say("1111 01 017" if is_alarm else "3111 01 017")

        side = FarSide(
            f"sia_dc09 {way}",
            f"dc09-{way}",
            "smoke",
            self._started(report),
            relay.pull,
            relay.plug,
            _to_door(way, port),
        )
        self.sides.append(side)

    def _door(self, name: str, family: str, ports: tuple[int, int]) -> None:
        tcp, udp = ports
        self.tcp_ports.append(tcp)
        self.tables += f'[[socket]]\nname = "{name}"\nfamily = "{family}"\ntcp = {tcp}\nudp = {udp}\n\n'

    # -- devices ---------------------------------------------------------------------------------------------

    def _transmitter(self, source: int, connect: gbt.Connect, line: str, way: str = "serial") -> Show:
        device = gbt.Transmitter(connect, source, answer_within_s=2, resends=10_000)
        address = f"{source.to_bytes(6, 'little').hex()}/1.1.02001100"
        self._device(f"gbt-{way}", "gbt26875", address, line, "smoke")

        async def report(is_fire: bool) -> None:
            bits = gbt.OK | (gbt.FIRE if is_fire else 0)
            await device.say(gbt.component_state(device.label(), gbt.SMOKE, _GBT_ADDRESS, bits))

        return self._started(report)

    def _device(self, device: str, family: str, address: str, line: str, signal: str, more: str = "") -> None:
        self.tables += (
            f'[[devices]]\nid = "{device}"\nfamily = "{family}"\naddress = "{address}"\nline = "{line}"\n'
            f'area = "wall"\nsignals = ["{signal}"]\n{more}\n'
        )

    def _started(self, report: Show) -> Show:
        """As a device does: it goes on until it is confirmed or says something else; nobody waits for it."""
        running: list[asyncio.Task[None]] = []

        async def show(flag: bool) -> None:
            for task in running:
                task.cancel()
            running[:] = [asyncio.get_running_loop().create_task(report(flag))]
            self._uploads.update(running)

        return show


def _register(slave: Slave) -> Show:
    async def show(is_alarm: bool) -> None:
        slave.holding[0] = int(is_alarm)

    return show


def _to_door(way: str, port: int) -> Callable[[bytes], Coroutine[Any, Any, None]]:
    async def over_tcp(data: bytes) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(data)
            writer.write_eof()
            while await reader.read(65_536):
                pass
        except OSError:
            return
        finally:
            writer.close()

    async def over_udp(data: bytes) -> None:
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            asyncio.DatagramProtocol, remote_addr=("127.0.0.1", port)
        )
        for start in range(0, len(data), 1024):
            transport.sendto(data[start : start + 1024])
            await asyncio.sleep(0)
        transport.close()

    return over_tcp if way == "tcp" else over_udp
