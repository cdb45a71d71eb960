"""``fusion``: heat, smoke and carbon monoxide of one place together say fire, before any limit of one of them does.

Each quantity gives points: (rise above its own lowest value of the last window - ``low``) / (``high`` - ``low``), from
0 to ``most``. A sum of 1 is an alarm; it is over at 0.5. So a slow drift is nothing, and a little of each is much.
Beside the sum each limit of ``alone`` is an alarm by itself, and so is what any detector of the place says on its own
(``smoke``, ``heat``, ``flame``, ``co_alarm``): that is never waited with and never replaced.

Smoke below its own high limit does not reach 1 alone: dust and steam are that. While nothing else of the place can be
counted on (no such sensor, silent for ``silent_s``, faulty, bypassed), the plain limit ``smoke_limit`` counts.
Humidity that rises by 8 to 20 points within 300 s is steam: smoke counts for nothing and heat for half. A leap from
one report to the next counts once the next report stays there, or after 10 s, whichever is first: a sensor that was
reset says 85 °C once.

It stands beside the plain limits and never instead of them.

Protects against fires, earlier than the limits of single quantities find them, with fewer false alarms from steam,
dust and heaters.

Standard: none names it. It stands beside limits that follow one (57 °C: EN 54-5 class A1; 8.3 K a minute: UL 521) and
replaces no certified detector.

Costs: on the recordings that travel with the sources (``make detection``, benchmarks/results/detection.json): burner,
furniture and cable-room fires found by every device, homes by 24 of 24, at the median 8.7 s before 57 °C, 8.3 K in 60
s or 3.4 %/m; no false alert in 17.6 device-days of offices, in 180 modelled nuisances, in 60 modelled cookings. Smoke
alone, without heat or CO, is told later than by the plain limit while other sensors of the place live.

Not known: smouldering fires, recorded steam and dust, ceiling smoke near a stove: no recording of them travels here.
Its parameters were chosen on the same recordings.

[[rules]]
kind = "fusion"
name = "fire-by-several-signals"
alert_class = "fire"
priority = 1
procedure = "1. Look at the camera. 2. Send the patrol. 3. Call 119 if confirmed."
"""

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import ClassVar, Literal

import msgspec
from msgspec.structs import replace

from alerts.event import Event, Presence, Tick
from alerts.rule import Breach, Direction, Memory, Rule, check_seconds
from devices.message import SignalName, Text
from devices.reading import SECOND, Instant, Reading
from devices.signals import SIGNALS, base_name

_MARKS = 20
"""So many stretches a window has: what is remembered does not grow with how often a device speaks."""
_HUMIDITY, _SMOKE, _HEAT = "humidity", "smoke_density", "temperature"
_STEAM_WINDOW, _STEAM_BEGINS, _STEAM_FULL = 300 * SECOND, 8.0, 20.0
_LEAP_WAITS = 10 * SECOND
_OVER = 0.5
_LONGEST_SILENT_S = 600
_DETECTORS = frozenset({"smoke", "heat", "flame", "co_alarm"})
_ENOUGH = 1.0 - 1e-9
_NEVER = 1e300
"""Beyond what any sensor says."""


