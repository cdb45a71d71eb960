"""Codes at keypads: whose they are, what three wrong ones do, and that no code is ever printed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.keypad import LOCKED, Keyed, Keypads, Known, UserCode, digest
from devices.reading import SECOND

CODES = {
    "1234": UserCode("li"),
    "4321": UserCode("li", "duress"),
    "5555": UserCode("guest", "once", until=100 * SECOND),
    "7777": UserCode("tom", areas=("hall",)),
    "8642": UserCode("tom", "duress", areas=("hall",)),
    "8643": UserCode("tom", "duress", until=100 * SECOND),
    "card": UserCode("li"),
}


def keypads() -> Keypads:
    return Keypads(lambda code, _now: Known(CODES[code], "operator", code) if code in CODES else None)


def at(pads: Keypads, code: str, s: int = 0, device: str = "k", *, card: bool = False) -> tuple[str, str, bool]:
    found = pads.judged(device, "store", Keyed("disarmed", code, card), s * SECOND)
    return found.verdict, found.who, found.locks


def test_a_code_says_who_it_is() -> None:
    assert ("known", "li", False) == at(keypads(), "1234")
    assert ("duress", "li", False) == at(keypads(), "4321")


@pytest.mark.parametrize(
    ("code", "s"), [("0000", 0), ("", 0), ("9" * 33, 0), ("5555", 100), ("7777", 0), ("8643", 100)]
)
def test_nobodys_a_late_one_and_one_for_elsewhere_are_wrong(code: str, s: int) -> None:
    assert ("wrong", "", False) == at(keypads(), code, s)


def test_whoever_is_forced_at_a_keypad_of_another_area_is_heard_and_changes_nothing() -> None:
    assert [("locked_duress", "tom", False)] * 4 == [at(pads, "8642", s) for pads in (keypads(),) for s in range(4)]


def test_three_wrong_ones_lock_that_keypad_for_90_s() -> None:
    pads = keypads()
    assert [False, False, True] == [at(pads, "0000", s)[2] for s in range(3)]
    assert ("locked", "", False) == at(pads, "1234", 91)
    assert ("known", "li", False) == at(pads, "1234", 3, "other")
    assert ("known", "li", False) == at(pads, "card", 4, card=True)
    assert ("locked_duress", "li", False) == at(pads, "4321", 5)
    assert ("known", "li", False) == at(pads, "1234", 2 + LOCKED // SECOND)


def test_a_right_one_between_begins_anew() -> None:
    pads = keypads()
    assert not any(at(pads, code)[2] for code in ("0000", "0000", "1234", "0000", "0000"))


@pytest.mark.parametrize(("set_by", "spent"), [([("store", "guest")], ["5555"]), ([("hall", "guest")], []), ([], [])])
def test_a_one_time_code_is_used_up_when_it_has_served(set_by: list[tuple[str, str]], spent: list[str]) -> None:
    told: list[str] = []
    pads = Keypads(keypads()._find, lambda name, _user, _now: told.append(name))
    assert ["known", "wrong"] == [at(pads, "5555", s)[0] for s in (1, 1)]
    pads.settle(set_by, 2)
    assert spent == told
    assert "known" == at(pads, "5555", 3)[0]


def test_a_locked_keypad_tells_so_and_a_restart_does_not_free_it() -> None:
    locked: dict[str, int] = {}
    pads = Keypads(keypads()._find, lock=locked.__setitem__)
    for s in range(3):
        at(pads, "0000", s)
    assert {"k": 2 * SECOND + LOCKED} == locked
    assert ("locked", "", False) == at(Keypads(keypads()._find, locked=locked), "1234", 91)


@given(code=st.text("0123456789", min_size=4, max_size=8))
def test_no_code_is_ever_printed(code: str) -> None:
    keyed = Keyed("disarmed", code)
    judged = keypads().judged("k", "store", keyed, 0)
    assert not any(code in text for text in (repr(keyed), str(keyed), f"{keyed}", repr(judged)))
    assert code not in digest(b"0" * 32, code) or len(code) < 6


@pytest.mark.parametrize(
    ("also", "code", "verdict"),
    [
        (("hall",), "1234", "known"),  # counts everywhere
        (("hall",), "9999", "wrong"),  # in the store alone
        ((), "9999", "known"),
        (("hall",), "9998", "known"),  # in both
        (("hall",), "9997", "locked_duress"),  # of somebody who is forced, in the store alone
    ],
)
def test_a_keypad_of_several_areas_takes_a_code_that_counts_in_all_of_them(
    also: tuple[str, ...], code: str, verdict: str
) -> None:
    codes = {
        "1234": UserCode("li"),
        "9999": UserCode("li", areas=("store",)),
        "9998": UserCode("li", areas=("store", "hall")),
        "9997": UserCode("li", "duress", areas=("store",)),
    }
    find = {name: Known(each, "operator", name) for name, each in codes.items()}
    pads = Keypads(lambda code, _now: find.get(code), also=lambda _device: also)
    assert verdict == at(pads, code)[0]


def test_one_that_counts_once_has_served_in_whichever_of_them_it_set() -> None:
    told: list[str] = []
    find = {"5555": Known(UserCode("guest", "once"), "operator", "5555")}
    pads = Keypads(
        lambda code, _now: find.get(code), lambda name, _user, _now: told.append(name), also=lambda _device: ("hall",)
    )
    at(pads, "5555")
    pads.settle([("office", "guest"), ("hall", "li")], 2)
    assert [] == told
    at(pads, "5555")
    pads.settle([("hall", "guest")], 3)
    assert ["5555"] == told
