"""Timelines of the kind ``fusion``: temperature in °C, smoke in %/m, carbon monoxide in ppm."""

from tests.alerts.timeline import Timeline, device, rule

FIRE = rule("fusion")
AREA = rule("fusion", per="area")
A, B = device("a"), device("b")
ONE = "a.temperature=20; a.smoke_density=0; a.co=0; a.humidity=40"


def at(temperature: float, smoke: float, co: float = 0, humidity: float = 40) -> str:
    return f"a.temperature={temperature}; a.smoke_density={smoke}; a.co={co}; a.humidity={humidity}"


TIMELINES = (
    Timeline(
        "a little of each is a fire, and it is over at half",
        (FIRE,),
        (A,),
        (
            (0, at(20, 0), ""),
            (10, at(23, 0.4), ""),
            (20, at(25, 0.9), ""),
            (25, at(26, 1.0), "raised a"),
            (30, at(24, 0.8), ""),
            (35, at(22, 0.3), "gone a"),
        ),
    ),
    Timeline(
        "a fast rise alone is a fire, a slow one is none",
        (FIRE,),
        (A,),
        (
            (0, at(20, 0), ""),
            (60, at(24, 0), ""),
            (120, at(28, 0), ""),
            (180, at(32, 0), ""),
            (190, at(36, 0), ""),
            (200, at(41, 0), "raised a"),
        ),
    ),
    Timeline(
        "smoke alone below 12 %/m is none while the temperature is known",
        (FIRE,),
        (A,),
        (
            (0, at(20, 0), ""),
            (10, at(20, 4), ""),
            (20, at(20, 8), ""),
            (30, at(20, 11.9), ""),
            (40, at(20, 12.1), "raised a"),
        ),
    ),
    Timeline(
        "it is one at its plain limit where nothing else is, or was heard for too long",
        (FIRE,),
        (A, B),
        (
            (0, f"{ONE}; b.smoke_density=0", ""),
            (10, "b.smoke_density=3.3; a.smoke_density=3.5", ""),
            (20, "b.smoke_density=3.4", "raised b"),
            (590, "a.smoke_density=0.1", ""),
            (610, "a.smoke_density=3.5", "raised a"),
        ),
    ),
    Timeline(
        "steam takes the smoke for nothing and the heat for half",
        (FIRE,),
        (A,),
        (
            (0, at(20, 0, 0, 40), ""),
            (10, at(22, 0.5, 0, 55), ""),
            (20, at(25, 1.5, 0, 62), ""),
            (30, at(28, 2.0, 0, 70), ""),
            (40, at(37, 2.0, 0, 70), ""),
            (45, at(57, 2.0, 0, 70), ""),
            (55, "", "raised a"),
        ),
    ),
    Timeline(
        "a leap of one report is doubted, and counts when it stays or after ten seconds",
        (FIRE,),
        (A, B),
        (
            (0, f"{ONE}; b.temperature=20", ""),
            (5, "a.temperature=85", ""),
            (8, "a.temperature=20.5", ""),
            (30, "a.temperature=85", ""),
            (33, "a.temperature=84", "raised a"),
            (50, "b.temperature=60", ""),
            (60, "", "raised b"),
        ),
    ),
    Timeline(
        "what a detector says by itself is never waited with",
        (FIRE,),
        (A,),
        ((0, ONE, ""), (5, "a.smoke=on", "raised a"), (30, "a.smoke=off", "gone a")),
    ),
    Timeline(
        "the signals of an area together",
        (AREA,),
        (A, B),
        (
            (0, "a.temperature=20; b.smoke_density=0", ""),
            (20, "b.smoke_density=1.1", ""),
            (30, "a.temperature=25", "raised store"),
            (40, "a.temperature=20", ""),
            (50, "b.smoke_density=0", "gone store"),
        ),
    ),
)
