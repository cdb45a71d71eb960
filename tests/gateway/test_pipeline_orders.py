"""Orders, lists and announcements take effect when they are stored."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from devices.device import Device, SenderKey
from devices.installed import Hardware
from devices.orders import Adopt, Import, Reject, Replace, Retire
from devices.reading import Quality
from gateway.importing import SLICE
from gateway.stores.discovery_cache import StoredDiscoveryCache
from gateway.stores.documents import Documents
from tests.gateway.house import DEVICES, DISK_FULL, House, Message, smoke
from workflows.commissioning import Begin, Finish


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    built = House(tmp_path)
    yield built
    built.series.close()
    built.records.close()
    built.inbox.close()


def test_an_order_takes_effect_when_it_is_stored(house: House) -> None:
    """Not before: with the store away the stranger stays a stranger. Found alarming when adopted, it alarms."""
    house.arrive(smoke(1, "new"))
    assert ["new"] == [sender.address for sender in house.pipeline._ingest.quarantine.senders()]
    house.break_store(DISK_FULL)
    house.ask(Adopt(Device("new", "keyarea", "new", "store"), "tom"))
    house.arrive()
    house.arrive(smoke(2, "new"))
    assert ([], None) == (house.answers, house.pipeline._ingest.registry.device("new"))
    assert [] == house.served
    house.mend_store()
    house.arrive()
    house.arrive()
    assert (["done"], ["line:mqtt", "new"]) == (house.answers, house.stored())
    assert [["s0", "s1", "s2", "s3", "new"]] == house.served
    assert [] == house.pipeline._ingest.quarantine.senders()
    (found,) = (alert.causes[0] for alert in house.records.alerts() if alert.key == "new")
    assert found.quality & Quality.SNAPSHOT
    entries = [entry for entry in house.records.ledger() if entry.draft.book in ("alerts", "installation")]
    told = [(entry.draft.book, entry.draft.fields["action"]) for entry in entries]
    assert [("alerts", "raised"), ("installation", "adopted"), ("alerts", "raised"), ("alerts", "returned")] == told


def test_whoever_tests_a_device_is_told_when_that_is_stored(house: House) -> None:
    """Once, at the first live trigger; not while the store is away."""
    house.ask(Begin(device="s1", by="tom", role="technician"))
    house.arrive()
    house.break_store(DISK_FULL)
    house.arrive(smoke(1, "s1"))
    assert [] == house.tested
    house.mend_store()
    house.arrive()
    house.arrive(smoke(2, "s1"), smoke(3, "s2"))
    assert ["s1"] == house.tested


def test_a_device_goes_its_whole_way(house: House) -> None:
    """Adopted, replaced, retired: the id stays, the hardware changes; another start finds it as it stood."""
    house.ask(Adopt(Device("new", "keyarea", "a", "store", kind="smoke_detector"), "tom"))
    house.ask(Begin(device="new", by="tom", role="technician"))
    house.arrive()
    house.arrive(smoke(1, "a"))
    assert house.engine.kernel.cases.of("commissioning")["new"].measured.triggered is not None
    house.ask_by_two(Replace("new", Hardware("keyarea", "b"), "tom", "dropped from the ceiling"))
    house.ask(Finish(device="new", by="tom", role="technician", note="note"))
    house.arrive()
    house.build()
    house.arrive(smoke(2, "a"), smoke(3, "b"))
    assert {"line:mqtt", "new"} <= set(house.stored())
    assert ["a"] == [sender.address for sender in house.pipeline._ingest.quarantine.senders()]
    house.ask_by_two(Retire("new", "tom"))
    house.ask_by_two(Reject(SenderKey("", "keyarea", "a"), "tom"))
    house.arrive()
    house.arrive(smoke(4, "a"), smoke(5, "b"))
    assert ["b"] == [sender.address for sender in house.pipeline._ingest.quarantine.senders()]
    assert {SenderKey("", "keyarea", "a"): 1} == house.pipeline._ingest.quarantine.rejected()
    assert 8 == house.answers.count("done")
    assert 1 == sum("not being commissioned" in answer for answer in house.answers)


def _list(count: int, by: str = "tom") -> Import:
    return Import(tuple(Device(f"n{number}", "keyarea", f"n{number}", "store") for number in range(count)), by)


def test_a_long_list_lets_alarms_through_and_takes_effect_as_a_whole(house: House) -> None:
    """A slice a turn: an alarm is stored and acknowledged between two; what else is ordered waits for its end."""
    house.ask(house.device_service.prepare(_list(2 * SLICE + 1), house.clock.now()))
    house.arrive()
    house.ask(Adopt(Device("late", "keyarea", "late", "store"), "tom"))
    house.arrive(smoke(1, "s1"))
    assert ([1], ["s1"]) == (house.line.acknowledged, house.stored())
    assert ([], [], None) == (house.answers, house.served, house.pipeline._ingest.registry.device("n0"))
    house.arrive()
    assert ["done"] == house.answers
    assert [len(DEVICES) + 2 * SLICE + 1] == [len(devices) for devices in house.served]
    assert house.device_service.installed.device("late") is None
    house.arrive()
    assert (["done", "done"], "late") == (house.answers, house.served[-1][-1])
    assert 2 * SLICE + 2 == sum(entry.draft.book == "installation" for entry in house.records.ledger(limit=1_000))


def test_a_gateway_that_ends_in_the_midst_of_a_list_finishes_it_at_its_next_start(house: House) -> None:
    house.ask(house.device_service.prepare(_list(3 * SLICE), house.clock.now()))
    house.arrive()
    kept = house.unfinished.kept()
    assert kept == _list(3 * SLICE)
    house.build()
    assert SLICE == sum(device.id.startswith("n") for device in house.device_service.devices())
    prepared = house.device_service.prepare(kept, house.clock.now())
    assert 2 * SLICE == len(prepared.changes)
    house.ask(prepared)
    house.arrive()
    house.arrive()
    assert (["done"], None) == (house.answers, house.unfinished.kept())
    assert 3 * SLICE == sum(device.id.startswith("n") for device in house.device_service.devices())


def test_a_list_waits_with_the_store(house: House) -> None:
    """Nothing of it takes effect, nothing is asked of the store that is away, and it goes on by itself."""
    house.ask(house.device_service.prepare(_list(2 * SLICE), house.clock.now()))
    house.arrive()
    house.break_store(DISK_FULL)
    for _ in range(5):
        house.arrive()
    assert ([], []) == (house.answers, house.served)
    house.mend_store()
    house.arrive()
    house.arrive()
    assert (["done"], 1) == (house.answers, len(house.served))


def test_a_list_holds_only_while_nothing_else_is_settled(house: House) -> None:
    prepared = house.device_service.prepare(_list(SLICE), house.clock.now())
    house.ask(Adopt(Device("n0", "keyarea", "other", "store"), "ann"))
    house.ask(prepared)
    house.ask(house.device_service.prepare(Import((), "tom"), house.clock.now()))
    house.arrive()
    assert ["done", "done"] == [answer for answer in house.answers if answer == "done"]
    assert any("meanwhile" in answer for answer in house.answers)
    assert house.device_service.installed.device("n1") is None


HALL = Device("hall", "home_assistant", "hall", "store")


ANNOUNCEMENT = Message(
    "homeassistant/binary_sensor/hall/smoke/config",
    msgspec.json.encode({"dev_cla": "smoke", "stat_t": "hall/smoke", "dev": {"ids": ["hall"]}}),
    1,
)


def test_an_adopted_device_is_understood_after_a_crash_though_the_broker_kept_no_announcement(house: House) -> None:
    """It was announced before it was adopted; what it says next, to a new start, is an alarm."""
    house.arrive(ANNOUNCEMENT)
    house.ask(Adopt(HALL, "tom"))
    house.arrive()
    assert ["done"] == house.answers
    house.arrive()
    house.build()
    assert ["hall/smoke"] == house.ingest.subscribe
    house.arrive(Message("hall/smoke", b"ON", 2))
    assert ["hall"] == house.stored()


def test_an_announcement_is_acknowledged_when_it_is_kept_and_not_before(house: House) -> None:
    house.ask(Adopt(HALL, "tom"))
    house.arrive()
    house.break_store(DISK_FULL)
    house.arrive(ANNOUNCEMENT, Message("hall/smoke", b"ON", 2))
    assert [] == house.line.acknowledged
    house.arrive()
    assert [] == StoredDiscoveryCache(Documents(house.database)).all()
    house.mend_store()
    house.arrive()
    assert [1, 2] == house.line.acknowledged
    assert [ANNOUNCEMENT.topic] == [topic for topic, _ in StoredDiscoveryCache(Documents(house.database)).all()]
    assert ["hall"] == house.stored()


def test_what_a_device_announced_is_kept_as_long_as_it_is_installed(house: House) -> None:
    house.ask(Adopt(HALL, "tom"))
    house.arrive(ANNOUNCEMENT)
    house.arrive(Message(ANNOUNCEMENT.topic, b"", 2, retain=True))
    assert 1 == len(StoredDiscoveryCache(Documents(house.database)).all())
    house.ask(Retire("hall", "tom"))
    house.arrive()
    house.break_store(DISK_FULL)
    for _ in range(5):  # what has no message of its own waits without growing
        house.arrive()
    assert 1 == len(house.pipeline.committing._waiting)
    house.mend_store()
    house.arrive()
    assert [] == StoredDiscoveryCache(Documents(house.database)).all()
