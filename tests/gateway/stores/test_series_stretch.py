"""What rules look back over comes from the series store: as far as they want it, in order, and never at any price."""

import logging
from pathlib import Path

import pytest

from alerts.rule import Rule
from devices.errors import StoreUnavailable
from devices.message import Text
from devices.reading import SECOND, Instant, Reading, Value
from gateway.ports import Point
from gateway.stores.series_sqlite import SeriesSqlite
from gateway.stores.series_stretch import stretch
from tests.alerts.test_priming import made
from tests.alerts.timeline import START, device
from tests.words import chinese, english

DEVICES = (device("a"), device("b"))


def at(second: float, name: str, value: Value) -> Reading:
    time = START + int(second * SECOND)
    return Reading(name, "temperature", value, time, time + 7)


def taken(
    series: SeriesSqlite,
    *rules: Rule,
    now: Instant = START + 1_000 * SECOND,  # type: ignore[type-arg]
) -> list[tuple[str, float, Value]]:
    found = stretch(rules, DEVICES, series, series.latest(), lambda: now)
    assert [reading.time for reading in found] == [reading.received for reading in found]
    return [(reading.device, (reading.time - START) / SECOND, reading.value) for reading in found]


@pytest.fixture
def series(tmp_path: Path):  # type: ignore[no-untyped-def]
    store = SeriesSqlite(tmp_path, lambda: START)
    store.append([at(0, "a", 20.0), at(50, "b", 21.0), at(70, "a", 22.0), at(90, "b", 23.0), at(95, "a", 24.0)])
    yield store
    store.close()


def test_the_window_ends_with_the_newest_reading_however_long_the_gateway_was_away(series: SeriesSqlite) -> None:
    expected = [("b", 50, 21.0), ("a", 70, 22.0), ("b", 90, 23.0), ("a", 95, 24.0)]
    assert expected == taken(series, made(within_s=60))
    series.seal(START + 3_600 * SECOND)
    assert expected == taken(series, made(within_s=60))


def test_what_a_clock_that_was_ahead_wrote_is_not_told_before_its_time(series: SeriesSqlite) -> None:
    assert [("a", 70, 22.0), ("b", 50, 21.0)] == sorted(taken(series, made(within_s=60), now=START + 80 * SECOND))


def test_nothing_is_read_where_no_rule_looks_back(series: SeriesSqlite) -> None:
    assert [] == taken(series)
    assert [] == taken(series, made(within_s=0))


class Failing(SeriesSqlite):
    """Fails for one device."""

    def range(self, device: str, *rest: object) -> list[Point]:  # type: ignore[override]
        if device == "b":
            raise StoreUnavailable("no such disk")
        return super().range(device, *rest)  # type: ignore[arg-type]


def test_a_store_that_cannot_be_read_costs_no_start_and_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = Failing(tmp_path, lambda: START)
    store.append([at(0, "a", 20.0), at(1, "b", 21.0)])
    with caplog.at_level(logging.WARNING):
        assert [("a", 0, 20.0)] == taken(store, made())
    assert ["series_stretch.left_out(count=1, of=2)"] == caplog.messages
    store.close()


def test_a_store_that_takes_too_long_is_not_waited_for(series: SeriesSqlite, caplog: pytest.LogCaptureFixture) -> None:
    clock = iter(range(START + 100 * SECOND, START + 10_000 * SECOND, 6 * SECOND))
    with caplog.at_level(logging.WARNING):
        found = stretch((made(),), DEVICES, series, series.latest(), lambda: next(clock))
    assert {"a"} == {reading.device for reading in found}
    assert ["series_stretch.left_out(count=1, of=2)"] == caplog.messages


def test_what_is_left_out_is_told_with_how_long_it_matters(series: SeriesSqlite) -> None:
    clock = iter(range(START + 100 * SECOND, START + 10_000 * SECOND, 6 * SECOND))
    told: list[tuple[Text, Instant]] = []
    stretch(
        *((made(),), DEVICES, series, series.latest(), lambda: next(clock)),
        left_out=lambda what, until: told.append((what, until)),
    )
    ((what, until),) = told
    assert until > START + 100 * SECOND
    assert "do not look back over 1 of 2 series" in english(what)
    assert "未能回看 2 个序列中的 1 个" in chinese(what)


def test_what_workflows_look_back_over_is_read_too(series: SeriesSqlite) -> None:
    now = START + 1_000 * SECOND
    found = stretch((), DEVICES, series, series.latest(), lambda: now, listened={"temperature": 30 * SECOND})
    assert [("a", 22.0), ("b", 23.0), ("a", 24.0)] == [(one.device, one.value) for one in found]
