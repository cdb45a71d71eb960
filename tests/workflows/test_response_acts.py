"""Response: what people tick and say, who is sent, and who arrives."""

from typing import Any

import pytest

from alerts.alert import Disposition
from alerts.command import Acknowledge, Close, Comment, Reset
from alerts.facts import DISPATCH
from alerts.last_place import LastPlace
from alerts.moves import Receipt
from alerts.response_asks import Confirm, Dispatch, Tick, Undo
from alerts.response_words import script_of
from api.catalogue import language
from devices.message import Name
from devices.reading import SECOND
from tests.alerts.kernel.room import facts, keys
from tests.alerts.timeline import START
from tests.workflows.responding import OPERATOR, Town, done, fire, late, room, run, scan, the_case
from workflows.response import ResponseConfig

# -- ticking ------------------------------------------------------------------------------------------------------


def test_a_tick_is_a_step_of_the_response_on_every_alert_of_the_incident() -> None:
    """So their acknowledgement holds on; a second tick is noted where the first was, not on each again."""
    a_room = room()
    case = fire(a_room)
    a_room.step(5, "s2.smoke=on")
    a_room.ask(6, Tick(case=case.id, step="team", note="four of them", **OPERATOR))
    assert all(alert.responded is not None for alert in a_room.open("fire"))
    effects = a_room.step(7, Confirm(case=case.id, verdict="real", **OPERATOR))
    assert [case.first] == [event.alert.id for event in effects.alerts]
    assert effects.alerts[0].by == "op"


def test_what_a_person_wrote_on_an_alert_stays_and_the_timeline_has_both() -> None:
    """Also when it is closed without a note."""
    a_room = room()
    case = fire(a_room)
    a_room.step(5, Comment(case.first, "op", "Wang says: a smell of acetone"))
    (noted,) = a_room.step(6, Tick(case=case.id, step="team", note="four of them", **OPERATOR)).alerts
    assert "Wang says: a smell of acetone" == noted.alert.note
    assert "response.note_done" == getattr(noted.note, "key", "")
    a_room.step(7, "s1.smoke=off")
    for command in (Acknowledge(case.first, "op"), Reset(case.first, "op")):
        a_room.step(8, command)
    (closed,) = a_room.step(9, Close(case.first, "op", Disposition.CONFIRMED)).alerts
    assert "Wang says: a smell of acetone" == closed.alert.note


def test_a_step_is_stamped() -> None:
    a_room = room()
    case = fire(a_room)
    done_at = START + 4 * SECOND
    a_room.ask(6, Tick(case=case.id, step="team", note="four", done_at=done_at, by="wang.account", role="guard"))
    step = the_case(a_room).step("team")
    assert step is not None
    assert (done_at, "wang.account", "four") == (step.done_at, step.by, step.note)


@pytest.mark.parametrize(
    ("ask", "key"),
    [
        (Tick(case="none", step="scene", **OPERATOR), "response.no_case"),
        (Tick(case="", step="scene", **OPERATOR), "response.no_case"),
        (Tick(case="*", step="dance", **OPERATOR), "response.no_step"),
        (Tick(case="*", step="confirm", **OPERATOR), "response.say_which"),
        (Tick(case="*", step="team", **OPERATOR), "response.done_already"),
        (Undo(case="*", step="scene", **OPERATOR), "response.not_done_yet"),
        (Dispatch(case="*", person="n" * 65, **OPERATOR), "response.not_known"),
        (Dispatch(case="*", person="wang", **OPERATOR), "response.sent_already"),
        (Tick(case="*", step="scene", by="eye", role="auditor"), "workflow.not_your_role"),
        (Dispatch(case="*", by="wang", role="guard"), "workflow.not_your_role"),
    ],
)
def test_what_cannot_be_is_refused(ask: Any, key: str) -> None:
    a_room = room()
    case = fire(a_room)
    a_room.ask(3, Tick(case=case.id, step="team", **OPERATOR))
    a_room.ask(3, Dispatch(case=case.id, person="wang", **OPERATOR))
    fields = {name: getattr(ask, name) for name in ask.__struct_fields__}
    asked = type(ask)(**{**fields, "case": case.id if ask.case == "*" else ask.case})
    assert [key] == keys(a_room.step(4, asked))


