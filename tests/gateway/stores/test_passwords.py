"""Which passwords an account may have."""

import pytest

from gateway.stores import passwords
from tests.words import refused

GOOD = (
    "correct horse battery",
    "correct-horse-battery-staple",
    "巡更-night-2026",
    "消防泵房在三号楼后面",
    "tiger-lamp-4821",
    "Xk3!vq9_Lp",
    "MJkR7sXzQ0aV",
)


@pytest.mark.parametrize("password", GOOD)
def test_a_password_that_nobody_guesses_passes(password: str) -> None:
    passwords.check("li", password)


BAD = {
    "short": ("tiny-lamp", "10 to 256"),
    "without end": ("x1-" * 90, "10 to 256"),
    "on the list": ("qwertyuiop", "attacker"),
    "on the list in other letters": ("QwErTyUiOp", "attacker"),
    "a common word and a year": ("Dragon2026", "attacker"),
    "a common word between signs": ("!!sunshine!!", "attacker"),
    "what installers leave behind": ("hikvision123", "attacker"),
    "digits, as of a telephone": ("13800138000", "a number"),
    "the account's name and a year": ("wang.xu-2026", "a name"),
    "the product's name": ("keyarea2026", "a name"),
    "one letter": ("aaaaaaaaaaaa", "repetition"),
    "two letters": ("abababababab", "repetition"),
    "a row": ("abcdefghijkl", "row"),
    "a block": ("Xk3qXk3qXk3q", "repetition"),
    "no characters": ("good\udc80enough-1", "type it again"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_attackers_try_first_is_refused(case: str) -> None:
    password, reason = BAD[case]
    with refused(reason):
        passwords.check("wang.xu", password)


def test_the_list_is_read_without_its_licence() -> None:
    common = passwords.common_passwords()
    assert len(common) > 10_000
    assert not any(" " in word or word != word.casefold() for word in common)
