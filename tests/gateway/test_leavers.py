"""The accounts of those who left: disabled on their day, whoever enables them; the only administrator's is a fault."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from alerts.calendar import Calendar
from alerts.effects import Effects
from alerts.event import Recorded
from devices.reading import SECOND, Instant
from gateway.leavers import Leavers
from gateway.stores.account_changes import AccountChanges
from gateway.stores.database import Database
from gateway.stores.documents import document
from gateway.stores.records import SqlRecords
from gateway.stores.users import Users
from ledger.journal import drafts_of
from tests.shipped import shipped_books
from tests.words import english
from workflows.people import Registered

NOW = 1_795_521_600 * SECOND
DAY = 86_400 * SECOND
CALENDAR = Calendar("Asia/Shanghai")
TODAY = CALENDAR.day(NOW)
PASSWORD = "correct horse battery"
BOOKS = shipped_books()


class Site:
    """Records with a register, at a time."""

    def __init__(self, database: Database) -> None:
        self.database, self.now = database, NOW
        self.records, self.users = SqlRecords(database, "works"), Users(database)
        self.users._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        for name, role in (("ada", "admin"), ("li", "operator"), ("wall", "kiosk")):
            self.users.add(name, PASSWORD, role, NOW)
        self.leavers = Leavers(self.users, self.records, CALENDAR, lambda: self.now)

    def person(self, case: str, account: str, left: date | None) -> None:
        """As a turn of the pipeline commits it: the case, and an entry of the register's book."""
        with self.database.writing() as connection:
            kept = document("case:people", case, Registered(id=case, name=case, account=account, left=left), NOW)
            self.records.documents.put(connection, [kept])
        effects = Effects(recorded=[(Recorded("", "people", "ada", {"person": case, "step": "left"}), NOW)])
        self.records.commit(effects, drafts_of(effects, NOW, render=english, books=BOOKS), (), NOW)

    def look(self, after: Instant = 0) -> str:
        """Who may still sign in, after that time."""
        self.now += after
        self.fault = self.leavers.look()
        return " ".join(user.name for user in self.users.all() if not user.disabled)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Database.in_folder(tmp_path) as database:
        yield Site(database)


def test_on_the_day_on_which_they_left(site: Site) -> None:
    """By the site's own midnight; told by nobody's hand, and once."""
    site.person("w1", "li", None)
    assert "ada li wall" == site.look()
    site.person("w1", "li", TODAY + timedelta(days=1))
    midnight = CALENDAR.at(TODAY + timedelta(days=1), 0)
    assert "ada li wall" == site.look(midnight - site.now - 1)
    assert "ada wall" == site.look(1)
    assert "ada wall" == site.look(DAY)
    done = [(change.action, change.account, change.by) for change in AccountChanges(site.database).waiting()]
    assert [("disabled", "li", "")] == done[3:]
    assert site.fault is None


def test_enabled_while_they_are_gone_it_does_not_stay_so(site: Site) -> None:
    site.person("w1", "li", TODAY)
    assert "ada wall" == site.look()
    site.users.set_disabled("li", False, site.now, by="ada")
    assert "ada wall" == site.look()
    site.person("w1", "li", None)
    site.users.set_disabled("li", False, site.now, by="ada")
    assert "ada li wall" == site.look(), "who is back"


def test_an_account_that_somebody_here_has_taken_over_stays(site: Site) -> None:
    site.person("w1", "li", TODAY)
    site.person("w2", "li", None)
    assert "ada li wall" == site.look()
    site.person("w2", "li", TODAY)
    assert "ada wall" == site.look()


def test_the_only_administrators_stays_and_is_a_fault_until_there_is_another(site: Site) -> None:
    site.person("w1", "ada", TODAY)
    assert "ada li wall" == site.look()
    assert site.fault is not None
    assert "ada" in english(site.fault)
    assert "ada li wall" == site.look()
    assert site.fault is not None, "at every look"
    site.users.set_role("li", "admin", site.now, by="os:root")
    assert "li wall" == site.look(5 * SECOND)
    assert site.fault is None
