"""Pauses between attempts, and how many messages go to one target."""

from hypothesis import given
from hypothesis import strategies as st

from devices.reading import SECOND
from gateway.notify.pace import FIRST_PAUSE_S, LONGEST_PAUSE_S, free_at, pause


@given(st.integers(1, 2_000), st.floats(0, 1))
def test_pauses_grow_and_stay_within_a_fifth_of_what_they_are_meant_to_be(attempts: int, chance: float) -> None:
    meant = min(FIRST_PAUSE_S * 2.0 ** (attempts - 1), LONGEST_PAUSE_S) if attempts < 1_000 else LONGEST_PAUSE_S
    assert 0.79 * meant * SECOND <= pause(attempts, chance) <= 1.21 * meant * SECOND
    assert pause(attempts, 0) <= pause(attempts, chance) <= pause(attempts, 1)


@given(st.lists(st.integers(0, 600), max_size=40), st.integers(1, 5), st.integers(1, 100))
def test_never_do_more_go_to_one_target_than_it_is_let(wishes: list[int], most: int, span: int) -> None:
    """Each goes when it may; within any span there are no more than so many."""
    sent: list[int] = []
    now = 0
    for wish in sorted(wishes):
        now = max(now, wish)
        now = max(now, free_at(sent, now, most, span))
        assert now == free_at(sent, now, most, span), "then it may go"
        sent.append(now)
    for at in sent:
        assert most >= sum(at - span < other <= at for other in sent)
