"""Timelines of the kind ``absence``: 1,000 s are told after 1,050."""

from tests.alerts.timeline import Timeline, device, rule

VISIT = rule("absence", alert_class="duty", priority=3, every_s=1000, signals=["checkpoint", "motion"])
FRIDGE = rule("absence", alert_class="duty", priority=3, every_s=1000, signals=["temperature"], per="device")
BOOK = rule("absence", alert_class="duty", priority=3, every_s=1000, books=["canteen"], per="site")
FACT = rule("absence", alert_class="duty", priority=3, every_s=1000, topics=["patrol.done"])
ARMED = rule("absence", alert_class="duty", priority=3, every_s=1000, signals=["motion"], modes=["armed"])
A, B = device("a", signals=("checkpoint", "motion", "temperature")), device("b", signals=("motion", "temperature"))

TIMELINES = (
    Timeline(
        "nobody comes for too long, from the first start on",
        (VISIT,),
        (A, B),
        (
            (0, "", ""),
            (1000, "", ""),
            (1050, "", "raised store"),
            (1100, "b.motion=on", "gone store"),
            (2150, "", "again store"),
        ),
    ),
    Timeline(
        "whatever counts begins the time anew, at no less than a twentieth of it",
        (VISIT,),
        (A, B),
        (
            (0, "", ""),
            (900, "a.checkpoint=gate", ""),
            (940, "b.motion=on", ""),
            (1800, "b.motion=off", ""),
            (1950, "", "raised store"),
            (1960, "a.checkpoint=gate", "gone store"),
        ),
    ),
    Timeline(
        "each device by itself",
        (FRIDGE,),
        (A, B),
        (
            (0, "", ""),
            (500, "a.temperature=4", ""),
            (1050, "", "raised b"),
            (1550, "", "raised a"),
            (1600, "b.temperature=4", "gone b"),
        ),
    ),
    Timeline(
        "a person's record counts",
        (BOOK,),
        (A,),
        (
            (0, "", ""),
            (1000, "record canteen sample=kept", ""),
            (2050, "", "raised site"),
            (2060, "record canteen sample=kept", "gone site"),
        ),
    ),
    Timeline(
        "a fact counts, another does not",
        (FACT,),
        (A,),
        (
            (0, "", ""),
            (800, "fact patrol.missed store r1", ""),
            (900, "fact patrol.done store r1", ""),
            (1950, "", "raised store"),
        ),
    ),
    Timeline(
        "it counts anew from when the rule begins to apply",
        (ARMED,),
        (B,),
        (
            (0, "", ""),
            (900, "arm store armed", ""),
            (1100, "", ""),
            (1950, "", "raised store"),
            (2000, "b.motion=on", "gone store"),
        ),
    ),
)
