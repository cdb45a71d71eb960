"""What the gateway notices of itself reaches the rules, the health and the figures."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from api.live import Live
from devices.errors import StoreUnavailable
from devices.message import plain
from devices.reading import SECOND, Instant, Reading
from gateway.inbox import Delivery, Inbox
from gateway.metrics import Metrics
from gateway.running import Running
from gateway.self_monitoring import SelfMonitoring
from gateway.site.model import Area, Site
from gateway.stores.database import Database
from gateway.stores.records import SqlRecords
from gateway.stores.series_sqlite import SeriesSqlite
from gateway.transports.rivalry import CONTENDED
from gateway.views.health import HealthView
from gateway.vitals import Vitals
from tests.gateway.stores.records_examples import raised
from tests.words import english

NOW: Instant = 1_800_000_000 * SECOND


class Time:
    def now(self) -> Instant:
        return NOW

    def monotonic(self) -> float:
        return 0.0

    def jump(self) -> Instant:
        return 0


class Gateway:
    """As much of one as notices something of itself."""

    def __init__(self, folder: Path) -> None:
        self.records, self.series = SqlRecords(Database.in_folder(folder), "works"), SeriesSqlite(folder, lambda: NOW)
        site = Site(id="works", name="Works", areas=(Area(id="store", name="Store"),))
        self.running, self.vitals = Running(site), Vitals(NOW)
        self.inbox, self.metrics = Inbox(), Metrics()
        self.monitoring = SelfMonitoring(self.running, self.vitals, self.inbox, self.metrics, Time())
        self.health = HealthView(
            self.running, self.vitals, Live(), records=self.records, clock=Time(), metrics=self.metrics
        ).health

    def said(self) -> list[tuple[str, Any]]:
        """What the rules would be told, since the last look."""
        items = [delivery.item for delivery in self.inbox.take(100)]
        return [(item.device, item.value) for item in items if isinstance(item, Reading)]

    def close(self) -> None:
        self.series.close()
        self.records.close()
        self.inbox.close()


@pytest.fixture
def gateway(tmp_path: Path):  # type: ignore[no-untyped-def]
    built = Gateway(tmp_path)
    yield built
    built.close()


def test_the_first_word_of_a_line_is_always_passed_on(gateway: Gateway) -> None:
    """It may have been lost when the process ended."""
    gateway.monitoring.line_is("mqtt", "up")
    assert [("line:mqtt", False), ("part:client-id", False)] == gateway.said()
    gateway.monitoring.line_is("mqtt", "up")
    assert [] == gateway.said()
    gateway.monitoring.line_is("mqtt", "lost: no route")
    gateway.monitoring.line_is("mqtt", "lost: refused")
    assert [("line:mqtt", True)] == gateway.said()
    assert gateway.health().lines == {"mqtt": "lost: refused"}


def test_a_stranger_with_our_client_id_is_a_fault_of_its_own(gateway: Gateway) -> None:
    gateway.monitoring.line_is("mqtt", "up")
    gateway.said()
    gateway.monitoring.line_is("mqtt", f"{CONTENDED} by another client")
    assert [("line:mqtt", True), ("part:client-id", True)] == gateway.said()


def told(gateway: Any) -> list[str]:
    """The faults of its health, as they are read."""
    return [english(fault) for fault in gateway.health().faults]


def test_a_part_that_died_is_a_fault_until_it_is_back(gateway: Gateway) -> None:
    gateway.monitoring.died("web", "ended by itself")
    assert [("part:web", True)] == gateway.said()
    assert told(gateway) == ["web: ended by itself"]
    deaths = gateway.metrics.registry.get_sample_value("keyarea_task_restarts_total", {"task": "web"})
    gateway.monitoring.recovered("web")
    assert (1.0, [("part:web", False)], ()) == (deaths, gateway.said(), gateway.health().faults)


def test_a_part_that_goes_on_with_a_fault_says_which(gateway: Gateway) -> None:
    gateway.monitoring.part_is("records", plain("the ledger was longer"))
    assert told(gateway) == ["records: the ledger was longer"]
    gateway.monitoring.part_is("records", None)
    gateway.monitoring.store_is(plain("disk full"))
    gateway.monitoring.store_is(None)
    assert gateway.health().faults == ()
    storage = [("part:storage", True), ("part:storage", False)]
    assert [("part:records", True), ("part:records", False), *storage] == gateway.said()


def test_after_a_start_parts_that_had_failed_are_sound_unless_they_have_failed_anew(gateway: Gateway) -> None:
    failed = [replace(raised(1).alert, key=f"part:{part}", active=True) for part in ("web", "upkeep", "lines")]
    gateway.vitals.faults["upkeep"] = plain("disk full")
    gateway.monitoring.restarted(failed, ["web", "upkeep"])
    assert [("part:web", False)] == gateway.said()


def test_a_full_inbox_is_said_in_the_log_and_ends_nothing(gateway: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    delivery = Delivery(Reading("part:web", "fault", True, NOW, NOW))
    with pytest.raises(StoreUnavailable):
        while True:
            gateway.inbox.put(delivery)
    gateway.monitoring.died("web", "x")
    gateway.monitoring.record(delivery)
    assert ["there is no alert of it" in caplog.text, "the ledger misses" in caplog.text] == [True, True]


def test_what_could_not_be_looked_back_over_is_a_fault_as_long_as_it_may_matter(gateway: Gateway) -> None:
    assert gateway.monitoring.history() is None
    gateway.monitoring.left_out(plain("1 of 2 series"), NOW + SECOND)
    assert plain("1 of 2 series") == gateway.monitoring.history()
    gateway.monitoring.left_out(plain("1 of 2 series"), NOW)
    assert gateway.monitoring.history() is None
