"""The demo site's sensors write into the books of its systems: its simulated devices are played, nobody writes."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from gateway.clock import SystemClock
from gateway.history_replay import HistoryReplay
from gateway.settings import Settings
from gateway.site.load import load
from gateway.stores.site_stores import open_stores
from ledger.entry import Entry
from ledger.systems import System, systems_of
from simulators import scenario
from simulators.runner import Runner
from simulators.site import read_site
from simulators.working_year.happenings import Told

SITE = Path(str(files("gateway.site.sample").joinpath("factory.toml")))
AT = 1_764_600_000
"""2025-12-01, 22:40 in Shanghai."""
SENSED = ("b1", "b2", "b4", "b5")
SYSTEMS = [system for system in systems_of("safe_enterprise") if system.id in SENSED]
NAMES = ("device", "devices", "reader", "place", "facility", "checked")
"""Fields by which an entry says of which device it was written."""


def told() -> Iterator[Told]:
    """What the devices of the demo's story say, second by second."""
    site = read_site(SITE)
    runner = Runner(site, scenario.load("demo_story", site), 1)
    for second in range(400):
        for said in runner.advance(1.0):
            if said.device is not None and said.values:
                yield Told(at=AT + second, device=said.device.entry.id, values=said.values)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> list[Entry]:
    """All that was written without a person."""
    folder, site = tmp_path_factory.mktemp("played"), load(SITE)
    HistoryReplay(site, folder, AT).run(told(), AT + 500)
    stores = open_stores(site, folder, Settings.from_environment({}), SystemClock())
    try:
        return [entry for entry in stores.records.ledger(limit=100_000) if not entry.draft.by]
    finally:
        stores.close(AT)


@pytest.mark.slow
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.id)
def test_a_sensor_of_the_system_writes_into_one_of_its_books(system: System, written: list[Entry]) -> None:
    its = [device for device in load(SITE).devices if system.has_device(device.kind, device.tags)]
    known = {name for device in its for name in (device.id, device.name, device.name_zh)}
    entries = [entry for entry in written if entry.draft.book in system.books]
    assert [] != [entry for entry in entries if known & {entry.draft.fields.get(name) for name in NAMES}]
