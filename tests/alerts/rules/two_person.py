"""Timelines of the kind ``two_person``."""

from tests.alerts.timeline import Timeline, device, rule

PAIR = rule("two_person", alert_class="access", alone_s=60, exits=["out"])
NAMED = rule("two_person", alert_class="access", alone_s=60, people=["wang", "li", "zhao"], exits=["out"])
SEEN = rule("two_person", alert_class="access", alone_s=10, presence=["occupancy"], empty_s=100)
FORGETS = rule("two_person", alert_class="access", alone_s=60, forget_s=600)
IN, OUT, EYE = device("in"), device("out"), device("eye")


def passes(reader: str, who: str) -> str:
    return f"{reader}.credential={who}; {reader}.access=granted"


TIMELINES = (
    Timeline(
        "somebody alone is an alert when the second does not follow",
        (PAIR,),
        (IN, OUT),
        ((0, "", ""), (10, passes("in", "wang"), ""), (70, "", "raised store"), (90, passes("in", "li"), "gone store")),
    ),
    Timeline(
        "two who come within the time are none, and the one who is left behind is",
        (PAIR,),
        (IN, OUT),
        (
            (10, passes("in", "wang"), ""),
            (60, passes("in", "li"), ""),
            (300, passes("out", "wang"), ""),
            (360, "", "raised store"),
            (400, passes("out", "li"), "gone store"),
        ),
    ),
    Timeline(
        "the same card twice is one person, and two nameless grants are too",
        (PAIR,),
        (IN, OUT),
        (
            (10, passes("in", "wang"), ""),
            (20, passes("in", "wang"), ""),
            (70, "", "raised store"),
            (80, passes("out", "wang"), "gone store"),
            (100, "in.access=granted", ""),
            (110, "in.access=granted", ""),
            (160, "", "again store"),
        ),
    ),
    Timeline(
        "the credential may be told after the grant; refused, nobody is inside; egress lets out",
        (PAIR,),
        (IN, OUT),
        (
            (10, "in.access=granted; in.credential=wang", ""),
            (12, "in.access=granted; in.credential=li", ""),
            (20, "in.credential=zhao; in.access=denied", ""),
            (200, "in.credential=li; in.access=granted:_egress", ""),
            (260, "", "raised store"),
        ),
    ),
    Timeline(
        "who is not on the list does not count",
        (NAMED,),
        (IN, OUT),
        (
            (10, passes("in", "wang"), ""),
            (20, passes("in", "guest"), ""),
            (70, "", "raised store"),
            (80, passes("in", "zhao"), "gone store"),
        ),
    ),
    Timeline(
        "somebody is there whom nobody let in; when all is still nobody is inside",
        (SEEN,),
        (IN, EYE),
        (
            (0, "eye.occupancy=off", ""),
            (10, "eye.occupancy=on", ""),
            (20, "", "raised store"),
            (30, "eye.occupancy=off", "gone store"),
            (200, f"{passes('in', 'wang')}; {passes('in', 'li')}", ""),
            (210, "eye.occupancy=on", ""),
            (300, "eye.occupancy=off", ""),
            (420, "eye.occupancy=on", ""),
            (430, "", "again store"),
        ),
    ),
    Timeline(
        "who was let in is forgotten after a time",
        (FORGETS,),
        (IN,),
        ((10, passes("in", "wang"), ""), (70, "", "raised store"), (610, "", "gone store")),
    ),
)
