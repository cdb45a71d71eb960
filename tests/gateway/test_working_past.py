"""``keyarea demo --past``: a working quarter made beside the data folder and moved in whole, or nothing of it.

Everything that happened is taken in, the chain holds, and what is counted is what happened (gateway/history_replay.py).
"""

import argparse
import asyncio
from collections import Counter
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import pytest

from alerts.obligation_progress import progress
from devices.reading import SECOND
from gateway import working_past
from gateway.cli import demo
from gateway.history_replay import Outcome
from gateway.settings import Settings
from gateway.site.calendar import calendar_of
from gateway.site.load import parse
from gateway.stores.obligation_evidence import StoredEvidence
from gateway.stores.site_stores import SiteStores, open_stores
from ledger.chain import verify
from ledger.duties import duties_of
from simulators.working_year import working_days
from simulators.working_year.happenings import Asked, Written
from tests.gateway.house import Time

UNTIL = int(datetime(2026, 12, 1, 3, 30, tzinfo=UTC).timestamp())
SITE = parse(files("gateway.site.sample").joinpath("factory.toml").read_text(encoding="utf-8"), "factory.toml")

HAPPENED = list(working_days(UNTIL, 91))


def days(*words: str) -> int:
    parser = argparse.ArgumentParser()
    demo.add_arguments(parser)
    return demo._PASTS[parser.parse_args(words).past]


class Made(msgspec.Struct, frozen=True):
    """The folder and its stores as a gateway opens them, what came of making it, and how far it said it had come."""

    stores: SiteStores
    folder: Path
    outcome: Outcome
    shares: list[float]


def cases(stores: SiteStores, workflow: str) -> list[dict[str, Any]]:
    stored = stores.records.open_cases().items()
    return [msgspec.json.decode(content) for (name, _), content in stored if name == workflow]


def moved_in_whole_and_says_how_far_it_has_come(made: Made) -> None:
    stores, shares = made.stores, made.shares
    assert not (made.folder / working_past._BEING_MADE).exists()
    assert shares == sorted(shares)
    assert 0.99 < shares[-1] <= 1
    assert Counter() == made.outcome.refused
    assert made.outcome.happenings == len(HAPPENED)
    newest = stores.records.ledger_head()
    assert newest == verify(stores.records.ledger_entries(), SITE.id, expected=newest)
    entries = stores.records.ledger(limit=1)
    assert 89 < (UNTIL * SECOND - entries[0].recorded) / (86_400 * SECOND) < 92
    assert made.outcome.entries == newest.sequence > len(HAPPENED) / 2


def books_hold_as_many_entries_as_were_written(made: Made) -> None:
    entries = list(made.stores.records.ledger_entries())
    hand = [entry.draft for entry in entries if entry.draft.by and "workflow" not in entry.draft.fields]
    counted = Counter(draft.book for draft in hand)
    written = Counter(each.book for each in HAPPENED if isinstance(each, Written))
    by_hand = {book: counted[book] for book in ("visitors", "canteen", "leader_duty", "maintenance")}
    assert by_hand == {book: written[book] for book in by_hand}
    asked = Counter((each.workflow, each.ask) for each in HAPPENED if isinstance(each, Asked))
    steps = Counter((entry.draft.book, str(entry.draft.fields.get("step"))) for entry in entries)
    assert steps["inspections", "finished"] == asked["inspection", "finish"]
    assert steps["handovers", "taken_over"] + steps["handovers", "taken_over_late"] == asked["handover", "take_over"]
    assert 0 <= steps["gate", "came_in"] - steps["gate", "went_out"] <= 1
    assert 50 < steps["vehicles", "started"] - 1 <= steps["vehicles", "returned"]
    assert steps["gate", "passed"] == asked["goods_passes", "let_pass"] > 5
    assert 1 == steps["foreign_affairs", "reported"]
    assert all(entry.draft.at <= entry.recorded <= UNTIL * SECOND for entry in entries)


