"""What a patrol walks: checkpoints with their tags and places, plans with a scale, routes with their times.

All of it is the workflow's own table in the site file. Times between two checkpoints of one plan follow from its scale
and how fast a person walks; between floors and buildings somebody says them (``legs``), or earlier walks did.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from math import hypot, isfinite
from typing import Literal, TypeAlias

import msgspec

from alerts.calendar import Calendar
from alerts.schedule import Only, minutes
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import Config
from devices.errors import ConfigError
from devices.message import Name, Text
from devices.reading import SECOND, Instant
from ledger.posts import Raised
from workflows.patrols.added import added

MINUTE: Instant = 60 * SECOND
HOUR: Instant = 60 * MINUTE
Order: TypeAlias = Literal["fixed", "any", "random"]
_DAYS_AHEAD = 9
_MOST_DAYS = 400


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Checkpoint(_Table, frozen=True, kw_only=True):
    """A place that is scanned.

    ``id``: what routes call it
    ``area``: the key area that it is in
    ``name``: for people
    ``name_zh``: the name on the Chinese console
    ``tags``: what its NFC, RFID or QR tags say, each known to nobody who was not there
    ``plan``: the plan that it is on
    ``x``: where on the plan, from left to right, 0 to 1
    ``y``: from top to bottom, 0 to 1
    ``sensors``: devices that may notice whoever comes here; none given: those of the area
    ``passes``: devices that must notice them: a door on the way, a motion detector over the tag
    """

    id: str
    area: str
    name: str
    name_zh: str = ""
    tags: tuple[str, ...]
    plan: str = ""
    x: float = 0
    y: float = 0
    sensors: tuple[str, ...] = ()
    passes: tuple[str, ...] = ()

    @property
    def called(self) -> Name:
        return Name(self.name, self.name_zh)


class Plan(_Table, frozen=True, kw_only=True):
    """A floor with its scale.

    ``id``: what checkpoints call it
    ``building``: for people
    ``floor``: for people
    ``width_m``: so many metres are shown from left to right
    ``height_m``: so many from top to bottom
    ``area``: the area whose picture shows this floor; without it it is drawn to scale on white
    """

    id: str
    building: str = ""
    floor: str = ""
    width_m: float
    height_m: float
    area: str = ""


class Leg(_Table, frozen=True, kw_only=True):
    """How long nobody is faster between two checkpoints, either way.

    ``between``: the two
    ``least_s``: seconds
    """

    between: tuple[str, str]
    least_s: float


class Route(_Table, frozen=True, kw_only=True):
    """Checkpoints that are scanned in one round.

    ``id``: one word
    ``name``: for people
    ``name_zh``: the name on the Chinese console
    ``checkpoints``: in their order
    ``starts``: local times at which a round begins
    ``shift``: of ``[[shifts]]``: rounds begin with it and every ``every_min`` minutes until its end
    ``every_min``: minutes between two rounds of a shift
    ``days``: weekdays on which rounds begin, 1 is Monday
    ``only``: of these days only those that are worked (``"workdays"``) or not (``"holidays"``)
    ``order``: ``"fixed"`` as listed, ``"random"`` another one each time, ``"any"``
    ``start_within_min``: a round begins at some minute within so many, another one each time
    ``within_min``: minutes after its beginning by which all of it is scanned
    ``tolerance_min``: minutes by which a scan may be late before it is missed
    ``dwell_s``: seconds that are spent at each checkpoint
    ``persons``: how many walk together; 0: two if a key area on the way has a grade, else one
    ``sign_every_min``: whoever walks alone gives a sign of life so often; 0: that is not watched
    """

    id: str
    name: str
    name_zh: str = ""
    checkpoints: tuple[str, ...]
    starts: tuple[str, ...] = ()
    shift: str = ""
    every_min: float = 0
    days: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
    only: Only = ""
    order: Order = "fixed"
    start_within_min: float = 0
    within_min: float = 60
    tolerance_min: float = 10
    dwell_s: float = 0
    persons: Literal[0, 1, 2] = 0
    sign_every_min: float = 0

    @property
    def called(self) -> Name:
        return Name(self.name, self.name_zh)

    def slots(self, calendar: Calendar, day: date, raised: Sequence[Raised] = ()) -> Iterator[Instant]:
        """When rounds begin that belong to this local day, and those that sensitive periods add to them."""
        if not self._counts(day, calendar):
            return
        starts = [calendar.at(day, minutes(start)) for start in self.starts]
        yield from starts
        yield from added(starts, day, raised, lasts=int((self.within_min + self.tolerance_min) * MINUTE))
        shift = next((shift for shift in calendar.shifts if shift.name == self.shift), None)
        if shift is None or self.every_min <= 0:
            return
        begins, ends = minutes(shift.start), minutes(shift.end)
        at, until = calendar.at(day, begins), calendar.at(day, ends if ends > begins else ends + 1440)
        every = int(self.every_min * MINUTE)
        starts = [*range(at, until, every)]  # in time that passes: a night of 25 hours has its round in each of them
        yield from starts
        yield from added(starts, day, raised, every=every)

    def _counts(self, day: date, calendar: Calendar) -> bool:
        is_its = not self.only or (self.only == "holidays") == calendar.is_day_off(day)
        return is_its and day.isoweekday() in self.days


class PatrolsConfig(Config, frozen=True, kw_only=True):
    """Checkpoints, routes and what is asked of a round.

    ``checkpoints``: places that are scanned
    ``plans``: floors with their scale
    ``legs``: least times between floors and buildings
    ``routes``: what is walked, and when
    ``walking_speed``: metres a second; nobody walks faster
    ``upload_within_h``: a phone without a network hands its scans in within so many hours
    ``countersign_within_h``: the supervisor signs a round within so many hours after its end
    ``noticed_within_s``: a sensor that noticed the guard so long before the scan proves it
    """

    checkpoints: tuple[Checkpoint, ...] = ()
    plans: tuple[Plan, ...] = ()
    legs: tuple[Leg, ...] = ()
    routes: tuple[Route, ...] = ()
    walking_speed: float = 2.5
    upload_within_h: float = 12
    countersign_within_h: float = 72
    noticed_within_s: float = 180

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        yield from _numbers(("walking_speed", "upload_within_h", "countersign_within_h", "noticed_within_s"), self, ())
        yield from self._check_checkpoints(site)
        for index, plan in enumerate(self.plans):
            yield from _numbers(("width_m", "height_m"), plan, ("plans", index))
            if plan.area and plan.area not in site.areas:
                yield ConfigFault(("plans", index, "area"), Text.of("applicability.no_area", area=plan.area))
        known = {each.id for each in self.checkpoints}
        for index, leg in enumerate(self.legs):
            yield from _numbers(("least_s",), leg, ("legs", index))
            for end in sorted({*leg.between} - known):
                yield ConfigFault(("legs", index, "between"), Text.of("patrols.no_checkpoint", checkpoint=end))
        yield from self._check_routes(site, known)

    def _check_checkpoints(self, site: SiteFacts) -> Iterator[ConfigFault]:
        ids, tags = set[str](), set[str]()
        plans, devices = {plan.id for plan in self.plans}, {device.id for device in site.devices}
        by_rule = {name: rule.name for rule in site.rules for name in getattr(rule, "checkpoints", ())}
        for index, each in enumerate(self.checkpoints):
            at: tuple[str | int, ...] = ("checkpoints", index)
            if each.id in ids:
                yield ConfigFault((*at, "id"), Text.of("patrols.twice", name=each.id))
            ids.add(each.id)
            if each.area not in site.areas:
                yield ConfigFault((*at, "area"), Text.of("applicability.no_area", area=each.area))
            if not each.tags or any(not tag.strip() for tag in each.tags):
                yield ConfigFault((*at, "tags"), Text.of("patrols.no_tag"))
            for tag in each.tags:
                if tag in tags:
                    yield ConfigFault((*at, "tags"), Text.of("patrols.twice", name=tag))
                tags.add(tag)
                if tag in by_rule:
                    yield ConfigFault((*at, "tags"), Text.of("patrols.told_twice", name=tag, rule=by_rule[tag]))
            if each.plan and each.plan not in plans:
                yield ConfigFault((*at, "plan"), Text.of("patrols.no_plan", plan=each.plan))
            if not (0 <= each.x <= 1 and 0 <= each.y <= 1):
                yield ConfigFault((*at, "x"), Text.of("patrols.not_on_it"))
            for name in ("sensors", "passes"):
                for device in getattr(each, name):
                    if device not in devices:
                        yield ConfigFault((*at, name), Text.of("patrols.no_device", device=device))

    def _check_routes(self, site: SiteFacts, known: set[str]) -> Iterator[ConfigFault]:
        ids, shifts = set[str](), {shift.name for shift in site.calendar.shifts}
        for index, route in enumerate(self.routes):
            at: tuple[str | int, ...] = ("routes", index)
            if route.id in ids:
                yield ConfigFault((*at, "id"), Text.of("patrols.twice", name=route.id))
            ids.add(route.id)
            if not route.checkpoints or len(set(route.checkpoints)) < len(route.checkpoints):
                yield ConfigFault((*at, "checkpoints"), Text.of("patrols.each_once"))
            for checkpoint in sorted({*route.checkpoints} - known):
                yield ConfigFault((*at, "checkpoints"), Text.of("patrols.no_checkpoint", checkpoint=checkpoint))
            for start in route.starts:
                try:
                    minutes(start)
                except ConfigError:
                    yield ConfigFault((*at, "starts"), Text.of("patrols.not_a_time"))
            if route.shift and route.shift not in shifts:
                yield ConfigFault((*at, "shift"), Text.of("patrols.no_shift", shift=route.shift))
            if bool(route.shift) != (route.every_min > 0):
                yield ConfigFault((*at, "every_min"), Text.of("patrols.shift_and_every"))
            if not route.days or any(not 1 <= day <= 7 for day in route.days):
                yield ConfigFault((*at, "days"), Text.of("patrols.not_a_day"))
            yield from _numbers(("within_min",), route, at)
            may_be_none = ("every_min", "start_within_min", "tolerance_min", "dwell_s", "sign_every_min")
            yield from _numbers(may_be_none, route, at, least=0)
            if 0 < route.every_min < 1:
                yield ConfigFault((*at, "every_min"), Text.of("patrols.not_a_number", field="every_min"))

    # -- what is asked of it -------------------------------------------------------------------------------

    def of_tag(self, tag: str) -> Checkpoint | None:
        """The checkpoint whose tag says that."""
        return next((each for each in self.checkpoints if tag in each.tags), None)

    def checkpoint(self, name: str) -> Checkpoint | None:
        return next((each for each in self.checkpoints if each.id == name), None)

    def route(self, name: str) -> Route | None:
        return next((each for each in self.routes if each.id == name), None)

    def called(self, checkpoint: str) -> Name:
        """Its name; of one that is no longer in the site file, its id."""
        found = self.checkpoint(checkpoint)
        return found.called if found is not None else Name(checkpoint)

    def least_s(self, one: str, other: str, learnt: Mapping[str, float]) -> float | None:
        """Seconds that nobody is faster between the two; None: nobody knows. ``learnt``: by ``pair_of``."""
        said = next((leg.least_s for leg in self.legs if {*leg.between} == {one, other}), None)
        if said is not None:
            return said
        metres = self.metres(one, other)
        return metres / self.walking_speed if metres is not None else learnt.get(pair_of(one, other))

    def metres(self, one: str, other: str) -> float | None:
        """In a straight line, on one plan."""
        here, there = self.checkpoint(one), self.checkpoint(other)
        if here is None or there is None or not here.plan or here.plan != there.plan:
            return None
        plan = next((plan for plan in self.plans if plan.id == here.plan), None)
        return (
            hypot((here.x - there.x) * plan.width_m, (here.y - there.y) * plan.height_m) if plan is not None else None
        )

    def starts(
        self, calendar: Calendar, after: Instant, until: Instant | None = None, raised: Sequence[Raised] = ()
    ) -> Iterator[tuple[Instant, Route]]:
        """The beginnings of rounds after that and up to ``until``; without it, those of the next days."""
        day = calendar.day(after) - timedelta(days=1)
        days = _DAYS_AHEAD if until is None else 3 + (until - after) // (24 * HOUR)
        for offset in range(min(days, _MOST_DAYS)):
            for route in self.routes:
                for at in route.slots(calendar, day + timedelta(days=offset), raised):
                    if after < at and (until is None or at <= until):
                        yield at, route


def pair_of(one: str, other: str) -> str:
    """The name of a way between two checkpoints, whichever way it is walked."""
    return " - ".join(sorted((one, other)))


def _numbers(
    names: Iterable[str], of: msgspec.Struct, at: tuple[str | int, ...], least: float | None = None
) -> Iterator[ConfigFault]:
    for name in names:
        value = getattr(of, name)
        is_right = value > 0 if least is None else value >= least
        if not (isfinite(value) and is_right and value <= 1_000_000):
            yield ConfigFault((*at, name), Text.of("patrols.not_a_number", field=name))
