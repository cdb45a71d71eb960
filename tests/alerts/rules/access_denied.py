"""Timelines of the kind ``access_denied``."""

from tests.alerts.timeline import Timeline, device, rule

THREE = rule("access_denied", alert_class="access", count=3, within_s=60)
AREA = rule("access_denied", alert_class="access", count=3, within_s=60, per="area")
BACK = rule("access_denied", alert_class="access", count=1, within_s=30, reasons=["passback"])
LATE = rule("access_denied", alert_class="access", count=1, within_s=30, results=["granted"], schedule="night")
A, B = device("a"), device("b")

TIMELINES = (
    Timeline(
        "three refusals within the time are an alert, over when the time has passed since the last",
        (THREE,),
        (A,),
        (
            (0, "a.access=denied:_level", ""),
            (20, "a.access=denied:_level", ""),
            (59, "a.access=denied", "raised a"),
            (119, "", "gone a"),
        ),
    ),
    Timeline(
        "spread wider they are none",
        (THREE,),
        (A,),
        ((0, "a.access=denied", ""), (30, "a.access=denied", ""), (60, "a.access=denied", ""), (100, "", "")),
    ),
    Timeline(
        "grants between count for nothing, and each reader counts for itself",
        (THREE,),
        (A, B),
        (
            (0, "a.access=denied", ""),
            (5, "a.access=granted", ""),
            (10, "b.access=denied; b.access=denied", ""),
            (15, "a.access=denied", ""),
            (20, "a.access=denied", "raised a"),
            (80, "", "gone a"),
        ),
    ),
    Timeline(
        "of an area they count together",
        (AREA,),
        (A, B),
        (
            (0, "a.access=denied", ""),
            (5, "b.access=denied", ""),
            (10, "a.access=denied", "raised store"),
            (40, "b.access=denied", "again store"),
            (100, "", "gone store"),
        ),
    ),
    Timeline(
        "one of a certain reason may be enough",
        (BACK,),
        (A,),
        (
            (0, "a.access=denied:_level", ""),
            (5, "a.access=denied:_Passback", "raised a"),
            (20, "a.access=denied:_passback", "again a"),
            (50, "", "gone a"),
        ),
    ),
    Timeline(
        "what is told of the past has been refused before",
        (BACK,),
        (A,),
        ((0, "~a.access=denied:_passback", ""), (5, "a.access=denied:_passback", "raised a"), (35, "", "gone a")),
    ),
    Timeline(
        "somebody let in at night",
        (LATE,),
        (A,),
        (
            (0, "a.access=granted", "raised a"),
            (30, "", "gone a"),
            (6 * 3600 + 10, "a.access=granted", ""),
            (6 * 3600 + 60, "", ""),
        ),
    ),
)
