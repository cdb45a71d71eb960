"""Timelines of the kind ``fault``."""

from tests.alerts.timeline import Timeline, device, rule

ANY = rule("fault", alert_class="fault")
HELD = rule("fault", alert_class="fault", signals=["mains"], hold_s=60)
TAMPER = rule("fault", alert_class="tamper", signals=["tamper"])
AREA = rule("fault", alert_class="fault", per="area")
A, B = device("a"), device("b")

TIMELINES = (
    Timeline(
        "what a device says of itself is told, and closes by itself once it is seen and over",
        (ANY,),
        (A,),
        (
            (0, "a.fault=off", ""),
            (10, "a.fault=on", "raised a"),
            (11, "ack a", "acknowledge a"),
            (20, "a.fault=off", "gone a"),
            (30, "a.fault=on", "raised a"),
        ),
    ),
    Timeline(
        "found faulty after a start is as much an alert, also what is no alarm by itself",
        (ANY,),
        (A, B),
        ((0, "~a.fault=on", "raised a"), (1, "~b.mains=off", "raised b")),
    ),
    Timeline(
        "a fault of one part joins, and only when none is left is it over",
        (ANY,),
        (A,),
        (
            (0, "a.fault.battery=on", "raised a"),
            (1, "a.fault.bus=on", "again a"),
            (2, "a.fault.battery=off", ""),
            (3, "a.fault.bus=off", "gone a"),
        ),
    ),
    Timeline(
        "mains power that is lost is a fault, mains power is none",
        (ANY,),
        (A,),
        ((0, "a.mains=on", ""), (1, "a.mains=off", "raised a"), (2, "a.mains=on", "gone a")),
    ),
    Timeline(
        "a short loss of mains power may be waited out",
        (HELD,),
        (A,),
        (
            (0, "a.mains=off", ""),
            (50, "a.mains=on", ""),
            (100, "a.mains=off", ""),
            (130, "a.mains=off", ""),
            (160, "", "raised a"),
        ),
    ),
    Timeline(
        "a charge is low under the limit, and well again only well above it",
        (ANY,),
        (A,),
        (
            (0, "a.battery=15", ""),
            (1, "a.battery=14.9", "raised a"),
            (2, "a.battery=16", ""),
            (3, "a.battery=24.9", ""),
            (4, "a.battery=12", ""),
            (5, "a.battery=100", "gone a"),
            (6, "a.battery=20", ""),
        ),
    ),
    Timeline(
        "a flag that says low counts beside the charge",
        (ANY,),
        (A,),
        (
            (0, "a.battery=80;a.battery_low=on", "raised a"),
            (1, "a.battery=100", ""),
            (2, "a.battery_low=off", "gone a"),
        ),
    ),
    Timeline(
        "a device that is switched off on purpose is told",
        (ANY,),
        (A,),
        ((0, "a.disabled=off", ""), (1, "a.disabled=on", "raised a")),
    ),
    Timeline(
        "tamper returns but a person closes it",
        (TAMPER,),
        (A,),
        (
            (0, "a.fault=on", ""),
            (1, "a.tamper=on", "raised a"),
            (2, "a.tamper=off", "gone a"),
            (3, "ack a", "acknowledge a"),
            (4, "close a", "close a"),
        ),
    ),
    Timeline(
        "one alert for an area tells each device that joins",
        (AREA,),
        (A, B),
        ((0, "a.battery=5", "raised store"), (1, "b.fault=on", "again store"), (2, "a.battery=90", "")),
    ),
)
