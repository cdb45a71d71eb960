"""Timelines of the kind ``fact``."""

from tests.alerts.timeline import Timeline, device, rule

LATE = rule("fact", alert_class="duty", priority=3, begins=["hazard.overdue"], ends=["hazard.rectified"])
SEEN = rule("fact", alert_class="duty", priority=3, begins=["patrol.missed"])
AREA = rule("fact", alert_class="duty", priority=3, begins=["hazard.overdue"], ends=["hazard.rectified"], per="area")
HERE = rule("fact", alert_class="duty", priority=3, begins=["patrol.missed"], areas=["store"])
ARMED = rule(
    "fact", alert_class="duty", priority=3, begins=["hazard.overdue"], ends=["hazard.rectified"], modes=["armed"]
)
A = device("a")

TIMELINES = (
    Timeline(
        "each case has an alert of its own, until its own end",
        (LATE,),
        (A,),
        (
            (0, "", ""),
            (10, "fact hazard.overdue store h1", "raised h1"),
            (20, "fact hazard.overdue store h2", "raised h2"),
            (30, "fact hazard.rectified store h1", "gone h1"),
            (40, "fact hazard.overdue store h2", "again h2"),
            (50, "fact hazard.rectified store h2", "gone h2"),
        ),
    ),
    Timeline(
        "what nobody can end only has to be seen",
        (SEEN,),
        (A,),
        (
            (0, "", ""),
            (10, "fact patrol.missed store r1", "raised r1"),
            (10, "", "gone r1"),
            (20, "ack r1", "acknowledge r1"),
        ),
    ),
    Timeline(
        "one alert for all cases of an area",
        (AREA,),
        (A,),
        (
            (0, "", ""),
            (10, "fact hazard.overdue store h1", "raised store"),
            (20, "fact hazard.overdue store h2", "again store"),
            (30, "fact hazard.rectified store h2", "gone store"),
        ),
    ),
    Timeline(
        "other topics and other areas are nothing to it",
        (HERE,),
        (A,),
        ((0, "", ""), (10, "fact patrol.missed gate r1", ""), (20, "fact patrol.done store r1", "")),
    ),
    Timeline(
        "an end without a beginning is nothing",
        (LATE,),
        (A,),
        ((0, "", ""), (10, "fact hazard.rectified store h1", "")),
    ),
    Timeline(
        "it counts when the area is armed",
        (ARMED,),
        (A,),
        (
            (0, "", ""),
            (10, "fact hazard.overdue store h1", ""),
            (20, "arm store armed", "raised h1"),
            (30, "fact hazard.rectified store h1", "gone h1"),
        ),
    ),
)
