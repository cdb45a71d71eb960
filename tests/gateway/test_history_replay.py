"""A past that is made: everything that happened is taken in, the chain holds, and what is counted is what happened."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import pytest

from devices.reading import SECOND
from gateway.history_replay import HistoryReplay, Outcome
from gateway.settings import Settings
from gateway.site.load import parse
from gateway.stores.site_stores import SiteStores, open_stores
from ledger.chain import verify
from simulators.working_year import working_days
from simulators.working_year.happenings import Asked, Written
from tests.gateway.house import Time

UNTIL = int(datetime(2026, 12, 1, 3, 30, tzinfo=UTC).timestamp())
SITE = parse(files("gateway.site.sample").joinpath("factory.toml").read_text(encoding="utf-8"), "factory.toml")
HAPPENED = list(working_days(UNTIL, 12))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Outcome, SiteStores]]:
    """Twelve days, and the stores as a gateway opens them afterwards."""
    folder: Path = tmp_path_factory.mktemp("past") / "data"
    folder.mkdir()
    outcome = HistoryReplay(SITE, folder, HAPPENED[0].at).run(iter(HAPPENED), UNTIL)
    clock: Any = Time()
    clock.seconds = UNTIL
    stores = open_stores(SITE, folder, Settings.from_environment({}), clock)
    yield outcome, stores
    stores.close(UNTIL * SECOND)


def cases(stores: SiteStores, workflow: str) -> list[dict[str, Any]]:
    stored = stores.records.open_cases().items()
    return [msgspec.json.decode(content) for (name, _), content in stored if name == workflow]


@pytest.mark.slow
def test_nothing_is_refused_and_the_chain_holds(made: tuple[Outcome, SiteStores]) -> None:
    outcome, stores = made
    assert Counter() == outcome.refused
    assert outcome.happenings == len(HAPPENED)
    head = verify(stores.records.ledger_entries(), SITE.id, expected=stores.records.ledger_head())
    assert outcome.entries == head.sequence > len(HAPPENED) / 2


@pytest.mark.slow
def test_books_hold_as_many_entries_as_were_written(made: tuple[Outcome, SiteStores]) -> None:
    entries = list(made[1].records.ledger_entries())
    counted = Counter(entry.draft.book for entry in entries)
    written = Counter(each.book for each in HAPPENED if isinstance(each, Written))
    by_hand = {book: counted[book] for book in ("gate", "visitors", "canteen", "leader_duty", "maintenance")}
    assert by_hand == {book: written[book] for book in by_hand}
    asked = Counter((each.workflow, each.ask) for each in HAPPENED if isinstance(each, Asked))
    steps = Counter((entry.draft.book, str(entry.draft.fields.get("step"))) for entry in entries)
    assert steps["inspections", "finished"] == asked["inspection", "finish"]
    assert steps["handovers", "taken_over"] + steps["handovers", "taken_over_late"] == asked["handover", "take_over"]
    assert all(entry.draft.at <= entry.recorded <= UNTIL * SECOND for entry in entries)


@pytest.mark.slow
def test_at_its_end_there_is_something_to_see_everywhere(made: tuple[Outcome, SiteStores]) -> None:
    stores = made[1]
    stages = {case["stage"] for case in cases(stores, "hazard")}
    assert {"found", "assigned", "rectified", "verified", "closed", "dismissed"} <= stages
    assert any(not case["is_over"] for case in cases(stores, "patrols"))
    assert any(case["findings"] for case in cases(stores, "roster_outlook"))
    assert any(case["shares"]["gaps"] for case in cases(stores, "coverage"))
    rules = {alert.rule for alert in stores.records.open_alerts()}
    assert {"hazard-major", "hazard-overdue", "roster-not-staffed", "certificate-running-out"} <= rules