def test_the_same_finding_is_refused_and_another_taken() -> None:
    a_room = room()
    case = fire(a_room)
    a_room.ask(3, Confirm(case=case.id, verdict="false", **OPERATOR))
    assert ["response.said_already"] == keys(a_room.step(4, Confirm(case=case.id, verdict="false", **OPERATOR)))
    a_room.ask(5, Confirm(case=case.id, verdict="real", **OPERATOR))
    a_room.ask(6, Confirm(case=case.id, verdict="real", burns="oil", **OPERATOR))
    assert ("real", "oil", START + 5 * SECOND) == (
        the_case(a_room).verdict,
        the_case(a_room).burns,
        the_case(a_room).confirmed_at,
    )


def test_what_is_said_later_adds_to_what_was_said() -> None:
    a_room = room()
    case = fire(a_room)
    a_room.ask(3, Confirm(case=case.id, verdict="real", burns="oil", **OPERATOR))
    a_room.ask(4, Confirm(case=case.id, verdict="real", size="2 m2", **OPERATOR))
    assert ("oil", "2 m2") == (the_case(a_room).burns, the_case(a_room).size)
    a_room.ask(5, Undo(case=case.id, step="confirm", **OPERATOR))
    assert ("", None, []) == (the_case(a_room).verdict, the_case(a_room).confirmed_at, done(a_room))


@pytest.mark.parametrize("code", ["en", "zh"])
def test_the_script_has_place_what_size_and_number(code: str) -> None:
    a_room = room(ResponseConfig(address="1 Mill Road", address_zh="磨坊路1号", phone="555-0100"))
    case = fire(a_room)
    a_room.ask(3, Confirm(case=case.id, verdict="real", burns="pallets", size="10 m2", **OPERATOR))
    said = "\n".join(language(code).render(line) for line in script_of(the_case(a_room), "119", Name("Wang", "王")))
    wanted = ["119", "pallets", "10 m2", "555-0100", "acetone"]
    wanted += ["Works", "1 Mill Road", "Store", "Wang"] if code == "en" else ["工厂", "磨坊路1号", "库房", "王"]
    assert [] == [each for each in wanted if each not in said]


# -- dispatch -----------------------------------------------------------------------------------------------------


def seen(person: str, area: str) -> LastPlace:
    return LastPlace(person=f"{person}.account", area=area, checkpoint=area, at=START)


@pytest.mark.parametrize(
    ("on_duty", "here", "nearest", "expected"),
    [
        (("wang", "li"), ("wang", "li"), ("li", "wang"), "li"),
        (("wang", "li"), ("wang",), ("li", "wang"), "wang"),
        (("wang",), ("wang", "li"), ("li", "wang"), "wang"),
        (("wang", "li"), ("wang", "li"), (), "wang"),
        ((), (), ("li", "wang"), "li"),
    ],
)
def test_the_nearest_who_is_on_duty_and_here_is_proposed(
    on_duty: tuple[str, ...], here: tuple[str, ...], nearest: tuple[str, ...], expected: str
) -> None:
    town = Town(
        {"guard": tuple(f"{each}.account" for each in on_duty)},
        here,
        tuple(f"{each}.account" for each in nearest),
        [seen(each, "office") for each in nearest],
    )
    a_room = room(town=town)
    case = fire(a_room)
    assert expected == case.candidates[0].person
    effects = a_room.step(3, Dispatch(case=case.id, **OPERATOR))
    assert [expected] == [each.person for each in the_case(a_room).sent]
    assert [((expected,), True, True, case.first)] == [
        (each.to, each.is_urgent, each.answers, each.case) for each in effects.notifications
    ]
    (sent,) = [fact for fact in effects.facts if fact.step == "dispatched"]
    assert DISPATCH in sent.topics
    assert (expected, False, ("person",)) == (sent.fields["person"], sent.fields["is_there"], sent.personal)