def a_newcomer_finds_something_of_everything(made: Made) -> None:
    """Rounds in progress, hazards in each state, a gap on next week's roster, coverage that is not whole."""
    stores = made.stores
    assert any(not case["is_over"] for case in cases(stores, "patrols"))
    stages = {case["stage"] for case in cases(stores, "hazard")}
    assert {"found", "assigned", "rectified", "verified", "closed", "dismissed"} <= stages
    assert any(case["findings"] for case in cases(stores, "roster_outlook"))
    assert any(case["shares"]["gaps"] for case in cases(stores, "coverage"))
    assert "planned" in {case["stage"] for case in cases(stores, "drills")}
    (permit,) = cases(stores, "confined_space")
    assert ("working", 1) == (permit["stage"], sum(each["out_at"] is None for each in permit["passages"]))
    assert ["applied"] == [case["stage"] for case in cases(stores, "permits")]
    (held,) = [e.draft.fields for e in stores.records.ledger(book="drills") if e.draft.fields.get("step") == "held"]
    reached = held["measured"]
    assert isinstance(reached, tuple | list)
    assert ("passed", 4) == (
        held["result"],
        sum(isinstance(one, dict) and one["result"] == "passed" for one in reached),
    )
    proofs = [sample["proof"] for case in cases(stores, "canteen_meal") for sample in case["samples"]]
    assert proofs
    assert all(proof is None or proof["verdict"] == "proved" for proof in proofs)
    verdicts = {e.draft.fields.get("verdict") for e in stores.records.ledger(book="food_samples", limit=200)}
    assert {"proved", None} == verdicts
    warm = [e.draft.fields for e in stores.records.ledger(book="canteen", limit=200) if not e.draft.by]
    assert ["failed", "passed"] == sorted(str(fields["result"]) for fields in warm)
    rules = {alert.rule for alert in stores.records.open_alerts()}
    assert "supplier-licence-running-out" in rules
    assert not rules & {"food-sample-missing", "food-sample-not-cold", "morning-check-missing"}
    (visit,) = cases(stores, "foreign_affairs")
    assert ("planned", "") == (visit["stage"], visit["approved_by"])
    assert {"C-1", "C-2", "F-1"} == {case["id"] for case in cases(stores, "vehicles")}
    assert {
        "hazard-major",
        "hazard-overdue",
        "roster-not-staffed",
        "certificate-running-out",
        "vehicle-papers-running-out",
    } <= rules


def obligations_are_met_and_behind(made: Made) -> None:
    stores, rules, calendar = made.stores, duties_of("safe_enterprise"), calendar_of(SITE)
    evidence = StoredEvidence(stores.records)
    while (found := evidence.of(rules)).counting is not None:
        evidence.read_on(rules)
    states = Counter(
        progress(rule, found.evidence.done(rule), calendar, UNTIL * SECOND, found.begins).state for rule in rules
    )
    assert states["done"] > 2
    assert states["missed"] + states["late"] > 0
    assert states["open"] > 0


@pytest.mark.slow
def test_a_quarter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What ``keyarea demo --past quarter`` makes at noon; once for all that is looked at."""
    shares = list[float]()
    monkeypatch.setattr(working_past, "now", lambda: UNTIL * SECOND)
    outcome = asyncio.run(working_past.make_past(SITE, tmp_path, days("--past", "quarter"), shares.append))
    clock: Any = Time()
    clock.seconds = UNTIL
    stores = open_stores(SITE, tmp_path, Settings.from_environment({}), clock)
    made = Made(stores, tmp_path, outcome, shares)
    try:
        moved_in_whole_and_says_how_far_it_has_come(made)
        books_hold_as_many_entries_as_were_written(made)
        a_newcomer_finds_something_of_everything(made)
        obligations_are_met_and_behind(made)
    finally:
        stores.close(UNTIL * SECOND)


def test_the_demo_makes_a_quarter_unless_it_is_told_otherwise() -> None:
    pasts = ("none", "month", "quarter", "year")
    assert [0, 30, 91, 365] == [days("--past", past) for past in pasts]
    assert days() == days("--past", "quarter")


def test_stopped_while_it_is_made_nothing_of_it_is_left(tmp_path: Path) -> None:
    """And what a start that was killed left is taken away."""
    (tmp_path / working_past._BEING_MADE).mkdir()
    (tmp_path / working_past._BEING_MADE / "records.sqlite").write_text("half")

    async def stopped() -> None:
        begun = asyncio.Event()
        loop = asyncio.get_running_loop()
        making = asyncio.create_task(
            working_past.make_past(SITE, tmp_path, 30, lambda _share: loop.call_soon_threadsafe(begun.set) and None)
        )
        await begun.wait()
        making.cancel()
        with pytest.raises(asyncio.CancelledError):
            await making

    asyncio.run(stopped())
    assert [] == list(tmp_path.iterdir())
