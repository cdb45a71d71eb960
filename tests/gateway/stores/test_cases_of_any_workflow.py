"""Cases and facts of any workflow, whose name nothing here knows: kept, restored, and told by the feed."""

from typing import ClassVar

import msgspec

from alerts.case import Case, Holds
from alerts.effects import CaseChanged, Effects
from alerts.event import Recorded
from alerts.facts import Fact
from devices.message import At, Text
from gateway.clock_rollback import after_rollback
from gateway.stores.cases import case, ended_cases
from gateway.stores.records import SqlRecords
from tests.gateway.stores.records_examples import NOW, assert_whole, commit, raised


class Toy(Case, frozen=True, kw_only=True):
    """A case of a workflow that only this test knows."""

    VERSION: ClassVar[int] = 3

    toys: tuple[str, ...] = ()
    note: str = ""


def toy(number, **other):
    return Toy(id=f"t{number}", area="store", by="tom", opened=NOW + number, version=3, revision=1, **other)


def cases(*those, workflow="toy"):
    return Effects(cases={(workflow, each.id): each for each in those})


def stands(records):
    return {name: msgspec.json.decode(content, type=Toy) for name, content in records.restore().engine.cases.items()}


def test_open_cases_come_back_as_they_were_in_the_order_in_which_they_were_opened(records, open_database):
    held = toy(1, toys=("火车", "a \ud83d half"), holds=Holds(("sd-1",), NOW + 50), wake_at=NOW + 9)
    commit(records, cases(toy(2), held, toy(3, is_open=False)))
    found = stands(SqlRecords(open_database(), "works"))
    assert [("toy", "t1"), ("toy", "t2")] == [*found]
    assert ("火车", "a ? half") == found["toy", "t1"].toys
    assert (held.holds, held.wake_at) == (found["toy", "t1"].holds, found["toy", "t1"].wake_at)


def test_a_case_stands_as_it_was_put_last_and_when_it_ends_it_is_kept(records):
    commit(records, cases(toy(1)))
    commit(records, cases(toy(1, note="done", is_open=False), toy(2)))
    assert [("toy", "t2")] == [*stands(records)]
    ((name, content),) = ended_cases(records.documents, "toy", 10).items()
    assert ("toy", "t1") == name
    assert content == case(records.documents, "toy", "t1")
    assert "done" == msgspec.json.decode(content, type=Toy).note
    assert case(records.documents, "other", "t1") is None


def test_a_case_that_nobody_can_read_and_one_of_a_workflow_that_is_gone_are_handed_over_as_they_lie(records):
    commit(records, cases(toy(1), workflow="file_is_gone"))
    with records.database.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO documents (kind, id, is_open, since, version, content) "
            "VALUES ('case:toy', 'spoilt', true, 1, 1, '{')"
        )
    assert {("toy", "spoilt"): b"{"} == {
        name: c for name, c in records.restore().engine.cases.items() if name[0] == "toy"
    }
    assert ("file_is_gone", "t1") in records.restore().engine.cases
    assert {} == records.damaged  # who knows the workflow says so


def test_the_feed_tells_of_each_case_and_each_fact_and_resumes(records):
    fact = Fact(
        workflow="toy",
        case="t1",
        step="begun",
        at=NOW,
        text=Text.of("toy.begun", until=At(NOW + 5), names=("a", "b")),
        by="tom",
        devices=("sd-1",),
        fields={"count": 2, "note": "火"},
    )
    effects = cases(toy(1))
    effects.alerts, effects.facts = [raised(1)], [fact]
    committed = commit(records, effects)
    assert ["alert", "case", "fact"] == [event.kind for event in committed.published]
    assert CaseChanged.of("toy", toy(1)) == committed.published[1].event
    assert list(committed.published) == records.feed_after(0)
    assert (committed.published[2].id,) == tuple(event.id for event in records.feed_after(2))


def test_what_a_person_writes_into_a_workflows_book_is_told_although_a_fact_was_too(records):
    written = Recorded("store", "toys", "li", {"count": "3"})
    fact = Fact(workflow="toy", case="t1", step="begun", at=NOW, text=Text.of("word.yes"), book="toys")
    committed = commit(records, Effects(facts=[fact], recorded=[(written, NOW)]))
    assert ["fact", "ledger"] == [event.kind for event in committed.published]
    assert "li" == committed.published[1].event.draft.by
    assert 2 == len(committed.entries)


def test_a_case_of_which_the_text_is_spoilt_keeps_no_gateway_from_starting(records):
    commit(records, cases(toy(1)))
    with records.database.writing() as connection:
        content = "CAST(x'7b22ff22' AS TEXT)" if records.database.file is not None else "'['"
        connection.exec_driver_sql(f"UPDATE documents SET content = {content}")
    assert [("toy", "t1")] == [*records.restore().engine.cases]


def test_a_thousand_cases_are_one_commit(records):
    commit(records, cases(*(toy(n) for n in range(1_000))))
    assert 1_000 == len(stands(records))
    assert_whole(records)


def test_a_clock_that_was_ahead_keeps_no_case_waiting_for_years(records):
    year = 365 * 86_400 * 1_000_000_000
    commit(records, cases(toy(1, wake_at=NOW + year + 10)))
    with records.database.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO documents (kind, id, is_open, since, version, content) "
            "VALUES ('case:toy', 'spoilt', true, 1, 1, '{')"
        )
    moved = after_rollback(records.restore().engine, (NOW + year, NOW + year + 100), NOW + 100).cases
    assert NOW + 10 == msgspec.json.decode(moved["toy", "t1"], type=Toy).wake_at
    assert b"{" == moved["toy", "spoilt"]
