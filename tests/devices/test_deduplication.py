"""What was said on a line: a repeat is known, and counts as new again only if the first could not be stored."""

from hypothesis import given
from hypothesis import strategies as st

from devices.payloads.deduplication import Deduplication, Standing
from devices.reading import SECOND

NEW, WAITING, STORED = Standing.NEW, Standing.WAITING, Standing.STORED


def test_what_waits_is_neither_new_nor_stored_until_it_is_settled() -> None:
    repeats = Deduplication(60 * SECOND, 10)
    assert [NEW, WAITING] == [repeats.standing("a", b"fire", at) for at in (0, 1)]
    repeats.settled("a", b"fire", is_stored=True)
    assert STORED is repeats.standing("a", b"fire", 2)
    assert [NEW, WAITING] == [repeats.standing("b", b"fire", at) for at in (0, 1)]
    repeats.settled("b", b"fire", is_stored=False)
    assert NEW is repeats.standing("b", b"fire", 2)


def test_nothing_waits_for_ever() -> None:
    """Should nobody ever say what became of it, the repeat after the time counts as new."""
    repeats = Deduplication(60 * SECOND, 10)
    assert [NEW, WAITING, NEW] == [repeats.standing("a", b"fire", at * SECOND) for at in (0, 59, 60)]


def test_a_late_word_about_what_was_said_before_says_nothing_of_what_is_said_now() -> None:
    repeats = Deduplication(60 * SECOND, 10)
    repeats.standing("a", b"fire", 0)
    repeats.standing("a", b"no fire", 1)
    repeats.settled("a", b"fire", is_stored=True)
    assert WAITING is repeats.standing("a", b"no fire", 2)


@given(
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.sampled_from([b"1", b"2"]), st.sampled_from([None, True, False])),
        max_size=60,
    )
)
def test_a_repeat_is_stored_only_if_the_very_same_was(said: list[tuple[str, bytes, bool | None]]) -> None:
    """Whatever order words and their fates come in; and no more is remembered than allowed."""
    repeats, fates = Deduplication(60 * SECOND, 3), dict[tuple[str, bytes], bool]()
    for at, (key, what, fate) in enumerate(said):
        if fate is not None:
            repeats.settled(key, what, is_stored=fate)
            if fate:
                fates[key, what] = True
        elif repeats.standing(key, what, at) is STORED:
            assert fates.get((key, what))
        assert len(repeats._newest) <= 3
