"""The live read model: a snapshot and what follows it show what is open, whoever reads them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from alerts.alert import Alert, AlertClass, AlertEvent, State, display_order
from alerts.effects import CaseChanged, ModeChanged
from alerts.suppression_reason import Suppression, SuppressionReason
from api.live import Live, follow
from api.ports import Position, Published, Snapshot
from api.ports.feed import RECORDED
from devices.errors import Refused, StoreUnavailable
from devices.message import Text, plain
from devices.reading import SECOND

ASIDE = Suppression(SuppressionReason.BYPASS, "b", 0)


def alert(id_: str, **fields: Any) -> Alert:
    known = {
        "id": id_, "rule": "smoke", "rule_version": "1", "area": "store", "key": id_, "alert_class": AlertClass.FIRE,
        "priority": 1, "text": plain("smoke"), "state": State.UNACKNOWLEDGED, "raised": 0, "changed": 0, "causes": (),
    }  # fmt: skip
    return Alert(**{**known, **fields})


def step(number: int | None, stands: Alert) -> Published:
    return Published(number, "alert", AlertEvent(stands, "raised", 0))


def ids(live: Live) -> list[str]:
    return [each.id for each in live.open_alerts()]


@pytest.fixture
def live() -> Live:
    """Two alerts are open at 10."""
    live = Live()
    live.start(Snapshot(Position("e", 10), [alert("a", raised=1), alert("b", raised=2)], {"store": "armed"}))
    return live


def test_it_stands_where_the_events_end(live: Live) -> None:
    live.apply([step(11, alert("c", priority=2)), step(12, alert("a", state=State.CLOSED))])
    assert (["b", "c"], Position("e", 12)) == (ids(live), live.position)
    assert live.open_alert("a") is None
    assert live.open_alert("c") is not None


def test_what_the_snapshot_holds_is_not_taken_twice(live: Live) -> None:
    live.apply([step(10, alert("a", state=State.CLOSED))])
    assert ["a", "b"] == ids(live)


def test_modes_and_cases(live: Live) -> None:
    live.apply(
        [
            Published(11, "mode", ModeChanged("vault", "night", "li", 0)),
            Published(12, "case", CaseChanged("toy", "2", is_open=True, case={"opened": 2})),
            Published(13, "case", CaseChanged("toy", "1", is_open=True, case={"opened": 1})),
            Published(14, "case", CaseChanged("other", "3", is_open=True, case={})),
        ]
    )
    assert {"store": "armed", "vault": "night"} == live.modes()
    assert ["1", "2"] == [case.id for case in live.cases("toy")]
    live.apply([Published(15, "case", CaseChanged("toy", "1", is_open=False, case={}))])
    assert ["2"] == [case.id for case in live.cases("toy")]


def test_what_waits_for_the_store_is_shown_and_marked_until_it_is_committed(live: Live) -> None:
    seen = alert("a", raised=1, state=State.ACKNOWLEDGED)
    live.apply([step(None, seen), step(None, alert("c", raised=3))])
    assert (["a", "b", "c"], {"a", "c"}) == (ids(live), live.unrecorded())
    assert live.open_alert("a") == seen
    assert Position("e", 10) == live.position
    assert {"a", "b"} == {each.id for each in live.snapshot().alerts}, "another process is told what is committed"
    live.apply([step(11, seen)])
    assert {"c"} == live.unrecorded()
    live.apply([step(12, alert("c", raised=3)), Published(None, RECORDED, None)])
    assert (["a", "b", "c"], frozenset()) == (ids(live), live.unrecorded())


def test_what_never_was_committed_is_shown_no_more(live: Live) -> None:
    live.apply([step(None, alert("c")), step(None, alert("a", state=State.CLOSED))])
    assert ["c", "b"] == ids(live)
    assert {"a", "b"} == {each.id for each in live.snapshot().alerts}
    live.apply([Published(None, RECORDED, None)])
    assert ["a", "b"] == ids(live)


def test_a_later_step_that_waits_outlives_the_commit_of_an_earlier_one(live: Live) -> None:
    first, second = alert("c", occurrences=1), alert("c", occurrences=2)
    live.apply([step(None, first), step(None, second), step(11, first)])
    assert (second, {"c"}) == (live.open_alert("c"), live.unrecorded())


def test_whoever_looks_again_is_told_what_changed(live: Live) -> None:
    before = live.revision
    assert frozenset() == live.changed_since(before)
    live.apply([step(11, alert("c")), step(12, alert("a", state=State.CLOSED))])
    assert {"a", "c"} == live.changed_since(before)
    assert frozenset() == live.changed_since(live.revision)
    live.start(live.snapshot())
    assert live.changed_since(before) is None


def test_whoever_looks_too_late_has_to_look_at_all(live: Live) -> None:
    before = live.revision
    for number in range(25_000):
        live.apply([step(11 + number, alert("c", occurrences=number + 1))])
    assert live.changed_since(before) is None
    assert {"c"} == live.changed_since(before + 24_000)


STEPS = st.lists(
    st.tuples(
        st.sampled_from("abcdef"),
        st.sampled_from([State.UNACKNOWLEDGED, State.ACKNOWLEDGED, State.CLOSED]),
        st.integers(1, 4),
        st.booleans(),
    ),
    max_size=30,
)


@given(STEPS, st.integers(0, 30))
def test_a_snapshot_at_any_place_and_the_rest_show_the_same(steps: list[Any], cut: int) -> None:
    """And the order is that of a list that was sorted anew."""
    events = [
        step(number, alert(name, state=state, priority=priority, suppression=ASIDE if aside else None))
        for number, (name, state, priority, aside) in enumerate(steps, 1)
    ]
    whole, first, second = Live(), Live(), Live()
    whole.apply(events)
    first.apply(events[:cut])
    second.start(first.snapshot())
    second.apply(events)
    assert whole.snapshot().position == second.snapshot().position
    assert {each.id: each for each in whole.open_alerts()} == {each.id: each for each in second.open_alerts()}
    assert sorted(whole.open_alerts(), key=display_order) == whole.open_alerts()


def test_a_drill_makes_no_flood_and_stands_below_all_that_is_real(live: Live) -> None:
    drilled = [step(20 + n, alert(f"d{n}", priority=1, raised=SECOND, origin="drill")) for n in range(20)]
    live.apply([*drilled, step(50, alert("z", priority=4, raised=2 * SECOND))])
    assert 0 == live.flood(2 * SECOND)
    assert ["a", "b", "z"] == ids(live)[:3]


def test_a_flood_is_counted_by_what_is_shouted(live: Live) -> None:
    raised = [alert(f"f{number}", raised=SECOND, silent=number == 0) for number in range(11)]
    live.apply([step(11 + number, each) for number, each in enumerate(raised)])
    live.apply([step(30, replace(alert("x", raised=SECOND), suppression=ASIDE)), step(31, raised[3])])
    assert (13, 12) == (live.flood(2 * SECOND), live.flood(2 * SECOND, with_silent=False))
    assert 0 == live.flood(700 * SECOND)


class Store:
    """A source that fails, falls behind and ends as it is told."""

    def __init__(self, *lives: Sequence[Published] | Exception, away: Sequence[int] = ()) -> None:
        """``away``: the snapshots that cannot be had."""
        self.lives, self.snapshots, self._away = list(lives), 0, away

    def snapshot(self) -> Snapshot:
        self.snapshots += 1
        if self.snapshots in self._away:
            raise StoreUnavailable("away")
        return Snapshot(Position("e", 0), [alert(f"s{self.snapshots}")])

    async def subscribe(self, after: Position) -> AsyncIterator[Sequence[Published]]:
        told = self.lives.pop(0)
        if isinstance(told, Exception):
            raise told
        yield told


def test_whoever_falls_too_far_behind_takes_a_snapshot_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.live._AGAIN_S", 0)
    source = Store(Refused(Text.of("feed.too_far_behind")), StoreUnavailable("away"), [], [step(1, alert("c"))])
    live = Live()
    asyncio.run(follow(live, source))
    assert (3, ["c", "s3"]) == (source.snapshots, sorted(ids(live)))


def test_alarms_are_shown_while_no_snapshot_can_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    """It fell behind, and the store is away: what it knew stays, and what waits for the store comes to it."""
    monkeypatch.setattr("api.live._AGAIN_S", 0.01)
    shown: list[list[str]] = []

    class Away(Store):
        def snapshot(self) -> Snapshot:
            shown.append(sorted(ids(live)))
            return super().snapshot()

    source = Away(Refused(Text.of("feed.too_far_behind")), [step(None, alert("c"))], [], away=(2,))
    live = Live()
    asyncio.run(follow(live, source))
    assert [[], ["s1"], ["c", "s1"]] == shown