def test_with_nobody_on_duty_somebody_has_to_be_named() -> None:
    a_room = room(town=Town({}))
    case = fire(a_room)
    assert ["response.nobody"] == keys(a_room.step(3, Dispatch(case=case.id, **OPERATOR)))
    a_room.ask(4, Dispatch(case=case.id, person="zhao.account", **OPERATOR))
    a_room.ask(5, Dispatch(case=case.id, person="somebody with a radio", **OPERATOR))
    assert ["zhao", "somebody with a radio"] == [each.person for each in the_case(a_room).sent]


def test_the_next_scan_there_says_on_the_scene() -> None:
    a_room = room()
    case = fire(a_room)
    a_room.ask(3, Dispatch(case=case.id, person="wang", **OPERATOR))
    scan(a_room, 20, "office")
    assert [] == done(a_room)
    effects = scan(a_room, 40)
    assert ["scene"] == done(a_room)
    assert START + 40 * SECOND == the_case(a_room).sent[0].arrived_at
    (said,) = [fact for fact in effects.facts if fact.step == "done"]
    assert (True, "wang", (DISPATCH,)) == (said.fields["is_there"], said.fields["person"], said.topics)
    assert [(91, "overdue", "confirm"), (181, "overdue", "team")] == run(a_room, 9_000)


def test_as_soon_as_anybody_is_there_nobody_else_is_waited_for() -> None:
    a_room = room()
    case = fire(a_room)
    a_room.ask(3, Dispatch(case=case.id, person="wang", **OPERATOR))
    scan(a_room, 20, by="li.account")
    assert "not_arrived" not in [step for _, step, _ in run(a_room, 900)]


def test_a_scan_from_before_the_alarm_is_nobody_on_the_scene() -> None:
    a_room = room()
    fire(a_room, at=100)
    scan(a_room, 110, done_at=50)
    assert [] == done(a_room)


def test_who_does_not_arrive_in_time_is_said() -> None:
    a_room = room()
    case = fire(a_room)
    a_room.ask(30, Dispatch(case=case.id, person="wang", **OPERATOR))
    assert (90, "not_arrived", "") in run(a_room, 90)
    a_room.ask(95, Dispatch(case=case.id, **OPERATOR))
    assert ["wang", "li"] == [each.person for each in the_case(a_room).sent]
    scan(a_room, 120, by="li.account")
    assert [(181, "overdue", "team")] == run(a_room, 9_000)


def test_a_message_that_reaches_nobody_is_said() -> None:
    a_room = room()
    case = fire(a_room)
    a_room.ask(30, Dispatch(case=case.id, person="wang", **OPERATOR))
    (message,) = the_case(a_room).sent[0].messages
    a_room.step(31, Receipt(message.id, "retrying", START))
    effects = a_room.step(32, Receipt(message.id, "failed", START))
    assert "response.not_told" in facts(effects)
    assert "failed" == the_case(a_room).sent[0].messages[0].state
    assert late(a_room)
    scan(a_room, 40)
    assert not late(a_room), "the radio has reached them"


def test_a_tick_on_the_scene_tells_others_that_somebody_is_there() -> None:
    a_room = room()
    case = fire(a_room)
    a_room.ask(3, Dispatch(case=case.id, person="wang", **OPERATOR))
    effects = a_room.step(9, Tick(case=case.id, step="scene", **OPERATOR))
    (said,) = [fact for fact in effects.facts if fact.step == "done"]
    assert ("wang", True, (DISPATCH,)) == (said.fields["person"], said.fields["is_there"], said.topics)
