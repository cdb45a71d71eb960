"""Figures are read on from committed steps, in pieces and after a start, and are those of a recount."""

from typing import Any

import pytest
from msgspec.structs import replace

from alerts.alert import Alert, AlertEvent
from alerts.calendar import Calendar
from alerts.effects import Effects
from alerts.kpi.step import step_of
from alerts.lifecycle import Action, after
from alerts.suppression_reason import Suppression
from devices.reading import SECOND
from gateway.stores import alarm_figures
from gateway.stores.alarm_figures import AlarmFigures
from gateway.stores.records import SqlRecords
from ledger.entry import Draft
from tests.gateway.stores.records_examples import NOW, alert
from tests.words import drafts_of

CALENDAR = Calendar("Asia/Shanghai")
HOUR, DAY = 3_600 * SECOND, 86_400 * SECOND
LATE = NOW + DAY


def figures(records: SqlRecords, calendar: Calendar = CALENDAR) -> AlarmFigures:
    return AlarmFigures(records, calendar, lambda at: 1)


def happen(records: SqlRecords, number: int, at: int) -> None:
    """A fire is raised, answered after 20 s and closed as false."""
    stands = replace(alert(number), raised=at, changed=at)
    steps: list[tuple[Action, Alert, int]] = [(Action.RAISED, stands, at)]
    for action, later, more in (
        (Action.ACKNOWLEDGE, 20, {}), (Action.CAUSE_GONE, 30, {}), (Action.RESET, 40, {}),
        (Action.CLOSE, 50, {"disposition": "false_alarm"}),
    ):  # fmt: skip
        said: dict[str, Any] = {"by": "li", **more}
        steps.append((action, after(steps[-1][1], action, at + later * SECOND, **said), at + later * SECOND))
    for action, changed, then in steps:
        effects = Effects(alerts=(AlertEvent(changed, action, then, by="li"),))
        records.commit(effects, drafts_of(effects, then), (), then)


def told(found: AlarmFigures, since: int = NOW - DAY, until: int = LATE) -> Any:
    whole = found.sum_of(since, until, LATE).whole
    (actors,) = ([(one.raised, one.false_alarm) for one in whole.actors.values()],)
    return whole.raised, sum(times.count for times in whole.answered.values()), sorted(actors)


def test_what_is_set_aside_is_read_as_it_is_stored() -> None:
    held = replace(alert(1), suppression=Suppression("bypass", "case 1", NOW, "li", note="hot work", until=LATE))
    steps = [step_of(AlertEvent(each, Action.RAISED, NOW)) for each in (alert(1), held)]
    assert [True, False] == [each.alert.aside is None for each in steps]


SIX = (6, 6, [(1, 1)] * 6)


@pytest.fixture
def six(records: SqlRecords, monkeypatch: pytest.MonkeyPatch) -> SqlRecords:
    """Six false alarms, one in a quarter of an hour: thirty steps, read and stored seven at a time."""
    monkeypatch.setattr(alarm_figures, "_PAGE", 7)
    monkeypatch.setattr(alarm_figures, "_A_TURN", 14)
    monkeypatch.setattr(alarm_figures, "_SAVED_EVERY", 7)
    for number in range(6):
        happen(records, number, NOW + number * HOUR // 4)
    return records


def test_whoever_asks_gets_all_if_that_is_little(six: SqlRecords) -> None:
    found = figures(six)
    assert ((30, 30), SIX) == (found.progress(), told(found))


def test_whoever_asks_is_told_how_far_it_has_come(six: SqlRecords, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarm_figures, "_AT_ONCE", 1)
    found = figures(six)
    assert (0, 30) == found.progress()
    found.read_on(LATE)
    assert (14, 30) == found.progress()


def test_another_start_goes_on_where_it_was_stored(six: SqlRecords, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarm_figures, "_AT_ONCE", 1)
    figures(six).read_on(LATE)
    found = figures(six)
    assert (14, 30) == found.progress()
    for _ in range(3):
        found.read_on(LATE)
    assert ((30, 30), SIX) == (found.progress(), told(found))
    happen(six, 7, NOW + 3 * HOUR)
    monkeypatch.setattr(alarm_figures, "_AT_ONCE", 100)
    again = figures(six)
    assert ((35, 35), (7, 7)) == (again.progress(), told(again)[:2])


def test_another_time_zone_counts_from_the_beginning(six: SqlRecords) -> None:
    found = figures(six)
    found.progress()
    found.read_on(LATE)
    elsewhere = figures(six, Calendar("Europe/Berlin"))
    assert elsewhere.first() is None
    assert ((30, 30), SIX) == (elsewhere.progress(), told(elsewhere))


def test_a_part_of_a_day_is_a_sum_of_half_hours(six: SqlRecords) -> None:
    found = figures(six)
    found.progress()
    begins = NOW // (HOUR // 2) * (HOUR // 2)
    assert [2, 2, 2] == [told(found, begins + n * HOUR // 2, begins + (n + 1) * HOUR // 2)[0] for n in range(3)]


def test_who_was_sent_and_has_arrived_is_read_from_the_ledger(records: SqlRecords) -> None:
    raised = Effects(alerts=(AlertEvent(alert(1), Action.RAISED, NOW + 1),))
    records.commit(raised, drafts_of(raised, NOW), (), NOW)
    sent: list[tuple[int, dict[str, Any]]] = [
        (9, {"is_there": False}),
        (20, {"is_there": True, "origin": "drill"}),
        (30, {"is_there": True, "case": "20261124-09", "alert": "another"}),
        (58, {"is_there": True, "case": "20261124-01", "alert": "a1"}),
    ]
    on_way = [Draft("response", NOW + at * SECOND, fields, area="store") for at, fields in sent]
    records.commit(Effects(), on_way, (), NOW + 60 * SECOND)
    found = figures(records)
    found.progress()
    times = found.sum_of(NOW - DAY, LATE, LATE).whole.on_scene["fire"]
    assert (1, pytest.approx(58, rel=0.01)) == (times.count, times.percentile(0.5))
