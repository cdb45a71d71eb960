"""Guards walk the routes of the sample site and scan its checkpoints; at the end rounds are in progress."""

from collections.abc import Iterator

from simulators.working_year import staff
from simulators.working_year.calendar import Span
from simulators.working_year.happenings import Asked, Happening

_TAGS = {
    "gate": "KA-7F3A9C21",
    "warehouse": "KA-1B64D0E8",
    "chemical": "KA-51D0BE77",
    "power": "KA-C94E2A05",
    "boiler": "KA-E0837F5B",
    "gasroom": "KA-3D29B6A4",
    "pumps": "KA-8CF1450D",
    "workshop": "KA-26A7E93C",
    "canteen": "KA-F50B18D2",
    "dormitory": "KA-945C7E3F",
    "control": "KA-0A6E8D14",
    "finance": "KA-62C9F1B8",
    "archive": "KA-A7140E5D",
}
_YARD = ("gate", "warehouse", "chemical", "power", "boiler", "gasroom", "pumps", "workshop", "canteen", "dormitory")
_DAY = ("gate", "chemical", "power", "boiler", "gasroom")
_OFFICES = ("control", "finance", "archive")
_ROUNDS = (
    *((hour, _YARD) for hour in (2, 6)),
    (7.5, _OFFICES),
    *((hour, _DAY) for hour in (10, 14, 18)),
    (19.5, _OFFICES),
    (22, _YARD),
)
"""By the local hour at which it begins."""
_FORGOTTEN = 0.02
"""The share of rounds on which a checkpoint is forgotten."""
_UNDER_WAY_S = 33 * 60


def rounds(span: Span) -> Iterator[Happening]:
    """A phone without a network on the way hands in all of a round at its end."""
    chance = span.chance("rounds")
    for day in span.numbers():
        for hour, checkpoints in _ROUNDS:
            (guard,) = staff.on_duty(staff.GUARDS, day, int(hour // 8))
            forgotten = chance.choice(checkpoints[1:]) if chance.random() < _FORGOTTEN else ""
            at, done = span.at(day, hour) + chance.randrange(120, 300), list[tuple[int, str]]()
            for checkpoint in checkpoints:
                at += chance.randrange(100, 190)
                if checkpoint != forgotten:
                    done.append((at, checkpoint))
            yield from (_scan(at + 30, guard, checkpoint, scanned) for scanned, checkpoint in done)


def under_way(span: Span) -> Iterator[Happening]:
    """Besides: somebody walks when it ends, and has not been at all of its checkpoints yet."""
    begun = span.until - _UNDER_WAY_S
    hour = (begun - span.at(span.days, 0)) / 3600
    day, hour = (span.days, hour) if hour >= 0 else (span.days - 1, hour + 24)
    (guard,) = staff.on_duty(staff.GUARDS, day, int(hour // 8))
    yield Asked(at=begun, by=guard.signs, role=guard.role, workflow="patrols", ask="begin", fields={"route": "extra"})
    yield _scan(begun + 180, guard, "gate")
    yield _scan(begun + 480, guard, "warehouse")


def _scan(at: int, guard: staff.Person, checkpoint: str, done_at: int | None = None) -> Asked:
    fields = {"tag": _TAGS[checkpoint], "way": "nfc", "done_at": (done_at or at) * 10**9}
    return Asked(at=at, by=guard.signs, role=guard.role, workflow="patrols", ask="scan", fields=fields)
