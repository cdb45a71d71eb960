"""The survey: now and then a look at each device's stored readings, off the hot path, for what only time tells.

How long its battery will last, how good its radio link was, and with the ledger's records what it is due for. It runs
in the thread of the upkeep, a slice at a time, so that ten thousand devices cost a hundredth of a core.

It hands the engine one event with all dates of a device (``Due``) when they change; the rule kind ``upkeep`` keeps them
and waits on the clock. Days left as a made-up signal would look like a device's word, and count as a sign of life. A
new record in the ledger moves a date within a minute; trends are as old as six hours.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from alerts.event import Due
from api.ports import Aggregate, DueView, UpkeepView
from devices.battery import DAY, WINDOW_DAYS, Battery, DayCharge, medians, outlook
from devices.device import Device
from devices.maintenance_dates import Done, What, due_dates
from devices.radio_link import SIGNALS, RadioLink, link
from devices.reading import SECOND, Instant, Reading
from devices.signals import base_name
from gateway.ports import SeriesStore

_EXAMINED_EVERY: Instant = 6 * 3600 * SECOND
_DATES_EVERY: Instant = 60 * SECOND
_QUARTER_DAY: Instant = DAY // 4
_TEN_MINUTES: Instant = 600 * SECOND
_SLICE_S = 0.05
_MOVED_DAYS = 2
LOW_CHARGE = 15.0
LOW_DAYS = 14


class _Facts(msgspec.Struct):
    """What was found out about one device. ``days`` are the daily charges so far."""

    examined: Instant
    battery: Battery | None = None
    is_flagged: bool = False
    days: list[DayCharge] = []
    link: RadioLink | None = None
    due: dict[What, date] = {}
    next_service: date | None = None
    """The first day on which a person has to do something: a battery's end is an estimate."""


