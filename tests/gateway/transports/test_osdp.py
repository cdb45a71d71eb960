"""An OSDP bus on a real pseudo terminal with libosdp's device side on it: cards, keys, cables, forgers, noise."""

import os
import random
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from devices.codec import Decoded
from devices.device import Device
from devices.families import bus_families
from devices.message import Text
from devices.output_orders import OutputOrder
from devices.reading import Value
from gateway.clock import SystemClock
from gateway.site.model import OsdpLine as Setup
from gateway.transports import osdp, osdp_panel
from gateway.transports.osdp import OsdpLine
from simulators.osdp_reader import BUZZER, GREEN, LED, OUTPUT, RED, Reader, Readers
from simulators.serial_pty import SerialPty
from tests.gateway.transports.osdp_bytes import CARD, PDCAP, PDID, RAW, reply
from tests.rim.processes import PATIENCE_S

KEY, OTHER_KEY = bytes(range(16)), bytes(range(16, 32))
KEYS = {"osdp/gate/1": KEY, "osdp/gate/2": OTHER_KEY, "osdp/gate/6": b"k" * 24, "osdp/codes": b"c" * 16}
CARD_20 = "26:20:22591"


class Bus:
    """A gateway's line on a cable, and readers on its other end."""

    def __init__(self, folder: Path, *devices: int, **setup: Any) -> None:
        self.link = folder / "bus"
        self.told: list[Decoded] = []
        self.states: list[str] = []
        self.answers: list[str] = []
        self._changed = threading.Condition()
        self.pty = SerialPty(self.link)
        settings = Setup("gate", str(self.link), plain=(3,), **setup)
        decoder = bus_families()["osdp"].open_bus()
        self.line = OsdpLine(settings, KEYS.get, self._put, SystemClock(), self._state, decoder)
        self.serve(*devices)
        self._thread = threading.Thread(target=self.line.run)
        self._readers: Readers | None = None

    def serve(self, *devices: int) -> None:
        self.line.serve([Device(f"reader-{number}", "osdp", str(number), "gate", line="gate") for number in devices])

    def order(self, address: int, what: Any, value: bool | str = True, **more: Any) -> None:
        order = OutputOrder("o", f"reader-{address}", what, value, 0, Text.of("lines.heard"), **more)
        device = Device(f"reader-{address}", "osdp", str(address), "gate", line="gate")

        def told(step: str, why: Text | None) -> None:
            self.answers.append(f"{what} {why.key if why is not None else step}")

        self.line.order(device, order, told)

    def tick(self, address: int) -> None:
        """As gateway.lines does it."""
        self.order(address, "led", "green", duration_s=1)
        self.order(address, "buzzer", duration_s=0.4)

    def start(self, *readers: Any) -> None:
        self._readers = Readers(self.pty.fileno(), readers)
        self._readers.__enter__()
        if not self._thread.is_alive():
            self._thread.start()

    @property
    def readers(self) -> Readers:
        assert self._readers is not None
        return self._readers

    def unplug(self) -> None:
        self.readers.__exit__()
        self.pty.close()

    def plug(self, *readers: Any) -> None:
        self.pty = SerialPty(self.link)
        self.start(*readers)

    def close(self) -> None:
        self.line.stop()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
        self.unplug()

    def _put(self, decoded: Decoded, done: Callable[[], None], failed: Callable[[str], None]) -> None:
        with self._changed:
            self.told.append(decoded)
            self._changed.notify_all()

    def _state(self, state: str) -> None:
        with self._changed:
            self.states.append(state)
            self._changed.notify_all()

    # -- what was told -------------------------------------------------------------------------------------

    def values(self, address: int, signal: str) -> list[Value]:
        reports = [report for decoded in self.told for report in decoded.reports if report.address == str(address)]
        return [value for report in reports for name, value in report.values if name == signal]

    def latest(self, address: int, signal: str) -> Value | None:
        return next(reversed(self.values(address, signal)), None)

    def notes(self) -> str:
        return "\n".join(decoded.malformed for decoded in self.told if decoded.malformed)

    def until(self, check: Callable[[], Any], what: str) -> None:
        with self._changed:
            # What a reader was told is no message of the line: look again now and then.
            deadline = time.monotonic() + PATIENCE_S
            while not check():
                assert time.monotonic() < deadline, f"{what}; told: {self.states} {self.told[-6:]}"
                self._changed.wait(0.1)

    def until_is(self, address: int, signal: str, value: Value) -> None:
        self.until(lambda: self.latest(address, signal) == value, f"reader {address}: {signal} {value}")


