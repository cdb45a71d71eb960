"""Timelines of the kind ``coincidence``."""

from tests.alerts.timeline import Timeline, device, rule

FIRE = rule("coincidence", signals=["smoke", "heat", "call_point"], within_s=60)
KNOCK = rule("coincidence", name="knock", alert_class="intrusion", signals=["motion"], within_s=60)
LOST = rule("supervision", alert_class="fault", interval_s=100)
SIGNALS = ("smoke", "heat", "fault", "disabled")
A, B, C = (device(name, signals=SIGNALS) for name in "abc")
METER = device("meter", signals=("temperature", "fault"))
POINT = device("point", kind="call_point", signals=("smoke",))
P, Q = device("p", signals=("motion",)), device("q", signals=("motion",))

TIMELINES = (
    Timeline(
        "one detector is not enough, a second is",
        (FIRE,),
        (A, B, C),
        ((0, "a.smoke=on", ""), (30, "b.heat=on", "raised store"), (31, "c.smoke=on", "again store")),
    ),
    Timeline(
        "two signals of one detector are one detector",
        (FIRE,),
        (A, B),
        ((0, "a.smoke=on; a.heat=on", ""), (1, "a.smoke.2=on", "")),
    ),
    Timeline(
        "a detector in another area does not count",
        (FIRE,),
        (A, B, device("d", "hall", signals=SIGNALS), device("e", "hall", signals=SIGNALS)),
        ((0, "a.smoke=on; d.smoke=on", ""), (1, "b.smoke=on", "raised store")),
    ),
    Timeline(
        "detectors that are active together count, however far apart they began",
        (FIRE,),
        (A, B),
        ((0, "a.smoke=on", ""), (600, "b.smoke=on", "raised store")),
    ),
    Timeline(
        "a pulse counts for the window after it",
        (KNOCK,),
        (P, Q),
        (
            (0, "p.motion=off; q.motion=off", ""),
            (1, "p.motion=on", ""),
            (3, "p.motion=off", ""),
            (63, "q.motion=on", "raised store"),
            (64, "q.motion=off", "gone store"),
        ),
    ),
    Timeline(
        "a pulse is forgotten after the window",
        (KNOCK,),
        (P, Q),
        (
            (0, "p.motion=off; q.motion=off", ""),
            (1, "p.motion=on", ""),
            (3, "p.motion=off", ""),
            (63.1, "q.motion=on", ""),
            (64, "q.motion=off; p.motion=on", "raised store"),
        ),
    ),
    Timeline(
        "motion found at a start does not count, smoke does",
        (KNOCK, FIRE),
        (P, Q, A, B),
        ((0, "p.motion=on; q.motion=on", ""), (1, "a.smoke=on", ""), (2, "~b.smoke=on", "raised store")),
    ),
    Timeline(
        "the end of motion that was found is no pulse",
        (KNOCK,),
        (P, Q),
        ((0, "p.motion=on; q.motion=off", ""), (1, "p.motion=off", ""), (2, "q.motion=on", "")),
    ),
    Timeline(
        "it is over when none is active any more",
        (FIRE,),
        (A, B),
        (
            (0, "a.smoke=on; b.smoke=on", "raised store"),
            (1, "a.smoke=off", ""),
            (2, "b.smoke=off", "gone store"),
            (3, "a.smoke=on", "again store"),
        ),
    ),
    Timeline("a call point never waits for a second", (FIRE,), (A, B), ((0, "a.call_point=on", "raised store"),)),
    Timeline(
        "a device that is a call point never waits", (FIRE,), (A, B, POINT), ((0, "point.smoke=on", "raised store"),)
    ),
    Timeline(
        "a pair with a faulty member alarms with one",
        (FIRE,),
        (A, B, METER),
        ((0, "b.fault=on; meter.fault=off", ""), (1, "a.smoke=on", "raised store")),
    ),
    Timeline(
        "a pair with a member switched off alarms with one",
        (FIRE,),
        (A, B),
        ((0, "b.disabled=on", ""), (1, "b.disabled=off", ""), (2, "b.disabled=on; a.smoke=on", "raised store")),
    ),
    Timeline(
        "a member that fails while one waits makes the alarm",
        (FIRE,),
        (A, B),
        ((0, "a.smoke=on", ""), (100, "b.fault=on", "raised store"), (101, "b.fault=off", "")),
    ),
    Timeline(
        "a member that is whole again is waited for again",
        (FIRE,),
        (A, B),
        ((0, "b.fault=on", ""), (1, "b.fault=off", ""), (2, "a.smoke=on", "")),
    ),
    Timeline(
        "of three, one out still leaves a pair",
        (FIRE,),
        (A, B, C),
        ((0, "c.fault=on; a.smoke=on", ""), (1, "b.smoke=on", "raised store")),
    ),
    Timeline(
        "a faulty detector that is active counts",
        (FIRE,),
        (A, B, C),
        ((0, "a.fault=on; a.smoke=on", ""), (1, "b.smoke=on", "raised store")),
    ),
    Timeline(
        "a silent member is not waited for",
        (LOST, FIRE),
        (A, B),
        (
            (0, "a.smoke=off; b.smoke=off", ""),
            (50, "a.smoke=on", ""),
            (100, "a.smoke=on", "raised b; raised store"),
        ),
        ways=("plain", "bytes"),
    ),
    Timeline(
        "a member that its broker reports gone is not waited for, until it is back",
        (LOST, FIRE),
        (A, B),
        (
            (0, "b.online=off", "raised b"),
            (1, "b.online=on", "gone b"),
            (2, "a.smoke=on", ""),
            (3, "b.online=off", "again b; raised store"),
        ),
    ),
    Timeline(
        "a lone detector needs no second",
        (FIRE,),
        (A, METER),
        ((0, "a.smoke=on", "raised store"),),
    ),
    Timeline(
        "a detector that never said what it reports joins when it is heard",
        (FIRE,),
        (A, device("mute")),
        ((0, "mute.smoke=off", ""), (1, "a.smoke=on", ""), (2, "mute.smoke=on", "raised store")),
    ),
    Timeline(
        "across areas",
        (rule("coincidence", signals=["smoke"], per="site"),),
        (A, device("d", "hall", signals=SIGNALS)),
        ((0, "a.smoke=on", ""), (1, "d.smoke=on", "raised site")),
    ),
    Timeline(
        "three may be asked for",
        (rule("coincidence", signals=["smoke"], count=3),),
        (A, B, C),
        ((0, "a.smoke=on; b.smoke=on", ""), (1, "c.smoke=on", "raised store")),
    ),
    Timeline(
        "one event told twice is no pair; told again after a pair it is a new alarm",
        (FIRE,),
        (A, B, C),
        (
            (0, "!a.smoke=on", ""),
            (1, "!a.smoke=on", ""),
            (2, "!b.smoke=on", "raised store"),
            (3, "!a.smoke=on", "again store"),
            (4, "a.smoke=off; b.smoke=off", "gone store"),
        ),
    ),
)
