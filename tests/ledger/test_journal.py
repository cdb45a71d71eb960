"""The journal: one draft for each thing that happened, the same for the same effects."""

from functools import partial

import pytest
from msgspec.structs import replace

from alerts.alert import Alert, AlertClass, AlertEvent, Disposition, State
from alerts.effects import Effects, Found
from alerts.event import Recorded
from alerts.lifecycle import Action
from devices.message import plain
from devices.reading import Reading
from ledger import journal
from ledger.entry import Draft
from ledger.journal import compact
from tests.shipped import shipped_books
from tests.words import english

drafts_of = partial(journal.drafts_of, render=english)
NOON = 1_795_521_600_000_000_000
SMOKE = Reading("sd-1", "smoke", True, NOON, NOON)
HEAT = Reading("hd-2", "temperature", 81.5, NOON + 1, NOON + 1)
ALERT = Alert(
    id="a1",
    rule="smoke",
    rule_version="v3",
    area="store",
    key="sd-1",
    alert_class=AlertClass.FIRE,
    priority=1,
    text=plain("smoke active"),
    state=State.UNACKNOWLEDGED,
    raised=NOON,
    changed=NOON,
    causes=(SMOKE,),
    latched=True,
)


def fields_of(event):
    [draft] = drafts_of(Effects(alerts=[event]), NOON + 9)
    return draft.fields


def test_a_raised_alert_is_one_entry_with_all_that_an_auditor_asks():
    [draft] = drafts_of(Effects(alerts=[AlertEvent(ALERT, Action.RAISED, NOON + 2)]), NOON + 9)
    assert draft == Draft(
        book="alerts",
        at=NOON + 2,
        area="store",
        fields={
            "alert": "a1",
            "action": "raised",
            "class": "fire",
            "priority": 1,
            "rule": "smoke",
            "rule_version": "v3",
            "key": "sd-1",
            "text": "smoke active",
            "state": "unacknowledged",
            "active": True,
            "occurrences": 1,
            "raised": "2026-11-24T12:00:00.000000000Z",
            "causes": "sd-1 smoke true 2026-11-24T12:00:00.000000000Z",
        },
    )


@pytest.mark.parametrize(
    ("action", "word"),
    [
        (Action.CAUSE_AGAIN, "joined"),
        (Action.CAUSE_GONE, "returned"),
        (Action.ACKNOWLEDGE, "acknowledged"),
        (Action.RESET, "reset"),
        (Action.CLOSE, "closed"),
        (Action.COMMENT, "comment"),
        ("shelve", "shelve"),
    ],
)
def test_each_step_has_its_word(action, word):
    """A step that the journal was not told of is written under its own name, never left out."""
    fields = fields_of(AlertEvent(ALERT, action, NOON, by="li"))
    assert word == fields["action"]
    assert "causes" not in fields


def test_every_reading_that_joined_is_named():
    fields = fields_of(AlertEvent(ALERT, Action.CAUSE_AGAIN, NOON, causes=(SMOKE, HEAT)))
    assert fields["causes"] == (
        "sd-1 smoke true 2026-11-24T12:00:00.000000000Z; hd-2 temperature 81.5 2026-11-24T12:00:00.000000001Z"
    )


def test_a_close_says_who_found_what():
    closed = replace(ALERT, state=State.CLOSED, disposition=Disposition.FALSE_ALARM)
    event = AlertEvent(closed, Action.CLOSE, NOON, by="li", note="steam")
    [draft] = drafts_of(Effects(alerts=[event]), NOON)
    assert draft.by == "li"
    assert (draft.fields["disposition"], draft.fields["note"]) == ("false_alarm", "steam")


def test_a_text_value_cannot_pass_for_another_cause():
    """What a device sent stands between quotes, cut to a length, and cannot stop the journal."""
    assert compact(replace(SMOKE, value='x; hd-2 "')) == 'sd-1 smoke "x; hd-2 \\"" 2026-11-24T12:00:00.000000000Z'
    assert len(compact(replace(SMOKE, value="x" * 10_000))) < 300
    assert "ud800" in compact(replace(SMOKE, value="\ud800"))
    assert compact(replace(SMOKE, time=10**30)).endswith(" 1" + "0" * 30)


def test_everything_has_its_book_in_a_fixed_order():
    effects = Effects(
        recorded=[(Recorded("gate", "patrol", "wang", {"route": "night", "checkpoint": "gate"}), NOON + 4)],
        found=[Found("office", replace(SMOKE, signal="door"))],
        alerts=[AlertEvent(ALERT, Action.RAISED, NOON + 2)],
    )
    drafts = drafts_of(effects, NOON + 9)
    assert ["alerts", "events", "patrol"] == [draft.book for draft in drafts]
    assert drafts == drafts_of(effects, NOON + 9)
    assert [NOON + 2, NOON + 9, NOON + 4] == [draft.at for draft in drafts]
    assert drafts[1].fields["what"] == "found"
    assert (drafts[2].by, drafts[2].fields) == ("wang", {"route": "night", "checkpoint": "gate"})


def test_a_record_is_typed_by_its_book_and_may_correct_an_earlier_one():
    fields = {"action": "sample", "subject": "rice", "person": "li", "temperature": "4", "corrects": "12"}
    effects = Effects(recorded=[(Recorded("canteen", "canteen", "li", fields), NOON)])
    [draft] = drafts_of(effects, NOON, books=shipped_books())
    assert draft.corrects == 12
    assert draft.fields == {"action": "sample", "subject": "rice", "person": "li", "temperature": 4.0}


def test_a_correction_of_nothing_stays_what_was_written():
    effects = Effects(recorded=[(Recorded("a", "no such book", "li", {"corrects": "yesterday's"}), NOON)])
    [draft] = drafts_of(effects, NOON, books=shipped_books())
    assert (draft.corrects, draft.fields) == (None, {"corrects": "yesterday's"})


def test_what_the_gateway_writes_fits_its_own_books():
    """Every field of a machine entry is described in the preset, so a console can name it."""
    books = shipped_books()
    event = AlertEvent(replace(ALERT, disposition=Disposition.TEST), Action.CLOSE, NOON, note="n", causes=(SMOKE,))
    effects = Effects(alerts=[event], found=[Found("a", SMOKE)])
    for draft in drafts_of(effects, NOON):
        assert set(draft.fields) <= {field.name for field in books[draft.book].fields}