class Points(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a quantity counts. ``leap``: a step between two reports that is doubted at first; all in its own unit."""

    window_s: float
    low: float
    high: float
    most: float = 1.0
    leap: float

    def __post_init__(self) -> None:
        check_seconds("window_s", self.window_s, least=1)
        if not (isfinite(self.low) and isfinite(self.high) and 0 <= self.low < self.high and 0 < self.most <= 1):
            raise ValueError("low must be 0 or more and less than high, and most between 0 and 1")
        if not self.leap > 0:
            raise ValueError("leap must be more than 0")


DEFAULT: dict[str, Points] = {
    _HEAT: Points(window_s=60, low=0.3, high=8.3, most=1.0, leap=15),
    _SMOKE: Points(window_s=240, low=0.2, high=2.0, most=0.9, leap=5),
    "co": Points(window_s=240, low=15, high=50, most=0.5, leap=50),
}
ALONE: dict[str, float] = {_HEAT: 57, _SMOKE: 12}


class Course(msgspec.Struct, frozen=True, array_like=True):
    """One signal of one device: what counts of it (``reading``), and the lowest value of each stretch of the window.

    Of the stretches only those after which nothing lower came: they rise, and the first is the lowest of all.

    ``leapt``: a step that is doubted still; it counts from ``leapt.received`` + 10 s on.
    """

    reading: Reading
    marks: tuple[tuple[Instant, float], ...]
    leapt: Reading | None = None


class Place(Memory, frozen=True):
    """``courses`` by device and signal. ``says``: detectors that alarm. ``out``: who cannot be counted on.

    ``quiet``: no course gives points, reaches a limit or is doubted: known from the courses alone, so that a quiet
    report need not look at each of them.
    """

    courses: dict[str, Course] = {}
    says: tuple[Reading, ...] = ()
    out: frozenset[str] = frozenset()
    quiet: bool = False


class FusionRule(Rule[Place], frozen=True, kw_only=True, tag="fusion"):
    """It ends when the sum is at most 0.5, no limit is reached and no detector alarms.

    ``points``: how each quantity counts: ``window_s``, ``low``, ``high``, ``most``, ``leap``
    ``alone``: limits that are an alarm by themselves, by signal
    ``smoke_limit``: what smoke must reach while no other quantity of the place can be counted on, %/m
    ``silent_s``: seconds after which a sensor that says nothing is not counted on; 600 at most
    ``per``: what belongs together: the signals of one device, or of all devices of an area
    """

    sooner: ClassVar[Mapping[str, Direction]] = {"smoke_limit": "less"}

    listens = (Reading, Presence)

    points: dict[str, Points] = msgspec.field(default_factory=lambda: dict(DEFAULT))
    alone: dict[str, float] = msgspec.field(default_factory=lambda: dict(ALONE))
    smoke_limit: float = 3.4
    silent_s: float = 600
    per: Literal["device", "area"] = "device"

    def __post_init__(self) -> None:
        numbers = {name for name, signal in SIGNALS.items() if signal.python_type is float}
        unknown = sorted({*self.points, *self.alone} - numbers)
        if unknown:
            raise ValueError(f"points and alone are of signals that are numbers; {unknown[0]!r} is none")
        if len(self.points) < 2:
            raise ValueError("points must name two quantities or more; for one there is threshold or rate_of_rise")
        check_seconds("silent_s", self.silent_s, least=1)
        if self.silent_s > _LONGEST_SILENT_S:
            raise ValueError(
                f"silent_s must be {_LONGEST_SILENT_S} at most: so long smoke alone waits for a dead sensor"
            )

    def watched_signals(self) -> tuple[str, ...]:
        return (*dict.fromkeys((*self.points, *self.alone)), *sorted(_DETECTORS), _HUMIDITY)

    def window_s(self) -> float:
        return max(_STEAM_WINDOW / SECOND, *(points.window_s for points in self.points.values()))

    def longest_delay_s(self) -> float:
        """How long a leap is doubted at most."""
        return _LEAP_WAITS / SECOND

    def start(self) -> Place:
        return Place(quiet=True)

    def before_window(self, stored: Place) -> Place:
        """Who alarms and who is out is no part of the window."""
        return Place(says=stored.says, out=stored.out, quiet=True)

    def is_worth_storing(self, old: Memory, new: Memory) -> bool:
        if type(old) is Place and type(new) is Place:
            return new.breach is not old.breach or new.says is not old.says or new.out is not old.out
        return True

    def step(self, memory: Place, event: Event, now: Instant) -> Place:
        if type(event) is Reading:
            is_calm = memory.breach is None and memory.wake_at is None
            if is_calm and event.value is False and memory.quiet and not memory.says:
                return memory  # the daily bread, kept short
            changed = self._heard(memory, event, now)
            if is_calm and changed.quiet and not changed.says:
                return changed  # so, too: _judged would come to the same
        elif isinstance(event, Presence):
            out = memory.out - event.devices if event.present else memory.out | event.devices
            changed = memory if out == memory.out else replace(memory, out=out)
        elif isinstance(event, Tick):
            changed = memory
        else:
            return memory
        return self._judged(changed, now)

    # -- one signal ----------------------------------------------------------------------------------------

    def _heard(self, memory: Place, reading: Reading, now: Instant) -> Place:
        signal, value = reading.signal, reading.value
        name = base_name(signal)
        if name in _DETECTORS:
            if value is not True and not memory.says:
                return memory
            others = tuple(r for r in memory.says if (r.device, r.signal) != (reading.device, signal))
            says = (*others, reading) if value is True else others
            return memory if len(says) == len(memory.says) else replace(memory, says=says)
        if isinstance(value, str | bool):
            return memory
        key = f"{reading.device}\n{signal}"
        points = self.points.get(name)
        after = self._course(memory.courses.get(key), reading, points, now)
        courses = memory.courses.copy()
        courses[key] = after
        is_quiet = self._is_quiet(after, name, points) and (memory.quiet or self._are_quiet(courses.values()))
        return Place(memory.breach, memory.wake_at, courses, memory.says, memory.out, is_quiet)

    def _are_quiet(self, courses: Iterable[Course]) -> bool:
        names = ((course, base_name(course.reading.signal)) for course in courses)
        return all(self._is_quiet(course, name, self.points.get(name)) for course, name in names)

    def _is_quiet(self, course: Course, name: str, points: Points | None) -> bool:
        """Whether it gives no points, reaches no limit and is not doubted, whatever the time."""
        value = course.reading.value
        if course.leapt is not None or value >= self.alone.get(name, _NEVER):  # type: ignore[operator]
            return False
        if name == _SMOKE and value >= self.smoke_limit:  # type: ignore[operator]
            return False
        if points is not None:
            low = points.low
            for _, lowest in course.marks:
                if value - lowest > low:  # type: ignore[operator]
                    return False
        return True

    def _course(self, before: Course | None, reading: Reading, points: Points | None, now: Instant) -> Course:
        """A leap is doubted; whatever is reported after it counts, up there or down again."""
        value = float(reading.value)
        if before is None:
            return Course(reading, ((now, value),))
        if points is not None and before.leapt is None and value - float(before.reading.value) >= points.leap:
            return Course(before.reading, before.marks, replace(reading, received=now))
        return Course(reading, self._marks(before.marks, reading, points, now))

    def _marks(
        self, marks: tuple[tuple[Instant, float], ...], reading: Reading, points: Points | None, now: Instant
    ) -> tuple[tuple[Instant, float], ...]:
        """With the value, without what is older than the window, and without what is never its lowest any more."""
        window = int(points.window_s * SECOND) if points is not None else _STEAM_WINDOW
        value, begun = float(reading.value), now - now % (window // _MARKS)
        first, behind, since = 0, len(marks), now - window
        while first < behind and marks[first][0] < since:
            first += 1
        if first < behind and marks[-1][0] >= begun:
            if value >= marks[-1][1]:
                return marks[first:] if first else marks
            begun = marks[-1][0]
        while first < behind and marks[behind - 1][1] >= value:
            behind -= 1
        return (*marks[first:behind], (begun, value))

    # -- all of them ---------------------------------------------------------------------------------------

    def _judged(self, memory: Place, now: Instant) -> Place:
        values = {key: _counted(course, now) for key, course in memory.courses.items()}
        given = self._given(memory, values, now)
        total = sum(points for points, _ in given.values())
        limits = [r for key, r in values.items() if float(r.value) >= self.alone.get(base_name(r.signal), _NEVER)]
        plain = self._plain_smoke(memory, values, now)
        is_alarm = total >= _ENOUGH or bool(limits or plain or memory.says)
        waits = [c.leapt.received + _LEAP_WAITS for c in memory.courses.values() if c.leapt is not None]
        wake_at = min((time for time in waits if time > now), default=None)
        breach = memory.breach
        if is_alarm and breach is None:
            causes = (*memory.says, *limits, *plain, *(reading for _, reading in given.values()))
            breach = Breach(now, self._told(memory, limits or plain, given), tuple(dict.fromkeys(causes)))
        elif not is_alarm and breach is not None and total <= _OVER:
            breach = None
        if breach is memory.breach and wake_at == memory.wake_at:
            return memory
        return replace(memory, breach=breach, wake_at=wake_at)

    def _given(self, memory: Place, values: Mapping[str, Reading], now: Instant) -> dict[str, tuple[float, Reading]]:
        """The points of each quantity, with the reading that gives most of them; none without points."""
        given: dict[str, tuple[float, Reading]] = {}
        steam = 0.0
        for key, reading in values.items():
            name = base_name(reading.signal)
            course = memory.courses[key]
            if name == _HUMIDITY:
                rise = float(reading.value) - min(mark[1] for mark in course.marks)
                steam = max(steam, min(1.0, (rise - _STEAM_BEGINS) / (_STEAM_FULL - _STEAM_BEGINS)))
            points = self.points.get(name)
            if points is None or not self._is_counted_on(memory, reading, now):
                continue
            rise = float(reading.value) - min(mark[1] for mark in course.marks)
            got = min(points.most, (rise - points.low) / (points.high - points.low))
            if got > 0 and got > given.get(name, (0.0, reading))[0]:
                given[name] = (got, reading)
        if steam > 0:
            for name, doubt in ((_SMOKE, steam), (_HEAT, steam / 2)):
                if name in given:
                    given[name] = (given[name][0] * (1 - doubt), given[name][1])
        return given

    def _plain_smoke(self, memory: Place, values: Mapping[str, Reading], now: Instant) -> list[Reading]:
        """Smoke over its plain limit, while nothing else of the place can be counted on."""
        smoke = [r for r in values.values() if base_name(r.signal) == _SMOKE and float(r.value) >= self.smoke_limit]
        if not smoke:
            return []
        others = (r for r in values.values() if base_name(r.signal) in self.points and base_name(r.signal) != _SMOKE)
        return [] if any(self._is_counted_on(memory, reading, now) for reading in others) else smoke

    def _is_counted_on(self, memory: Place, reading: Reading, now: Instant) -> bool:
        return reading.device not in memory.out and now - reading.received <= int(self.silent_s * SECOND)

    def _told(self, memory: Place, limits: list[Reading], given: Mapping[str, tuple[float, Reading]]) -> Text:
        """Each signal, its value and its points."""
        parts = [Text.of("fusion.says", signal=SignalName(one.signal), device=one.device) for one in memory.says]
        parts += [Text.of("fusion.limit", **_words(one)) for one in limits]
        parts += [Text.of("fusion.points", points=round(got, 2), **_words(one)) for got, one in given.values()]
        return Text.of("fusion.fire", parts=tuple(parts))


def _counted(course: Course, now: Instant) -> Reading:
    """What counts of a signal: its newest report, unless that has leapt and is doubted still."""
    if course.leapt is not None and now - course.leapt.received >= _LEAP_WAITS:
        return course.leapt
    return course.reading


def _words(reading: Reading) -> dict[str, str | float | SignalName]:
    unit = SIGNALS[base_name(reading.signal)].unit
    return {
        "signal": SignalName(reading.signal),
        "device": reading.device,
        "value": float(reading.value),
        "unit": f" {unit}" if unit else "",
    }


KIND = FusionRule
