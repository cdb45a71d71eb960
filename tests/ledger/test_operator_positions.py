"""How many people are at the operator positions, at a moment and on average."""

import pytest

from ledger.operator_positions import average, operator_posts, people_at
from ledger.posts import Post
from ledger.roster import Stint

EARLY = [Stint(0, 8, "room", "li"), Stint(0, 8, "room", "wang"), Stint(8, 16, "room", "chen")]
ROWS: list[tuple[list[Stint], int, int, float]] = [
    (EARLY, 0, 8, 2), (EARLY, 0, 16, 1.5), (EARLY, 4, 12, 1.5), (EARLY, 8, 24, 1), (EARLY, 30, 40, 1),
    ([], 0, 8, 1), (EARLY, 5, 5, 1), ([Stint(2, 4, "room", "li"), Stint(2, 4, "room", "wu")], 0, 8, 1.25),
]  # fmt: skip


@pytest.mark.parametrize(("stints", "since", "until", "expected"), ROWS)
def test_on_average_and_never_less_than_one(stints: list[Stint], since: int, until: int, expected: float) -> None:
    assert expected == average(stints, since, until)


def test_at_a_moment_without_those_who_have_not_come() -> None:
    assert [2, 2, 1, 0] == [people_at(EARLY, at) for at in (0, 7, 8, 16)]
    assert 1 == people_at(EARLY, 4, {("room", "wang"), ("gate", "li")})


def test_operator_posts_are_control_rooms() -> None:
    posts = [Post(id="a", role="fire_control_room"), Post(id="control_room"), Post(id="gate", role="guard")]
    assert {"a", "control_room"} == operator_posts(posts)
