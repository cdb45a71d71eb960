"""Prevention coverage 防范覆盖率: each key area looked at every minute, in the four aspects of ledger/coverage.py.

The case of an area is how it stands. Falling under the agreed coverage is a fact, and an alert of the rule shipped
here; each change is an entry, so that the manager sees how it was. It answers how far an area is watched, and holds
nothing back.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from alerts.alert import Alert, AlertClass
from alerts.case import Case, HeldBack
from alerts.facility import facilities
from alerts.facts import COVERAGE, SCAN, Fact, FieldValue
from alerts.heard import Listens, Slot
from alerts.key_area import key_area
from alerts.kinds import kinds
from alerts.rule import Rule
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import Config, Heard, Moves, Workflow, World
from devices.device import Device
from devices.message import Text
from devices.reading import SECOND, Instant
from ledger.coverage import GROUPS, Gap, Item, Shares, shares_of
from ledger.posts import Raised, raised_periods

_MINUTE = 60 * SECOND
_LONGEST_MIN = 24 * 60
_QUIET = 15 * 60 * SECOND
_WORKS_NOT = frozenset({AlertClass.FAULT, AlertClass.SUPERVISORY, AlertClass.TAMPER, AlertClass.DUTY})
_MOST_GAPS = 200
_HOUR = 3600 * SECOND
_NEEDS = {"1": ("fire", "intrusion"), "2": ("fire", "intrusion"), "3": ("fire",)}


class CoverageConfig(Config, frozen=True, kw_only=True):
    """What coverage was agreed, and which kinds of detection an area needs.

    ``is_on``: whether areas are looked at
    ``agreed``: the share under which it is an alert, 0 to 1
    ``needs``: kinds of detection by the risk of the area, ``fire`` and ``intrusion``
    ``armed``: from when to when areas that can be armed must be, local time; none given: never
    ``every_min``: so many minutes pass between two looks
    """

    is_on: bool = False
    agreed: float = 0
    needs: dict[str, tuple[str, ...]] = msgspec.field(default_factory=lambda: dict(_NEEDS))
    armed: tuple[str, ...] = ()
    every_min: float = 1

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        if not 0 <= self.agreed <= 1:
            yield ConfigFault(("agreed",), Text.of("coverage.share"))
        for risk, groups in self.needs.items():
            if risk not in ("1", "2", "3", "4"):
                yield ConfigFault(("needs", risk), Text.of("coverage.risk"))
            for place, group in enumerate(groups):
                if group not in GROUPS:
                    yield ConfigFault(("needs", risk, place), Text.of("coverage.group", groups=tuple(GROUPS)))
        if self.armed and (len(self.armed) != 2 or not all(_is_time(each) for each in self.armed)):
            yield ConfigFault(("armed",), Text.of("coverage.hours"))
        if not 1 <= self.every_min <= _LONGEST_MIN:
            yield ConfigFault(("every_min",), Text.of("coverage.minutes", most=_LONGEST_MIN))


class AreaCoverage(Case, frozen=True, kw_only=True):
    """How an area stands; ``scanned``: when somebody was there last, ``told``: when it was written last.

    ``left_out``: so many gaps more than are kept one by one.
    """

    shares: Shares
    scanned: Instant | None = None
    told: Instant = 0
    is_under: bool = False
    begun: Instant = 0
    left_out: int = 0


class Coverage(Workflow[AreaCoverage]):
    """One case for each area of the site."""

    name, book, case = "coverage", "coverage", AreaCoverage
    config_type = CoverageConfig
    listens = Listens(topics=frozenset({SCAN}))

    def rules(self) -> Sequence[Rule[Any]]:
        table = {
            "kind": "fact",
            "name": "coverage-under-agreed",
            "title": "Prevention coverage is under what was agreed",
            "title_zh": "防范覆盖率低于约定",
            "alert_class": "supervisory",
            "priority": 3,
            "per": "area",
            "begins": ["coverage.fell"],
            "ends": ["coverage.restored"],
            "procedure": "1. Look at the page of coverage: what is missing there. 2. Put it right, or post somebody.",
            "procedure_zh": "1. 查看防范覆盖页：缺失何种措施。2. 恢复，或派人值守。",
        }
        return [msgspec.convert(table, kinds()["fact"])]

    def opens(self, last: Instant, world: World, now: Instant) -> Instant | None:
        every = int(self.config.every_min * _MINUTE)
        return (last or now - every) + every if self.config.is_on and world.site.areas else None

    def step(self, event: Heard, cases: Mapping[str, AreaCoverage], world: World, now: Instant) -> Moves:
        if isinstance(event, Fact):
            case = cases.get(event.area)
            was_there = event.origin == "real" and case is not None and (case.scanned or 0) < event.at
            return Moves(cases=(msgspec.structs.replace(case, scanned=event.at),)) if case and was_there else Moves()
        if not isinstance(event, Slot):
            return Moves()
        seen = _Seen.of(world)
        return Moves.joined(self._looked(area, cases.get(area), seen, world, now) for area in world.site.areas)

    def turn(self, due: Sequence[AreaCoverage], world: World, now: Instant) -> Moves:
        return Moves()

    # -- one area ------------------------------------------------------------------------------------------

    def _looked(self, area: str, before: AreaCoverage | None, seen: "_Seen", world: World, now: Instant) -> Moves:
        begun = before.begun if before is not None else now
        scanned = before.scanned if before is not None else None
        shares = shares_of(self._items(area, seen, world, now, scanned, begun))
        left_out = max(0, len(shares.gaps) - _MOST_GAPS)
        shares = msgspec.structs.replace(shares, gaps=shares.gaps[:_MOST_GAPS])
        agreed = max([self.config.agreed, *(each.coverage for each in seen.raised)])
        is_under = shares.whole < agreed
        was_under = before is not None and before.is_under
        has_changed = before is None or _told_of(before.shares) != _told_of(shares)
        tells = is_under != was_under or (has_changed and now - (before.told if before is not None else 0) >= _QUIET)
        case = AreaCoverage(
            id=area,
            area=area,
            shares=shares,
            scanned=scanned,
            told=now if tells or before is None else before.told,
            is_under=is_under,
            begun=begun,
            left_out=left_out,
        )
        if before is not None and not tells and before.shares == shares:
            return Moves()
        step = ("fell" if is_under else "restored") if is_under != was_under else "changed"
        return Moves(cases=(case,), facts=(_fact(case, step, agreed, now),) if tells else ())

    def _items(
        self, area: str, seen: "_Seen", world: World, now: Instant, scanned: Instant | None, begun: Instant
    ) -> Iterable[Item]:
        registered = key_area(world, area)
        if registered is not None:
            since = scanned if scanned is not None else begun
            hours = registered.interval_h / max([1, *(each.patrols for each in seen.raised)])
            is_late = now - since > int(hours * _HOUR)
            why = Text.of("coverage.unpatrolled", hours=round(hours, 1))
            yield Item("human", Gap("human", area, why, since) if is_late else None)
        today = world.site.calendar.day(now)
        for facility in facilities(world, area):
            key = "faulty" if facility.is_faulty else None if facility.is_in_date(today) else "out_of_date"
            named = facility.number or facility.id
            yield Item("physical", Gap("physical", named, Text.of(f"coverage.{key}")) if key else None)
        devices = seen.devices[area]
        place = world.site.areas[area]
        for group in self.config.needs.get(str(place.risk), ()):
            working = any(_shows(device, group) and device.id not in seen.broken for device in devices)
            why = Text.of("coverage.none_of", group=Text.of(f"coverage.{group}"))
            yield Item("technical", None if working else Gap("technical", "", why))
        for device in devices:
            alert = seen.broken.get(device.id)
            gap = Gap("technical", device.id, alert.words, alert.newest, alert.acknowledged_by) if alert else None
            yield Item("technical", gap)
            held = seen.held.get(device.id)
            yield Item("live", _held(device.id, held) if held is not None else None)
        if self._should_be_armed(world, now) and len(place.modes) > 1:
            is_off = world.modes.get(area, "disarmed") == "disarmed"
            yield Item("live", Gap("live", area, Text.of("coverage.disarmed")) if is_off else None)

    def _should_be_armed(self, world: World, now: Instant) -> bool:
        if len(self.config.armed) != 2:
            return False
        begins, ends = (_minutes(each) for each in self.config.armed)
        minute = world.site.calendar.minute(now)
        return begins <= minute < ends if begins < ends else minute >= begins or minute < ends


class _Seen(msgspec.Struct):
    """What one look at the world gives for all areas."""

    devices: defaultdict[str, list[Device]]
    broken: dict[str, Alert]
    held: dict[str, HeldBack]
    raised: list[Raised]
    """Sensitive periods of today."""

    @classmethod
    def of(cls, world: World) -> "_Seen":
        devices: defaultdict[str, list[Device]] = defaultdict(list)
        for device in world.devices.values():
            devices[device.area].append(device)
        broken: dict[str, Alert] = {}
        for alert in world.alerts.open():
            if alert.alert_class in _WORKS_NOT and alert.active and alert.key in world.devices:
                broken.setdefault(alert.key, alert)
        held = {device: each for each in world.alerts.suppressions() for device in each.holds.devices}
        today = world.site.calendar.day(world.now)
        return cls(devices, broken, held, [each for each in raised_periods(world) if each.holds_on(today)])


def _held(device: str, held: HeldBack) -> Gap:
    key = "in_test" if held.holds.is_test else "held_back"
    by = " + ".join(name for name in (held.by, held.second) if name)
    return Gap("live", device, Text.of(f"coverage.{key}"), None, by, held.holds.until)


def _shows(device: Device, group: str) -> bool:
    return any(signal.partition(".")[0] in GROUPS[group] for signal in device.signals)


def _told_of(shares: Shares) -> tuple[object, ...]:
    return (round(shares.whole, 3), *((gap.aspect, gap.what, gap.why.key) for gap in shares.gaps))


def _fact(case: AreaCoverage, step: str, agreed: float, now: Instant) -> Fact:
    whole = round(case.shares.whole * 100)
    fields: dict[str, FieldValue | Text] = {"percent": whole, "agreed_percent": round(agreed * 100)}
    for aspect in ("human", "physical", "technical", "live"):
        share = getattr(case.shares, aspect)
        if share is not None:
            fields[aspect] = round(share * 100)
    fields["gaps"] = tuple({"aspect": gap.aspect, "what": gap.what, "by": gap.by} for gap in case.shares.gaps[:50])
    text = Text.of(
        f"coverage.{step}", percent=whole, agreed=round(agreed * 100), gaps=len(case.shares.gaps) + case.left_out
    )
    return Fact(workflow="coverage", case=case.id, step=step, at=now, area=case.area, text=text, fields=fields)


def _is_time(text: str) -> bool:
    hours, colon, rest = text.partition(":")
    return bool(colon) and hours.isdigit() and rest.isdigit() and int(hours) < 24 and int(rest) < 60


def _minutes(text: str) -> int:
    hours, _, rest = text.partition(":")
    return int(hours) * 60 + int(rest)


def _watched(about: Mapping[str, Any], cases: Mapping[str, Any], _world: World, _now: Instant) -> float | None:
    case = cases.get(str(about.get("area", "")))
    return case.shares.whole if isinstance(case, AreaCoverage) else None


Coverage.provides = {COVERAGE: _watched}

WORKFLOW = Coverage
