"""A Modbus bus against pymodbus's own server: a unit that is silent, refuses, or lies; the cable out; noise; floods."""

import asyncio
import random
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from importlib import resources
from pathlib import Path
from queue import Empty, Queue
from typing import Literal, Self

import pytest
from pymodbus.framer.rtu import FramerRTU

from devices.codec import Decoded
from devices.device import Device
from devices.families import bus_families
from devices.reading import Value
from gateway.clock import SystemClock
from gateway.site.modbus_maps import load_maps
from gateway.site.model import ModbusLine as Setup
from gateway.transports.modbus import ModbusLine
from simulators.modbus_slaves import Slave, on_serial, on_tcp
from simulators.serial_cable import SerialCable
from tests.rim.processes import PATIENCE_S, free_port
from tests.words import words


def device_of(address: str, model: str) -> Device:
    name = f"unit-{address.replace('/', '-')}"
    return Device(id=name, family="modbus", address=address, area="store", line="bus", model=model)


def unit(number: int, model: str) -> Device:
    return device_of(str(number), model)


class Slaves:
    """Slaves at work in a thread of their own."""

    def __init__(self, way: Callable[[], AbstractAsyncContextManager[None]]) -> None:
        self._way, self._ready = way, threading.Event()
        self._thread = threading.Thread(target=asyncio.run, args=(self._work(),))

    async def _work(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        async with self._way():
            self._ready.set()
            await self._end.wait()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(PATIENCE_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()


class Bus:
    """A line at work, and what it hands in."""

    def __init__(self, setup: Setup, *devices: Device) -> None:
        self.handed_in: Queue[Decoded] = Queue()
        self.states: Queue[str] = Queue()
        self.malformed: list[str] = []
        self.signals: list[str] = []
        self.values: list[Value] = []
        self.firmware: set[tuple[str, str]] = set()
        maps, wrong = load_maps(Path(setup.maps) if setup.maps else None)
        assert wrong == []
        decoder = bus_families()["modbus"].open_bus()
        self.line = ModbusLine(setup, maps, self._put, SystemClock(), self.states.put, decoder)
        self.line.serve(devices)
        self._thread = threading.Thread(target=self.line.run)
        self._thread.start()

    def _put(self, decoded: Decoded, done: Callable[[], None], failed: Callable[[str], None]) -> None:
        if words(decoded.malformed):
            self.malformed.append(words(decoded.malformed))
        for report in decoded.reports:
            self.signals += [name for name, _ in report.values]
            self.values += [value for _, value in report.values]
            if report.firmware:
                self.firmware.add((report.address, report.firmware))
        self.handed_in.put(decoded)
        done()

    def until(self, address: str, signal: str, value: Value) -> bool:
        """Wait for that value of that unit; whether it was told as a snapshot."""
        while True:
            for report in self._next(f"{signal} {value} of unit {address}").reports:
                if report.address == address and (signal, value) in report.values:
                    return report.snapshot

    def until_malformed(self, words: str) -> None:
        while not any(words in said for said in self.malformed):
            self._next(words)

    def until_state(self, state: str) -> None:
        while not self.states.get(timeout=PATIENCE_S).startswith(state):
            pass

    def _next(self, what: str) -> Decoded:
        try:
            return self.handed_in.get(timeout=PATIENCE_S)
        except Empty:
            raise AssertionError(f"not within {PATIENCE_S:g} s: {what}; malformed: {self.malformed[-5:]}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.line.stop()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def cable(tmp_path: Path) -> Iterator[SerialCable]:
    with SerialCable(tmp_path / "gateway", tmp_path / "slaves") as cable:
        yield cable


def tcp(port: int, timeout_s: float = 0.3, framing: Literal["tcp", "rtu"] = "tcp", maps: str = "") -> Setup:
    return Setup(
        name="bus", host="127.0.0.1", tcp_port=port, poll_s=0.1, timeout_s=timeout_s, framing=framing, maps=maps
    )


def rtu(cable: SerialCable, *, timeout_s: float = 0.3) -> Setup:
    return Setup(name="bus", port=str(cable.left), poll_s=0.1, timeout_s=timeout_s, baud=115_200)


NO_STUMBLE_S = 60.0
"""Where a value must be a change: a unit that the machine lets wait is else lost, and found again."""


CLIMATE = {0: 452, 1: 213}
"""Tenths: 45.2 % and 21.3 °C."""


def test_units_of_three_models_share_a_tcp_connection(port: int) -> None:
    """Words and bits; the first of each is how it was found, the next a change."""
    climate, inputs = Slave(1, holding=dict(CLIMATE)), Slave(9, discrete=dict.fromkeys(range(8), 0))
    inputs.coil = dict.fromkeys(range(8), 0)
    devices = unit(1, "th-transmitter"), unit(9, "waveshare-io8")
    setup = tcp(port, timeout_s=NO_STUMBLE_S)
    with Slaves(lambda: on_tcp("127.0.0.1", port, climate, inputs)), Bus(setup, *devices) as bus:
        assert bus.until("1", "temperature", 21.3)
        assert bus.until("9", "switch.2", False)
        climate.holding[1] = 0xFFEC
        inputs.discrete[1] = 1
        assert not bus.until("1", "temperature", -2.0)
        assert not bus.until("9", "switch.2", True)


def test_units_share_a_serial_line(cable: SerialCable) -> None:
    climate, smoke = Slave(1, holding=dict(CLIMATE)), Slave(2, holding={0: 0})
    devices = unit(1, "th-transmitter"), unit(2, "smoke-generic")
    setup = rtu(cable, timeout_s=NO_STUMBLE_S)
    with Slaves(lambda: on_serial(str(cable.right), climate, smoke, baud=115_200)), Bus(setup, *devices) as bus:
        assert bus.until("1", "humidity", 45.2)
        bus.until("2", "smoke", False)
        smoke.holding[0] = 1
        assert not bus.until("2", "smoke", True)


def test_a_dead_unit_is_offline_and_asked_seldom_and_the_others_are_asked_as_ever(cable: SerialCable) -> None:
    """And it is back with its first answer, which is a snapshot."""
    climate, smoke = Slave(1, holding=dict(CLIMATE)), Slave(2, holding={0: 0}, is_silent=True)
    devices = unit(1, "th-transmitter"), unit(2, "smoke-generic")
    with Slaves(lambda: on_serial(str(cable.right), climate, smoke, baud=115_200)), Bus(rtu(cable), *devices) as bus:
        bus.until("2", "online", False)
        for number in range(20):
            climate.holding[1] = 300 + number
            bus.until("1", "temperature", 30.0 + number / 10)
        assert climate.asked > 20
        smoke.is_silent, smoke.holding[0] = False, 1
        bus.until("2", "online", True)
        assert bus.until("2", "smoke", True)


def test_the_cable_out_and_in_again(cable: SerialCable) -> None:
    """The line says so, and reads on; what it then reads is how things stand."""
    climate = Slave(1, holding=dict(CLIMATE))
    with (
        Slaves(lambda: on_serial(str(cable.right), climate, baud=115_200)),
        Bus(rtu(cable), unit(1, "th-transmitter")) as bus,
    ):
        bus.until("1", "temperature", 21.3)
        cable.pull()
        bus.until_state("lost")
        climate.holding[1] = 400
        cable.plug()
        assert bus.until("1", "temperature", 40.0)
        bus.until_state("up")


def test_noise_on_the_line_is_told_and_survived(cable: SerialCable) -> None:
    """A megabyte of it: no value comes of it, and the unit is read on."""
    noise = random.Random(7)
    climate = Slave(1, holding=dict(CLIMATE))
    with (
        Slaves(lambda: on_serial(str(cable.right), climate, baud=115_200)),
        Bus(rtu(cable), unit(1, "th-transmitter")) as bus,
    ):
        bus.until("1", "temperature", 21.3)
        for _ in range(1024):
            cable.inject(noise.randbytes(1024))
        climate.holding[1] = 250
        bus.until("1", "temperature", 25.0)


def test_a_unit_that_refuses_its_registers_lives(port: int) -> None:
    """It is online, and the note says what was refused."""
    with (
        Slaves(lambda: on_tcp("127.0.0.1", port, Slave(1, input={0: 1}))),
        Bus(tcp(port), unit(1, "th-transmitter")) as bus,
    ):
        bus.until("1", "online", True)
        bus.until_malformed("unit 1, holding 0 to 1: refused: illegal data address (0x02)")


def test_registers_of_a_living_unit_that_cannot_be_read_are_a_fault_until_they_can(port: int) -> None:
    """Its inputs are read, its outputs are refused: who sees it online must not think that all is well."""
    inputs = Slave(9, discrete=dict.fromkeys(range(8), 0))
    with Slaves(lambda: on_tcp("127.0.0.1", port, inputs)), Bus(tcp(port), unit(9, "waveshare-io8")) as bus:
        bus.until("9", "switch.2", False)
        bus.until("9", "fault.registers", True)
        inputs.coil = dict.fromkeys(range(8), 0)
        bus.until("9", "fault.registers", False)


def test_a_unit_that_was_away_has_no_fault_of_its_registers(port: int) -> None:
    climate = Slave(1, holding=dict(CLIMATE), is_silent=True)
    with Slaves(lambda: on_tcp("127.0.0.1", port, climate)), Bus(tcp(port, 0.1), unit(1, "th-transmitter")) as bus:
        bus.until("1", "online", False)
        climate.is_silent = False
        bus.until("1", "temperature", 21.3)
        climate.holding[1] = 220
        bus.until("1", "temperature", 22.0)
    assert not [name for name in bus.signals if name == "fault.registers"]


def test_rtu_frames_go_over_a_serial_device_server(port: int) -> None:
    climate, smoke = Slave(1, holding=dict(CLIMATE)), Slave(254, holding={0: 1})
    devices = unit(1, "th-transmitter"), unit(254, "smoke-generic")
    with (
        Slaves(lambda: on_tcp("127.0.0.1", port, climate, smoke, is_rtu=True)),
        Bus(tcp(port, timeout_s=NO_STUMBLE_S, framing="rtu"), *devices) as bus,
    ):
        assert bus.until("1", "temperature", 21.3)
        assert bus.until("254", "smoke", True)
        climate.holding[1] = 220
        assert not bus.until("1", "temperature", 22.0)


@pytest.mark.parametrize("framing", ["tcp", "rtu"])
def test_a_late_answer_is_none_to_the_next_question(port: int, framing: Literal["tcp", "rtu"]) -> None:
    """With a number it is told apart by that; without, it comes on a connection that is open no more."""
    questions: Queue[bytes] = Queue()

    def answer(question: bytes, word: int) -> bytes:
        if framing == "rtu":
            payload = bytes((1, 3, 4, 0, 0)) + word.to_bytes(2, "big")
            return payload + FramerRTU.compute_CRC(payload).to_bytes(2, "big")
        return question[:2] + bytes((0, 0, 0, 7, 1, 3, 4, 0, 0)) + word.to_bytes(2, "big")

    def talk(channel: socket.socket) -> None:
        """Each question is answered only when the next has come, and that next one is answered too."""
        with channel:
            waiting = b""
            try:
                while question := channel.recv(100):
                    questions.put(question)
                    if waiting:
                        channel.sendall(answer(waiting, 999) + answer(question, 213))
                    waiting = b"" if waiting else question
            except OSError:
                return

    def listen(door: socket.socket) -> None:
        while True:
            try:
                channel, _ = door.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(channel,)).start()

    with socket.create_server(("127.0.0.1", port)) as door:
        threading.Thread(target=listen, args=(door,), daemon=True).start()
        with Bus(tcp(port, 0.1, framing), unit(1, "th-transmitter")) as bus:
            for _ in range(4):
                questions.get(timeout=PATIENCE_S)
            if framing == "tcp":
                bus.until("1", "temperature", 21.3)
        door.shutdown(socket.SHUT_RDWR)
    assert 99.9 not in bus.values


def test_a_unit_says_its_firmware_where_its_map_asks_for_it(port: int, tmp_path: Path) -> None:
    own = resources.files("devices").joinpath("modbus_maps/th-transmitter.toml").read_text()
    (tmp_path / "own.toml").write_text(
        own.replace('"th-transmitter"', '"own"').replace("[[blocks]]", "identify = true\n\n[[blocks]]", 1)
    )
    devices = unit(1, "own"), unit(2, "smoke-generic")
    slaves = Slave(1, holding=dict(CLIMATE)), Slave(2, holding={0: 0})
    with (
        Slaves(lambda: on_tcp("127.0.0.1", port, *slaves, revision="2.14")),
        Bus(tcp(port, maps=str(tmp_path)), *devices) as bus,
    ):
        bus.until("1", "temperature", 21.3)
        bus.until("2", "smoke", False)
        slaves[0].holding[1] = 220
        bus.until("1", "temperature", 22.0)
    assert {("1", "2.14")} == bus.firmware


def test_one_who_accepts_and_never_answers_makes_the_line_lost(port: int) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", port))
        deaf.listen()
        with Bus(tcp(port, timeout_s=0.1), unit(1, "th-transmitter"), unit(2, "smoke-generic")) as bus:
            bus.until_state("lost: none of 2 units answers")
            bus.until("1", "online", False)


def test_one_who_answers_with_rubbish_without_end_is_hung_up_on(port: int) -> None:
    """Its bytes do not pile up, and afterwards a good one is understood."""
    rubbish = random.Random(3).randbytes(1 << 20)
    hung_up = threading.Event()

    def flood(door: socket.socket) -> None:
        channel, _ = door.accept()
        with channel:
            channel.recv(100)
            try:
                for _ in range(1_000):
                    channel.sendall(rubbish)
            except OSError:
                hung_up.set()

    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(("127.0.0.1", port))
        door.listen()
        flooding = threading.Thread(target=flood, args=(door,))
        flooding.start()
        bus = Bus(tcp(port), unit(1, "th-transmitter"))
        assert hung_up.wait(PATIENCE_S)
        flooding.join(PATIENCE_S)
    with bus, Slaves(lambda: on_tcp("127.0.0.1", port, Slave(1, holding=dict(CLIMATE)))):
        bus.until("1", "temperature", 21.3)


def test_who_is_on_the_bus_may_change_while_it_runs(port: int) -> None:
    """A new unit is asked, one that left is not, and the others go on without becoming snapshots."""
    one, two = Slave(1, holding=dict(CLIMATE)), Slave(2, holding={0: 0})
    setup = tcp(port, timeout_s=NO_STUMBLE_S)
    with Slaves(lambda: on_tcp("127.0.0.1", port, one, two)), Bus(setup, unit(1, "th-transmitter")) as bus:
        assert bus.until("1", "temperature", 21.3)
        assert two.asked == 0
        bus.line.serve([unit(1, "th-transmitter"), unit(2, "smoke-generic")])
        assert bus.until("2", "smoke", False)
        one.holding[1] = 300
        assert not bus.until("1", "temperature", 30.0)
        bus.line.serve([unit(2, "smoke-generic")])
        two.holding[0] = 1
        bus.until("2", "smoke", True)
        two.holding[0] = 0
        bus.until("2", "smoke", False)  # a round that has begun with both is over
        asked = one.asked
        two.holding[0] = 1
        bus.until("2", "smoke", True)
        assert one.asked == asked


def test_a_model_without_a_map_is_told_and_costs_no_other(port: int) -> None:
    with (
        Slaves(lambda: on_tcp("127.0.0.1", port, Slave(1, holding=dict(CLIMATE)))),
        Bus(tcp(port), unit(2, "unheard-of"), unit(1, "th-transmitter")) as bus,
    ):
        bus.until_malformed("there is no register map for 'unheard-of'")
        bus.until("1", "temperature", 21.3)
