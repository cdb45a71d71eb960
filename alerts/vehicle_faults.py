"""What speaks against an ask about the site's own vehicles, field by field; and what a trip takes at this site."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from alerts.person import is_certified, person_of
from alerts.personnel import ID, trimmed
from alerts.plates import plate_of
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.vehicle_asks import Add, Back, Cancel, Change, Check, Explain, Leave, Recheck, Retire, Start
from alerts.vehicles import HOUR, ITEMS, LEAST_TREAD_MM, Vehicle, with_plate
from alerts.workflow import Ask, Config, World
from devices.message import Text
from devices.reading import Instant

_LONGEST, _MOST_KM, _MOST_TREAD_MM = 100, 5_000_000, 30
_OWN_FIELDS = frozenset(Vehicle.__struct_fields__)


class VehiclesConfig(Config, frozen=True, kw_only=True):
    """What a trip takes.

    ``certificate``: the kind of certificate that a driver holds (``workflows.people``); "": any person of the register
    ``check_valid_h``: hours for which the checklist counts
    ``approved``: a trip takes a second person, who approves it
    ``lapses_h``: a trip that has not begun so many hours after it was written down is over
    """

    certificate: str = ""
    check_valid_h: float = 12
    approved: bool = False
    lapses_h: float = 24

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        for name in ("check_valid_h", "lapses_h"):
            if not 0 < getattr(self, name) <= 168:
                yield ConfigFault((name,), Text.of("vehicles.config_hours"))


def faults_of(
    ask: Any, cases: Mapping[str, Vehicle], world: World, now: Instant, config: VehiclesConfig
) -> Iterator[tuple[str, Text]]:
    """What is wrong with which field."""
    if isinstance(ask, Add):
        if not ID.fullmatch(ask.vehicle):
            yield "vehicle", Text.of("vehicles.bad_id")
        elif ask.vehicle in cases:
            yield "vehicle", Text.of("vehicles.is_known", vehicle=ask.vehicle)
        yield from _field_faults(ask, "", cases, world)
        return
    case = cases.get(ask.case)
    if case is None:
        yield "case", Text.of("vehicles.none_such", vehicle=ask.case[:64], known=tuple(cases)[:20])
        return
    trip = case.trip
    match ask:
        case Change():
            yield from _field_faults(ask, case.id, cases, world)
        case Check():
            if (bad_of(ask) or ask.tyres == "abnormal") and not ask.note.strip():
                yield "note", Text.of("vehicles.say_what")
            if ask.tread_mm is not None and not 0 <= ask.tread_mm <= _MOST_TREAD_MM:
                yield "tread_mm", Text.of("vehicles.bad_tread", most=_MOST_TREAD_MM)
        case Recheck():
            if not case.bad:
                yield "case", Text.of("vehicles.nothing_bad", vehicle=case.id)
            elif case.checked is not None and ask.by.casefold() == case.checked.by.casefold():
                yield "case", Text.of("vehicles.rechecks_himself", by=ask.by)
            if not ask.measures.strip():
                yield "measures", Text.of("vehicles.say_measures")
        case Start():
            yield from _start_faults(ask, case, cases, world, now, config)
        case Explain():
            if trip is None or trip.is_entered:
                yield "case", Text.of("vehicles.nothing_to_explain", vehicle=case.id)
            if person_of(world, person=ask.driver.strip()) is None:
                yield "driver", Text.of("vehicles.nobody", person=ask.driver[:64])
            if not ask.note.strip():
                yield "note", Text.of("vehicles.say_why")
        case Leave() | Cancel():
            if trip is None or not trip.is_entered or trip.out_at is not None:
                yield "case", Text.of("vehicles.no_trip", vehicle=case.id)
        case Back():
            if trip is None or not trip.is_entered:
                yield "case", Text.of("vehicles.not_out", vehicle=case.id)
            elif ask.km is not None and not (trip.km_out or case.km) <= ask.km <= _MOST_KM:
                yield "km", Text.of("vehicles.bad_km", least=trip.km_out or case.km, most=_MOST_KM)
        case Retire():
            if case.is_out:
                yield "case", Text.of("vehicles.is_out", vehicle=case.id)


def _start_faults(
    ask: Start, case: Vehicle, cases: Mapping[str, Vehicle], world: World, now: Instant, config: VehiclesConfig
) -> Iterator[tuple[str, Text]]:
    today, trip = world.site.calendar.day(now), case.trip
    if trip is not None and not trip.is_entered:
        yield "case", Text.of("vehicles.explain_first", vehicle=case.id)
    elif trip is not None and trip.back_at is None:
        yield "case", Text.of("vehicles.has_trip", vehicle=case.id)
    for paper in case.over(today):
        until = case.until(paper)
        key = f"vehicles.no_{paper}" if until is None else f"vehicles.{paper}_over"
        yield "case", Text.of(key, vehicle=case.id, until=until.isoformat() if until is not None else "")
    fresh = now - int(config.check_valid_h * HOUR)
    if case.bad:
        yield "case", Text.of("vehicles.is_held", vehicle=case.id, items=_named(case.bad))
    elif case.checked is None or case.checked.at < fresh or (trip is not None and case.checked.at < trip.begun_at):
        yield "case", Text.of("vehicles.check_first", vehicle=case.id)
    yield from _driver_faults(ask.driver.strip(), case, cases, world, now, config)
    if not ask.purpose.strip():
        yield "purpose", Text.of("vehicles.say_purpose")
    if ask.km is not None and not case.km <= ask.km <= _MOST_KM:
        yield "km", Text.of("vehicles.bad_km", least=case.km, most=_MOST_KM)
    if ask.until is not None and not now < ask.until <= now + 31 * 24 * HOUR:
        yield "until", Text.of("vehicles.bad_until")


def _driver_faults(
    driver: str, case: Vehicle, cases: Mapping[str, Vehicle], world: World, now: Instant, config: VehiclesConfig
) -> Iterator[tuple[str, Text]]:
    today = world.site.calendar.day(now)
    person = person_of(world, person=driver) or person_of(world, account=driver)
    if person is None or not person.is_here(today):
        yield "driver", Text.of("vehicles.nobody", person=driver[:64])
        return
    kind = config.certificate
    if kind and not is_certified(world, person.id, kind, today):
        yield "driver", Text.of("vehicles.no_certificate", person=person.id, kind=kind)
    others = (each for each in cases.values() if each.id != case.id and each.trip is not None)
    for each in others:
        if each.trip is not None and each.trip.driver == person.id and each.trip.back_at is None:
            yield "driver", Text.of("vehicles.drives_another", person=person.id, vehicle=each.id)


def bad_of(ask: Check) -> tuple[Any, ...]:
    """Items that are not as they must be; a tread under the least depth is abnormal, whatever was said of it."""
    worn = ask.tread_mm is not None and ask.tread_mm < LEAST_TREAD_MM
    return tuple(item for item in ITEMS if getattr(ask, item) == "abnormal" or (item == "tyres" and worn))


def _named(items: Iterable[str]) -> tuple[Text, ...]:
    return tuple(Text.of(f"vehicles_item.{item}") for item in items)


def given_in(ask: Add | Change) -> dict[str, Any]:
    """What it says of the vehicle, without what is left out."""
    given = {name: getattr(ask, name) for name in ask.__struct_fields__ if name in _OWN_FIELDS}
    given = {name: value for name, value in given.items() if name not in Ask.__struct_fields__ and value is not None}
    given = {name: trimmed(value) if isinstance(value, str) else value for name, value in given.items()}
    return given | {"plate": plate_of(given["plate"])} if "plate" in given else given


def _field_faults(
    ask: Add | Change, own: str, cases: Mapping[str, Vehicle], world: World
) -> Iterator[tuple[str, Text]]:
    fields = given_in(ask)
    if "plate" in fields:
        other = with_plate({key: case for key, case in cases.items() if key != own}, fields["plate"])
        if not fields["plate"]:
            yield "plate", Text.of("vehicles.bad_plate")
        elif other is not None:
            yield "plate", Text.of("vehicles.plate_taken", vehicle=other.id)
    if "area" in fields and fields["area"] not in world.site.areas:
        yield "area", Text.of("dated_register.no_area", area=fields["area"][:64], known=tuple(world.site.areas))
    keeper = fields.get("keeper", "")
    if keeper and person_of(world, person=keeper) is None:
        yield "keeper", Text.of("vehicles.nobody", person=keeper[:64])
    for name, value in fields.items():
        if isinstance(value, str) and len(value) > _LONGEST:
            yield name, Text.of("vehicles.too_long", most=_LONGEST)
    if "km" in fields and not 0 <= fields["km"] <= _MOST_KM:
        yield "km", Text.of("vehicles.bad_km", least=0, most=_MOST_KM)
