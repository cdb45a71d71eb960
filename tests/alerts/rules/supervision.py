"""Timelines of the kind ``supervision``."""

from tests.alerts.timeline import Timeline, Way, device, rule

LOST = rule("supervision", alert_class="fault", interval_s=100)
A, SLOW = device("a"), device("slow", interval_s=3600)
ONE_LIFE: tuple[Way, ...] = ("plain", "bytes")
"""After a start a device is given its whole interval, once, so these can't be restarted on the way."""
SENSOR, SMOKE = device("sensor", kind="temperature_sensor"), device("smoke", kind="smoke_detector")


def every(seconds: int, word: str, until: int) -> tuple[tuple[float, str, str], ...]:
    """The same word again and again, and nothing follows from it."""
    return tuple((float(second), word, "") for second in range(seconds, until + 1, seconds))


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
        "but a device that is silent for two intervals is lost, however often the gateway starts",
        (LOST,),
        (A,),
        ((50, "a.smoke=off", ""), (110, "", ""), (170, "", ""), (230, "", ""), (249, "", ""), (250, "", "raised a")),
        ways=("restarts",),
    ),
    Timeline(
        "so is one that never spoke",
        (LOST,),
        (A,),
        ((0, "", ""), (60, "", ""), (120, "", ""), (180, "", ""), (199, "", ""), (200, "", "raised a")),
        ways=("restarts",),
    ),
    Timeline(
        "a device that names no interval gets one from its rhythm",
        (LOST,),
        (SENSOR,),
        (
            (0, "sensor.temperature=20", ""),
            *every(90, "sensor.temperature=20", 900),
            (1169, "", ""),
            (1170, "", "raised sensor"),
        ),
        ways=ONE_LIFE,
    ),
    Timeline(
        "a device slower than the rule is lost until its rhythm is known",
        (LOST,),
        (SENSOR,),
        (
            (0, "sensor.temperature=20", ""),
            (100, "", "raised sensor"),
            (101, "ack sensor", "acknowledge sensor"),
            (1800, "sensor.temperature=20", "gone sensor"),
            (1900, "", "raised sensor"),
            (1901, "ack sensor", "acknowledge sensor"),
            (3600, "sensor.temperature=20", "gone sensor"),
            (3700, "", "raised sensor"),
            (3701, "ack sensor", "acknowledge sensor"),
            (5400, "sensor.temperature=20", "gone sensor"),
            (7200, "sensor.temperature=20", ""),
            (12_599, "", ""),
            (12_600, "", "raised sensor"),
        ),
        ways=ONE_LIFE,
    ),
    Timeline(
        "no rhythm makes a fire device slower than 100 s",
        (LOST,),
        (SMOKE,),
        ((0, "smoke.smoke=off", ""), *every(90, "smoke.smoke=off", 900), (999, "", ""), (1000, "", "raised smoke")),
        ways=ONE_LIFE,
    ),
    Timeline(
        "a rule may be told not to learn",
        (rule("supervision", alert_class="fault", interval_s=100, learns=False),),
        (SENSOR,),
        (
            (0, "sensor.temperature=20", ""),
            *every(90, "sensor.temperature=20", 900),
            (999, "", ""),
            (1000, "", "raised sensor"),
        ),
        ways=ONE_LIFE,
    ),
    Timeline(
        "a device lost before a start is lost after it, until it speaks",
        (LOST,),
        (A,),
        ((100, "", "raised a"), (150, "", ""), (151, "a.smoke=off", "gone a")),
        ways=("plain", "bytes", "restarts"),
    ),
)
