"""How the kind ``rate_of_rise`` behaves, second by second."""

from tests.alerts.timeline import Timeline, device, rule

RISE = rule("rate_of_rise", signal="temperature", rise=10, within_s=60)
FALL = rule("rate_of_rise", name="fall", alert_class="supervisory", signal="temperature", fall=5, within_s=60)
EITHER = rule("rate_of_rise", alert_class="supervisory", signal="temperature", rise=10, fall=5, within_s=60)
ARMED = rule("rate_of_rise", alert_class="supervisory", signal="temperature", rise=10, within_s=600, modes=["armed"])
AREA = rule("rate_of_rise", signal="temperature", rise=10, within_s=60, per="area")
A, B = device("a"), device("b")


TIMELINES = (
    Timeline(
        "a rise within the window is told at once, also over a restart",
        (RISE,),
        (A,),
        (
            (0, "a.temperature=20", ""),
            (30, "a.temperature=25", ""),
            (40, "a.temperature=29.9", ""),
            (50, "a.temperature=30", "raised a"),
        ),
    ),
    Timeline(
        "the same rise, but slow, is none",
        (RISE,),
        (A,),
        tuple((second, f"a.temperature={20 + second / 10}", "") for second in range(0, 600, 30)),
    ),
    Timeline(
        "it ends when the window holds no such rise any more, though it is still hot",
        (RISE,),
        (A,),
        (
            (0, "a.temperature=20", ""),
            (30, "a.temperature=45", "raised a"),
            (60, "a.temperature=45", ""),
            (100, "a.temperature=45", "gone a"),
            (110, "a.temperature=56", "again a"),
        ),
    ),
    Timeline(
        "a fall is no rise, and a rise no fall",
        (RISE, FALL),
        (A,),
        ((0, "a.temperature=30", ""), (10, "a.temperature=25", "raised a"), (20, "a.temperature=29", "gone a")),
    ),
    Timeline(
        "either way counts where both are given",
        (EITHER,),
        (A,),
        (
            (0, "a.temperature=20", ""),
            (10, "a.temperature=15", "raised a"),
            (20, "a.temperature=16", "gone a"),
            (30, "a.temperature=26", "again a"),
        ),
    ),
    Timeline(
        "how it was found is where the window begins",
        (RISE,),
        (A,),
        ((0, "~a.temperature=90", ""), (30, "a.temperature=90", "")),
    ),
    Timeline(
        "each channel and each device counts for itself, and an area is one alert",
        (AREA,),
        (A, B),
        (
            (0, "a.temperature=20; b.temperature=40; a.temperature.2=60", ""),
            (10, "a.temperature=40; b.temperature=41; a.temperature.2=61", "raised store"),
            (20, "b.temperature=52", "again store"),
        ),
    ),
    Timeline(
        "what rises while the area is disarmed is told when it is armed",
        (ARMED,),
        (A,),
        (
            (0, "a.temperature=20", ""),
            (30, "a.temperature=40", ""),
            (60, "arm store armed", "raised a"),
        ),
        modes={"store": "disarmed"},
    ),
    Timeline(
        "a fire is held until a person resets it",
        (RISE,),
        (A,),
        (
            (0, "a.temperature=20", ""),
            (10, "a.temperature=40", "raised a"),
            (100, "a.temperature=40", "gone a"),
            (101, "ack a", "acknowledge a"),
            (102, "reset a", "reset a"),
        ),
    ),
)
