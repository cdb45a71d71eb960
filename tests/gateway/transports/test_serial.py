"""A serial line on a real pseudo terminal: readings, garbage, the cable out and in again."""

import os
import pty
import threading
import tty
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue

import pytest

from devices.codec import Decoded, Line
from devices.device import Device
from devices.errors import Refused
from devices.families import line_families
from devices.message import Text
from devices.output_orders import OutputOrder
from gateway.clock import SystemClock
from gateway.site.model import SerialLine as Setup
from gateway.transports.serial import SerialLine
from tests.rim.processes import PATIENCE_S

GOOD = b'{"device": "door-1", "readings": {"door": true}}\n'


def _session() -> Line:
    codec = line_families()["ndjson"]
    return codec.open_line("test", codec.options(), lambda name: None)()


class Cable:
    """A line with a far end that can be pulled out and put in."""

    def __init__(self, link: Path) -> None:
        self.link = link
        self.received: Queue[Decoded] = Queue()
        self.states: Queue[str] = Queue()
        self.answers: list[tuple[Callable[[], None], Callable[[str], None]]] = []
        self.plug()
        setup = Setup(name="test", port=str(link), family="ndjson")
        self.line = SerialLine(setup, _session(), self._put, SystemClock(), self.states.put)
        self._thread = threading.Thread(target=self.line.run)
        self._thread.start()

    def _put(self, decoded: Decoded, done: Callable[[], None], failed: Callable[[str], None]) -> None:
        self.received.put(decoded)
        self.answers.append((done, failed))

    def plug(self) -> None:
        self.far, near = pty.openpty()
        tty.setraw(self.far)
        self.link.unlink(missing_ok=True)
        self.link.symlink_to(os.ttyname(near))
        os.close(near)

    def unplug(self) -> None:
        os.close(self.far)

    def until(self, state: str) -> None:
        """Wait for a state of the line."""
        while not self.states.get(timeout=PATIENCE_S).startswith(state):
            pass

    def close(self) -> None:
        self.line.stop()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
        os.close(self.far)


@pytest.fixture
def cable(tmp_path: Path) -> Iterator[Cable]:
    cable = Cable(tmp_path / "line")
    yield cable
    cable.close()


def addresses(decoded: Decoded) -> list[str]:
    return [report.address for report in decoded.reports]


def test_what_comes_on_the_line_is_handed_in(cable: Cable) -> None:
    cable.until("up")
    os.write(cable.far, GOOD + GOOD[:20])
    assert addresses(cable.received.get(timeout=PATIENCE_S)) == ["door-1"]
    os.write(cable.far, GOOD[20:])
    assert addresses(cable.received.get(timeout=PATIENCE_S)) == ["door-1"]


def test_garbage_is_counted_and_does_not_stop_the_line(cable: Cable) -> None:
    cable.until("up")
    os.write(cable.far, b"\x00\xff garbage \xfe\n" + GOOD)
    assert cable.received.get(timeout=PATIENCE_S).malformed
    assert addresses(cable.received.get(timeout=PATIENCE_S)) == ["door-1"]


def test_a_cable_that_is_out_is_said_so_and_comes_back_by_itself(cable: Cable) -> None:
    """Half a message before the break is no message after it."""
    cable.until("up")
    os.write(cable.far, GOOD[:10])
    cable.unplug()
    cable.until("lost")
    cable.plug()
    cable.until("up")
    os.write(cable.far, GOOD)
    assert addresses(cable.received.get(timeout=PATIENCE_S)) == ["door-1"]


def test_an_order_goes_out_on_the_line_and_is_refused_without_one(cable: Cable) -> None:
    siren = Device("siren-1", "ndjson", "siren-1", "yard", line="test")
    order = OutputOrder("o", "siren-1", "siren", True, 0, Text.of("lines.heard"))
    cable.until("up")
    assert cable.line.order(siren, order)
    assert os.read(cable.far, 200) == b'{"device":"siren-1","id":"o","output":"siren","value":true}\n'
    cable.unplug()
    cable.until("lost")
    with pytest.raises(Refused):
        cable.line.order(siren, order)
    cable.plug()
