"""Killed at random under load: what the broker was acknowledged is there once, and the chain verifies."""

import random
from pathlib import Path

from benchmarks.crash import crash


def test_no_acknowledged_alarm_is_lost_or_told_twice(tmp_path: Path) -> None:
    """The short form of ``make crash``."""
    figures = crash(tmp_path, kills=4, seed=random.randrange(10**6))
    assert figures["acknowledged"] != 0
    assert (figures["missing"], figures["twice"], figures["chain"]) == (0, 0, "verified"), figures
