"""What a person does at a keypad or card reader to arm or disarm, and what is made of the code that they give.

A code is a secret: it stands in a ``Keyed`` from the codec to ``judged``, which never prints it, and nowhere else. What
goes further is a ``Presented``: who it was. Codes are known by a keyed digest (HMAC-SHA-256), so one look-up is enough
however many there are. Three wrong ones lock that keypad for 90 s (EN 50131-3 asks for a limit); meanwhile every code
is answered alike, a duress code still raises its alert, and cards still work. A restart does not end that. A code that
counts once is used up when it has armed or disarmed, and not by being typed where it does not serve.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from typing import Literal, NamedTuple

import msgspec

from devices.reading import SECOND, Instant

PERSON = "person"
"""The role of whoever has no account: with their code they arm and disarm, and do nothing else."""
ARMS_TAG = "arming"
"""The tag of a reader, panel or key fob whose word arms and disarms its area."""
MOST_WRONG = 3
LOCKED: Instant = 90 * SECOND
EVERY = ""
"""In the stead of a device: whichever keypad it is."""
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
    """Whose a code is: an account's, or ``is_person`` the id of somebody in the register of people who has none.

    ``areas``: where it counts, none given: everywhere. ``until``: not after that.
    """

    user: str
    kind: Kind = "user"
    areas: tuple[str, ...] = ()
    until: Instant | None = None
    is_person: bool = False


class Known(NamedTuple):
    """Whose a code is, with which role, and under which name it is kept."""

    code: UserCode
    role: str
    name: str = ""


Verdict = Literal["known", "duress", "wrong", "locked", "locked_duress"]
"""``locked_duress``: not taken, for the keypad is locked or the code is for elsewhere; an alarm all the same."""


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
    """Counts the wrong codes of each keypad; ``find(code, now)`` says whose one is, and their role, if they may.

    ``spend(name, user, now)``: that one-time code has served. ``locked``: keypads that are (or ``EVERY``), until when;
    ``lock`` is told of each that is from now on. ``also``: the areas that a keypad arms beside its own: a code counts
    there only if it does in all of them.
    """

    def __init__(
        self,
        find: Callable[[str, Instant], Known | None],
        spend: Callable[[str, str, Instant], None] = lambda _name, _user, _now: None,
        locked: Mapping[str, Instant] = {},
        lock: Callable[[str, Instant], None] = lambda _device, _until: None,
        also: Callable[[str], tuple[str, ...]] = lambda _device: (),
    ) -> None:
        self._find, self._spend, self._lock, self._also = find, spend, lock, also
        self._wrong: dict[str, int] = {}
        self._locked: dict[str, Instant] = dict(locked)
        self._once: dict[str, tuple[tuple[str, ...], str]] = {}
        """One-time codes that wait for what becomes of them, by name: what that keypad arms, and whose they are."""

    def judged(self, device: str, area: str, keyed: Keyed, now: Instant) -> Presented:
        """What is made of it; the code stays here."""
        found = self._find(keyed.code, now) if 0 < len(keyed.code) <= _LONGEST else None
        if found is not None and (
            found.name in self._once or (found.code.until is not None and now >= found.code.until)
        ):
            found = None
        is_duress = found is not None and found.code.kind == "duress"
        who, role = (found.code.user, found.role) if found is not None else ("", "")
        areas = (area, *self._also(device))
        if found is not None and found.code.areas and not set(areas) <= set(found.code.areas):
            found = None
        is_locked = not keyed.is_card and now < max(self._locked.get(device, 0), self._locked.get(EVERY, 0))
        locks, verdict = False, self._verdict(is_known=found is not None, is_duress=is_duress, is_locked=is_locked)
        if verdict == "wrong" and not keyed.is_card:
            locks = self._count(device, now)
        elif verdict in ("known", "duress") and not keyed.is_card:
            self._wrong.pop(device, None)
        who, role = (who, role) if verdict not in ("wrong", "locked") else ("", "")
        if found is not None and found.code.kind == "once" and verdict == "known":
            self._once[found.name] = areas, who
        return Presented(device, keyed.action, who, role, verdict, keyed.is_card, keyed.transaction, locks)

    def settle(self, set_by: Iterable[tuple[str, str]], now: Instant) -> None:
        """What became of those since the last call; ``set_by``: areas whose mode was set by a code, and by whose."""
        if self._once:
            served = set(set_by)
            for name, (areas, who) in self._once.items():
                if any((area, who) in served for area in areas):
                    self._spend(name, who, now)
            self._once.clear()

    def _verdict(self, *, is_known: bool, is_duress: bool, is_locked: bool) -> Verdict:
        if is_locked or (is_duress and not is_known):
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
        self._lock(device, now + LOCKED)
        return True
