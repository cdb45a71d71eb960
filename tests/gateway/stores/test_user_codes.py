"""User codes: one look-up, no code in the records, one-time codes, accounts that may not sign in any more."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from devices.errors import Refused
from devices.keypad import PERSON, UserCode
from gateway.stores.access_book import ACTIONS
from gateway.stores.account_changes import AccountChanges
from gateway.stores.books import read_books
from gateway.stores.database import Database
from gateway.stores.documents import Document, Documents, document
from gateway.stores.registered_people import codes_in
from gateway.stores.user_codes import FILE, USED, UserCodes
from workflows.people import Registered

ROLES = {"li": "operator"}


@pytest.fixture
def codes(tmp_path: Path) -> Iterator[UserCodes]:
    with Database.in_folder(tmp_path) as database:
        yield UserCodes(Documents(database), tmp_path, ROLES.get)


def test_a_code_says_whose_it_is_and_stands_nowhere(codes: UserCodes, tmp_path: Path) -> None:
    codes.give("908172", UserCode("li"), 1)
    found = codes.find("908172", 2)
    assert found is not None
    assert (UserCode("li"), "operator") == found[:2]
    assert codes.find("908173", 2) is None
    assert not any(b"908172" in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert 0o600 == (tmp_path / FILE).stat().st_mode & 0o777


def spent(codes: UserCodes, code: str) -> None:
    found = codes.find(code, 2)
    assert found is not None
    codes.spend(found.name, "li", 3)


def test_a_one_time_code_counts_until_it_has_served(codes: UserCodes) -> None:
    code = codes.make(UserCode("li", "once"), 1)
    assert (6, codes.find(code, 2)) == (len(code), codes.find(code, 2))
    spent(codes, code)
    assert codes.find(code, 3) is None


def _no_more_room(*_: object) -> None:
    raise OperationalError("", None, Exception("disk full"))


def test_one_that_served_while_nothing_could_be_written_does_not_serve_after_a_restart(
    codes: UserCodes, tmp_path: Path
) -> None:
    code = codes.make(UserCode("li", "once"), 1)
    with Database.in_folder(tmp_path) as full:
        event.listen(full.writer, "before_cursor_execute", _no_more_room)
        spent(UserCodes(Documents(full), tmp_path, ROLES.get), code)
    assert 1 == (tmp_path / USED).read_bytes().count(b"li")
    with Database.in_folder(tmp_path) as database:
        again = UserCodes(Documents(database), tmp_path, ROLES.get)
        assert again.find(code, 4) is None
        assert ["code_given", "code_used"] == [change.action for change in AccountChanges(database).waiting()]
    assert b"{}" == (tmp_path / USED).read_bytes().strip()


def test_room_for_one_that_is_used_up_is_taken_before_the_disk_is_full(codes: UserCodes, tmp_path: Path) -> None:
    codes.take_room()
    room = (tmp_path / USED).stat()
    code = codes.make(UserCode("li", "once"), 1)
    spent(codes, code)
    after = (tmp_path / USED).stat()
    assert (room.st_size, room.st_ino, 0o600) == (after.st_size, after.st_ino, after.st_mode & 0o777)


def test_codes_of_an_account_that_may_not_sign_in_count_no_more(
    codes: UserCodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes.give("908172", UserCode("li"), 1)
    assert codes.find("908172", 2)
    monkeypatch.delitem(ROLES, "li")
    assert codes.find("908172", 2) is None


@pytest.mark.parametrize(
    ("limits", "areas", "counts"),
    [((), (), ()), (("a", "b"), (), ("a", "b")), (("a",), ("a", "b"), ("a",)), (("a",), ("b",), None)],
)
def test_a_code_counts_only_where_its_account_may_act(
    tmp_path: Path, limits: tuple[str, ...], areas: tuple[str, ...], counts: tuple[str, ...] | None
) -> None:
    with Database.in_folder(tmp_path) as database:
        codes = UserCodes(Documents(database), tmp_path, ROLES.get, lambda _user: limits)
        codes.give("471100", UserCode("li", areas=areas), 1)
        found = codes.find("471100", 2)
    assert counts == (found.code.areas if found is not None else None)


def test_a_person_without_an_account_is_given_one_by_their_id(tmp_path: Path) -> None:
    """The limits of accounts say nothing of them; an account of that name goes first."""
    with Database.in_folder(tmp_path) as database:
        codes = UserCodes(Documents(database), tmp_path, ROLES.get, lambda _user: ("a",), {"w17", "li"}.__contains__)
        codes.give("471100", UserCode("w17", areas=("b",)), 1)
        codes.give("908172", UserCode("li"), 1)
        person, account = codes.find("471100", 2), codes.find("908172", 2)
    assert person is not None
    assert account is not None
    assert (UserCode("w17", areas=("b",), is_person=True), PERSON) == person[:2]
    assert (UserCode("li", areas=("a",)), "operator") == account[:2]


def test_who_is_in_the_register_is_read_from_the_records(tmp_path: Path) -> None:
    with Database.in_folder(tmp_path) as database:
        documents = Documents(database)
        with database.writing() as connection:
            case = Registered(id="w17", name="Wu")
            documents.put(connection, [document("case:people", "w17", case), Document("case:people", "w18", "{")])
        codes = codes_in(documents, tmp_path, ROLES.get)
        codes.give("471100", UserCode("w17"), 1)
        with pytest.raises(Refused):
            codes.give("471101", UserCode("w18"), 1)


@pytest.mark.parametrize(
    ("code", "user", "key"),
    [
        ("123", "li", "user_codes.digits"),
        ("12x4", "li", "user_codes.digits"),
        ("1234", "li", "user_codes.too_easy"),
        ("7777", "li", "user_codes.too_easy"),
        ("908172", "tom", "user_codes.no_account"),
        ("471100", "li", "user_codes.in_use"),
    ],
)
def test_what_is_refused(codes: UserCodes, code: str, user: str, key: str) -> None:
    codes.give("471100", UserCode("li", "duress"), 1)
    with pytest.raises(Refused) as refused:
        codes.give(code, UserCode(user), 2)
    assert key == refused.value.text.key


def test_all_of_an_account_are_taken_together(codes: UserCodes) -> None:
    codes.give("471100", UserCode("li", "duress"), 1)
    codes.give("26:20:22591", UserCode("li"), 1, is_card=True)
    assert 2 == codes.take_all("li", 3, by="os:root")
    assert codes.find("26:20:22591", 2) is None


def test_who_gave_whose_code_waits_for_the_ledger_and_the_code_does_not(codes: UserCodes, tmp_path: Path) -> None:
    with Database.in_folder(tmp_path) as database:
        codes.give("471100", UserCode("li"), 1, by="os:root")
        codes.give("26:20:22591", UserCode("li"), 2, is_card=True, by="os:root")
        spent(codes, codes.make(UserCode("li", "once"), 3, by="os:root"))
        codes.take_all("li", 5, by="os:root")
        told = [(change.at, change.action, change.account, change.by) for change in AccountChanges(database).waiting()]
    given = [(1, "code_given", "li", "os:root"), (2, "card_given", "li", "os:root"), (3, "code_given", "li", "os:root")]
    assert [*given, (3, "code_used", "li", "li"), *[(5, "code_taken", "li", "os:root")] * 2] == told


OLD = """
name = "Own"
zh = "自有"
[[book]]
id = "access"
title = "Accounts"
zh = "账号"
writers = ["gateway"]
keep_years = 1
fields = [
  { name = "action", title = "What", zh = "事件", kind = "choice", choices = { added = "新增账号" } },
  { name = "account", title = "Account", zh = "账号" },
]
"""


@pytest.mark.parametrize("is_own", [False, True])
def test_each_word_about_accounts_stands_in_the_book_also_in_an_older_one(tmp_path: Path, is_own: bool) -> None:
    file = tmp_path / "own.toml"
    file.write_text(OLD, encoding="utf-8")
    book = read_books(file if is_own else None)["access"]
    for word in ACTIONS:
        book.check({"action": word, "account": "li", "role": "operator", "changed": "today", "number": "7"})
    (action,) = (field for field in book.fields if field.name == "action")
    assert "新增账号" == action.choices["added"]
    assert is_own == (action.choices["code_given"] == "code_given")
