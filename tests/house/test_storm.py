"""What ``make storm`` holds against what it measures: each gate fails by its own figure, and by no other."""

from typing import Any

import pytest

from benchmarks.storm import ALERTS, DEVICES, DURING, RULES, gates, storm_message

GOOD: dict[str, Any] = {
    "stored": ALERTS, "acknowledged": ALERTS, "stored_s": 10.4, "fires": DURING, "calm_s": 0.01,
    "fire_worst_s": 0.2, "fire_median_s": 0.1, "fires_seen": DURING, "first_over_api": True, "first_by_stream": True,
    "step": {"steps": DEVICES, "median": 0.2, "p99": 0.6, "max": 0.9}, "megabytes": 260, "megabytes_idle": 160,
    "api": {"asked": 90, "failed": 0, "median": 9, "p99": 200, "max": 320},
    "api_idle": {"asked": 90, "failed": 0, "median": 5, "p99": 20, "max": 60},
    "city_s": 4.2, "arc_s": 4.3, "lost_first": [True, True],
}  # fmt: skip
BREACHES = [
    ("alerts stored", {"stored": ALERTS - 1}), ("alerts stored", {"acknowledged": ALERTS - 1}),
    ("alerts stored", {"fires": DURING - 1}), ("fire on the stream, worst", {"fire_worst_s": 0.51}),
    ("fire on the stream, worst", {"fires_seen": DURING - 1}), ("fire first in the list", {"first_by_stream": False}),
    ("step due to sender, p99", {"step": {**GOOD["step"], "p99": 2.1}}), ("memory", {"megabytes": 461}),
    ("API answers, p99", {"api": {**GOOD["api"], "p99": 501}}),
    ("API answers, p99", {"api": {**GOOD["api"], "failed": 1}}),
    ("fire at centres, one resend", {"arc_s": 10.1}), ("fire at centres, one resend", {"lost_first": [True, False]}),
]  # fmt: skip


def test_a_good_storm_passes() -> None:
    assert all(gate.is_kept for gate in gates(GOOD))


@pytest.mark.parametrize(("name", "breach"), BREACHES)
def test_each_gate_fails_by_its_own_figure(name: str, breach: dict[str, Any]) -> None:
    assert [name] == [gate.name for gate in gates({**GOOD, **breach}) if not gate.is_kept]


def test_every_message_is_an_alert_of_its_own() -> None:
    assert ALERTS == len({storm_message(number, DEVICES) for number in range(ALERTS)}) == 10_000
    assert len(RULES) == len({signal for signal, _, _ in RULES})
