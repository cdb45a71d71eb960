"""Timelines of the kind ``upkeep``; ``due a test=3 battery=40`` says in how many days from the start what is due."""

from tests.alerts.timeline import Timeline, device, rule

DAY = 86_400
HOUR = 3_600
UPKEEP = rule("upkeep", alert_class="supervisory")
AHEAD = rule("upkeep", alert_class="supervisory", ahead_days=7, what=["test"])
AREA = rule("upkeep", alert_class="supervisory", per="area")
A, B = device("a", signals=("smoke",)), device("b")

TIMELINES = (
    Timeline(
        "a test is told on the day on which it is due, and is over when it is done",
        (UPKEEP,),
        (A,),
        (
            (0, "due a test=3", ""),
            (3 * DAY - 1, "", ""),
            (3 * DAY, "", "raised a"),
            (3 * DAY + 1, "ack a", "acknowledge a"),
            (3 * DAY + 8 * HOUR, "", "expired a"),  # the night shift ends
            (3 * DAY + 9 * HOUR, "ack a", "acknowledge a"),
            (4 * DAY, "due a test=368", "gone a"),
        ),
    ),
    Timeline(
        "what is overdue already is told at once, and once",
        (UPKEEP,),
        (A,),
        ((0, "due a test=-20", "raised a"), (1, "due a test=-20", ""), (9 * DAY, "due a test=-20", "")),
    ),
    Timeline(
        "a battery is told two weeks ahead, and an estimate that moves a little does not take that back",
        (UPKEEP,),
        (A,),
        (
            (0, "due a battery=20", ""),
            (6 * DAY, "", "raised a"),
            (7 * DAY, "due a battery=27", ""),
            (8 * DAY, "due a battery=300", "gone a"),
        ),
    ),
    Timeline(
        "each thing that is due joins",
        (UPKEEP,),
        (A,),
        (
            (0, "due a test=1 calibration=2", ""),
            (1 * DAY, "", "raised a"),
            (2 * DAY, "", "again a"),
            (3 * DAY, "due a calibration=2", ""),
            (4 * DAY, "due a", "gone a"),
        ),
    ),
    Timeline(
        "a rule may look ahead, and at some things only",
        (AHEAD,),
        (A,),
        ((0, "due a test=10 battery=1", ""), (3 * DAY, "", "raised a")),
    ),
    Timeline(
        "one alert for an area tells each device",
        (AREA,),
        (A, B),
        ((0, "due a test=-1", "raised store"), (1, "due b test=-2", "again store"), (2, "due a", "")),
    ),
    Timeline(
        "a device that is due for nothing is nothing",
        (UPKEEP,),
        (A,),
        ((0, "due a", ""), (1, "due stranger test=-1", "")),
    ),
)