class Puppet:
    """Answers as reader 1, rightly numbered, as it is made to: a reply for each command, or one for all."""

    def __init__(self, replies: dict[int, tuple[int, bytes]], other: tuple[int, bytes] | None = None) -> None:
        self._replies, self._other = replies, other
        self.block = b""

    def step(self, heard: bytes, send: Callable[[bytes], None]) -> None:
        place = heard.rfind(b"\x53\x01")
        if place < 0 or len(heard) < place + 7:
            return
        control = heard[place + 4]
        command = heard[place + 5 + (heard[place + 5] if control & 8 else 0)]
        answer = self._replies.get(command, self._other)
        if answer is not None:
            send(reply(*answer, number=control & 3, block=self.block))


def forger(block: bytes = b"") -> Puppet:
    """Shows a card whatever it is asked."""
    puppet = Puppet({}, (RAW, CARD))
    puppet.block = block
    return puppet


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Bus]:
    bus = Bus(tmp_path, 1)
    yield bus
    bus.close()


def keyed() -> Reader:
    return Reader(1, KEY)


def test_a_reader_comes_online_under_its_key_and_says_how_it_is(bus: Bus) -> None:
    """As it was found: that is no transition. Who it is stands beside it."""
    reader = keyed()
    bus.start(reader)
    bus.until_is(1, "mains", True)
    assert (True, False, False) == tuple(bus.latest(1, signal) for signal in ("online", "fault.channel", "tamper"))
    (found,) = [report for decoded in bus.told for report in decoded.reports if ("tamper", False) in report.values]
    assert (True, "0C-0B-0A 1.2, firmware 1.2.3, number 4711") == (found.snapshot, found.model)
    assert reader.is_encrypted
    assert ["up"] == bus.states


