"""A working quarter or year of the sample site: people, shifts, rounds, inspections, hazards, alerts, records.

Pure and streaming: the same span and seed give the same happenings, in the order of time, one after the other. Nothing
is decided here of what follows from them: they go through the doors through which people and devices come.
"""

from collections.abc import Iterator
from heapq import merge

from simulators.working_year.alarms import alarms
from simulators.working_year.calendar import Span
from simulators.working_year.drills import drills
from simulators.working_year.duty import control_room, gate, leaders
from simulators.working_year.education import education
from simulators.working_year.fire_safety import fire_safety
from simulators.working_year.happenings import Happening
from simulators.working_year.hazards import hazards
from simulators.working_year.health import health
from simulators.working_year.inspections import inspections
from simulators.working_year.kitchen import kitchen
from simulators.working_year.permits import permits
from simulators.working_year.records import records
from simulators.working_year.registers import registers
from simulators.working_year.rounds import rounds, under_way
from simulators.working_year.stock import stock
from simulators.working_year.vehicles import vehicles
from simulators.working_year.visits import visits

QUARTER, YEAR = 91, 365
"""In days."""
_PARTS = (
    registers,
    control_room,
    gate,
    leaders,
    rounds,
    vehicles,
    under_way,
    inspections,
    education,
    health,
    hazards,
    alarms,
    drills,
    permits,
    records,
    kitchen,
    fire_safety,
    stock,
    visits,
)


def working_days(until: int, days: int, seed: int = 1, time_zone: str = "Asia/Shanghai") -> Iterator[Happening]:
    """The days before ``until`` (seconds since 1970), in the order of time."""
    span = Span.before(until, days, seed, time_zone)
    for happening in merge(*(_in_order(part(span)) for part in _PARTS), key=lambda each: each.at):
        if happening.at >= until:
            return
        yield happening


def _in_order(happenings: Iterator[Happening]) -> Iterator[Happening]:
    """Each part tells a day after the other; within two days its happenings may stand otherwise."""
    kept: list[Happening] = []
    for happening in happenings:
        kept.append(happening)
        if len(kept) > _WITHIN:
            kept.sort(key=lambda each: each.at)
            yield from kept[: _WITHIN // 2]
            del kept[: _WITHIN // 2]
    yield from sorted(kept, key=lambda each: each.at)


_WITHIN = 400
