"""Killed at random moments while it appends and seals, the store loses nothing that was confirmed."""

import random
import signal
import subprocess
import sys

from devices.reading import SECOND, Reading
from gateway.stores.series_sqlite import SeriesSqlite
from tests.gateway.stores.series_examples import NOON
from tests.rim.processes import PATIENCE_S

KILLS = 5
DEVICES = 40
CHILD = """
import sys, threading
from pathlib import Path
from tests.gateway.stores.test_series_crash import open_small, round_of

store, begun = open_small(Path(sys.argv[1])), threading.Event()

def seal():
    while begun.wait():
        begun.clear()
        store.seal(0)

threading.Thread(target=seal, daemon=True).start()
turn = int(sys.argv[2])
while True:
    begun.set()  # beside each round, not without end: on a machine with much to do that left no turn for the rounds
    store.append(round_of(turn))
    print(turn, flush=True)
    turn += 1
"""


def open_small(folder):
    return SeriesSqlite(folder, lambda: NOON + 3600 * SECOND)


def round_of(turn):
    """A value says which reading it is; the source's clock stands still now and then, and goes back."""
    time = NOON + (turn - turn % 7 * 3) * SECOND
    readings = [Reading(f"d{n}", "temperature", turn + n / 100, time, NOON + turn) for n in range(DEVICES)]
    return [*readings, Reading("reader", "credential", f"card {turn}", time, NOON + turn)]


def test_a_kill_loses_nothing_that_was_confirmed(tmp_path):
    chance = random.Random()
    confirmed = -1
    for _ in range(KILLS):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(tmp_path), str(confirmed + 1)], stdout=subprocess.PIPE, text=True
        )
        stop_at = confirmed + chance.randint(1, 120)
        for line in child.stdout:
            confirmed = int(line)
            if confirmed >= stop_at:
                break
        child.send_signal(signal.SIGKILL)
        for line in child.stdout:  # what it had said before it died
            confirmed = int(line)
        child.wait(PATIENCE_S)
        child.stdout.close()
        assert child.returncode == -signal.SIGKILL

        expected = {}
        for turn in range(confirmed + 1):
            for reading in round_of(turn):
                expected[reading.device, reading.signal, reading.time] = reading
        store = open_small(tmp_path)
        found = {
            (device, signal_name, point.time): point.value
            for device, signal_name in store.latest()
            for point in store.range(device, signal_name, 0, 2**62)
        }
        # One round more may have been committed than was confirmed.
        unconfirmed = {(r.device, r.signal, r.time): r.value for r in round_of(confirmed + 1)}
        assert {} == {
            key: reading.value
            for key, reading in expected.items()
            if found.get(key) not in (reading.value, unconfirmed.get(key))
        }
        assert set(found) <= set(expected) | set(unconfirmed)
        newest = store.latest()["d0", "temperature"]
        assert newest.time >= max(r.time for r in expected.values())
        store.close()
