"""What devices told: smoke from burnt food and steam, a weak battery now and then. What is no fire, and is handled."""

from collections.abc import Iterator

from simulators.working_year import staff
from simulators.working_year.calendar import Span
from simulators.working_year.happenings import Happening, Told, Written

_EVERY_DAYS = 9
_PLACES = (("canteen-smoke-1", 12.2), ("boiler-smoke-1", 9.4), ("workshop-smoke-1", 15.1), ("dormitory-smoke-1", 18.6))
_BATTERIES = ("chemical/smoke 2", "warehouse/smoke 2", "canteen/smoke 2", "power/smoke 2")


def alarms(span: Span) -> Iterator[Happening]:
    chance = span.chance("alarms")
    for number, day in enumerate(range(4, span.days - 1, _EVERY_DAYS)):
        device, hour = _PLACES[number % len(_PLACES)]
        at = span.at(day, hour + chance.random() / 4)
        yield Told(at=at, device=device, values={"smoke": True})
        yield Told(at=at + 240, device=device, values={"smoke": False})
        weak = _BATTERIES[number % len(_BATTERIES)].replace("/smoke 2", "-smoke-2")
        at = span.at(day, 20 + chance.random())
        yield Told(at=at, device=weak, values={"battery": 9.0})
        at = span.at(day + 1, 10.1 + chance.random())
        yield Told(at=at, device=weak, values={"battery": 100.0})
        technician = staff.TECHNICIANS[0]
        fields = {"equipment": weak, "action": "battery", "result": "passed", "person": technician.name}
        area = weak.partition("-")[0]
        yield Written(
            at=at + 300, by=technician.signs, role=technician.role, book="maintenance", area=area, fields=fields
        )
