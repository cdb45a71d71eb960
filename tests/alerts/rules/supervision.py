"""Timelines of the kind ``supervision``."""

from tests.alerts.timeline import Timeline, Way, device, rule

LOST = rule("supervision", alert_class="fault", interval_s=100)
A, SLOW = device("a"), device("slow", interval_s=3600)
ONE_LIFE: tuple[Way, ...] = ("plain", "bytes")
"""After a start every device is given its whole interval, so these can't be restarted on the way."""

TIMELINES = (
    Timeline(
        "a device never heard is lost after its interval",
        (LOST,),
        (A,),
        ((99.9, "", ""), (100, "", "raised a")),
        ways=ONE_LIFE,
    ),
    Timeline(
        "any word of it counts, and only the last",
        (LOST,),
        (A,),
        ((50, "a.temperature=20", ""), (149, "a.smoke=off", ""), (200, "", ""), (249, "", "raised a")),
        ways=ONE_LIFE,
    ),
    Timeline(
        "a word that comes in the last moment is heard first",
        (LOST,),
        (A,),
        ((100, "a.temperature=20", ""), (199, "", ""), (200, "", "raised a")),
        ways=ONE_LIFE,
    ),
    Timeline(
        "it comes back with its next word, and is lost again after its interval",
        (LOST,),
        (A,),
        (
            (100, "", "raised a"),
            (101, "ack a", "acknowledge a"),
            (150, "a.temperature=20", "gone a"),
            (250, "", "raised a"),
            (251, "a.temperature=20", "gone a"),
            (351, "", "again a"),
        ),
        ways=ONE_LIFE,
    ),
    Timeline(
        "a device may have an interval of its own",
        (LOST,),
        (SLOW,),
        ((3599, "", ""), (3600, "", "raised slow")),
        ways=ONE_LIFE,
    ),
    Timeline(
        "what its broker says of it counts at once",
        (LOST,),
        (A,),
        (
            (0, "a.online=on", ""),
            (1, "a.online=off", "raised a"),
            (2, "a.online=off", ""),
            (500, "a.online=on", "gone a"),
        ),
    ),
    Timeline(
        "a retained message is no sign of life, what the broker says of it is",
        (LOST,),
        (A,),
        (
            (50, "~a.smoke=off", ""),
            (100, "", "raised a"),
            (101, "~a.smoke=off", ""),
            (102, "a.online=off", ""),
            (103, "~a.online=on", "gone a"),
        ),
        ways=ONE_LIFE,
    ),
    Timeline(
        "after a start a device is given its whole interval",
        (LOST,),
        (A,),
        ((50, "a.smoke=off", ""), (140, "", ""), (239, "", "")),
        ways=("restarts",),
    ),
    Timeline(
        "a device lost before a start is lost after it, until it speaks",
        (LOST,),
        (A,),
        ((100, "", "raised a"), (150, "", ""), (151, "a.smoke=off", "gone a")),
        ways=("plain", "bytes", "restarts"),
    ),
)
