"""A walk test as its pages show it."""

import pytest

from api.console.walk_view import card_of, newest_of, report_of, rows_of
from devices.device import Device
from devices.reading import SECOND
from devices.walk_test import Answer, WalkTest
from tests.api.console.of_a_page import asked

DEVICES = [Device(id=name, family="keyarea", address=name, area="store", kind="smoke_detector") for name in "abcd"]


def walk(*answers: str, outcome: str = "running", **more: object) -> WalkTest:
    told = tuple(
        Answer(device, "smoke", at=at * SECOND, time=at * SECOND - (2 * SECOND if device == "b" else 0), clear=at)
        for at, device in enumerate(answers, 1)
    )
    test = {"devices": tuple("dcba"), "by": "li", "started": 0, "until": 60 * SECOND, "answers": told, **more}
    return WalkTest(id="t", area="store", outcome=outcome, **test)  # type: ignore[arg-type]


def test_those_not_yet_walked_stand_on_top_by_name_then_the_newest() -> None:
    rows = rows_of(asked(), walk("c", "a"), DEVICES)
    assert ["b", "d", "a", "c"] == [row.id for row in rows]
    assert ["", "", "08:00:02", "08:00:01"] == [row.at for row in rows]
    assert "Smoke detector" == rows[0].what
    assert "✓ a · smoke" == newest_of(asked(), walk("c", "a"))
    assert "" == newest_of(asked(), walk())


@pytest.mark.parametrize(("language", "still"), [("en", "still in alarm"), ("zh", "仍在报警")])
def test_one_that_is_still_in_alarm_says_so(language: str, still: str) -> None:
    standing = walk(answers=(Answer("a", "smoke", at=SECOND, time=SECOND),))
    assert still in rows_of(asked(language=language), standing, DEVICES)[-1].what


def test_a_running_test_counts_nobody_as_silent() -> None:
    assert ("3 / 4", 0) == (card_of(asked(), walk("a", "b", "c")).count, card_of(asked(), walk("a", "b", "c")).silent)
    assert 1 == card_of(asked(), walk("a", "b", "c", outcome="finished", ended=9 * SECOND)).silent


def test_a_report_names_who_did_not_answer_and_how_late_a_word_came() -> None:
    report = report_of(asked(), walk("a", "b", outcome="interrupted", ended=9 * SECOND, note="a real fire"))
    assert [("d", "–"), ("c", "–")] == report.missing
    assert [("a", "08:00:01 · smoke"), ("b", "08:00:02 (+2.0 s) · smoke")] == report.answered
    assert report.is_interrupted
    assert "a real fire" in report.outcome
    assert "1970-01-01 08:00:00 – 08:00:09 · li" == report.told
