"""Number plates 车牌 as readers and people write them, in the one form in which they are compared.

A reader says the plate, and may say which way: ``沪A·31207 out``. Cameras also read plates that are none (a lettering,
a half-covered sign), and vehicles without one: what cannot be a plate is told apart, and a person completes it.
"""

import re
import unicodedata
from typing import Literal, TypeAlias

Way: TypeAlias = Literal["in", "out", ""]
"""``""``: nobody says which."""
LONGEST = 12
_WORDS: dict[str, Way] = {
    **dict.fromkeys(("in", "entry", "enter", "进", "入", "进场"), "in"),
    **dict.fromkeys(("out", "exit", "leave", "出", "离", "出场"), "out"),
}
_DRESS = re.compile(r"[\s\-_.·•・‧]+")
_PLATE = re.compile(r"[0-9A-Z\u4e00-\u9fff]{4,12}")


def plate_of(text: str) -> str:
    """In capitals, half-width, without dots, hyphens and blanks; "" if it can be no plate."""
    bare = _DRESS.sub("", unicodedata.normalize("NFKC", text[:64])).upper()
    return bare if _PLATE.fullmatch(bare) and any(each.isdigit() for each in bare) else ""


def read(text: str) -> tuple[str, Way]:
    """The plate and the way that a reader told."""
    words = text.strip().split()
    way: Way = _WORDS.get(words[-1].lower(), "") if words else ""
    return plate_of(" ".join(words[:-1] if way else words)), way
