"""The way of a reading from the wire to a row of the console, as docs/architecture.md walks it."""

import re

import grimp
import pytest

from tests.house.places import PACKAGES, ROOT

MOST_ROOMS = 8
COMMIT = "gateway.committing"


def rooms() -> list[str]:
    """The module that each step of the walk begins with."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    walk = text.partition("## One reading")[2].partition("\n## ")[0]
    return [
        name.removesuffix(".py").replace("/", ".") for name in re.findall(r"^\d+\. `([\w/]+\.py)`:", walk, re.MULTILINE)
    ]


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, cache_dir=None)


def test_there_are_eight_rooms_at_most_and_each_is_there(imports: grimp.ImportGraph) -> None:
    walked = rooms()
    assert (len(walked) <= MOST_ROOMS, walked[0], COMMIT in walked) == (True, "gateway.transports.mqtt", True)
    assert walked[-1].startswith("api.")
    assert set(walked) <= imports.modules


def test_behind_the_commit_none_knows_an_earlier_room(imports: grimp.ImportGraph) -> None:
    """Neither directly nor by way of others: what is shown is made of what was published."""
    walked = rooms()
    shown = walked[walked.index(COMMIT) + 1 :]
    before = walked[: walked.index(COMMIT) + 1]
    turned = [(later, early) for later in shown for early in before if imports.chain_exists(later, early)]
    assert [] == turned


def test_up_to_the_commit_none_asks_a_later_room(imports: grimp.ImportGraph) -> None:
    """But for the commit, which hands over to the feed."""
    walked = rooms()
    before = walked[: walked.index(COMMIT)]
    asked = [
        (early, later)
        for number, early in enumerate(before)
        for later in walked[number + 1 :]
        if later in imports.find_modules_directly_imported_by(early)
    ]
    assert [] == asked
    assert "gateway.feed" in imports.find_modules_directly_imported_by(COMMIT)


def test_pages_have_their_alerts_from_the_live_model_alone(imports: grimp.ImportGraph) -> None:
    """Who implements what they ask for: one view, which knows it and the store, and no engine."""
    knows = imports.find_modules_directly_imported_by("gateway.views.alerts")
    assert "api.live" in knows
    assert not any(name.startswith(("alerts.engine", "gateway.running", "gateway.pipeline")) for name in knows)
