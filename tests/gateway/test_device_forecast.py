"""The survey of stored readings: batteries, links and due dates, against a real store, and what it tells the rules."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from alerts.event import Due
from api.ports import DueView, UpkeepView
from devices.battery import DAY
from devices.device import Device
from devices.maintenance_dates import What
from devices.reading import SECOND, Instant, Reading
from gateway.device_forecast import DeviceForecast
from gateway.stores.series_sqlite import SeriesSqlite
from tests.words import words

TODAY = 20_783
NOW: Instant = TODAY * DAY + 12 * 3600 * SECOND
"""Noon of 2026-11-26, UTC."""
HOUR: Instant = 3600 * SECOND


def device(name: str, **fields: object) -> Device:
    return Device(id=name, family="zigbee2mqtt", address=name, area="store", **fields)  # type: ignore[arg-type]


@pytest.fixture
def series(tmp_path: Path) -> Iterator[SeriesSqlite]:
    store = SeriesSqlite(tmp_path, lambda: NOW)
    yield store
    store.close()


class Rig:
    """A survey whose every slice is long enough, and what it told."""

    def __init__(self, series: SeriesSqlite, slice_s: float = 0) -> None:
        self.series = series
        self.told: list[Due] = []
        self.done: dict[tuple[str, What], Instant] = {}
        self.slow_s = slice_s
        self._monotonic = 0.0
        self.forecast = DeviceForecast(
            series, "Asia/Shanghai", done=lambda: self.done, tell=self.told.append, monotonic=self.monotonic
        )

    def monotonic(self) -> float:
        self._monotonic += self.slow_s
        return self._monotonic

    def falling(self, name: str, per_day: float, days: int, start: float = 100) -> None:
        """A battery that has fallen evenly up to now."""
        first = NOW - days * DAY
        self.series.append(
            [
                Reading(name, "battery", start - per_day * hour / 24, first + hour * HOUR, first + hour * HOUR)
                for hour in range(0, days * 24, 4)
            ]
        )

    def view(self, name: str, now: Instant = NOW) -> UpkeepView:
        return self.forecast.on(UpkeepView(name), now)


def midnight(day: int) -> Instant:
    """In Shanghai."""
    return day * DAY - 8 * HOUR


def test_a_battery_that_falls_has_an_end_which_is_shown_and_told_once(series: SeriesSqlite) -> None:
    rig = Rig(series)
    rig.falling("a", 1.0, 60)
    rig.forecast.look([device("a")], NOW)
    seen = rig.view("a")
    assert seen.battery is not None
    assert 40 <= seen.battery <= 43
    assert seen.battery_days_left is not None
    assert 33 <= seen.battery_days_left <= 38
    (due,) = seen.due
    assert ("battery", seen.battery_days_left) == (due.what, due.left_days)
    (told,) = rig.told
    assert ("a", (("battery", midnight(TODAY + seen.battery_days_left)),)) == (told.device, told.dates)
    rig.forecast.look([device("a")], NOW + 5 * SECOND)
    rig.forecast.look([device("a")], NOW + HOUR)
    assert [told] == rig.told


def test_a_day_later_only_the_new_days_are_read_and_little_news_is_no_news(series: SeriesSqlite) -> None:
    rig = Rig(series)
    rig.falling("a", 1.0, 60)
    rig.forecast.look([device("a")], NOW)
    (first,) = rig.told
    before = rig.view("a").battery_days_left
    series.append([Reading("a", "battery", 39.5, NOW + hour * HOUR, NOW + hour * HOUR) for hour in range(24)])
    rig.forecast.look([device("a")], NOW + DAY)
    assert [first, first] == rig.told, "told again, in case a crash has lost it, and the same"
    after = rig.view("a").battery_days_left
    assert before is not None
    assert after is not None
    assert 0 <= before - after <= 3


def test_what_is_not_known_says_why(series: SeriesSqlite) -> None:
    rig = Rig(series)
    rig.falling("a", 0.5, 4)
    rig.forecast.look([device("a"), device("b")], NOW)
    assert ("known for 5 days only", None) == (words(rig.view("a").battery_note), rig.view("a").battery_days_left)
    assert UpkeepView("b") == rig.view("b")
    assert UpkeepView("stranger") == rig.view("stranger")


def test_a_link_shows_its_day(series: SeriesSqlite) -> None:
    rig = Rig(series)
    times = [NOW - minutes * 60 * SECOND for minutes in range(600, 0, -10)]
    series.append([Reading("a", "linkquality", 20.0 if at == times[3] else 90.0, at, at) for at in times])
    series.append([Reading("b", "linkquality", 30.0, at, at) for at in times])
    series.append([Reading("b", "linkquality", 250.0, NOW - 3 * DAY, NOW - 3 * DAY)])
    rig.forecast.look([device("a"), device("b")], NOW)
    assert ("linkquality", 20, False) == (rig.view("a").link_signal, rig.view("a").link_min, rig.view("a").is_link_weak)
    assert (30, 30, True) == (rig.view("b").link_min, rig.view("b").link_mean, rig.view("b").is_link_weak)


def test_a_test_is_due_and_moves_when_the_records_say_that_it_was_done(series: SeriesSqlite) -> None:
    rig = Rig(series)
    tested = device("a", installed=date(2026, 1, 1), test_every_days=30)
    rig.forecast.look([tested, device("b")], NOW)
    assert (DueView("test", "2026-01-31", -299),) == rig.view("a").due
    assert 1 == rig.forecast.overdue(NOW)
    rig.done["a", "test"] = NOW - DAY
    rig.forecast.look([tested, device("b")], NOW + 60 * SECOND)
    assert (DueView("test", "2026-12-25", 29),) == rig.view("a").due
    assert 0 == rig.forecast.overdue(NOW)
    a_told = [due.dates for due in rig.told if due.device == "a"]
    assert [(("test", midnight(TODAY - 299)),), (("test", midnight(TODAY + 29)),)] == a_told
    rig.forecast.look([device("a"), device("b")], NOW + 120 * SECOND)
    assert Due("a", ()) == rig.told[-1]


def test_low_batteries_are_counted_once_each(series: SeriesSqlite) -> None:
    rig = Rig(series)
    rig.falling("a", 1.0, 88)
    series.append([Reading("b", "battery_low", True, NOW, NOW), Reading("c", "battery_low", False, NOW, NOW)])
    rig.forecast.look([device("a"), device("b"), device("c")], NOW)
    assert 2 == rig.forecast.low_batteries()


def test_ten_thousand_devices_are_looked_at_a_slice_at_a_time(series: SeriesSqlite) -> None:
    rig = Rig(series, slice_s=0.02)
    devices = [device(f"d{number}") for number in range(10)]
    rounds = 0
    while len(rig.told) < 10:
        rig.forecast.look(devices, NOW + rounds * 61 * SECOND)
        rounds += 1
        assert rounds < 20
    assert rounds > 2
    assert {device.id for device in devices} == {due.device for due in rig.told}


def test_a_retired_device_is_forgotten(series: SeriesSqlite) -> None:
    rig = Rig(series)
    rig.falling("a", 1.0, 88)
    rig.forecast.look([device("a")], NOW)
    assert 1 == rig.forecast.low_batteries()
    rig.forecast.look([], NOW + 60 * SECOND)
    assert 0 == rig.forecast.low_batteries()
