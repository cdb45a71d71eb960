"""Accounts and sessions: who may sign in, as what, for how long."""

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from api.ports import SignedIn
from devices.errors import Refused, StoreUnavailable
from devices.reading import SECOND
from gateway.stores import tables
from gateway.stores.account_changes import AccountChanges
from gateway.stores.sessions import Sessions
from gateway.stores.users import ROLES, User, Users
from tests.words import refused

NOW = 1_795_521_600 * SECOND
HOUR = 3_600 * SECOND
PASSWORD = "correct horse battery"


@pytest.fixture
def database(open_database):
    return open_database()


@pytest.fixture
def users(database):
    """With hashes that cost little, but for those that a test about cost makes itself."""
    found = Users(database)
    found._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    found.add("ada", PASSWORD, "admin", NOW)
    return found


@pytest.fixture
def sessions(database):
    return Sessions(database)


def user_of(sessions, token, now):
    """Whose live session that is."""
    found = sessions.signed_in([token], now).get(token)
    return found.name if found is not None and found.expired is None else None


def test_a_person_signs_in_with_the_right_password_only(users):
    users.add("li", "巡更-night-2026", "operator", NOW)
    assert users.check("li", "巡更-night-2026") == "operator"
    for wrong in ("巡更-night-2027", "", PASSWORD, "巡更-night-2026 ", "\x00", "\ud800", "x" * 1_000_000):
        assert users.check("li", wrong) is None
    for nobody in ("wang", "", "LI", "li'--", "\x00", "\ud800"):
        assert users.check(nobody, "巡更-night-2026") is None
        assert users.role(nobody) is None


def test_the_password_is_nowhere_in_the_database(users, database):
    with database.reading() as connection:
        [row] = connection.execute(select(tables.users)).all()
    assert row.password_hash.startswith("$argon2id$")
    assert PASSWORD not in str(row)


def test_a_disabled_account_is_shut_out_until_it_is_enabled(users, sessions):
    users.add("li", PASSWORD, "operator", NOW)
    token = sessions.open_session("li", NOW)
    users.set_disabled("li", True, NOW + 1)
    assert (users.check("li", PASSWORD), users.role("li"), user_of(sessions, token, NOW + 1)) == (None, None, None)
    users.set_disabled("li", False, NOW + 2)
    assert (users.check("li", PASSWORD), users.role("li")) == ("operator", "operator")
    assert user_of(sessions, token, NOW + 2) is None
    assert users.all()[1] == User("li", "operator", False, NOW, NOW + 2)


def test_a_new_password_or_role_ends_every_session(users, sessions):
    users.add("li", PASSWORD, "operator", NOW)
    first = sessions.open_session("li", NOW)
    users.set_password("li", "another good one", NOW)
    assert (users.check("li", PASSWORD), users.check("li", "another good one")) == (None, "operator")
    second = sessions.open_session("li", NOW)
    users.set_role("li", "manager", NOW)
    assert users.role("li") == "manager"
    assert [user_of(sessions, token, NOW) for token in (first, second)] == [None, None]


def test_the_last_administrator_stays(users):
    for change in (lambda: users.set_disabled("ada", True, NOW), lambda: users.set_role("ada", "operator", NOW)):
        with refused("last administrator"):
            change()
    assert users.role("ada") == "admin"
    users.add("eve", PASSWORD, "admin", NOW)
    users.set_role("ada", "operator", NOW)
    assert users.role("ada") == "operator"


