"""The obligations page while a ledger of before is still counted: it says how far that is, and judges nothing."""

from types import SimpleNamespace
from typing import Any

import pytest

from alerts.obligation_progress import Progress, still_counted, told
from api.console.pages import obligations, plan
from ledger.projections.obligations import Counting
from tests.api.console.of_a_page import asked

MISSED = Progress(
    rule="weekly", clause="D1", area="", every="week", times=1, state="missed", since=0, begins=0, ends=9, missed=3
)


def page(counting: Counting | None) -> Any:
    found = [MISSED if counting is None else still_counted(MISSED)]
    return asked(
        obligations=SimpleNamespace(
            progress=lambda: found, standing=list, definition=lambda name: (), counting=lambda: counting
        ),
        rules=SimpleNamespace(rule_words=lambda name, language: ("Every week", "1. Inspect.")),
    )


@pytest.mark.parametrize(
    ("counting", "state", "behind", "missed"), [(None, "missed", 1, 3), (Counting(300, 1_200), "counting", 0, 0)]
)
def test_nothing_is_behind_before_it_is_counted(
    counting: Counting | None, state: str, behind: int, missed: int
) -> None:
    shown = obligations._show(page(counting))
    (row,) = shown["systems"][0].duties
    assert (state, behind, missed) == (row.state, len(shown["behind"]), row.missed)
    assert counting == shown["counting"] == plan._show(page(counting))["counting"]
    assert behind == plan._show(page(counting))["systems"][0].behind
    assert shown["counts"] == [(state, {"missed": "missed", "counting": "being counted"}[state], 1)]


def test_how_far_it_has_come() -> None:
    assert [25, 0, 100] == [Counting(*numbers).percent for numbers in ((300, 1_200), (0, 0), (7, 7))]
    assert "obligation_progress.counting" == told(still_counted(MISSED), 5).key
