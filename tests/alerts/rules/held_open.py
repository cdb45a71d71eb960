"""Timelines of the kind ``held_open``."""

from tests.alerts.timeline import Timeline, device, rule

HELD = rule("held_open", alert_class="access", open_s=30)
A, B = device("a"), device("b")

TIMELINES = (
    Timeline(
        "a door may stand open for its time",
        (HELD,),
        (A,),
        ((0, "a.door=off", ""), (5, "a.door=on", ""), (34, "a.door=off", ""), (60, "", "")),
    ),
    Timeline(
        "a door that stands open longer is an alert by the clock",
        (HELD,),
        (A,),
        (
            (0, "a.door=off", ""),
            (5, "a.door=on", ""),
            (20, "a.door=on", ""),
            (35, "", "raised a"),
            (40, "a.door=off", "gone a"),
        ),
    ),
    Timeline("a door found open counts from then on", (HELD,), (A,), ((0, "~a.door=on", ""), (30, "", "raised a"))),
    Timeline(
        "each door counts for itself",
        (rule("held_open", alert_class="access", open_s=30, per="area"),),
        (A, B),
        (
            (0, "a.door=on", ""),
            (20, "b.door=on", ""),
            (25, "a.door=off", ""),
            (50, "", "raised store"),
            (51, "a.door=on", ""),
            (81, "", "again store"),
            (82, "b.door=off", ""),
            (83, "a.door=off", "gone store"),
        ),
    ),
    Timeline(
        "held or acknowledged, it closes by a person",
        (HELD,),
        (A,),
        (
            (0, "a.door=on", ""),
            (30, "", "raised a"),
            (31, "ack a", "acknowledge a"),
            (32, "close a", "refused"),
            (33, "a.door=off", "gone a"),
            (34, "close a", "close a"),
            (35, "a.door=on", ""),
            (65, "", "raised a"),
        ),
    ),
    Timeline(
        "another signal may mean open",
        (rule("held_open", alert_class="access", signal="lock", open_s=10),),
        (A,),
        ((0, "a.door=on; a.lock=on", ""), (10, "", "raised a")),
    ),
)
