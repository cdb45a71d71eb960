"""Cards of bypasses, and of what waits for a second person."""

from types import SimpleNamespace
from typing import Any

import pytest

from api.console.bypass_view import bypass_card, named, wish_card
from devices.message import Text
from devices.reading import SECOND
from tests.api.console.of_a_page import asked


def case(**more: Any) -> Any:
    own = {"id": "c", "area": "store", "devices": ("a", "b"), "by": "tom", "second": "", "reason": "welding"}
    return SimpleNamespace(
        **{**own, "opened": 0, "until": 60 * SECOND, "workflow": "bypass", "tag": "begin", "what": None, **more}
    )


def test_many_devices_are_named_up_to_a_dozen() -> None:
    assert "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 +3" == named(asked(), [str(n) for n in range(15)])


def test_a_bypass_by_two_names_both_and_is_ended_by_who_may() -> None:
    card = bypass_card(asked("technician"), case(second="olga"))
    assert ("tom + olga · 01-01 08:00:00", 60_000_000) == (card.told, card.until)
    assert "/console/bypasses/c/end" == card.next
    assert "" == bypass_card(asked("operator"), case()).next


@pytest.mark.parametrize(
    ("name", "role", "own", "path"),
    [
        ("tom", "technician", True, "/console/bypasses/wishes/c"),
        ("olga", "operator", False, "/console/bypasses/wishes/c"),
        ("gus", "guard", False, ""),
    ],
)
def test_whoever_asked_takes_it_back_and_others_decide(name: str, role: str, own: bool, path: str) -> None:
    card = wish_card(asked(role, name=name), case(ask={"reason": "welding", "until": 7_200 * SECOND}))
    assert (own, path, "welding", "01-01 10:00:00") == (card.is_own, card.next, card.reason, card.would_end)


def test_what_gives_no_reason_is_told_in_the_words_of_its_workflow() -> None:
    assert "Take it out" == wish_card(asked(), case(ask={}, what=Text.of("plain.words", words="Take it out"))).reason
