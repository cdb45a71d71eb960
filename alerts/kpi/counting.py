"""Counts steps of alerts into days, in the order in which they were committed. Pure: the same steps, the same days.

Only what was shouted at operators counts: real alerts, not held back, and not silent (docs/adr/0149: of those nobody
else may learn). It counts when an alert is raised, when its cause comes back or happens anew, and when what was held
back is brought back; what joins an alert that somebody has answered sounds and counts, too. How many people were at the
operator positions is asked for at that moment.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

import msgspec

from alerts.alert import AlertClass, State
from alerts.calendar import Calendar
from alerts.kpi.day import Actor, Day, Piece, actor_key
from alerts.kpi.step import Arrival, OfAlert, Step
from alerts.kpi.times import Times
from alerts.kpi.window import Window
from alerts.lifecycle import Action
from devices.reading import SECOND, Instant

STALE_S = 86_400
"""Stands for more than a day (EEMUA 191)."""
CHATTERS, CHATTERS_S, CALM_S = 3, 60, 600
"""Three times in a minute (ISA-18.2); the spell is over after ten minutes of calm, as in docs/adr/0281."""
_QUARTER: Instant = 900 * SECOND
"""Local half hours begin with one of these, whatever the time zone."""
_MOST_SOURCES = 5_000


class Open(msgspec.Struct):
    """An alert that is not closed.

    ``since``: its cause stands since then; ``waits``: it is shouted, and nobody has answered since then; ``loud``: when
    it was shouted first of the times at which nobody has come yet; ``is_there``: somebody has.
    """

    key: str
    of: str
    area: str
    incident: str
    since: Instant | None = None
    waits: Instant | None = None
    loud: Instant | None = None
    is_there: bool = False


class Source(msgspec.Struct):
    """When a source of alerts came of late, and until when it is the same spell of chattering."""

    came: list[Instant] = []
    until: Instant = 0


class Counted(msgspec.Struct):
    """Where counting stands.

    ``first`` and ``last``: when the steps were that were read; ``step``: the number of the newest in the store,
    ``entry``: how far the ledger was read for arrivals.
    """

    first: Instant = 0
    last: Instant = 0
    step: int = 0
    entry: int = 0
    window: Window = msgspec.field(default_factory=Window)
    open: dict[str, Open] = {}
    sources: dict[str, Source] = {}


class Count:
    """``days`` by ISO date. ``positions`` says how many people were at operator positions then; at least one counts."""

    def __init__(
        self,
        calendar: Calendar,
        positions: Callable[[Instant], int],
        counted: Counted | None = None,
        days: dict[str, Day] | None = None,
    ) -> None:
        self._calendar, self._positions = calendar, positions
        self.counted = counted if counted is not None else Counted()
        self.days: dict[str, Day] = days if days is not None else {}
        self._most_sources = _MOST_SOURCES
        self.changed: set[str] = set()
        """The days that were counted on."""

    # -- what is read --------------------------------------------------------------------------------------

    def step(self, step: Step) -> None:
        """One more step."""
        alert, counted = step.alert, self.counted
        if alert.origin != "real" or alert.silent:
            return
        at = counted.last = max(step.at, counted.last)
        counted.first = counted.first or at
        # what is due may be a person's: no figure is by person, so its area stands for it
        key = actor_key(alert.rule, alert.area if alert.alert_class is AlertClass.DUTY else alert.key)
        one = counted.open.get(alert.id)
        if one is None:
            one = Open(key, str(alert.alert_class), alert.area, alert.incident)
            counted.open[alert.id] = one
        one.incident = alert.incident or one.incident
        self._moved(one, step, at)
        if alert.state == State.CLOSED:
            self._found(alert, key, at)
            self._gone(one, at)
            del counted.open[alert.id]

    def arrival(self, arrival: Arrival) -> None:
        """Somebody is at the scene: each incident that is named, or is loud in the area, is met once."""
        met: dict[str, list[Open]] = {}
        for name, one in self.counted.open.items():
            is_named = name in arrival.alerts or (bool(arrival.incident) and one.incident == arrival.incident)
            is_meant = is_named if arrival.alerts or arrival.incident else one.area == arrival.area
            if is_meant and one.loud is not None and not one.is_there and one.loud <= arrival.at:
                met.setdefault(one.incident or name, []).append(one)
        for its in met.values():
            first = min(its, key=lambda one: one.loud or 0)
            self._times(self._piece(first.loud or 0).on_scene, first.of, arrival.at - (first.loud or 0))
            for one in its:
                one.is_there = True
            for one in self.counted.open.values():
                one.is_there = one.is_there or bool(first.incident and one.incident == first.incident)

    # -- what is asked -------------------------------------------------------------------------------------

    def standing_for(self, now: Instant) -> list[tuple[str, Instant]]:
        """(source, since) of every alert whose cause stands for more than a day, oldest first."""
        stands = [(one.key, one.since) for one in self.counted.open.values() if one.since is not None]
        return sorted(((key, since) for key, since in stands if now - since > STALE_S * SECOND), key=lambda one: one[1])

    def flood(self, now: Instant) -> tuple[Instant, Instant] | None:
        """The flood that is not counted yet: since when, and until when as far as is known."""
        window = self.counted.window
        over_at = window.over_at()
        if window.since is None or over_at is None:
            return None
        return window.since * SECOND, min(over_at * SECOND, now)

    # -- steps ---------------------------------------------------------------------------------------------

    def _moved(self, one: Open, step: Step, at: Instant) -> None:
        alert, is_loud = step.alert, step.alert.aside is None
        match step.action:
            case Action.RAISED:
                one.since = at if alert.active else None
                self._chatter(one.key, alert, at, is_loud=is_loud)
                self._raised(one, alert, at, is_loud=is_loud)
            case Action.CAUSE_AGAIN:
                was_gone = one.since is None
                one.since = at if was_gone else one.since
                if was_gone:
                    self._chatter(one.key, alert, at, is_loud=is_loud)
                is_answered = is_loud and one.waits is None  # what joins it sounds anew
                if was_gone or alert.again == step.at or is_answered:
                    self._raised(one, alert, at, is_loud=is_loud)
            case Action.BROUGHT_BACK:
                self._raised(one, alert, at, is_loud=True)
            case Action.CAUSE_GONE | Action.END_CAUSE:
                self._gone(one, at)
            case Action.SET_ASIDE:
                one.waits = one.loud = None
            case Action.ACKNOWLEDGE if step.by and one.waits is not None:
                self._times(self._piece(one.waits).answered, one.of, at - one.waits)
                one.waits = None

    def _raised(self, one: Open, alert: OfAlert, at: Instant, *, is_loud: bool) -> None:
        piece = self._piece(at)
        source = self._source(piece, one.key, alert)
        if not is_loud:
            source.aside += 1
            return
        source.raised += 1
        piece.classes[one.of] = piece.classes.get(one.of, 0) + 1
        piece.priorities[alert.priority] = piece.priorities.get(alert.priority, 0) + 1
        over = self.counted.window.raised(at // SECOND)
        if over is not None:
            self._flooded(*over)
        count = self.counted.window.count
        piece.peak = max(piece.peak, count)
        if count > piece.peak_each:  # else nobody need be counted
            piece.peak_each = max(piece.peak_each, count / max(1, self._positions(at)))
        one.waits = at if one.waits is None else one.waits
        one.loud, one.is_there = at if one.loud is None or one.is_there else one.loud, False

    def _chatter(self, key: str, alert: OfAlert, at: Instant, *, is_loud: bool) -> None:
        sources = self.counted.sources
        if len(sources) >= self._most_sources:  # what came long ago says nothing any more
            self.counted.sources = sources = {name: one for name, one in sources.items() if _is_near(one, at)}
            self._most_sources = max(_MOST_SOURCES, 2 * len(sources))
        source = sources.setdefault(key, Source())
        source.came = [*source.came[-CHATTERS + 1 :], at] if is_loud else source.came
        if at < source.until:
            source.until = at + CALM_S * SECOND
        elif len(source.came) == CHATTERS and at - source.came[0] <= CHATTERS_S * SECOND:
            source.until = at + CALM_S * SECOND
            self._source(self._piece(at), key, alert).chattered += 1

    def _found(self, alert: OfAlert, key: str, at: Instant) -> None:
        if alert.disposition in ("confirmed", "false_alarm", "nuisance"):
            source = self._source(self._piece(at), key, alert)
            setattr(source, alert.disposition, getattr(source, alert.disposition) + 1)

    def _gone(self, one: Open, at: Instant) -> None:
        """Its cause stands no more. If it stood for more than a day, that counts on each day on which it did so."""
        since, one.since = one.since, None
        if since is None or at - since <= STALE_S * SECOND:
            return
        from_then = since + STALE_S * SECOND
        source = self._piece(from_then).actor(one.key)
        source.of, source.stale = one.of, source.stale + 1
        for day in days_between(self._calendar, from_then, at):
            self._day(day).stale += 1

    def _flooded(self, since: int, until: int) -> None:
        for begins, ends in quarters(since * SECOND, until * SECOND):
            self._piece(begins).flood_s += (ends - begins) // SECOND

    # -- where it counts -----------------------------------------------------------------------------------

    def _source(self, piece: Piece, key: str, alert: OfAlert) -> Actor:
        found = piece.actor(key)
        first = alert.causes[0] if alert.causes else None
        found.of = str(alert.alert_class)
        found.signal = first.signal if first is not None else ""
        found.is_number = first is not None and not isinstance(first.value, bool | str)
        return found

    def _times(self, by_class: dict[str, Times], of: str, took: Instant) -> None:
        by_class.setdefault(of, Times()).add(max(0, took) / SECOND)

    def _piece(self, at: Instant) -> Piece:
        return self._day(self._calendar.day(at).isoformat()).piece(self._calendar.minute(at))

    def _day(self, day: str) -> Day:
        self.changed.add(day)
        return self.days.setdefault(day, Day())


def quarters(since: Instant, until: Instant) -> Iterator[tuple[Instant, Instant]]:
    """The time between, cut where a quarter of an hour begins."""
    while since < until:
        ends = min(until, (since // _QUARTER + 1) * _QUARTER)
        yield since, ends
        since = ends


def days_between(calendar: Calendar, since: Instant, until: Instant) -> Iterator[str]:
    """Each local day (ISO) that the time between touches."""
    day, last = calendar.day(since), calendar.day(until)
    while day <= last:
        yield day.isoformat()
        day += timedelta(days=1)


def _is_near(source: Source, at: Instant) -> bool:
    return source.until > at or (bool(source.came) and at - source.came[-1] <= CHATTERS_S * SECOND)
