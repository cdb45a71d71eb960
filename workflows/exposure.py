"""Exposure 职业危害因素监测: dust, noise and gases in a workshop against limits of 15 minutes and 8 hours.

Every quarter of an hour the mean of each sensor that the site names is taken, out of the way of its readings: against
the short-time limit (PC-STEL) as it is, against the limit of the working day (PC-TWA) as the share of 8 hours that the
last 32 quarters make (GBZ 2.1; noise by its energy, GBZ 2.2). From half of a limit on it is near, which is the action
level of GBZ 2.1. Over it there is an alert until it is not so any more, and a hazard is found, once a day at most:
whoever keeps hazards registers it. A quarter in which nobody listened counts as no exposure. A sensor is asked to
speak every 15 s or less often: of one that speaks more often the newest 64 readings make the mean.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from alerts.case import Case
from alerts.facts import FINDING, Fact, FieldValue
from alerts.heard import Listens, Slot
from alerts.kinds import kinds
from alerts.rule import Rule
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import Config, Heard, Moves, Workflow, World
from devices.device import Device
from devices.message import Name, SignalName, Text
from devices.reading import SECOND, Instant, Reading
from devices.signals import SIGNALS

_QUARTER: Instant = 900 * SECOND
_QUARTERS_A_DAY, _NEAR, _STALE = 32, 0.5, 4
_DAY: Instant = 86_400 * SECOND


class Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one signal may reach.

    ``signal``: of the sensors, such as ``pm``, ``noise``, ``co``
    ``day``: over 8 hours, in the unit of the signal; without it not looked at
    ``short``: over 15 minutes, the same
    ``decibel``: the signal is a level: what counts is its energy
    ``devices``: these alone; all that have the signal without it
    """

    signal: str
    day: float | None = None
    short: float | None = None
    decibel: bool = False
    devices: tuple[str, ...] = ()

    def dose(self, value: float) -> float:
        """What a value is worth, so that twice as much is twice as bad."""
        return 10 ** (value / 10) if self.decibel else value

    def level(self, dose: float) -> float:
        return 10 * math.log10(dose) if self.decibel and dose > 0 else dose


class ExposureConfig(Config, frozen=True, kw_only=True):
    """What is watched.

    ``limits``: tables with ``signal``, ``day``, ``short``, ``decibel`` and ``devices``; none: nothing is looked at
    """

    limits: tuple[Limit, ...] = ()

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        known = {device.id for device in site.devices}
        for place, limit in enumerate(self.limits):
            values = [value for value in (limit.day, limit.short) if value is not None]
            if limit.signal not in SIGNALS or SIGNALS[limit.signal].python_type is not float:
                yield ConfigFault(("limits", place, "signal"), Text.of("exposure.no_signal", signal=limit.signal[:32]))
            if not values or not all(0 < value < math.inf for value in values):
                yield ConfigFault(("limits", place), Text.of("exposure.no_limit"))
            for device in limit.devices:
                if device not in known:
                    yield ConfigFault(("limits", place, "devices"), Text.of("exposure.no_device", device=device[:64]))


class Station(Case, frozen=True, kw_only=True):
    """One signal of one sensor. ``quarters``: means of the last 8 hours, the newest last; ``newest``: number of it.

    ``day``, ``short``: how it stands now. ``found_at``: when a hazard was found here last.
    """

    device: str
    signal: str
    quarters: tuple[float, ...] = ()
    newest: int = 0
    day: float = 0
    short: float = 0
    state: Literal["", "near", "over"] = ""
    found_at: Instant | None = None


