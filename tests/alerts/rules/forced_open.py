"""Timelines of the kind ``forced_open``."""

from tests.alerts.timeline import Timeline, device, rule

FORCED = rule("forced_open", alert_class="intrusion", granted_s=15, grace_s=1)
EXIT = rule("forced_open", alert_class="intrusion", exits=["button", "eye"])
OWN = rule("forced_open", alert_class="intrusion", readers={"a": ["r1"]}, exits=["button"])
A, B, R1, R2 = device("a"), device("b"), device("r1"), device("r2")
BUTTON, EYE = device("button"), device("eye")
FAR = device("far", area="gate")

TIMELINES = (
    Timeline(
        "a door that opens without a grant is forced, once the grant's word is no more to be waited for",
        (FORCED,),
        (A, R1),
        ((0, "a.door=off", ""), (60, "a.door=on", ""), (61, "", "raised store"), (70, "a.door=off", "gone store")),
    ),
    Timeline(
        "a grant opens it within its time, as often as people go through",
        (FORCED,),
        (A, R1),
        (
            (0, "a.door=off", ""),
            (60, "r1.access=granted", ""),
            (75, "a.door=on", ""),
            (76, "a.door=off", ""),
            (80, "r1.access=granted:_egress", ""),
            (81, "a.door=on; a.door=off; a.door=on", ""),
            (90, "a.door=off", ""),
            (96, "a.door=on", ""),
            (97, "", "raised store"),
        ),
    ),
    Timeline(
        "a grant that is told a little later than the door opened it",
        (FORCED,),
        (A, R1),
        ((0, "a.door=off", ""), (60, "a.door=on", ""), (60.9, "r1.access=granted", ""), (80, "", "")),
    ),
    Timeline(
        "one that was refused has no right, and nor has one of another area",
        (FORCED,),
        (A, R1, FAR),
        (
            (0, "a.door=off", ""),
            (50, "r1.access=denied:_level; far.access=granted", ""),
            (52, "a.door=on", ""),
            (53, "", "raised store"),
        ),
    ),
    Timeline(
        "a door found open says nothing, and one that was closed before is known by its next opening",
        (FORCED,),
        (A, R1),
        (
            (0, "~a.door=on", ""),
            (5, "a.door=on", ""),
            (10, "a.door=off", ""),
            (20, "a.door=on", ""),
            (21, "", "raised store"),
        ),
    ),
    Timeline(
        "a grant that was told of the past is none",
        (FORCED,),
        (A, R1),
        ((0, "a.door=off", ""), (55, "~r1.access=granted", ""), (60, "a.door=on", ""), (61, "", "raised store")),
    ),
    Timeline(
        "a button or a motion sensor inside lets people out; what somebody else presses does not",
        (EXIT,),
        (A, BUTTON, EYE, R2),
        (
            (0, "a.door=off; eye.motion=off", ""),
            (10, "button.action=press", ""),
            (12, "a.door=on", ""),
            (14, "a.door=off", ""),
            (40, "eye.motion=on", ""),
            (41, "a.door=on", ""),
            (42, "a.door=off; eye.motion=off", ""),
            (70, "r2.action=press", ""),
            (71, "a.door=on", ""),
            (72, "", "raised store"),
        ),
    ),
    Timeline(
        "a door is opened by its own readers only, and by whoever goes out",
        (OWN,),
        (A, B, R1, R2, BUTTON),
        (
            (0, "a.door=off; b.door=off", ""),
            (10, "r2.access=granted", ""),
            (11, "b.door=on", ""),
            (12, "b.door=off; a.door=on", ""),
            (13, "", "raised store"),
            (20, "a.door=off", "gone store"),
            (30, "button.action=press; a.door=on", ""),
            (31, "a.door=off", ""),
            (50, "r1.access=granted; a.door=on", ""),
        ),
    ),
    Timeline(
        "a second door joins, and the alert stands until both are closed",
        (FORCED,),
        (A, B, R1),
        (
            (0, "a.door=off; b.door=off", ""),
            (10, "a.door=on", ""),
            (11, "", "raised store"),
            (20, "b.door=on", ""),
            (21, "", "again store"),
            (30, "a.door=off", ""),
            (40, "b.door=off", "gone store"),
        ),
    ),
)
