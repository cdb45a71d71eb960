"""Which passwords an account may have: long, and none that attackers try first (NIST SP 800-63B-4, 3.1.1.2)."""

import re
from importlib.resources import files
from itertools import pairwise

from devices.errors import Refused
from devices.message import Text

LEAST_CHARACTERS, MOST_CHARACTERS = 10, 256
_LIST = "common_passwords.txt"
_LEAST_DIFFERENT = 5
_LEAST_STEM = 4
_LONGEST_REPEATED = 7
_OWN_NAME = "keyarea"


def check(name: str, password: str) -> None:
    """Raises Refused with what is wrong with this password for the account ``name``."""
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        raise Refused(Text.of("passwords.length", least=LEAST_CHARACTERS, most=MOST_CHARACTERS))
    if usable(password) != password:
        raise Refused(Text.of("passwords.bad_characters"))
    plain = password.casefold()
    stem = _stem(plain)
    if name.casefold() in (plain, stem) or stem in (_OWN_NAME, ""):
        raise Refused(Text.of("passwords.a_name"))
    if len(set(plain)) < _LEAST_DIFFERENT or _is_run(plain) or _is_repeated(plain):
        raise Refused(Text.of("passwords.a_row"))
    common = common_passwords()
    if plain in common or (len(stem) >= _LEAST_STEM and stem in common):
        raise Refused(Text.of("passwords.common"))


def usable(password: str) -> str:
    """What the hash is made of: bounded, and nothing that cannot be encoded."""
    return password[: MOST_CHARACTERS + 1].encode("utf-8", "replace").decode("utf-8")


def common_passwords() -> frozenset[str]:
    """The passwords that are tried first, in small letters. Read anew each time: it is asked for once in months."""
    text = files(__package__).joinpath(_LIST).read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#!"))


def _stem(plain: str) -> str:
    """Without the digits and signs that people put before and behind a word."""
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)


def _is_run(plain: str) -> bool:
    """``abcdefghij``, ``9876543210``, with at most one break."""
    steps = [ord(after) - ord(before) for before, after in pairwise(plain)]
    return sum(step not in (-1, 0, 1) for step in steps) < 2


def _is_repeated(plain: str) -> bool:
    """``abc1abc1abc1``."""
    block = (plain + plain).find(plain, 1)
    return block < len(plain) and block <= _LONGEST_REPEATED
