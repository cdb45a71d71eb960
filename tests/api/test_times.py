"""Times and steps as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.schemas import iso
from api.times import instant_of, step_of
from devices.errors import MalformedMessage
from devices.reading import SECOND
from tests.words import english


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-11-24T00:30:15Z", 1_795_480_215),
        ("2026-11-24T08:30:15+08:00", 1_795_480_215),
        ("2026-11-24T00:30:15", 1_795_480_215),
        ("1795480215000", 1_795_480_215),
        ("0", 0),
    ],
)
def test_a_time_may_be_written_in_several_ways(text: str, seconds: int) -> None:
    assert instant_of(text) == seconds * SECOND


@given(st.text(max_size=30))
def test_anything_else_is_refused_in_words(text: str) -> None:
    try:
        assert isinstance(instant_of(text), int)
    except MalformedMessage as error:
        assert "ISO 8601" in english(error.text)  # noqa: PT017 - both ends are fine, nothing else is


@given(st.integers(0, 253_402_300_799_999))
def test_what_is_shown_can_be_asked_for(milliseconds: int) -> None:
    """Times go out and come back the same, to the millisecond."""
    assert instant_of(iso(milliseconds * 1_000_000)) == milliseconds * 1_000_000


@pytest.mark.parametrize(("text", "seconds"), [("30s", 30), ("5m", 300), ("1h", 3600), ("2d", 172_800)])
def test_steps(text: str, seconds: int) -> None:
    assert step_of(text) == seconds * SECOND


@pytest.mark.parametrize("text", ["", "5", "0s", "-5m", "5 m", "1w", "1e3s", "٣s", "9999999s"])
def test_what_is_no_step(text: str) -> None:
    with pytest.raises(MalformedMessage):
        step_of(text)
