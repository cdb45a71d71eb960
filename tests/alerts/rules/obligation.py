"""Timelines of the kind ``obligation``, from a Monday at midnight; Wednesday is a holiday, Saturday is worked."""

from typing import Any

from alerts.rule import Rule
from tests.alerts.timeline import Timeline, rule

HOUR = 3600
DAY = 24 * HOUR


def duty(**parameters: Any) -> Rule[Any]:
    return rule("obligation", alert_class="duty", priority=3, books=["inspection"], **parameters)


DAILY = duty(every="day", warn_h=4, tolerance_h=2)
WORKDAYS = duty(every="day", only="workdays")
WEEKLY = duty(every="week", times=2, warn_h=48, topics=["inspection.done"])
SHIFT = duty(every="shift", shift="night", days=(1, 2, 3, 4, 5))
AREAS = duty(every="day", per="area", areas=["store", "hall"])
MODES = {"store": "disarmed", "hall": "disarmed"}

TIMELINES = (
    Timeline(
        "told before the day ends, missed after the tolerance, over when it is done the day after",
        (DAILY,),
        (),
        (
            (0, "", ""),
            (20 * HOUR, "", "raised site"),
            (26 * HOUR, "", "again site"),
            (30 * HOUR, "record inspection x=y", "gone site"),
            (44 * HOUR, "", ""),
            (48 * HOUR, "", ""),
        ),
    ),
    Timeline(
        "what is done within the tolerance was done in time",
        (DAILY,),
        (),
        (
            (0, "", ""),
            (20 * HOUR, "", "raised site"),
            (25 * HOUR, "record inspection x=y", "gone site"),
            (26 * HOUR, "", ""),
            (44 * HOUR, "", "again site"),
        ),
    ),
    Timeline(
        "the holiday owes nothing, the Saturday that is worked does",
        (WORKDAYS,),
        (),
        (
            (0, "record inspection x=y", ""),
            (DAY, "record inspection x=y", ""),
            (2 * DAY, "", ""),
            (3 * DAY, "record inspection x=y", ""),
            (4 * DAY, "record inspection x=y", ""),
            (6 * DAY, "", "raised site"),
            (6 * DAY + HOUR, "record inspection x=y", ""),
            (7 * DAY + HOUR, "record inspection x=y", "gone site"),
        ),
    ),
    Timeline(
        "twice a week: a fact counts as a record does, another topic and a third time count nothing",
        (WEEKLY,),
        (),
        (
            (0, "", ""),
            (DAY, "fact inspection.done store i1", ""),
            (2 * DAY, "fact inspection.begun store i2", ""),
            (5 * DAY, "", "raised site"),
            (6 * DAY, "record inspection x=y", "gone site"),
            (6 * DAY + HOUR, "record inspection x=y", ""),
            (12 * DAY, "", "again site"),
            (14 * DAY, "", "again site"),
        ),
    ),
    Timeline(
        "each night shift of a weekday, over midnight; the weekend owes nothing",
        (SHIFT,),
        (),
        (
            (0, "", ""),
            (31 * HOUR, "record inspection x=y", ""),
            (32 * HOUR, "", ""),
            (2 * DAY + 8 * HOUR, "", "raised site"),
            (2 * DAY + 21 * HOUR, "record inspection x=y", "gone site"),
            (3 * DAY + 21 * HOUR, "record inspection x=y", ""),
            (4 * DAY + 21 * HOUR, "record inspection x=y", ""),
            (7 * DAY + 7 * HOUR, "", ""),
            (8 * DAY + 8 * HOUR, "", "again site"),
        ),
    ),
    Timeline(
        "each area for itself, though no device hangs there",
        (AREAS,),
        (),
        (
            (0, "", ""),
            (HOUR, "record inspection x=y", ""),
            (DAY, "", "raised hall"),
        ),
        modes=MODES,
    ),
    Timeline(
        "a shift that runs when the rule is made is not judged",
        (duty(every="shift", shift="night"),),
        (),
        ((0, "", ""), (8 * HOUR, "", ""), (32 * HOUR, "", "raised site")),
    ),
    Timeline(
        "only what its fields say counts, at most one a day",
        (duty(every="week", times=2, where={"x": "y"}, at_most_one_a="day", warn_h=24),),
        (),
        (
            (0, "record inspection x=y", ""),
            (HOUR, "record inspection x=y", ""),
            (DAY, "record inspection x=z", ""),
            (6 * DAY, "", "raised site"),
            (6 * DAY + HOUR, "record inspection x=y", "gone site"),
            (7 * DAY, "", ""),
        ),
    ),
)
