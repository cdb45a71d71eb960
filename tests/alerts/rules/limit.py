"""Timelines of the kind ``limit``, from a Monday at midnight; Wednesday is a holiday."""

from typing import Any

from alerts.rule import Rule
from tests.alerts.timeline import Timeline, rule

HOUR = 3600
DAY = 24 * HOUR


def limit(**parameters: Any) -> Rule[Any]:
    return rule("limit", alert_class="duty", priority=3, books=["cases"], **parameters)


NONE = limit(every="week", where={"grade": "major"})
TWO = limit(every="day", times=2, topics=["hazard.found"])

TIMELINES = (
    Timeline(
        "one is too many, until the week is over",
        (NONE,),
        (),
        ((0, "", ""), (DAY, "record cases grade=major", "raised site"), (7 * DAY, "", "gone site"), (14 * DAY, "", "")),
    ),
    Timeline(
        "what is not graded so counts nothing",
        (NONE,),
        (),
        ((0, "", ""), (DAY, "record cases grade=minor", ""), (2 * DAY, "record inspection grade=major", "")),
    ),
    Timeline(
        "told again with each one more",
        (NONE,),
        (),
        (
            (0, "", ""),
            (DAY, "record cases grade=major", "raised site"),
            (2 * DAY, "record cases grade=major", "again site"),
        ),
    ),
    Timeline(
        "two may happen, the third may not; the next day begins anew",
        (TWO,),
        (),
        (
            (0, "", ""),
            (HOUR, "fact hazard.found store h1", ""),
            (2 * HOUR, "record cases x=y", ""),
            (3 * HOUR, "fact hazard.found store h2", "raised site"),
            (DAY, "", "gone site"),
            (DAY + HOUR, "fact hazard.found store h3", ""),
        ),
    ),
    Timeline(
        "only days off count",
        (limit(every="day", only="holidays"),),
        (),
        ((0, "", ""), (HOUR, "record cases x=y", ""), (2 * DAY + HOUR, "record cases x=y", "raised site")),
    ),
)
