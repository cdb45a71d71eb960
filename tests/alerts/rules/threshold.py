"""Timelines of the kind ``threshold``."""

from tests.alerts.timeline import Timeline, device, rule

HOT = rule("threshold", signal="temperature", above=57, hysteresis=3)
A, B = device("a"), device("b")

TIMELINES = (
    Timeline(
        "at the limit is within it",
        (HOT,),
        (A,),
        ((0, "a.temperature=20", ""), (1, "a.temperature=57", ""), (2, "a.temperature=57.1", "raised a")),
    ),
    Timeline(
        "it is over only when it has come back by the hysteresis",
        (HOT,),
        (A,),
        (
            (0, "a.temperature=60", "raised a"),
            (1, "a.temperature=56", ""),
            (2, "a.temperature=58", ""),
            (3, "a.temperature=54.1", ""),
            (4, "a.temperature=54", "gone a"),
            (5, "a.temperature=56", ""),
            (6, "a.temperature=57.5", "again a"),
        ),
    ),
    Timeline("too hot at the start is an alert all the same", (HOT,), (A,), ((0, "~a.temperature=60", "raised a"),)),
    Timeline(
        "a low limit",
        (rule("threshold", signal="temperature", below=2, hysteresis=1, alert_class="supervisory"),),
        (A,),
        ((0, "a.temperature=1.9", "raised a"), (1, "a.temperature=2.5", ""), (2, "a.temperature=3", "gone a")),
    ),
    Timeline(
        "a band has two edges",
        (rule("threshold", signal="temperature", below=0, above=8, alert_class="supervisory"),),
        (A,),
        (
            (0, "a.temperature=9", "raised a"),
            (1, "a.temperature=-1", ""),
            (2, "a.temperature=4", "gone a"),
            (3, "a.temperature=-1", "again a"),
        ),
    ),
    Timeline(
        "it must hold for its time, and a dip starts it anew",
        (rule("threshold", signal="temperature", above=57, hold_s=30),),
        (A,),
        (
            (0, "a.temperature=60", ""),
            (20, "a.temperature=57", ""),
            (25, "a.temperature=60", ""),
            (54, "a.temperature=61", ""),
            (55, "", "raised a"),
        ),
    ),
    Timeline(
        "each channel and device of an area counts for itself",
        (rule("threshold", signal="temperature", above=57, per="area"),),
        (A, B),
        (
            (0, "a.temperature=60", "raised store"),
            (1, "a.temperature.2=60; b.temperature=60", "again store; again store"),
            (2, "a.temperature=20; b.temperature=20", ""),
            (3, "a.temperature.2=20", "gone store"),
        ),
    ),
    Timeline(
        "other signals do not matter",
        (HOT,),
        (A,),
        ((0, "a.humidity=90", ""), (1, "a.temperature=60", "raised a"), (2, "a.humidity=20", "")),
    ),
)
