"""What a person does at a keypad or card reader to arm or disarm, and what is made of the code that they give.

A code is a secret: it stands in a ``Keyed`` from the codec to ``judged``, which never prints it, and nowhere else. What
goes further is a ``Presented``: who it was. Codes are known by a keyed digest (HMAC-SHA-256), so one look-up is enough
however many there are. Three wrong ones lock that keypad for 90 s (EN 50131-3 asks for a limit); meanwhile every code
is answered alike, a duress code still raises its alert, and cards still work.
"""

import hashlib
import hmac
from collections.abc import Callable
from typing import Literal

import msgspec

from devices.reading import SECOND, Instant

ARMS_TAG = "arming"
"""The tag of a reader, panel or key fob whose word arms and disarms its area."""
MOST_WRONG = 3
LOCKED: Instant = 90 * SECOND
_MOST_KEYPADS = 1_000
_LONGEST = 32

Kind = Literal["user", "duress", "once"]


class Keyed(msgspec.Struct, frozen=True):
    """``action``: the mode that is asked for; "" for a code alone. ``is_card``: shown, not typed. It does not print."""

    action: str
    code: str
    is_card: bool = False
    transaction: int | None = None

    def __repr__(self) -> str:
        return f"Keyed({self.action!r})"

    __str__ = __repr__


class UserCode(msgspec.Struct, frozen=True):
    """Whose a code is. ``areas``: where it counts, none given: everywhere. ``until``: not after that."""

    user: str
    kind: Kind = "user"
    areas: tuple[str, ...] = ()
    until: Instant | None = None


Verdict = Literal["known", "duress", "wrong", "locked", "locked_duress"]


class Presented(msgspec.Struct, frozen=True):
    """Somebody was at a keypad, and who; "" for nobody that is known. ``locks``: with this try it was locked."""

    device: str
    action: str
    who: str = ""
    role: str = ""
    verdict: Verdict = "wrong"
    is_card: bool = False
    transaction: int | None = None
    locks: bool = False


def digest(key: bytes, code: str) -> str:
    """The name under which a code is known."""
    return hmac.new(key, code.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


class Keypads:
    """Counts the wrong codes of each keypad; ``find(code, now)`` says whose one is, and their role, if they may."""

    def __init__(self, find: Callable[[str, Instant], tuple[UserCode, str] | None]) -> None:
        self._find = find
        self._wrong: dict[str, int] = {}
        self._locked: dict[str, Instant] = {}

    def judged(self, device: str, area: str, keyed: Keyed, now: Instant) -> Presented:
        """What is made of it; the code stays here."""
        found = self._find(keyed.code, now) if 0 < len(keyed.code) <= _LONGEST else None
        if found is not None:
            code = found[0]
            is_over = code.until is not None and now >= code.until
            found = None if is_over or (code.areas and area not in code.areas) else found
        is_duress = found is not None and found[0].kind == "duress"
        who, role = (found[0].user, found[1]) if found is not None else ("", "")
        is_locked = not keyed.is_card and now < self._locked.get(device, 0)
        locks, verdict = False, self._verdict(is_known=found is not None, is_duress=is_duress, is_locked=is_locked)
        if verdict == "wrong" and not keyed.is_card:
            locks = self._count(device, now)
        elif verdict in ("known", "duress") and not keyed.is_card:
            self._wrong.pop(device, None)
        who, role = (who, role) if verdict != "locked" else ("", "")
        return Presented(device, keyed.action, who, role, verdict, keyed.is_card, keyed.transaction, locks)

    def _verdict(self, *, is_known: bool, is_duress: bool, is_locked: bool) -> Verdict:
        if is_locked:
            return "locked_duress" if is_duress else "locked"
        return "duress" if is_duress else "known" if is_known else "wrong"

    def _count(self, device: str, now: Instant) -> bool:
        """Whether that was one too many."""
        wrong = self._wrong.get(device, 0) + 1
        if wrong < MOST_WRONG:
            if len(self._wrong) >= _MOST_KEYPADS:
                self._wrong.pop(next(iter(self._wrong)))
            self._wrong[device] = wrong
            return False
        self._wrong.pop(device, None)
        self._locked = {name: until for name, until in self._locked.items() if until > now}
        self._locked[device] = now + LOCKED
        return True
