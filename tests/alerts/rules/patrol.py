"""Timelines of the kind ``patrol``."""

from tests.alerts.timeline import Timeline, device, rule

ROUND = rule("patrol", alert_class="duty", checkpoints=["gate", "power room"], every_s=7200, grace_s=600)
NIGHTLY = rule("patrol", alert_class="duty", checkpoints=["gate"], every_s=7200, grace_s=600, schedule="night")
A, B = device("a", signals=("checkpoint",)), device("b", signals=("checkpoint",))

TIMELINES = (
    Timeline("time counts from the start", (ROUND,), (A,), ((0, "", ""), (7799, "", ""), (7800, "", "raised site"))),
    Timeline(
        "each checkpoint has its own deadline, and each that is missed is told",
        (ROUND,),
        (A,),
        (
            (0, "", ""),
            (1000, "a.checkpoint=gate", ""),
            (7800, "", "raised site"),
            (8800, "", "again site"),
            (9000, "a.checkpoint=power_room", ""),
            (9100, "a.checkpoint=gate", "gone site"),
        ),
    ),
    Timeline(
        "a guard who walks his rounds is left in peace",
        (ROUND,),
        (A, B),
        (
            (0, "", ""),
            (7000, "a.checkpoint=gate; b.checkpoint=power_room|wang", ""),
            (14700, "a.checkpoint=gate|li; a.checkpoint=power_room", ""),
            (22499, "", ""),
            (22500, "", "raised site"),
        ),
    ),
    Timeline(
        "a scan that comes in the last moment is heard first",
        (ROUND,),
        (A,),
        ((0, "", ""), (7800, "a.checkpoint=gate; a.checkpoint=power_room", "")),
    ),
    Timeline(
        "a person's record in the patrol book counts, another book's does not",
        (ROUND,),
        (A,),
        (
            (0, "a.checkpoint=gate", ""),
            (7000, "record patrol checkpoint=gate; record patrol checkpoint=power_room", ""),
            (14000, "record duty checkpoint=gate", ""),
            (14800, "", "raised site"),
        ),
    ),
    Timeline(
        "a checkpoint of another route does not count",
        (ROUND,),
        (A,),
        ((0, "", ""), (7000, "a.checkpoint=gate_2; a.checkpoint=power_room", ""), (7800, "", "raised site")),
    ),
    Timeline(
        "with a schedule time counts from when it begins",
        (NIGHTLY,),
        (A,),
        (
            (0, "a.checkpoint=gate", ""),
            (7000, "a.checkpoint=gate", ""),
            (14000, "a.checkpoint=gate", ""),
            (6 * 3600 - 1, "", ""),
            (22 * 3600, "", ""),
            (22 * 3600 + 7799, "", ""),
            (22 * 3600 + 7800, "", "raised site"),
        ),
    ),
    Timeline(
        "a missed checkpoint that was scanned and seen is over",
        (ROUND,),
        (A,),
        (
            (0, "a.checkpoint=gate", ""),
            (7800, "a.checkpoint=gate; a.checkpoint=power_room", ""),
            (15600, "", "raised site"),
            (15601, "ack site", "acknowledge site"),
            (15602, "a.checkpoint=gate; a.checkpoint=power_room", "gone site"),
            (23402, "", "raised site"),
        ),
    ),
)
