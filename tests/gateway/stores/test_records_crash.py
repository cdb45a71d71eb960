"""SIGKILL in the middle of committing: what was confirmed is there, whole, once, and the chain verifies."""

import os
import signal
import subprocess
import sys

import pytest

from alerts.effects import Effects
from gateway.stores.database import Database
from gateway.stores.records import SqlRecords
from tests.gateway.stores.records_examples import assert_whole, commit, raised, receipts

COMMITTING = """
import sys
from pathlib import Path
from gateway.stores.database import Database
from gateway.stores.records import SqlRecords
from tests.gateway.stores.records_examples import commit, everything

records = SqlRecords(Database.in_folder(Path(sys.argv[1])), "works")
number = int(sys.argv[2])
while True:
    commit(records, everything(number), [number])
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
    number += 1
"""


@pytest.mark.parametrize("confirmed_first", [1, 7, 20])
def test_a_kill_between_two_commits_or_inside_one_loses_nothing(confirmed_first, tmp_path):
    """The child is killed as soon as its n-th confirmation is read; it is then somewhere in a later commit."""
    start = 0
    for _life in range(3):
        child = subprocess.Popen(
            [sys.executable, "-c", COMMITTING, str(tmp_path), str(start)], stdout=subprocess.PIPE, text=True
        )
        confirmed = [int(child.stdout.readline()) for _ in range(confirmed_first)]
        os.kill(child.pid, signal.SIGKILL)
        confirmed += [int(line) for line in child.stdout.read().splitlines()]
        child.stdout.close()
        child.wait()
        with Database.in_folder(tmp_path) as database:
            records = SqlRecords(database, "works")
            known = {alert.id for alert in records.alerts(limit=100_000)}
            assert {f"a{number}" for number in confirmed} <= known
            assert records.ledger_head().sequence == 5 * len(known)
            assert_whole(records)
            assert set(confirmed) <= receipts(records)
            repeated = commit(records, Effects(alerts=[raised(confirmed[-1])]))
            assert repeated.entries == ()
        start = confirmed[-1] + 1_000
