"""Own vehicles 自有车辆: papers, the checklist before leaving, each trip with its driver, seen by the gate itself.

A trip is written down before it begins. It is refused while the insurance or the inspection is over, while the driver
holds no certificate that counts, without a checklist of the last hours, and while something that was abnormal has not
been looked at again by somebody else. What the checklist finds is a hazard (``finding``). Plate readers write when a
vehicle passes the gate (``vehicle_passed``): the trip goes out and comes back by itself, and only the kilometres are
left to be written. One that leaves without an entry is an alert in the closed hours, at once or when these begin; it
stays an alert until it is back or somebody says who drives.

Standard: Road Traffic Safety Law, articles 13, 17, 19 and 21 (inspection, insurance, licence, check before driving);
GB 7258 (tread of 1.6 mm). Days ahead, hours and the way of a trip are house practice, and settings.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from msgspec.structs import replace

from alerts.facts import FINDING, OWN_VEHICLE, VEHICLE_PASSED, Fact
from alerts.heard import Installed, Listens
from alerts.person import person_of
from alerts.rule import Rule
from alerts.vehicle_asks import KEEPERS, Add, Back, Cancel, Change, Check, Explain, Leave, Recheck, Retire, Start
from alerts.vehicle_facts import RULES, fact_of, papers_told
from alerts.vehicle_faults import VehiclesConfig, bad_of, faults_of, given_in
from alerts.vehicles import HOUR, ITEMS, Checked, Trip, Vehicle, with_plate
from alerts.workflow import Ask, Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import Text
from devices.reading import SECOND, Instant

_AGAIN: Instant = 120 * SECOND
"""A reader that sees a vehicle once more so soon has not seen it turn."""


class Vehicles(Workflow[Vehicle]):
    """One vehicle is one case."""

    name, book, case = "vehicles", "vehicles", Vehicle
    asks = (Add, Change, Check, Recheck, Start, Leave, Back, Explain, Cancel, Retire)
    config_type = VehiclesConfig
    page = "/console/gate"
    listens = Listens(topics=frozenset({VEHICLE_PASSED}), installed=True)
    provides = {OWN_VEHICLE: lambda about, cases, world, now: _own(about, cases)}

    def rules(self) -> Sequence[Rule[Any]]:
        return RULES

    def takes_two(self, ask: Any, world: World) -> bool:
        return isinstance(ask, Start) and self.config.approved

    def waits_for(self, case: Vehicle, account: str, role: str) -> bool:
        if case.trip is not None and not case.trip.is_entered:
            return role in Explain.ROLES
        if case.bad:
            return role in Recheck.ROLES and (case.checked is None or account != case.checked.by)
        if case.trip is not None and case.trip.back_at is not None:
            return role in Back.ROLES
        return bool(case.told) and role in KEEPERS

    # -- what speaks against it ----------------------------------------------------------------------------

    def check(self, ask: Any, cases: Mapping[str, Vehicle], world: World, now: Instant) -> None:
        faults = [(0, name, text) for name, text in faults_of(ask, cases, world, now, self.config)]
        if faults:
            said = [text for _, _, text in faults]
            raise Refused(said[0] if len(said) == 1 else Text.of("vehicles.faults", faults=tuple(said)), faults)

    # -- what follows --------------------------------------------------------------------------------------

    def step(self, event: Heard, cases: Mapping[str, Vehicle], world: World, now: Instant) -> Moves:
        match event:
            case Fact():
                case = with_plate(cases, str(event.fields.get("plate", "")))
                return self._passed(case, event, world, now) if case is not None else Moves()
            case Installed():
                return self.turn(tuple(cases.values()), world, now)
            case Add():
                fields = given_in(event)
                new = Vehicle(id=event.vehicle, by=event.by, **fields)
                return self._told(new, "added", world, now, event, fields=fields)
            case Change():
                fields = given_in(event)
                return self._told(replace(cases[event.case], **fields), "changed", world, now, event, fields=fields)
            case Retire():
                gone = replace(cases[event.case], is_open=False, trip=None, bad=())
                return self._told(gone, "retired", world, now, event)
            case Check():
                return self._checked(cases[event.case], event, world, now)
            case Recheck():
                mended = replace(cases[event.case], bad=())
                done = {"measures": event.measures.strip(), "rechecked": True, "inspector": event.by}
                return self._told(mended, "rechecked", world, now, event, fields=done)
            case Start():
                return self._started(cases[event.case], event, world, now)
            case Ask():
                return self._goes_on(cases[event.case], event, world, now)
        return Moves()

    def turn(self, due: Sequence[Vehicle], world: World, now: Instant) -> Moves:
        """A paper runs out, a trip is late or was never begun, the closed hours begin."""
        moves = []
        for before in due:
            case, facts = before, list[Fact]()
            trip = case.trip
            if _is_overdue(trip, now):
                case = replace(case, trip=replace(trip, is_late=True))
                facts.append(fact_of(case, "overdue", now))
            if trip is not None and trip.out_at is None and trip.begun_at + int(self.config.lapses_h * HOUR) <= now:
                facts.append(fact_of(case, "lapsed", now))
                case = replace(case, trip=None)
            if case.closes_at is not None and case.closes_at <= now:
                case = replace(case, closes_at=None, is_after_hours=True)
                facts.append(fact_of(case, "out_after_hours", now))
            case, more = self._looked_at(case, world, now)
            if facts or more or case != before:
                moves.append(Moves(cases=(case,), facts=(*facts, *more)))
        return Moves.joined(moves)

    def _checked(self, case: Vehicle, ask: Check, world: World, now: Instant) -> Moves:
        bad = bad_of(ask)
        seen = Checked(at=ask.done_at or now, by=ask.by, bad=bad, tread_mm=ask.tread_mm, note=ask.note.strip())
        case = replace(case, checked=seen, bad=bad or case.bad)
        rows = tuple({"item": item, "result": "abnormal" if item in bad else "normal"} for item in ITEMS)
        fields = {"items": rows, "result": "abnormal" if bad else "normal", "tread_mm": ask.tread_mm}
        fields["inspector"] = ask.by
        moves = self._told(case, "held" if bad else "checked", world, now, ask, fields=fields)
        found = (
            Fact(
                workflow=self.name,
                case=case.id,
                step="found",
                at=now,
                by=ask.by,
                area=case.area,
                text=Text.of("vehicles.found", plate=case.plate, item=item, note=seen.note),
                fields={
                    "place": case.plate,
                    "description": f"{item}: {seen.note}",
                    "source": "inspection",
                    "category": "traffic",
                },
                topics=(FINDING,),
                book="",
            )
            for item in bad
        )
        return replace(moves, facts=(*moves.facts, *found))

    def _started(self, case: Vehicle, ask: Start, world: World, now: Instant) -> Moves:
        name = ask.driver.strip()
        driver = person_of(world, person=name) or person_of(world, account=name)
        trip = Trip(
            id=ask.id,
            begun_at=now,
            driver=driver.id if driver is not None else name,
            purpose=ask.purpose.strip(),
            destination=ask.destination.strip(),
            by=ask.by,
            second=ask.second,
            km_out=ask.km if ask.km is not None else case.km or None,
            back_by=ask.until,
        )
        km = max(case.km, ask.km or 0)
        return self._told(replace(case, trip=trip, km=km), "started", world, now, ask)

    def _goes_on(self, case: Vehicle, ask: Ask, world: World, now: Instant) -> Moves:
        trip, at = case.trip, ask.done_at or now
        assert trip is not None  # checked above
        match ask:
            case Leave():
                return self._told(replace(case, trip=replace(trip, out_at=at)), "went_out", world, now, ask)
            case Cancel():
                return self._told(case, "cancelled", world, now, ask, after=replace(case, trip=None))
            case Explain():
                entered = replace(trip, driver=ask.driver.strip(), purpose=ask.purpose.strip(), by=ask.by)
                case = replace(case, trip=entered, closes_at=None, is_after_hours=False)
                return self._told(case, "explained", world, now, ask)
            case Back():
                back = replace(trip, out_at=trip.out_at or trip.begun_at, back_at=trip.back_at or at)
                case = replace(case, trip=back, km=max(case.km, ask.km or 0), closes_at=None, is_after_hours=False)
                return self._told(case, "returned", world, now, ask, after=replace(case, trip=None))
        return Moves()

    def _passed(self, case: Vehicle, fact: Fact, world: World, now: Instant) -> Moves:
        """A plate reader, or the gatekeeper, saw it."""
        way, trip = fact.fields.get("way"), case.trip
        if not way:
            if fact.at - case.passed_at < _AGAIN:
                return Moves()
            way = "in" if case.is_out else "out"
        case = replace(case, passed_at=fact.at)
        device = {"device": fact.fields.get("device") or ""}
        if way == "in":
            if trip is None or not case.is_out:
                return Moves(cases=(case,))
            case = replace(case, trip=replace(trip, back_at=fact.at), closes_at=None, is_after_hours=False)
            return self._told(case, "came_back", world, now, at=fact.at, fields=device)
        if case.is_out:
            return Moves(cases=(case,))
        if trip is not None and trip.is_entered and trip.out_at is None:
            case = replace(case, trip=replace(trip, out_at=fact.at))
            return self._told(case, "went_out", world, now, at=fact.at, fields=device)
        if trip is not None and not trip.is_entered:  # again, and the first time is not explained yet
            trip = replace(trip, back_at=None)
        else:
            trip = Trip(id=f"{case.id}-{fact.at}", begun_at=fact.at, out_at=fact.at)
        is_closed, closes_at = fact.fields.get("is_closed") is True, fact.fields.get("closes_at")
        waits = closes_at if isinstance(closes_at, int) and closes_at > 0 and not is_closed else None
        case = replace(case, trip=trip, closes_at=waits, is_after_hours=is_closed)
        step = "out_after_hours" if is_closed else "out_unentered"
        return self._told(case, step, world, now, at=fact.at, fields=device)

    def _told(
        self,
        case: Vehicle,
        step: str,
        world: World,
        now: Instant,
        ask: Ask | None = None,
        *,
        fields: Mapping[str, Any] = {},
        at: Instant | None = None,
        after: Vehicle | None = None,
    ) -> Moves:
        fact = fact_of(case, step, at if at is not None else now, ask, fields)
        if at is not None and at < now:
            fact = replace(fact, recorded=now)
        stands, facts = self._looked_at(after if after is not None else case, world, now)
        return Moves(cases=(stands,), facts=(fact, *facts))

    def _looked_at(self, case: Vehicle, world: World, now: Instant) -> tuple[Vehicle, list[Fact]]:
        """Its papers as they stand today, and when to look again."""
        calendar = world.site.calendar
        today = calendar.day(now)
        states = case.standings(today) if case.is_open else {}
        facts = papers_told(case, states, now)
        day, trip = case.next_change(today), case.trip
        times: list[Instant | None] = [calendar.at(day, 0) if day is not None else None, case.closes_at]
        if trip is not None and trip.out_at is None:
            times.append(trip.begun_at + int(self.config.lapses_h * HOUR))
        if trip is not None and trip.back_at is None and not trip.is_late:
            times.append(trip.back_by)
        wake_at = min((at for at in times if at is not None), default=None) if case.is_open else None
        return replace(case, told=states, wake_at=wake_at), facts


# -- small parts ----------------------------------------------------------------------------------------------------


def _is_overdue(trip: Trip | None, now: Instant) -> TypeGuard[Trip]:
    """And nobody was told yet."""
    is_away = trip is not None and trip.back_at is None and not trip.is_late
    return is_away and trip is not None and trip.back_by is not None and trip.back_by <= now


def _own(about: Mapping[str, Any], cases: Mapping[str, Vehicle]) -> str | None:
    case = with_plate(cases, str(about.get("plate", "")))
    return case.id if case is not None else None


WORKFLOW = Vehicles