class DeviceForecast:
    """``tell`` hands what is due to the rules; ``done`` says when things were done last, by the records."""

    def __init__(
        self,
        series: SeriesStore,
        zone: str,
        *,
        done: Callable[[], Mapping[tuple[str, What], Instant]],
        tell: Callable[[Due], None],
        monotonic: Callable[[], float],
    ) -> None:
        self._series, self._zone = series, ZoneInfo(zone)
        self._done, self._tell, self._monotonic = done, tell, monotonic
        self._facts: dict[str, _Facts] = {}
        self._told: dict[str, dict[What, date]] = {}
        self._again: set[str] = set()
        """Told once more with each look: the rules may have lost it with a crash."""
        self._dates_at: Instant = 0

    def look(self, devices: Sequence[Device], now: Instant) -> None:
        """One slice: the devices that were not looked at for longest. Raises StoreUnavailable."""
        until = self._monotonic() + _SLICE_S
        for device in devices:
            facts = self._facts.get(device.id)
            if facts is not None and now - facts.examined < _EXAMINED_EVERY:
                continue
            self._facts[device.id] = self._examined(device, facts, now)
            self._again.add(device.id)
            if self._monotonic() >= until:
                break
        if now >= self._dates_at:
            self._dates_at = now + _DATES_EVERY
            self._dates(devices, now)

    # -- what others ask -----------------------------------------------------------------------------------

    def on(self, view: UpkeepView, now: Instant) -> UpkeepView:
        """The view with what the survey knows of that device."""
        facts = self._facts.get(view.device)
        if facts is None:
            return view
        battery, radio, today = facts.battery or Battery(), facts.link, self._day(now)
        due = [DueView(what, day.isoformat(), (day - today).days) for what, day in facts.due.items()]
        return msgspec.structs.replace(
            view,
            battery=battery.charge,
            battery_days_left=battery.days_left,
            battery_note=battery.note,
            battery_changed=battery.changed * DAY if battery.changed is not None else None,
            link_signal=radio.signal if radio is not None else "",
            link_min=radio.lowest if radio is not None else None,
            link_mean=radio.mean if radio is not None else None,
            is_link_weak=radio is not None and radio.is_weak,
            due=tuple(sorted(due, key=lambda entry: entry.left_days)),
        )

    def low_batteries(self) -> int:
        """How many devices say that their battery is low, or have one that will not last for two weeks."""
        return sum(_is_low(facts) for facts in list(self._facts.values()))

    def overdue(self, now: Instant) -> int:
        """How many devices are due for a test or a calibration."""
        today = self._day(now)
        days = [facts.next_service for facts in list(self._facts.values())]
        return sum(day is not None and day <= today for day in days)

    # -- looking -------------------------------------------------------------------------------------------

    def _examined(self, device: Device, before: _Facts | None, now: Instant) -> _Facts:
        latest = {reading.signal: reading for reading in self._series.latest_of(device.id)}
        facts = _Facts(now)
        if before is not None:
            facts.due, facts.next_service = before.due, before.next_service
        charge = _first(latest, "battery")
        if charge is not None:
            facts.days = self._days(device.id, charge, before.days if before is not None else [], now)
            facts.battery = outlook(facts.days, now // DAY)
        flag = _first(latest, "battery_low")
        facts.is_flagged = flag is not None and latest[flag].value is True
        for name in SIGNALS:
            signal = _first(latest, name)
            if signal is not None and facts.link is None:
                facts.link = self._link(device, signal, now)
        return facts

    def _days(self, device: str, signal: str, known: list[DayCharge], now: Instant) -> list[DayCharge]:
        """The charge day by day: what is known already, and anew from its last day on."""
        start = known[-1][0] if known else now // DAY - WINDOW_DAYS
        points = self._series.range(device, signal, start * DAY, now + 1, _QUARTER_DAY, "mean")
        fresh = medians((point.time, point.value) for point in points if not isinstance(point.value, str))
        return [day for day in known if now // DAY - WINDOW_DAYS <= day[0] < start] + fresh

    def _link(self, device: Device, signal: str, now: Instant) -> RadioLink | None:
        def said(aggregate: Aggregate) -> list[float]:
            points = self._series.range(device.id, signal, now - DAY, now + 1, _TEN_MINUTES, aggregate)
            return [point.value for point in points if not isinstance(point.value, str)]

        return link(base_name(signal), said("min"), said("mean"), device.family)

    # -- dates ---------------------------------------------------------------------------------------------

    def _dates(self, devices: Sequence[Device], now: Instant) -> None:
        done: Done = {key: self._day(at) for key, at in self._done().items()}
        for gone in self._facts.keys() - {device.id for device in devices}:
            del self._facts[gone]
            self._told.pop(gone, None)
        for device in devices:
            facts = self._facts.get(device.id)
            if facts is None:
                continue
            empty = None
            if facts.battery is not None and facts.battery.days_left is not None:
                empty = self._day(facts.examined) + timedelta(days=facts.battery.days_left)
            facts.due = due_dates(device, done, empty)
            facts.next_service = min((day for what, day in facts.due.items() if what != "battery"), default=None)
            self._say(device.id, facts.due)

    def _say(self, device: str, due: dict[What, date]) -> None:
        """Tell the rules, if it is news; an estimate that moved by a day is none."""
        told = self._told.get(device)
        steady = dict(due)
        if told is not None and "battery" in told and "battery" in due:
            is_close = abs((told["battery"] - due["battery"]).days) < _MOVED_DAYS
            steady["battery"] = told["battery"] if is_close else due["battery"]
        if steady == told and device not in self._again:
            return
        self._told[device] = steady
        self._again.discard(device)
        self._tell(Due(device, tuple((what, self._midnight(day)) for what, day in sorted(steady.items()))))

    def _midnight(self, day: date) -> Instant:
        return int(datetime(day.year, day.month, day.day, tzinfo=self._zone).timestamp()) * SECOND

    def _day(self, at: Instant) -> date:
        return datetime.fromtimestamp(at // SECOND, self._zone).date()


def _first(latest: Mapping[str, Reading], name: str) -> str | None:
    """The signal itself, or else its first channel."""
    return name if name in latest else next((s for s in sorted(latest) if base_name(s) == name), None)


def _is_low(facts: _Facts) -> bool:
    battery = facts.battery
    if facts.is_flagged:
        return True
    if battery is None or battery.charge is None:
        return False
    return battery.charge < LOW_CHARGE or (battery.days_left is not None and battery.days_left <= LOW_DAYS)
