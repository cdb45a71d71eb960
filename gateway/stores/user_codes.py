"""User codes and cards: whose they are, kept by a keyed digest, and looked up once however many there are.

The key stands in the data folder (``codes.key``, 0600), apart from the records: a copy of the database alone gives no
code away. A look-up is one row by its key, so a code that was just given or taken counts at once; while the records
cannot be read, what was known of it last counts, for people must be able to disarm. Nothing here waits for a sign-in.
A code that counts once is forgotten when it has served; while the records cannot be written, its digest stands in
``codes.used`` instead (gateway/stores/restart_note.py), so that it does not count again after a restart, and is
forgotten as soon as they can.
Who gave or took whose code goes into the ledger with the change, as what is done to accounts does; the code never.
"""

import os
import secrets
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import msgspec
from msgspec.structs import replace

from devices.errors import Refused, StoreUnavailable
from devices.keypad import PERSON, Known, UserCode, digest
from devices.message import Text
from devices.reading import Instant
from gateway.stores.account_changes import note_change
from gateway.stores.documents import Documents, document
from gateway.stores.restart_note import RestartNote

KIND = "user_code"
FILE = "codes.key"
USED = "codes.used"
_LEAST, _MOST = 4, 12
_TRIED = 100


class StoredCode(msgspec.Struct, frozen=True):
    """``code``: whose; ``given``: when. The document's id is the digest."""

    code: UserCode
    given: Instant


class UserCodes:
    """``role(user)``: of an account that may sign in, else None; ``limits(user)``: its areas, none: everywhere.

    ``is_person(id)``: whether somebody of that id is in the register of people, and may be given a code without an
    account. Whether they are still here is looked up where a code is presented (gateway/code_holders.py).

    Every method but ``find`` may raise StoreUnavailable.
    """

    def __init__(
        self,
        documents: Documents,
        folder: Path,
        role: Callable[[str], str | None],
        limits: Callable[[str], tuple[str, ...]] = lambda _user: (),
        is_person: Callable[[str], bool] = lambda _id: False,
        elsewhere: Path | None = None,
    ) -> None:
        self._documents, self._file, self._role, self._limits = documents, folder / FILE, role, limits
        self._is_person = is_person
        self._key = b""
        self._known: dict[str, Known] = {}
        self._used_file = RestartNote(folder, USED, elsewhere)
        self._used: dict[str, str] = _used_in(self._used_file)
        """One-time codes that were used while the records could not be written, and by whom."""

    def take_room(self) -> None:
        """For what is used up while nothing can be written: a gateway does so when it starts."""
        self._keep_used()

    def find(self, code: str, now: Instant) -> Known | None:
        """Whose it is and with which role."""
        if not self._key and not self._file.exists():
            return None
        name = self._name(code)
        if self._used:
            self._forget_used(now)
        try:
            found = self._documents.read_one(self._documents.one(KIND, name), StoredCode)
            role = self._role_of(found.code) if found is not None else None
            if found is None or role is None:
                self._known.pop(name, None)
                return None
            limits, areas = () if found.code.is_person else self._limits(found.code.user), found.code.areas
            if limits:
                areas = tuple(area for area in limits if area in areas or not areas)
                if not areas:
                    return None
            self._known[name] = Known(replace(found.code, areas=areas), role, name)
        except StoreUnavailable:
            pass
        return None if name in self._used else self._known.get(name)

    def _role_of(self, code: UserCode) -> str | None:
        return PERSON if code.is_person else self._role(code.user)

    def spend(self, name: str, user: str, now: Instant) -> None:
        """A one-time code has served: it is nobody's any more."""
        self._used[name] = user
        self._forget_used(now)
        self._keep_used()

    def _forget_used(self, now: Instant) -> None:
        """For good, if the records can be written; else later."""
        for name, user in [*self._used.items()]:
            try:
                self._take(name, user, "code_used", user, now)
            except StoreUnavailable:
                return
            self._known.pop(name, None)
            del self._used[name]
        self._keep_used()

    def _keep_used(self) -> None:
        """What a restart must not forget; what can be written nowhere is known until then."""
        self._used_file.write(msgspec.json.encode(self._used))

    def give(self, code: str, given: UserCode, now: Instant, *, is_card: bool = False, by: str = "") -> str:
        """A code for an account, or a person without one; returns the name under which it is known. Raises Refused."""
        role = self._role(given.user)
        if role is None and self._is_person(given.user):
            given, role = replace(given, is_person=True), PERSON
        if role is None:
            raise Refused(Text.of("user_codes.no_account", name=given.user))
        if not is_card:
            check_code(code)
        name = self._name(code)
        if self._documents.one(KIND, name) is not None:
            raise Refused(Text.of("user_codes.in_use"))
        with self._documents.database.writing() as connection:
            self._documents.put(connection, [document(KIND, name, StoredCode(given, now), now)])
            note_change(connection, "card_given" if is_card else "code_given", given.user, by, now, role)
        return name

    def make(self, given: UserCode, now: Instant, digits: int = 6, *, by: str = "") -> str:
        """A code that nobody has: for somebody who comes once. Raises Refused."""
        for _ in range(_TRIED):
            code = "".join(secrets.choice("0123456789") for _ in range(digits))
            try:
                self.give(code, given, now, by=by)
            except Refused as refused:
                if refused.text.key not in ("user_codes.in_use", "user_codes.too_easy"):
                    raise
            else:
                return code
        raise Refused(Text.of("user_codes.in_use"))

    def all(self) -> list[tuple[str, StoredCode]]:
        """Each by its name."""
        return sorted(self._documents.read(self._documents.open_of(KIND), StoredCode).whole.items())

    def take_all(self, user: str, now: Instant, *, by: str = "") -> int:
        """All of an account are nobody's any more; how many there were."""
        names = [name for name, stored in self.all() if stored.code.user == user]
        for name in names:
            self._take(name, user, "code_taken", by, now)
        return len(names)

    def _take(self, name: str, user: str, action: str, by: str, now: Instant) -> None:
        with self._documents.database.writing() as connection:
            self._documents.forget(connection, KIND, [name])
            note_change(connection, action, user, by, now, "")

    def _name(self, code: str) -> str:
        if not self._key:
            self._key = _key_in(self._file)
        return digest(self._key, code)


def check_code(code: str) -> None:
    """Raises Refused for one that is no row of digits, or that anybody would try first."""
    if not (_LEAST <= len(code) <= _MOST and code.isascii() and code.isdigit()):
        raise Refused(Text.of("user_codes.digits", least=_LEAST, most=_MOST))
    steps = {int(after) - int(before) for before, after in pairwise(code)}
    if steps in ({0}, {1}, {-1}):
        raise Refused(Text.of("user_codes.too_easy"))


def _used_in(file: RestartNote) -> dict[str, str]:
    used: dict[str, str] = {}
    try:
        for content in file.read():
            used |= msgspec.json.decode(content, type=dict[str, str])
    except (OSError, msgspec.DecodeError):
        return used
    return used


def _key_in(file: Path) -> bytes:
    """Made where there is none. Raises StoreUnavailable."""
    try:
        try:
            made = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            key = file.read_bytes()
        else:
            key = secrets.token_bytes(32)
            with os.fdopen(made, "wb") as stream:
                stream.write(key)
    except OSError as error:
        raise StoreUnavailable(Text.of("user_codes.key_file", reason=error.strerror or "")) from error
    if len(key) != 32:
        raise StoreUnavailable(Text.of("user_codes.key_file", reason=str(len(key))))
    return key