BAD = {
    "a name that is none": ("Li Si", PASSWORD, "operator", "sign-in name"),
    "a name for a terminal": ("li\x1b[2J", PASSWORD, "operator", "sign-in name"),
    "a name too long": ("l" * 33, PASSWORD, "operator", "sign-in name"),
    "a short password": ("li", "tiny-lamp", "operator", "10 to 256"),
    "a password without end": ("li", "x" * 257, "operator", "10 to 256"),
    "the name again": ("lisi.wangxu", "LiSi.WangXu", "operator", "is a name"),
    "a common password": ("li", "password123", "operator", "first that an attacker"),
    "a broken password": ("li", "good\udc80enough", "operator", "type it again"),
    "a role that is none": ("li", PASSWORD, "root", "operator, technician, manager, auditor, admin"),
    "a name in use": ("ada", PASSWORD, "operator", "in use"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_account_is_refused_with_the_reason(case, users):
    name, password, role, reason = BAD[case]
    with refused(reason):
        users.add(name, password, role, NOW)
    assert [user.name for user in users.all()] == ["ada"]


def test_an_unknown_account_cannot_be_changed(users):
    with refused("no account"):
        users.set_password("nobody", PASSWORD, NOW)


def test_every_role_can_be_given(users):
    for role in ROLES:
        users.add(f"a-{role}", PASSWORD, role, NOW)
        assert users.role(f"a-{role}") == role


def test_an_unknown_name_costs_as_much_as_a_wrong_password(database):
    """Both verify one Argon2 hash with the same cost, so the answer's time does not tell which names exist."""
    users, verified = Users(database), []
    users.add("ada", PASSWORD, "admin", NOW)
    real = users._hasher.verify

    class Counting:
        def verify(self, hashed, password):
            verified.append(hashed.rsplit("$", 2)[0])
            return real(hashed, password)

    users._hasher = Counting()
    users.check("ada", "a wrong password")
    users.check("nobody", "a wrong password")
    assert len(verified) == 2
    assert verified[0] == verified[1]


def test_a_session_lasts_a_shift_and_no_longer_than_a_day(users, sessions):
    token = sessions.open_session("ada", NOW)
    assert user_of(sessions, token, NOW + 12 * HOUR) == "ada"
    assert user_of(sessions, token, NOW + 24 * HOUR - 1) == "ada"
    assert user_of(sessions, token, NOW + 24 * HOUR) is None
    idle = sessions.open_session("ada", NOW)
    assert user_of(sessions, idle, NOW + 13 * HOUR) is None


def test_a_session_ends_when_its_person_signs_out(users, sessions):
    tokens = [sessions.open_session("ada", NOW) for _ in range(2)]
    sessions.close_session(tokens[0])
    sessions.close_session("unknown\ud800")
    assert [user_of(sessions, token, NOW) for token in tokens] == [None, "ada"]
    assert tokens[0] != tokens[1]


def test_the_token_is_not_stored(users, sessions, database):
    token = sessions.open_session("ada", NOW)
    with database.reading() as connection:
        assert token not in str(connection.execute(select(tables.sessions)).all())


@pytest.mark.parametrize("token", ["", "x", "' OR 1=1 --", "\x00", "\ud800", "x" * 100_000])
def test_a_token_that_is_none_is_nobodys(token, users, sessions):
    sessions.open_session("ada", NOW)
    assert user_of(sessions, token, NOW) is None


def test_a_session_that_ran_out_may_watch_for_a_week_and_no_longer(users, sessions):
    """Run out by its age or by idleness; the end is told, and it is the same after a restart."""
    worked, idle = sessions.open_session("ada", NOW), sessions.open_session("ada", NOW)
    assert user_of(sessions, worked, NOW + 12 * HOUR) == "ada"
    until = NOW + 7 * 24 * HOUR
    assert sessions.signed_in([worked, idle, "none"], until - 1) == {
        worked: SignedIn("ada", "admin", NOW + 24 * HOUR, until),
        idle: SignedIn("ada", "admin", NOW + 13 * HOUR, until),
    }
    assert sessions.signed_in([worked, idle], until) == {}


def test_watching_does_not_bring_a_session_back(users, sessions):
    token = sessions.open_session("ada", NOW)
    for hour in range(13, 30):
        assert sessions.signed_in([token], NOW + hour * HOUR)[token].expired == NOW + 13 * HOUR


def test_whoever_was_shut_out_or_signed_out_does_not_watch(users, sessions):
    users.add("li", PASSWORD, "operator", NOW)
    disabled, left = sessions.open_session("li", NOW), sessions.open_session("ada", NOW)
    users.set_disabled("li", True, NOW + 25 * HOUR)
    sessions.close_session(left)
    assert sessions.signed_in([disabled, left], NOW + 25 * HOUR) == {}


def test_a_kiosk_does_not_run_out(users, sessions):
    users.add("wall", PASSWORD, "kiosk", NOW)
    token = sessions.open_session("wall", NOW)
    later = NOW + 365 * 24 * HOUR
    sessions.open_session("ada", later)  # sweeps
    assert sessions.signed_in([token], later) == {token: SignedIn("wall", "kiosk")}
    users.set_disabled("wall", True, later)
    assert sessions.signed_in([token], later) == {}


def test_an_account_has_a_hundred_sessions_at_most(users, sessions, database):
    tokens = [sessions.open_session("ada", NOW + number) for number in range(103)]
    known = sessions.signed_in(tokens, NOW + 200)
    assert set(known) == set(tokens[-100:])


def test_sessions_of_the_past_are_swept_away_at_the_next_sign_in(users, sessions, database):
    sessions.open_session("ada", NOW)
    sessions.open_session("ada", NOW + 7 * 24 * HOUR)
    with database.reading() as connection:
        assert len(connection.execute(select(tables.sessions)).all()) == 1


def test_an_unknown_person_gets_no_session(sessions):
    with refused("no account"):
        sessions.open_session("nobody", NOW)


def test_a_session_goes_on_while_the_store_cannot_be_written(users, sessions, database, open_database):
    """Noting when it was last used is the least important thing there is; an operator must see the alerts."""
    token = sessions.open_session("ada", NOW)
    with database.writing() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 20")
    with open_database().writing():
        assert user_of(sessions, token, NOW + HOUR) == "ada"
        with pytest.raises(StoreUnavailable):
            sessions.close_session(token)


def test_every_change_of_an_account_waits_for_the_ledger_with_who_made_it(users, database):
    """Written with the change; one that was refused leaves none. No password is in it."""
    users.add("li", PASSWORD, "operator", NOW, by="os:root")
    users.set_role("li", "manager", NOW + 1, by="os:root")
    users.set_password("li", "another good one", NOW + 2, by="li")
    users.set_disabled("li", True, NOW + 3, by="os:root")
    users.set_disabled("li", False, NOW + 4, by="os:root")
    with pytest.raises(Refused):
        users.set_disabled("ada", True, NOW + 5, by="os:root")
    changes = AccountChanges(database)
    waiting = changes.waiting()
    assert [
        ("added", "ada", "", "admin"),
        ("added", "li", "os:root", "operator"),
        ("role", "li", "os:root", "manager"),
        ("password", "li", "li", ""),
        ("disabled", "li", "os:root", ""),
        ("enabled", "li", "os:root", ""),
    ] == [(change.action, change.account, change.by, change.role) for change in waiting]
    changes.forget([change.number for change in waiting])
    users.set_role("li", "operator", NOW + 6)
    (later,) = changes.waiting()
    assert later.number > waiting[-1].number  # a number tells a change from any other for ever


def test_a_browser_is_known_for_the_accounts_that_signed_in_there(users, sessions):
    users.add("li", PASSWORD, "operator", NOW)
    sessions.remember_browser("b", "li", NOW)
    sessions.remember_browser("b", "li", NOW + 1)
    assert [True, False, False] == [
        sessions.knows_browser(*asked) for asked in (("b", "li"), ("b", "ada"), ("c", "li"))
    ]
    users.set_password("li", "another good one", NOW)
    assert not sessions.knows_browser("b", "li")


def test_the_newest_hundred_browsers_of_an_account_are_known(users, sessions):
    for number in range(103):
        sessions.remember_browser(f"b{number}", "ada", NOW + number)
    assert [False, False, False, True] == [sessions.knows_browser(f"b{number}", "ada") for number in (0, 1, 2, 3)]
