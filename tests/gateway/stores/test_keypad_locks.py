"""A keypad that is locked stays so over a restart, whatever cannot be written or read; duress and cards go through."""

import errno
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from devices.keypad import EVERY, LOCKED, Keyed, Keypads, Known, UserCode
from devices.reading import SECOND, Instant
from gateway.stores.database import Database
from gateway.stores.documents import Documents
from gateway.stores.keypad_locks import FILE, KeypadLocks

NOW = 1_000 * SECOND
CODES = {"1234": UserCode("li"), "9999": UserCode("li", "duress")}


def _no_more_room(*_: object) -> None:
    raise OperationalError("", None, Exception("disk full"))


@pytest.fixture
def data(open_database: Callable[[], Database], folder: Path) -> Path:
    open_database()
    return folder


def started(folder: Path, now: Instant) -> Mapping[str, Instant]:
    """The locks that a new gateway knows."""
    with Database.in_folder(folder) as database:
        return KeypadLocks(Documents(database), folder).standing(now)


def locked(folder: Path, device: str, *, is_full: bool) -> None:
    """By a gateway that then dies."""
    with Database.in_folder(folder) as database:
        locks = KeypadLocks(Documents(database), folder)
        locks.standing(NOW)
        if is_full:
            event.listen(database.writer, "before_cursor_execute", _no_more_room)
        locks.keep(device, NOW + LOCKED)


def test_a_lock_set_while_nothing_could_be_written_stands_after_a_restart(data: Path) -> None:
    started(data, NOW)
    room = (data / FILE).stat().st_size
    locked(data, "hall", is_full=True)
    locked(data, "gate", is_full=False)
    both = {"hall": NOW + LOCKED, "gate": NOW + LOCKED}
    assert [both, both, {}] == [started(data, NOW + s) for s in (1, LOCKED - 1, LOCKED)]
    assert room == (data / FILE).stat().st_size
    assert 0o600 == (data / FILE).stat().st_mode & 0o777


def test_a_lock_set_while_the_disk_only_reads_stands_once_it_can_be_written_again(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started(data, NOW)
    elsewhere = tmp_path / "run"
    elsewhere.mkdir()
    with Database.in_folder(data) as database:
        locks = KeypadLocks(Documents(database), data, elsewhere)
        locks.standing(NOW)
        with monkeypatch.context() as reads_only:
            event.listen(database.writer, "before_cursor_execute", _no_more_room)
            reads_only.setattr(os, "open", _only_reads(data))
            locks.keep("hall", NOW + LOCKED)
            again = KeypadLocks(Documents(database), data, elsewhere).standing(NOW + 1)
    with Database.in_folder(data) as database:
        assert {"hall": NOW + LOCKED} == KeypadLocks(Documents(database), data, elsewhere).standing(NOW + 2) == again
    assert [] == list(elsewhere.iterdir())
    assert {"hall": NOW + LOCKED} == started(data, NOW + 3)


@pytest.mark.parametrize("is_full", [False, True])
def test_a_lock_by_a_clock_that_ran_ahead_is_no_longer_than_any_other(data: Path, *, is_full: bool) -> None:
    locked(data, "hall", is_full=is_full)
    earlier = NOW - 3_600 * SECOND // 10
    assert {"hall": earlier + LOCKED} == started(data, earlier)


def test_where_nothing_can_be_written_every_keypad_is_locked_for_a_while(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "open", _only_reads(data))
    assert {EVERY: NOW + LOCKED} == started(data, NOW)


def _only_reads(folder: Path) -> Callable[..., int]:
    """As ``os.open`` is of a disk that the system has remounted to read only."""
    was = os.open

    def opened(path: Path, how: int, mode: int = 0o777) -> int:
        if how & (os.O_RDWR | os.O_WRONLY) and Path(path) == folder / FILE:
            raise OSError(errno.EROFS, "Read-only file system")
        return was(path, how, mode)

    return opened


def test_where_nobody_can_tell_every_keypad_is_locked_for_a_while(data: Path) -> None:
    started(data, NOW)
    (data / FILE).write_bytes(b"{torn")
    locks = started(data, NOW)
    assert [{EVERY: NOW + LOCKED}] * 2 == [locks, started(data, NOW + 1)]
    pads = Keypads(lambda code, _now: Known(CODES[code], "operator", code) if code in CODES else None, locked=locks)
    keyed = (Keyed("disarmed", "1234"), Keyed("disarmed", "9999"), Keyed("disarmed", "1234", is_card=True))
    assert ["locked", "locked_duress", "known"] == [pads.judged("any", "hall", one, NOW + 1).verdict for one in keyed]
    assert "known" == pads.judged("any", "hall", keyed[0], NOW + LOCKED).verdict


def test_more_than_there_is_room_for_locks_all(data: Path) -> None:
    started(data, NOW)
    with Database.in_folder(data) as database:
        event.listen(database.writer, "before_cursor_execute", _no_more_room)
        locks = KeypadLocks(Documents(database), data)
        for place in range(40):
            locks.keep(f"{place}".rjust(100, "k"), NOW + LOCKED)
    assert {EVERY: NOW + LOCKED} == started(data, NOW + 1)
