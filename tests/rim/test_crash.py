"""Gateway and broker killed at random under load: what the broker still had is there once, in order, and verifies."""

import random
from pathlib import Path

from benchmarks.crash import crash, is_well


def test_no_acknowledged_alarm_is_lost_or_told_twice_or_ended(tmp_path: Path) -> None:
    """The short form of ``make crash``."""
    figures = crash(tmp_path, kills=3, broker_kills=1, stops=1, losses=2, seed=random.randrange(10**6))
    assert is_well(figures), figures
