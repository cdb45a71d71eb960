"""Timelines of the kind ``state``."""

from tests.alerts.timeline import Timeline, device, rule

SMOKE = rule("state", signals=["smoke"])
INTRUSION = rule("state", alert_class="intrusion", signals=["door", "motion"], modes=["armed"])
A, B = device("a"), device("b")
ARMED, DISARMED = {"store": "armed"}, {"store": "disarmed"}

TIMELINES = (
    Timeline("smoke is an alert at once", (SMOKE,), (A,), ((0, "a.smoke=off", ""), (1, "a.smoke=on", "raised a"))),
    Timeline("smoke found at the start is an alert all the same", (SMOKE,), (A,), ((0, "a.smoke=on", "raised a"),)),
    Timeline("smoke in a retained message is an alert all the same", (SMOKE,), (A,), ((0, "~a.smoke=on", "raised a"),)),
    Timeline(
        "told again and again it stays one alert",
        (SMOKE,),
        (A,),
        ((0, "a.smoke=on", "raised a"), (1, "a.smoke=on", ""), (2, "a.smoke=on; a.smoke=on", "")),
    ),
    Timeline(
        "a fire latches until a person resets and closes it",
        (SMOKE,),
        (A,),
        (
            (0, "a.smoke=on", "raised a"),
            (1, "close a", "refused"),
            (2, "ack a", "acknowledge a"),
            (3, "reset a", "refused"),
            (4, "a.smoke=off", "gone a"),
            (5, "close a", "refused"),
            (6, "reset a", "reset a"),
            (7, "reset a", "refused"),
            (8, "comment a; close a", "comment a; close a"),
            (9, "a.smoke=on", "raised a"),
        ),
    ),
    Timeline(
        "an acknowledged fire that comes back is to be acknowledged again",
        (SMOKE,),
        (A,),
        (
            (0, "a.smoke=on", "raised a"),
            (1, "ack a; a.smoke=off", "acknowledge a; gone a"),
            (2, "a.smoke=on", "again a"),
            (3, "ack a", "acknowledge a"),
        ),
    ),
    Timeline(
        "each channel counts, and one that ends does not end the other",
        (SMOKE,),
        (A,),
        (
            (0, "a.smoke=on", "raised a"),
            (1, "a.smoke.2=on", "again a"),
            (2, "a.smoke=off", ""),
            (3, "a.smoke.2=off", "gone a"),
        ),
    ),
    Timeline(
        "an area is one alert, and every device that joins is told",
        (rule("state", signals=["smoke", "heat"], per="area"),),
        (A, B, device("c", "hall")),
        (
            (0, "a.smoke=on", "raised store"),
            (1, "b.heat=on", "again store"),
            (2, "c.smoke=on", "raised hall"),
            (3, "a.smoke=off", ""),
            (4, "b.heat=off", "gone store"),
        ),
    ),
    Timeline(
        "a delay runs on the clock, not on the next message",
        (rule("state", signals=["smoke"], hold_s=10),),
        (A,),
        ((0, "a.smoke=on", ""), (9.9, "", ""), (10, "", "raised a"), (11, "a.smoke=off", "gone a")),
    ),
    Timeline(
        "what ends within the delay never was",
        (rule("state", signals=["smoke"], hold_s=10),),
        (A,),
        ((0, "a.smoke=on", ""), (9, "a.smoke=off", ""), (10, "", ""), (11, "a.smoke=on", ""), (21, "", "raised a")),
    ),
    Timeline(
        "each signal of an area waits its own time",
        (rule("state", signals=["smoke"], hold_s=10, per="area"),),
        (A, B),
        (
            (0, "a.smoke=on", ""),
            (6, "b.smoke=on", ""),
            (10, "", "raised store"),
            (16, "", "again store"),
            (17, "a.smoke=off", ""),
            (18, "b.smoke=off", "gone store"),
        ),
    ),
    Timeline(
        "in a batch that comes late the delay has run out first",
        (rule("state", signals=["smoke"], hold_s=10),),
        (A,),
        ((0, "a.smoke=on", ""), (10, "a.smoke=off", "raised a; gone a")),
    ),
    Timeline(
        "a rule may watch for what is not there",
        (rule("state", alert_class="fault", signals=["mains"], active=False),),
        (A,),
        (
            (0, "a.mains=on", ""),
            (1, "a.mains=off", "raised a"),
            (2, "a.mains=on", "gone a"),
            (3, "ack a", "acknowledge a"),
        ),
    ),
    Timeline(
        "a door that opens while armed is an alert",
        (INTRUSION,),
        (A,),
        ((0, "a.door=off", ""), (1, "a.door=on", "raised a"), (2, "a.door=off", "gone a")),
        ARMED,
    ),
    Timeline(
        "a door found open while armed is found, not opened",
        (INTRUSION,),
        (A,),
        ((0, "a.door=on", "found a.door"), (1, "a.door=on", ""), (2, "a.door=off", ""), (3, "a.door=on", "raised a")),
        ARMED,
    ),
    Timeline(
        "a retained message never opens a door",
        (INTRUSION,),
        (A,),
        (
            (0, "a.door=off", ""),
            (1, "~a.door=on", "found a.door"),
            (2, "a.motion=off", ""),
            (3, "a.motion=on", "raised a"),
        ),
        ARMED,
    ),
    Timeline(
        "disarmed, nothing is an alert; a door open when armed is found active",
        (INTRUSION,),
        (A,),
        (
            (0, "a.door=off", ""),
            (1, "a.door=on", ""),
            (2, "arm store armed", "raised a"),
            (3, "arm store disarmed", "gone a"),
            (4, "reset a", "refused"),
            (5, "ack a; reset a; close a", "acknowledge a; reset a; close a"),
            (6, "arm store armed", "raised a"),
        ),
        DISARMED,
    ),
    Timeline(
        "a door found open before arming is an alert at arming",
        (INTRUSION,),
        (A,),
        ((0, "a.door=on", ""), (1, "arm store armed", "raised a")),
        DISARMED,
    ),
    Timeline(
        "arming again over an open alert says so in it",
        (INTRUSION,),
        (A,),
        (
            (0, "a.door=off; a.door=on", "raised a"),
            (1, "arm store disarmed", "gone a"),
            (2, "arm store armed", "again a"),
        ),
        ARMED,
    ),
    Timeline(
        "unknown areas cannot be armed",
        (INTRUSION,),
        (A,),
        ((0, "arm attic armed", "refused"), (1, "ack attic", "refused")),
        ARMED,
    ),
    Timeline(
        "a schedule opens and shuts on the clock",
        (rule("state", alert_class="access", signals=["door"], schedule="night"),),
        (A,),
        (
            (0, "a.door=off", ""),
            (1, "a.door=on", "raised a"),
            (6 * 3600, "", "gone a"),
            (6 * 3600 + 1, "ack a; close a", "acknowledge a; close a"),
            (22 * 3600, "", "raised a"),
        ),
    ),
    Timeline(
        "what a device says after it was offline is how it was found",
        (INTRUSION,),
        (A,),
        (
            (0, "a.online=on; a.door=off", ""),
            (1, "a.online=off", ""),
            (2, "a.online=on", ""),
            (3, "a.door=on", "found a.door"),
            (4, "a.door=off; a.door=on", "raised a"),
        ),
        ARMED,
        ways=("plain", "bytes"),
    ),
    Timeline(
        "what a lost device says when it is back is how it was found",
        (INTRUSION, rule("supervision", alert_class="fault", interval_s=100)),
        (A,),
        (
            (0, "a.door=off", ""),
            (100, "", "raised a"),
            (150, "a.door=on", "gone a; found a.door"),
            (151, "a.door=off; a.door=on", "raised a"),
        ),
        ARMED,
        ways=("plain", "bytes"),
    ),
)
