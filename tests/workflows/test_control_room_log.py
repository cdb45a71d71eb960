"""The log of the fire control room: every two hours, by a form or by hand, and missed as a fact."""

from typing import Any

import pytest

from alerts.event import Recorded
from alerts.facts import PRESENCE
from alerts.site_facts import SiteFacts
from ledger.posts import Post
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.shipped import shipped_books
from workflows.control_room_log import ControlRoomLog, Log, LogConfig
from workflows.duty import Duty, DutyConfig

HOUR, MIN = 3_600, 60
ROOM = Post(id="ecr", role="fire_control_room", least=2, longest_h=8, certificate="fire")
SECOND_ROOM = Post(id="ecr2", role="fire_control_room", least=2, longest_h=8, certificate="fire")


def room(*posts: Post) -> KernelRoom:
    return KernelRoom(Duty(DutyConfig(posts=posts or (ROOM,))), ControlRoomLog())


def log(**changed: Any) -> Log:
    return Log(**{"controller": "normal", "by": "an", "role": "operator"} | changed)


def test_two_hours_and_a_quarter_without_a_line_are_missed_until_the_next() -> None:
    a_room = room()
    assert [] == a_room.run_until(2.24 * HOUR)
    assert ["control_room_log.missed"] == a_room.run_until(5 * HOUR)
    assert [True] == [alert.active for alert in a_room.open("control-room-log-missed")]
    a_room.ask(5 * HOUR, log())
    assert [False] == [alert.active for alert in a_room.open("control-room-log-missed")]
    assert ["control_room_log.missed"] == a_room.run_until(7.3 * HOUR)


@pytest.mark.slow
def test_a_line_in_time_is_enough_and_counts_what_is_open() -> None:
    a_room = room()
    a_room.step(HOUR, "s1.smoke=on")
    a_room.ask(2 * HOUR, log(case="ecr"))
    (fact,) = a_room.effects.facts
    assert (1, "control_room", (PRESENCE,)) == (fact.text.params["fires"], fact.book, fact.topics)
    assert fact.fields.keys() <= {field.name for field in shipped_books()["control_room"].fields}
    assert [] == a_room.run_until(4.2 * HOUR)


@pytest.mark.parametrize(
    ("action", "expected"), [("round", []), ("handover", []), ("event", ["control_room_log.missed"])]
)
def test_what_people_record_in_the_book_themselves_counts(action: str, expected: list[str]) -> None:
    a_room = room()
    a_room.step(2 * HOUR, Recorded("", "control_room", "an", {"action": action}))
    assert expected == a_room.run_until(3 * HOUR)
    a_room.step(3.1 * HOUR, Recorded("", "duty", "an", {"action": "round"}))
    assert expected or ["control_room_log.missed"] == a_room.run_until(4.5 * HOUR)


def test_what_fell_into_an_outage_was_not_observed() -> None:
    a_room = room()
    a_room.run_until(HOUR)
    a_room.restart(3 * HOUR)
    a_room.step(4.1 * HOUR)
    assert [] == [*facts(a_room.effects), *a_room.run_until(6.1 * HOUR)]
    assert ["control_room_log.missed"] == a_room.run_until(6.4 * HOUR)


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"controller": "fault"}, "control_room_log.no_handling"),
        ({"mains": "fault", "handling": " "}, "control_room_log.no_handling"),
        ({"case": "gate"}, "control_room_log.which"),
        ({"role": "viewer"}, "workflow.not_your_role"),
    ],
)
def test_a_line_that_is_none(changed: dict[str, Any], key: str) -> None:
    assert [key] == keys(room().step(1, log(**changed)))


def test_of_two_rooms_it_is_said_which() -> None:
    a_room = room(ROOM, SECOND_ROOM)
    assert ["control_room_log.which"] == keys(a_room.step(1, log()))
    assert ["control_room_log.no_room"] == keys(room(Post(id="gate")).step(1, log()))
    a_room.ask(2, log(case="ecr2"))


def test_a_site_file_may_not_ask_for_less() -> None:
    config = LogConfig(every_h=3, tolerance_min=61)
    assert [("every_h",), ("tolerance_min",)] == [fault.path for fault in config.check(SiteFacts())]
