"""An OSDP bus on a real pseudo terminal: silence, cables, forgers, noise."""

import os
import random
import threading
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.transports import osdp_panel
from simulators.osdp_reader import Reader
from tests.gateway.transports.osdp_bus import CARD_20, OTHER_KEY, Bus, Puppet, keyed
from tests.gateway.transports.osdp_bytes import CARD, PDID, RAW


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