class Exposure(Workflow[Station]):
    """One signal of one sensor is one case, as long as it is watched."""

    name, book, case = "exposure", "exposure", Station
    config_type = ExposureConfig

    def __init__(self, config: Any = None) -> None:
        super().__init__(config)
        signals = frozenset(limit.signal for limit in self.config.limits)
        self.listens = Listens(signals=signals, window_s=900) if signals else Listens()  # type: ignore[misc]

    def rules(self) -> Sequence[Rule[Any]]:
        return RULES

    def opens(self, last: Instant, world: World, now: Instant) -> Instant | None:
        """The end of each quarter of an hour."""
        return (now // _QUARTER + 1) * _QUARTER if self.config.limits else None

    def waits_for(self, case: Station, account: str, role: str) -> bool:
        return False

    def step(self, event: Heard, cases: Mapping[str, Station], world: World, now: Instant) -> Moves:
        if not isinstance(event, Slot):
            return Moves()  # readings are kept by the world; they are looked at once a quarter
        watched = {
            f"{device.id}:{limit.signal}": (device, limit)
            for limit in self.config.limits
            for device in world.devices.values()
            if limit.signal in device.signals and (not limit.devices or device.id in limit.devices)
        }
        gone = [_over(case, now) for name, case in cases.items() if name not in watched]
        looked = [_looked(name, *one, cases.get(name), world, now) for name, one in watched.items()]
        return Moves.joined([*gone, *looked])

    def turn(self, due: Sequence[Station], world: World, now: Instant) -> Moves:
        return Moves()


def _looked(name: str, device: Device, limit: Limit, before: Station | None, world: World, now: Instant) -> Moves:
    case = before or Station(id=name, area=device.area, device=device.id, signal=limit.signal)
    mean, number = _mean(device, limit, world, now), int(now // _QUARTER)
    if mean is None and before is None:
        return Moves()
    missed = min(max(0, number - case.newest - 1), _QUARTERS_A_DAY) if case.newest else 0
    nothing = limit.level(0.0)
    quarters = (*case.quarters, *(nothing for _ in range(missed)), round(mean, 2) if mean is not None else nothing)
    quarters = quarters[-_QUARTERS_A_DAY:]
    dose = sum(limit.dose(value) if value else 0.0 for value in quarters) / _QUARTERS_A_DAY
    short = quarters[-1]
    case = replace(case, quarters=quarters, newest=number, day=round(limit.level(dose), 2), short=short)
    shares = [limit.dose(short) / limit.dose(limit.short)] if limit.short is not None and mean is not None else []
    shares += [dose / limit.dose(limit.day)] if limit.day is not None else []
    share = max(shares, default=0.0)
    state: Literal["", "near", "over"] = "over" if share > 1 else "near" if share >= _NEAR else ""
    return _told(case, state, limit, device, now)


def _mean(device: Device, limit: Limit, world: World, now: Instant) -> float | None:
    """Over the last quarter of an hour, each value until the next; None: nothing was heard for an hour."""
    heard = [each for each in world.recent(device.id, limit.signal, _QUARTER) if _counts(each)]
    if not heard or heard[-1].received < now - _STALE * _QUARTER:
        return None
    since = now - _QUARTER
    times = [max(since, reading.received) for reading in heard] + [now]
    times[0] = since
    spans = [max(0, after - at) for at, after in pairwise(times)]
    doses = [limit.dose(float(reading.value)) for reading in heard]
    return limit.level(sum(dose * span for dose, span in zip(doses, spans, strict=True)) / _QUARTER)


def _counts(reading: Reading) -> bool:
    value = reading.value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return reading.origin == "real" and is_number


def _told(case: Station, state: Literal["", "near", "over"], limit: Limit, device: Device, now: Instant) -> Moves:
    if state == case.state:
        return Moves(cases=(case,))
    facts: list[Fact] = []
    step = {"over": "exceeded", "near": "near", "": "normal"}[state]
    finds = state == "over" and (case.found_at is None or now - case.found_at >= _DAY)
    topics: tuple[str, ...] = (FINDING,) if finds else ()
    fields = _fields(case, limit) | (_finding(case, limit, device) if finds else {})
    facts.append(_fact(case, step, limit, device, now, fields, topics))
    if case.state == "over" and state == "near":
        facts.append(_fact(case, "lowered", limit, device, now, fields, ()))
    if case.state == "near" and state == "over":
        facts.append(_fact(case, "risen", limit, device, now, _fields(case, limit), ()))
    return Moves(cases=(replace(case, state=state, found_at=now if finds else case.found_at),), facts=tuple(facts))


def _over(case: Station, now: Instant) -> Moves:
    """It is watched no more: the sensor or its limit is gone."""
    gone = replace(case, is_open=False)
    text = Text.of("exposure.gone", device=case.device, signal=SignalName(case.signal))
    fact = Fact(workflow="exposure", case=case.id, step="normal", at=now, area=case.area, text=text)
    return Moves(cases=(gone,), facts=(fact,) if case.state else ())


def _fields(case: Station, limit: Limit) -> dict[str, FieldValue]:
    fields: dict[str, FieldValue] = {"signal": case.signal, "day": case.day, "short": case.short}
    fields |= {"limit_day": limit.day} if limit.day is not None else {}
    return fields | ({"limit_short": limit.short} if limit.short is not None else {})


def _finding(case: Station, limit: Limit, device: Device) -> dict[str, FieldValue]:
    """As whoever keeps hazards registers it; numbers and units, which are the same in every language."""
    unit = SIGNALS[case.signal].unit
    said = [f"8 h: {case.day:g} > {limit.day:g} {unit}"] if limit.day is not None and case.day > limit.day else []
    if limit.short is not None and case.short > limit.short:
        said.append(f"15 min: {case.short:g} > {limit.short:g} {unit}")
    label = f"{case.signal} {SIGNALS[case.signal].label_zh}"
    place = " ".join(filter(None, (device.name, device.name_zh))) or device.id
    return {
        "description": f"{label}, {', '.join(said)}",
        "place": place,
        "source": "alert",
        "category": "health",
        "cause": "environment",
        "level": "general",
    }


def _fact(
    case: Station,
    step: str,
    limit: Limit,
    device: Device,
    now: Instant,
    fields: dict[str, FieldValue],
    topics: tuple[str, ...],
) -> Fact:
    text = Text.of(
        f"exposure.{step}",
        device=Name(device.name or device.id, device.name_zh),
        signal=SignalName(case.signal),
        day=case.day,
        short=case.short,
        unit=SIGNALS[case.signal].unit,
    )
    return Fact(
        workflow="exposure",
        case=case.id,
        step=step,
        at=now,
        area=case.area,
        devices=(device.id,),
        text=text,
        fields=dict(fields),
        topics=topics,
    )


_MADE = {"kind": "fact", "per": "case", "alert_class": "supervisory"}
RULES: tuple[Rule[Any], ...] = tuple(
    msgspec.convert({**_MADE, **rule}, kinds()["fact"])
    for rule in (
        {
            "name": "exposure-near-limit",
            "title": "Exposure at work: half of a limit",
            "title_zh": "职业接触达到限值一半",
            "priority": 4,
            "begins": ["exposure.near"],
            "ends": ["exposure.normal", "exposure.risen"],
            "procedure": "1. See to ventilation, enclosure and protective gear.\n2. Measure the workplace.",
            "procedure_zh": "1. 检查通风、密闭和防护用品。\n2. 检测工作场所。",
        },
        {
            "name": "exposure-over-limit",
            "title": "Exposure at work over its limit",
            "title_zh": "职业接触超过限值",
            "priority": 3,
            "begins": ["exposure.exceeded"],
            "ends": ["exposure.normal", "exposure.lowered"],
            "procedure": "1. Protect or withdraw whoever works there.\n2. See to the hazard that was found.",
            "procedure_zh": "1. 采取防护或撤离作业人员。\n2. 处理已登记的隐患。",
        },
    )
)
WORKFLOW = Exposure
