"""What a kind remembers survives a restart: its timelines come true with one before each row, and not without memory.

test_kinds.py plays them. Here it is shown for each kind that there is one among them which the restarts would spoil: a
new kind must bring it.
"""

from dataclasses import dataclass

import pytest

from alerts.kinds import kinds
from tests.alerts.rules.test_kinds import TIMELINES
from tests.alerts.timeline import Room, Timeline, walk


class WithoutMemory(Room):
    """Alerts are known after a restart, and what each signal said last; no memory, no window."""

    def restart(self, after_s: float = 0) -> None:
        self.memories.clear()
        self.history.clear()
        super().restart(after_s)


class WithoutWindow(Room):
    """Only the stored readings that kinds look back over are gone."""

    def restart(self, after_s: float = 0) -> None:
        self.history.clear()
        super().restart(after_s)


@dataclass
class Spoilt:
    """Which of the timelines that hold with restarts do not in such a room."""

    room: type[Room]

    def by(self, cases: tuple[Timeline, ...]) -> str:
        return next((case.name for case in cases if "restarts" in case.ways and self._is_spoilt(case)), "")

    def _is_spoilt(self, case: Timeline) -> bool:
        try:
            walk(case, "restarts", self.room)
        except AssertionError:
            return True
        return False


@pytest.mark.parametrize("kind", kinds())
def test_a_timeline_of_each_kind_needs_what_was_remembered_before_a_restart(kind: str) -> None:
    assert Spoilt(WithoutMemory).by(TIMELINES[kind]), f"tests/alerts/rules/{kind}.py: none spans a restart"


LOOKING_BACK = sorted({kind for kind, cases in TIMELINES.items() for case in cases for r in case.rules if r.window_s()})


@pytest.mark.parametrize("kind", LOOKING_BACK)
def test_a_timeline_of_each_kind_that_looks_back_needs_the_window_before_a_restart(kind: str) -> None:
    assert Spoilt(WithoutWindow).by(TIMELINES[kind]), f"tests/alerts/rules/{kind}.py: none spans a restart"
