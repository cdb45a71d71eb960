"""The demo site's sensors write into each of the eight systems: a fortnight of its past, then its devices as they play.

Only what was written without a person counts. The past is there because a visitor's card says nothing before the gate
has given it out, and nothing is armed for a foreign visit that nobody planned.
"""

from collections.abc import Iterator
from importlib.resources import files
from itertools import chain
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
from simulators.runner import Runner, Said
from simulators.site import read_site
from simulators.working_year import working_days
from simulators.working_year.happenings import Told

SITE = Path(str(files("gateway.site.sample").joinpath("factory.toml")))
AT = 1_764_600_000
"""2025-12-01, 22:40 in Shanghai."""
DAYS = 14
SYSTEMS = [system for system in systems_of("safe_enterprise") if system.is_system]
NAMES = ("device", "devices", "reader", "door", "place", "facility", "checked")
"""Fields by which an entry says of which device it was written."""


def told() -> Iterator[Told]:
    """What the devices of the demo's story say, second by second."""
    site = read_site(SITE)
    runner = Runner(site, scenario.load("demo_story", site), 1)
    for second in range(460):
        for said in runner.advance(1.0):
            if said.device is not None and said.values:
                yield Told(at=AT + second, device=said.device.entry.id, values=_heard(said))


def _heard(said: Said) -> dict[str, bool | float | str]:
    """A card is read by a reader on a wire in 26 bits, which stand before its number."""
    on_wire = said.device is not None and said.device.entry.line
    return {name: f"26:{value}" if on_wire and name == "credential" else value for name, value in said.values.items()}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> list[Entry]:
    """All that was written without a person."""
    folder, site = tmp_path_factory.mktemp("played"), load(SITE)
    past = list(working_days(AT, DAYS, time_zone=site.time_zone))
    HistoryReplay(site, folder, past[0].at).run(chain(past, told()), AT + 500)
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
    if not its:  # its sensors are those of whatever areas are closed to a visit: they were armed by themselves
        assert "closed" in {entry.draft.fields.get("step") for entry in entries}
        return
    assert [] != [entry for entry in entries if known & {entry.draft.fields.get(name) for name in NAMES}]