def test_a_reader_that_is_well_and_has_nothing_to_say_is_told_to_be_there(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Again and again while it answers, so that nobody takes its quiet for a loss; one that is gone is not."""
    monkeypatch.setattr(osdp, "_THERE_EVERY_S", 0.05)
    reader = keyed()
    bus.start(reader)
    bus.until(lambda: bus.values(1, "online").count(True) > 3, "it is there")
    bus.readers.cut(reader)
    bus.until_is(1, "online", False)
    told = bus.values(1, "online")
    assert [True] * (len(told) - 1) + [False] == told


def test_what_happens_at_a_reader_is_handed_in(bus: Bus) -> None:
    reader = keyed()
    bus.start(reader)
    bus.until_is(1, "mains", True)
    reader.wiegand_26(20, 22591)
    bus.until_is(1, "credential", CARD_20)
    reader.press("2580#")
    bus.until(lambda: len(bus.values(1, "credential")) == 2, "a code")
    assert str(bus.latest(1, "credential")).startswith("code:")
    reader.tamper(is_open=True)
    bus.until_is(1, "tamper", True)
    reader.tamper(is_open=False)
    bus.until_is(1, "tamper", False)
    reader.power(is_weak=True)
    bus.until_is(1, "mains", False)
    assert "2580" not in repr(bus.told)


def test_a_code_that_nobody_ends_is_handed_in_when_nothing_follows(bus: Bus) -> None:
    reader = keyed()
    bus.start(reader)
    bus.until_is(1, "mains", True)
    reader.press("25")
    bus.until(lambda: bus.values(1, "credential"), "the code")


def test_a_reader_shows_and_sounds_what_it_is_told(bus: Bus) -> None:
    """What whoever stands there sees and hears."""
    reader = keyed()
    bus.start(reader)
    bus.until_is(1, "mains", True)
    bus.tick(1)
    bus.order(1, "led", "red", duration_s=0.5)
    bus.until(lambda: len(reader.told) == 3, "a light, a beep, a light")
    green, beep, red = reader.told
    assert (LED, GREEN, 10) == (green["command"], green["on_color"], green["timer_count"])
    assert (BUZZER, 1) == (beep["command"], beep["rep_count"])
    assert (LED, RED, 5) == (red["command"], red["on_color"], red["timer_count"])
    bus.until(lambda: bus.answers == ["led acted", "buzzer acted", "led acted"], "the reader says so")


def test_an_order_that_cannot_be_carried_out_is_told_and_does_no_harm(bus: Bus) -> None:
    """The reader has no outputs: told to switch one, it would refuse and drop out of the library."""
    reader = keyed()
    bus.start(reader)
    bus.until_is(1, "mains", True)
    bus.order(1, "relay", channel="0", duration_s=3)
    bus.tick(9)
    bus.until(lambda: "reader 9 is not there" in bus.notes(), "an order for nobody")
    assert "reader 1 does not have an output" in bus.notes()
    refusals = ["relay output_orders.device_refused", "led output_orders.not_there", "buzzer output_orders.not_there"]
    assert refusals == bus.answers
    bus.tick(1)
    bus.until(lambda: len(reader.told) == 2, "a light and a beep")
    assert "dropped out" not in bus.notes()


def test_a_reader_that_refuses_a_question_is_not_asked_again(bus: Bus) -> None:
    """It says that it has inputs and outputs, but not how they are. It drops out twice, and works from then on."""
    reader = Reader(1, KEY, has_contacts=True)
    bus.start(reader)
    bus.until(lambda: bus.notes().count("was back") == 2, "refused twice")
    bus.until_is(1, "mains", True)
    reader.contact(1, is_active=True)
    bus.until_is(1, "switch.2", True)
    bus.order(1, "relay", channel="1", duration_s=3)
    bus.until(lambda: reader.told, "an output")
    assert (OUTPUT, 1, 30) == tuple(reader.told[0][name] for name in ("command", "output_no", "timer_count"))
    assert bus.notes().count("refused") == bus.notes().count("was back") == 2


def test_a_reader_with_another_key_is_a_fault_and_the_others_go_on(bus: Bus) -> None:
    wrong, good = Reader(2, KEY), keyed()
    bus.serve(1, 2)
    bus.start(wrong, good)
    bus.until_is(2, "fault.channel", True)
    bus.until_is(1, "online", True)
    wrong.wiegand_26(20, 1)
    good.wiegand_26(20, 22591)
    bus.until_is(1, "credential", CARD_20)
    assert (False, []) == (bus.latest(2, "online"), bus.values(2, "credential"))
    assert "reader 2: it answers, but not with the key that we have for it" in bus.notes()


def test_a_key_that_is_put_right_while_the_bus_runs_counts_at_once(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KEYS, "osdp/gate/1", OTHER_KEY)
    bus.start(reader := keyed())
    bus.until_is(1, "fault.channel", True)
    monkeypatch.setitem(KEYS, "osdp/gate/1", KEY)
    bus.until_is(1, "online", True)
    assert reader.is_encrypted
    monkeypatch.delitem(KEYS, "osdp/gate/1")
    bus.until_is(1, "online", False)
    assert "there is no key osdp/gate/1" in bus.notes()


def test_a_reader_without_a_key_is_asked_only_where_the_site_says_so(bus: Bus) -> None:
    """3 is listed in ``plain``, 4 is not, 6 has a key of another length."""
    listed, unlisted = Reader(3), Reader(4)
    bus.serve(3, 4, 6)
    bus.start(listed, unlisted)
    bus.until_is(3, "online", True)
    listed.wiegand_26(20, 22591)
    bus.until_is(3, "credential", CARD_20)
    for address in (4, 6):
        assert (False, True) == (bus.latest(address, "online"), bus.latest(address, "fault.channel"))
    assert "there is no key osdp/gate/4 in the key file" in bus.notes()
    assert "its key osdp/gate/6 must be 32 hexadecimal digits" in bus.notes()


def test_a_reader_that_cannot_encrypt_is_not_listened_to_where_there_is_a_key(bus: Bus) -> None:
    """It says who it is and what it can, and that is not enough."""
    bus.start(Puppet({0x61: (PDID, bytes(12)), 0x62: (PDCAP, bytes((1, 1, 1)))}))
    bus.until_is(1, "fault.channel", True)
    assert "it answers, but makes no secure channel" in bus.notes()
    assert False is bus.latest(1, "online")


def test_a_new_reader_is_given_its_key_where_the_site_says_so(tmp_path: Path) -> None:
    """And no other is taken under the key that everybody knows."""
    bus = Bus(tmp_path, 1, 2, install=(1,))
    new, not_listed = Reader(1, is_new=True), Reader(2, is_new=True)
    bus.start(new, not_listed)
    bus.until_is(1, "online", True)
    bus.until_is(2, "fault.channel", True)
    new.wiegand_26(20, 22591)
    bus.until_is(1, "credential", CARD_20)
    assert new.is_encrypted
    assert [KEY] == [command["data"] for command in new.told]
    assert [] == not_listed.told
    bus.close()


def test_a_reader_that_goes_silent_is_lost_and_back(bus: Bus) -> None:
    """Its cable is cut behind the adapter: the port is there all the time. Alone on its line, it takes that with it."""
    reader = keyed()
    bus.start(reader)
    bus.until_is(1, "mains", True)
    bus.readers.cut(reader)
    bus.until_is(1, "online", False)
    bus.until(lambda: bus.states == ["up", "lost: its reader does not answer"], "the line is lost")
    bus.readers.join(reader)
    bus.until_is(1, "online", True)
    bus.until(lambda: bus.states[-1] == "up", "the line is up")
    reader.wiegand_26(20, 22591)
    bus.until_is(1, "credential", CARD_20)


def test_a_reader_that_only_stumbles_is_not_told_lost(bus: Bus) -> None:
    """Its power fails for a moment: it has forgotten the secure channel, and is taken up at once."""
    bus.start(keyed())
    bus.until_is(1, "mains", True)
    first = bus.readers._readers[0]
    again = keyed()
    bus.readers.join(again)
    bus.readers.cut(first)
    bus.until(lambda: "it dropped out and was back" in bus.notes(), "back")
    again.wiegand_26(20, 22591)
    bus.until_is(1, "credential", CARD_20)
    assert False not in bus.values(1, "online")
    assert ["up"] == bus.states


def test_the_adapter_is_pulled_out_and_put_in_again(bus: Bus) -> None:
    bus.start(keyed())
    bus.until_is(1, "mains", True)
    bus.unplug()
    bus.until_is(1, "online", False)
    bus.until(lambda: bus.states[-1].startswith("lost"), "the line is lost")
    reader = keyed()
    bus.plug(reader)
    bus.until_is(1, "online", True)
    bus.until(lambda: bus.states[-1] == "up", "the line is up")
    reader.wiegand_26(20, 22591)
    bus.until_is(1, "credential", CARD_20)


def test_readers_are_adopted_and_retired_while_the_bus_runs(bus: Bus) -> None:
    first, second = keyed(), Reader(2, OTHER_KEY)
    bus.start(first, second)
    bus.until_is(1, "mains", True)
    second.wiegand_26(20, 22591)
    assert [] == bus.values(2, "credential")
    bus.serve(1, 2)
    bus.until_is(2, "credential", CARD_20)
    bus.serve(2)
    second.wiegand_26(20, 1)
    bus.until_is(2, "credential", "26:20:1")
    first.wiegand_26(20, 1)
    second.wiegand_26(20, 2)
    bus.until_is(2, "credential", "26:20:2")
    assert [] == bus.values(1, "credential")


def test_readers_that_nobody_has_registered_are_found_where_the_site_says_so(tmp_path: Path) -> None:
    bus = Bus(tmp_path, 1, scan=True)
    bus.start(keyed(), Reader(0, serial=12))
    bus.until_is(0, "online", True)
    models = [report.model for decoded in bus.told for report in decoded.reports if report.address == "0"]
    assert {"0C-0B-0A 1.2, firmware 1.2.3, number 12"} == set(models)
    assert True not in bus.values(1, "tamper.line")
    bus.close()


BLOCKS = [b"", b"\x12\x01", b"\x14\x01", b"\x18"]


@pytest.mark.parametrize("block", BLOCKS)
def test_whoever_has_the_cable_but_no_key_cannot_show_a_card(bus: Bus, block: bytes) -> None:
    """The reader is cut off while the secure channel stands, and somebody answers in its place."""
    reader = keyed()
    bus.start(reader)
    bus.until_is(1, "mains", True)
    bus.readers.join(forger(block))
    bus.readers.cut(reader)
    if block == b"\x18":  # the library itself sees that it is not signed
        bus.until(lambda: False in bus.values(1, "online"), "it is lost")
    else:
        bus.until_is(1, "tamper.line", True)
        assert "something came in its name without its key" in bus.notes()
    assert [] == bus.values(1, "credential")


def test_a_card_shown_before_the_secure_channel_stands_is_not_believed(bus: Bus) -> None:
    """The library would keep it and tell it as soon as the channel stands."""
    liar = forger()
    bus.start(liar)
    bus.until_is(1, "tamper.line", True)
    bus.readers.join(keyed())
    bus.readers.cut(liar)
    bus.until_is(1, "mains", True)
    assert [] == bus.values(1, "credential")


def test_a_megabyte_of_noise_stops_nothing_and_fills_nothing(bus: Bus) -> None:
    reader = keyed()
    bus.start(reader)
    bus.until_is(1, "mains", True)
    noise = random.Random(0)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    sent = 0
    while sent < 1 << 20:
        try:
            sent += os.write(bus.pty.fileno(), noise.randbytes(4096))
        except BlockingIOError:
            threading.Event().wait(0.001)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    reader.wiegand_26(20, 22591)
    bus.until_is(1, "credential", CARD_20)
    assert peak - before < 2_000_000
    assert [] == [value for value in bus.values(1, "credential") if value != CARD_20]


def test_a_peer_that_says_the_same_for_ever_is_offline(bus: Bus) -> None:
    """It says who it is, whatever it is asked."""
    bus.start(Puppet({}, (PDID, bytes(12))))
    bus.until_is(1, "online", False)
    assert ["up"] == bus.states


def test_the_library_prints_nothing_and_keeps_no_event(bus: Bus, capfd: pytest.CaptureFixture[str]) -> None:
    """Its binding would hold each event for ever: what it holds is empty."""
    event = {"event": 1, "data": b"x"}
    osdp_panel.Panel((), time.monotonic)._event(0, event)
    assert {} == event
    bus.start(keyed())
    bus.until_is(1, "mains", True)
    assert ("", "") == capfd.readouterr()
