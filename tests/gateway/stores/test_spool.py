"""The spool: durable, in order, bounded; torn ends are cut, damage is kept beside."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import StoreUnavailable
from gateway.stores.spool import Position, Spool, write_durably
from tests.rim.processes import PATIENCE_S
from tests.words import refused

BOUND = 1 << 20


@pytest.fixture
def open_spool(tmp_path):
    opened = []

    def open_again(most_bytes=BOUND):
        while opened:
            opened.pop().close()
        opened.append(Spool(tmp_path / "spool", most_bytes))
        return opened[-1]

    yield open_again
    while opened:
        opened.pop().close()


def drain(spool, most_bytes=1 << 16):
    """Everything that waits, confirmed piece by piece."""
    found = []
    while (taken := spool.take(most_bytes)) is not None:
        found += taken[0]
        spool.confirm(taken[1])
    return found


def test_records_leave_in_the_order_in_which_they_came(open_spool):
    spool = open_spool()
    records = [b"%d" % number * 100 for number in range(1000)]
    for record in records:
        spool.put(record)
    assert records[:6] == spool.take(600)[0]
    assert records == drain(spool)
    assert spool.take(1) is None
    assert 0 == spool.bytes_waiting
    spool.put(b"one more")
    assert [b"one more"] == drain(spool)


def test_what_is_not_confirmed_is_handed_out_again(open_spool):
    spool = open_spool()
    for record in (b"a", b"b", b"c"):
        spool.put(record)
    _, after_first = spool.take(1)
    assert [b"a"] == spool.take(1)[0]
    spool.confirm(after_first)
    assert [b"b"] == spool.take(1)[0]
    assert [b"b", b"c"] == open_spool().take(100)[0]


def test_without_its_memory_of_what_was_sent_it_sends_again(open_spool, tmp_path):
    """Repeats are harmless; gaps are not."""
    spool = open_spool()
    for record in (b"a", b"b"):
        spool.put(record)
    spool.confirm(spool.take(1)[1])
    for content in (None, "", "x y", "1"):
        spool.close()
        (tmp_path / "spool" / "sent").unlink(missing_ok=True)
        if content is not None:
            (tmp_path / "spool" / "sent").write_text(content)
        assert [b"a", b"b"] == open_spool().take(100)[0]


def test_at_its_bound_it_refuses_and_loses_nothing(open_spool):
    spool = open_spool(100_000)
    put = 0
    with refused("spool_megabytes", StoreUnavailable):
        while True:
            spool.put(b"x" * 1000)
            put += 1
    assert put > 90
    assert put == len(drain(spool))
    spool.keep_from = spool.segment
    spool.put(b"there is room again" * 10)
    assert 1 == len(drain(open_spool(100_000)))


def test_what_is_taken_up_elsewhere_counts(open_spool):
    spool = open_spool(100_000)
    with pytest.raises(StoreUnavailable):
        spool.put(b"x" * 1000, reserved=99_500)
    spool.put(b"x" * 1000, reserved=98_000)


def test_confirmed_segments_go_unless_they_are_to_be_kept(open_spool, tmp_path):
    spool = open_spool(80_000)
    for _ in range(60):
        spool.put(b"x" * 1000)
    segments = len(list((tmp_path / "spool").glob("*.spool")))
    assert segments > 5
    drain(spool)
    assert segments == len(list((tmp_path / "spool").glob("*.spool")))
    assert 60 == len(list(spool.since(0)))
    spool.put(b"y")
    spool.keep_from = spool.segment
    drain(spool)
    assert 1 == len(list((tmp_path / "spool").glob("*.spool")))
    assert b"y" == list(spool.since(0))[-1]


def test_numbers_go_on_after_everything_was_sent_and_removed(open_spool, tmp_path):
    """A new segment must never lie before the place up to which all was sent."""
    spool = open_spool()
    spool.put(b"a")
    spool.confirm(spool.take(1)[1])
    spool.close()
    for segment in (tmp_path / "spool").glob("*.spool"):
        segment.unlink()
    spool = open_spool()
    spool.put(b"b")
    assert [b"b"] == drain(spool)


@given(st.lists(st.binary(min_size=1, max_size=60), min_size=1, max_size=8), st.data())
def test_a_torn_end_is_cut_and_kept_beside(records, data):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spool = Spool(folder, BOUND)
        for record in records:
            spool.put(record)
        spool.close()
        (segment,) = folder.glob("*.spool")
        content = segment.read_bytes()
        ends = [0]
        for record in records:
            ends.append(ends[-1] + 8 + len(record))
        length = data.draw(st.integers(0, len(content)))
        torn = content[:length] + data.draw(st.sampled_from([b"", b"\0", b"\0" * 4096, b"\xa5" * 9]))
        segment.write_bytes(torn)
        whole = max(number for number, end in enumerate(ends) if torn.startswith(content[:end]))
        spool = Spool(folder, BOUND)
        spool.put(b"after")
        assert [*records[:whole], b"after"] == drain(spool)
        spool.close()
        cut = b"".join(path.read_bytes() for path in folder.glob("*.cut"))
        assert torn[ends[whole] :] == cut


@given(st.lists(st.binary(min_size=1, max_size=30), min_size=2, max_size=6), st.data())
def test_a_flipped_bit_is_never_handed_out_as_a_record(records, data):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spool = Spool(folder, BOUND)
        for record in records:
            spool.put(record)
        spool.close()
        (segment,) = folder.glob("*.spool")
        content = bytearray(segment.read_bytes())
        content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        segment.write_bytes(content)
        spool = Spool(folder, BOUND)
        found = drain(spool)
        spool.close()
        assert found == records[: len(found)]
        assert len(found) < len(records)


def test_a_full_disk_is_said_and_the_next_attempt_goes_on(open_spool, monkeypatch):
    spool = open_spool()
    spool.put(b"first")
    real, left = os.pwrite, [3]

    def pwrite(descriptor, content, offset):
        """Room for three bytes more."""
        if not left[0]:
            raise OSError(28, "No space left on device")
        written = real(descriptor, bytes(content)[: left[0]], offset)
        left[0] -= written
        return written

    with monkeypatch.context() as full:
        full.setattr(os, "pwrite", pwrite)
        for _ in range(2):
            with refused("No space left", StoreUnavailable):
                spool.put(b"second")
    spool.put(b"third")
    assert [b"first", b"third"] == open_spool().take(100)[0]


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "latest"
    write_durably(path, b"one")
    write_durably(path, b"two")
    assert b"two" == path.read_bytes()
    with pytest.raises(StoreUnavailable):
        write_durably(tmp_path / "missing" / "latest", b"three")


def test_positions_compare_by_segment_first():
    assert Position(1, 900) < Position(2, 0)


PUTTING = """
import sys
from pathlib import Path
from gateway.stores.spool import Spool

spool = Spool(Path(sys.argv[1]), 1 << 22)
number = int(sys.argv[2])
while True:
    spool.put(f"record {number} ".encode() * 50)
    print(number, flush=True)
    number += 1
"""


@pytest.mark.parametrize("confirmed_first", [1, 20, 150])
def test_a_kill_loses_nothing_that_was_put(confirmed_first, tmp_path):
    child = subprocess.Popen([sys.executable, "-c", PUTTING, str(tmp_path), "0"], stdout=subprocess.PIPE, text=True)
    confirmed = [int(child.stdout.readline()) for _ in range(confirmed_first)]
    child.send_signal(signal.SIGKILL)
    confirmed += [int(line) for line in child.stdout.read().splitlines()]
    child.stdout.close()
    child.wait(PATIENCE_S)
    spool = Spool(tmp_path, 1 << 22)
    found = drain(spool)
    spool.close()
    assert [f"record {number} ".encode() * 50 for number in confirmed] == found[: len(confirmed)]
    assert len(found) <= len(confirmed) + 1
