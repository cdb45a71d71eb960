"""A pipeline that dies at any point, and the next that begins from what is stored."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.command import Acknowledge
from tests.gateway.house import DISK_FULL, House, smoke


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    built = House(tmp_path)
    yield built
    built.series.close()
    built.records.close()
    built.inbox.close()


def test_a_gateway_that_dies_between_its_two_stores_takes_it_in_again(house: House) -> None:
    """The readings are stored, the alert is not: the repeat must not count as known."""
    house.break_store(DISK_FULL)
    house.arrive(smoke(1, value=False), smoke(2))
    assert house.series.latest()["s1", "smoke"].value is True
    house.mend_store()
    house.build()
    house.arrive(smoke(1, value=False, dup=True), smoke(2, dup=True))
    assert ["s1"] == house.stored()


def test_alerts_are_known_as_unrecorded_until_they_are_stored(house: House) -> None:
    house.arrive(smoke(1))
    assert house.live().unrecorded() == set()
    house.break_store(DISK_FULL)
    house.arrive(smoke(2, "s2"))
    assert house.live().unrecorded() == {alert.id for alert in house.engine.open_alerts() if alert.key == "s2"}
    assert house.live().open_alerts() == house.engine.open_alerts()
    house.mend_store()
    house.clock.seconds += 2
    house.arrive()
    assert house.live().unrecorded() == set()
    assert house.live().open_alerts() == house.engine.open_alerts()
    assert "s2" in house.stored()


def test_what_was_shown_and_never_stored_is_shown_no_more_when_the_pipeline_ends(house: House) -> None:
    house.arrive(smoke(1))
    house.break_store(DISK_FULL)
    house.arrive(smoke(2, "s2"))
    assert ["s1", "s2"] == [alert.key for alert in house.live().open_alerts()]
    house.pipeline.stop()
    house.pipeline.run()
    assert ["s1"] == [alert.key for alert in house.live().open_alerts()]
    assert house.live().unrecorded() == set()


def test_a_person_is_answered_once_it_is_stored_or_told_why_not(house: House) -> None:
    house.arrive(smoke(1))
    alert = house.engine.open_alerts()[0].id
    house.ask(Acknowledge(alert=alert, by="olga"))
    house.ask(Acknowledge(alert="none", by="olga"))
    house.arrive()
    assert sorted(answer == "done" for answer in house.answers) == [False, True]
    house.break_store(DISK_FULL)
    house.ask(Acknowledge(alert=alert, by="olga"))
    house.arrive(smoke(2, "s2"))
    assert len(house.answers) == 3, "refused at once: nothing is to be stored"


def test_one_that_ends_tells_those_who_wait(house: House) -> None:
    """Stopped while the store is away: the person hears that it was not stored, the line is given back."""
    house.arrive(smoke(1))
    house.break_store(DISK_FULL)
    house.ask(Acknowledge(alert=house.engine.open_alerts()[0].id, by="olga"))
    house.arrive()
    assert house.answers == []
    house.pipeline.stop()
    house.pipeline.run()
    assert house.line.is_closed
    assert ["stopped" in answer for answer in house.answers] == [True]
    assert house.records.alerts()[0].acknowledged is None


def test_one_that_dies_acknowledges_nothing_and_the_next_begins_from_what_is_stored(house: House) -> None:
    """A bug in a store, not a fault of it: the thread ends with it; the message comes again and counts once."""
    house.arrive(smoke(9, "s2"))
    house.break_store(ZeroDivisionError("a bug"))
    house.line.arrivals.append(smoke(1))
    house.ask(Acknowledge(alert=house.engine.open_alerts()[0].id, by="olga"))
    died: list[BaseException] = []

    def body() -> None:
        try:
            house.pipeline.run()
        except ZeroDivisionError as error:
            died.append(error)

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    assert (len(died), house.line.is_closed, house.line.acknowledged) == (1, True, [9])
    assert ["starts anew" in answer for answer in house.answers] == [True]
    house.mend_store()
    house.build()
    house.arrive(smoke(1, dup=True))
    assert (house.line.acknowledged, house.stored()) == ([9, 1], ["s1", "s2"])


def test_what_was_committed_and_not_published_is_published_by_the_next(house: House) -> None:
    """Death between commit and feed: a live reader must not have a gap."""
    house.arrive(smoke(1))
    house.feed.publish = None  # type: ignore[assignment,method-assign]
    with pytest.raises(TypeError):
        house.arrive(smoke(2, "s2"))
    assert house.told() == [(1, "s1")]
    del house.feed.publish
    house.feed.catch_up()
    house.build()
    house.arrive(smoke(3, "s3"))
    numbers, devices = zip(*house.told(), strict=True)
    assert devices == ("s1", "s2", "s3")
    assert list(numbers) == sorted(set(numbers))


def test_what_waits_is_bounded(house: House) -> None:
    """A store that is away for long: nothing more is taken from line and inbox than can be kept."""
    house.break_store(DISK_FULL)
    house.line.arrivals = [smoke(n + 1, value=not n) for n in range(60_000)]
    for _ in range(80):
        house.pipeline.turn()
    assert len(house.line.arrivals) == 10_000
    house.ask(Acknowledge(alert="x", by="olga"))
    house.pipeline.turn()
    assert house.answers == []
    house.mend_store()
    for _ in range(20):
        house.pipeline.turn()
    assert (len(house.line.acknowledged), len(house.answers)) == (60_000, 1)
