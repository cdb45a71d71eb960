"""A flood begins with more than ten alerts in ten minutes and ends with fewer than five."""

from alerts.flood import Flood
from devices.reading import SECOND


def flooded(*seconds: int) -> Flood:
    flood = Flood()
    for at in seconds:
        flood.raised(at * SECOND)
    return flood


def test_ten_in_ten_minutes_are_none() -> None:
    assert 0 == flooded(*range(10)).count(10 * SECOND)
    assert 11 == flooded(*range(11)).count(11 * SECOND)
    assert 0 == flooded(*range(0, 6_600, 600)).count(6_000 * SECOND)


def test_it_lasts_until_there_are_fewer_than_five() -> None:
    flood = flooded(*range(6), *range(300, 306))
    assert 12 == flood.count(306 * SECOND)
    assert 6 == flood.count(606 * SECOND)
    assert 0 == flood.count(902 * SECOND)
    assert 0 == flooded(*range(6)).count(SECOND), "as many are no flood where there was none"
