"""Modbus slaves (RTU on a serial port, or Modbus TCP) with registers as their makers describe them.

pymodbus's server frames and answers; the registers are raw words and bits, so nothing is shared with the codec that
reads them. A slave can fall silent, and an address that it does not have is refused as a real one refuses it.
``python -m simulators.modbus_slaves --tcp 127.0.0.1:5020`` runs three of them until it is stopped.
"""

import argparse
import asyncio
import contextlib
import random
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pymodbus.constants import ExcCodes
from pymodbus.framer import FramerType
from pymodbus.pdu.device import ModbusDeviceIdentification
from pymodbus.server import ModbusSerialServer, ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

_KINDS = {1: "coil", 2: "discrete", 3: "holding", 4: "input"}
"""By the function that reads them."""
_WRITES = {5: "coil", 6: "holding"}


@dataclass
class Slave:
    """One unit. ``coil`` and ``discrete`` map an address to 0 or 1, ``holding`` and ``input`` to a word of 16 bits.

    ``is_silent``: the cable to it is cut. ``asked`` counts the requests that reached it.
    """

    unit: int
    holding: dict[int, int] = field(default_factory=dict)
    input: dict[int, int] = field(default_factory=dict)
    coil: dict[int, int] = field(default_factory=dict)
    discrete: dict[int, int] = field(default_factory=dict)
    is_silent: bool = False
    asked: int = 0

    def device(self) -> SimDevice:
        """As pymodbus has it: no gaps up to the last address; ``_read`` says which exist, and what they hold now."""
        bits = [
            [SimData(0, values=[False] * _room(kind), datatype=DataType.BITS)] for kind in (self.coil, self.discrete)
        ]
        words = [
            [SimData(0, values=[0] * _room(kind), datatype=DataType.REGISTERS)] for kind in (self.holding, self.input)
        ]
        return SimDevice(id=self.unit, simdata=(*bits, *words), action=self._read)

    async def _read(
        self, function: int, start: int, address: int, count: int, registers: list[int], written: Any
    ) -> ExcCodes | None:
        self.asked += not self.is_silent
        if function in _WRITES and written is not None:
            values = getattr(self, _WRITES[function])
            if address not in values:
                return ExcCodes.ILLEGAL_ADDRESS
            values[address] = int(written[0])
            return None
        kind = _KINDS.get(function) or _WRITES.get(function)  # what was written is read back for the answer
        if kind is None:
            return ExcCodes.ILLEGAL_FUNCTION
        values = getattr(self, kind)
        if kind in ("coil", "discrete"):
            if address not in values:
                return ExcCodes.ILLEGAL_ADDRESS
            for word in range(address // 16, address // 16 + count):
                registers[word - start] = sum(values.get(16 * word + bit, 0) << bit for bit in range(16))
        else:
            if any(each not in values for each in range(address, address + count)):
                return ExcCodes.ILLEGAL_ADDRESS
            for each in range(address, address + count):
                registers[each - start] = values[each] & 0xFFFF
        return None


@contextlib.asynccontextmanager
async def on_tcp(host: str, port: int, *slaves: Slave, is_rtu: bool = False, revision: str = "") -> AsyncIterator[None]:
    """They answer there until the block ends. Raises RuntimeError if nobody can listen there.

    ``is_rtu``: RTU frames, as behind a serial device server. ``revision``: what they say when asked who they are.
    """
    place = 0 if is_rtu else 6
    server = ModbusTcpServer(
        [slave.device() for slave in slaves],
        framer=FramerType.RTU if is_rtu else FramerType.SOCKET,
        identity=ModbusDeviceIdentification(info_name={"VendorName": "Acme", "MajorMinorRevision": revision}),
        address=(host, port),
        trace_packet=lambda is_answer, data: _heard(slaves, place, data) if is_answer else data,
    )
    await server.serve_forever(background=True)
    try:
        yield
    finally:
        await server.shutdown()


@contextlib.asynccontextmanager
async def on_serial(port: str, *slaves: Slave, baud: int = 9600) -> AsyncIterator[None]:
    """They share that serial port until the block ends. Raises RuntimeError if it cannot be opened."""
    server = ModbusSerialServer(
        [slave.device() for slave in slaves],
        framer=FramerType.RTU,
        port=port,
        baudrate=baud,
        trace_packet=lambda is_answer, data: _heard(slaves, 0, data) if is_answer else data,
    )
    await server.serve_forever(background=True)
    try:
        yield
    finally:
        await server.shutdown()


def _room(values: Mapping[int, int]) -> int:
    """Whole words of 16 bits up to the last address."""
    return (max(values, default=0) // 16 + 1) * 16


def _heard(slaves: tuple[Slave, ...], place: int, answer: bytes) -> bytes:
    """Nothing of a unit that is not there or is silent: pymodbus would answer for it."""
    there = {slave.unit for slave in slaves if not slave.is_silent}
    return answer if len(answer) > place and answer[place] in there else b""


# -- by hand ---------------------------------------------------------------------------------------------------


def examples() -> tuple[Slave, Slave, Slave]:
    """Unit 1 a temperature and humidity transmitter, 2 a gas detector's current loop, 3 a smoke detector."""
    climate = Slave(1, holding={0: 452, 1: 213})
    gas = Slave(2, input={0: 4_000})
    smoke = Slave(3, holding={0: 0})
    return climate, gas, smoke


async def _run(args: argparse.Namespace) -> None:
    climate, gas, smoke = slaves = examples()
    host, _, port = (args.tcp or ":0").rpartition(":")
    way = on_serial(args.serial, *slaves, baud=args.baud) if args.serial else on_tcp(host, int(port), *slaves)
    async with way:
        print("units 1 (th-transmitter), 2 (gas-4-20ma), 3 (smoke-generic); ctrl-c ends")
        for seconds in range(1 << 31):
            climate.holding[1] = 213 + random.randint(-3, 3)
            gas.input[0] = 4_000 + random.randint(0, 20)
            if args.alarm_after is not None and seconds == args.alarm_after:
                smoke.holding[0] = 1
                print("unit 3 smells smoke")
            await asyncio.sleep(1)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m simulators.modbus_slaves", description=__doc__)
    ways = parser.add_mutually_exclusive_group(required=True)
    ways.add_argument("--tcp", metavar="HOST:PORT", help="listen there for Modbus TCP")
    ways.add_argument("--serial", metavar="PATH", help="a serial port for Modbus RTU; --baud says how fast")
    parser.add_argument("--baud", type=int, default=9600)
    parser.add_argument("--alarm-after", type=int, metavar="S", help="the smoke detector trips after so many seconds")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(parser.parse_args()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
