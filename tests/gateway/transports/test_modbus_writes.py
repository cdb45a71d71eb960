"""Orders to outputs on a Modbus bus, over TCP and a cable: written, read back, refused, and given up."""

from pathlib import Path
from typing import Any

import pytest

from devices.device import Device
from devices.errors import Refused
from devices.message import Text
from devices.output_orders import OutputOrder
from gateway.site.model import ModbusLine as Setup
from simulators.modbus_slaves import Slave, on_serial, on_tcp
from simulators.serial_cable import SerialCable
from tests.gateway.transports.test_modbus import Bus, Slaves, rtu, tcp, unit
from tests.rim.processes import free_port

RELAYS = unit(7, "waveshare-io8")


def slave() -> Slave:
    return Slave(7, coil=dict.fromkeys(range(16), 0), discrete=dict.fromkeys(range(16), 0))


def order(what: Any, channel: str, value: bool = True) -> OutputOrder:
    return OutputOrder("o", RELAYS.id, what, value, 0, Text.of("lines.heard"), channel=channel)


class Ordered(Bus):
    """A bus, and what came of orders on it."""

    def __init__(self, setup: Setup, *devices: Device) -> None:
        self.answers: list[str] = []
        super().__init__(setup, *devices)

    def order(self, told: OutputOrder, device: Device = RELAYS) -> None:
        def answer(step: str, why: Text | None) -> None:
            self.answers.append(step if why is None else why.key)

        self.line.order(device, told, answer)


def test_a_relay_is_switched_and_read_back() -> None:
    port, io = free_port(), slave()
    with Slaves(lambda: on_tcp("127.0.0.1", port, io)), Ordered(tcp(port), RELAYS) as bus:
        bus.until("7", "switch.relay2", False)
        bus.order(order("siren", "relay2"))
        bus.until("7", "switch.relay2", True)
        bus.order(order("siren", "relay2", value=False))
        bus.until("7", "switch.relay2", False)
        assert bus.answers == ["acted", "acted"]
        assert io.coil[1] == 0


def test_a_relay_on_a_cable_is_switched_between_polls(tmp_path: Path) -> None:
    io = slave()
    with (
        SerialCable(tmp_path / "gateway", tmp_path / "slaves") as cable,
        Slaves(lambda: on_serial(str(cable.right), io, baud=115_200)),
        Ordered(rtu(cable), RELAYS) as bus,
    ):
        bus.until("7", "switch.relay", False)
        bus.order(order("relay", "relay"))
        bus.until("7", "switch.relay", True)
        assert bus.answers == ["acted"]


def test_a_unit_that_refuses_or_is_silent_says_so() -> None:
    port = free_port()
    io = Slave(7, coil=dict.fromkeys(range(8), 0), discrete=dict.fromkeys(range(16), 0))
    with Slaves(lambda: on_tcp("127.0.0.1", port, io)), Ordered(tcp(port), RELAYS) as bus:
        bus.until("7", "switch.relay", False)
        io.coil.pop(0)
        bus.order(order("relay", "relay"))
        while not bus.answers:
            bus._next("an answer")
        assert bus.answers == ["output_orders.device_refused"]
        with pytest.raises(Refused):
            bus.order(order("relay", "no such"))


def test_what_waits_for_a_line_that_is_lost_is_given_up() -> None:
    port = free_port()
    with Slaves(lambda: on_tcp("127.0.0.1", port, slave())):
        bus = Ordered(tcp(port), RELAYS)
        bus.until("7", "switch.relay", False)
    with bus:
        bus.until_state("lost")
        with pytest.raises(Refused) as refusal:
            bus.order(order("relay", "relay"))
        assert refusal.value.text.key == "output_orders.line_lost"
