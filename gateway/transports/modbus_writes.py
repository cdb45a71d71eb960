"""Orders to outputs on a Modbus bus: they wait for the bus's own thread, and each is answered once."""

from collections import deque
from collections.abc import Callable
from typing import Literal

import msgspec
from pymodbus.exceptions import ModbusException
from pymodbus.pdu import ModbusPDU

from devices.bus_orders import RegisterWrite
from devices.message import Text
from devices.output_orders import OutputOrder, refused
from gateway.transports.modbus_client import Client, Flooded

_MOST = 256
FUNCTIONS = {"coil": 5, "holding": 6}

Told = Callable[[Literal["acted", "refused"], Text | None], None]


class _Waiting(msgspec.Struct, frozen=True):
    write: RegisterWrite
    order: OutputOrder
    told: Told


class Writes:
    """``add`` from any thread, ``carry_out`` and ``give_up`` from the line's."""

    def __init__(self) -> None:
        self._waiting: deque[_Waiting] = deque()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, write: RegisterWrite, order: OutputOrder, told: Told) -> None:
        """Raises Refused when the bus does not keep up."""
        if len(self._waiting) >= _MOST:
            raise refused("line_lost", order)
        self._waiting.append(_Waiting(write, order, told))

    def carry_out(self, client: Client, ask: Callable[[Client, int, int, int], None]) -> None:
        """Write all that waits; ``ask`` is told of each question. Raises OSError, ModbusException: the line is gone."""
        while self._waiting:
            one = self._waiting.popleft()
            try:
                ask(client, one.write.unit, FUNCTIONS[one.write.kind], 0)
                answer = _written(client, one.write)
            except (ModbusException, Flooded):
                one.told("refused", refused("not_there", one.order).text)
                continue
            except OSError:
                one.told("refused", refused("line_lost", one.order).text)
                raise
            if answer.isError():
                one.told("refused", refused("device_refused", one.order).text)
            else:
                one.told("acted", None)

    def give_up(self) -> None:
        """The line is lost: nothing of it can be reached."""
        while self._waiting:
            one = self._waiting.popleft()
            one.told("refused", refused("line_lost", one.order).text)


def _written(client: Client, write: RegisterWrite) -> ModbusPDU:
    if write.kind == "coil":
        return client.write_coil(write.place, bool(write.value), device_id=write.unit)
    return client.write_register(write.place, write.value, device_id=write.unit)
