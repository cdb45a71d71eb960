"""Who may do what."""

from api.asks import every_workflow
from api.auth import ROLES, Permission, Person
from gateway.stores.books import read_books


def test_every_permission_names_its_roles() -> None:
    assert set(ROLES) == set(Permission)
    without_admin = [permission for permission, roles in ROLES.items() if "admin" not in roles]
    assert [Permission.ERASE] == without_admin  # a manager's order: who runs the machine forgets nothing by himself
    assert Person("li", "operator").may(Permission.HANDLE_ALERTS)
    assert not Person("li", "technician").may(Permission.HANDLE_ALERTS)


def test_a_session_that_ran_out_may_watch_and_hear_and_nothing_else() -> None:
    for role in ("operator", "technician", "manager", "admin"):
        person, expired = Person("li", role), Person("li", role, expired=1, watches_until=2)
        for permission in Permission:
            kept = permission in (Permission.WATCH, Permission.HEAR)
            assert expired.may(permission) == (kept and person.may(permission)), (role, permission)


def test_a_kiosk_watches_and_sounds_and_can_do_nothing() -> None:
    kiosk = Person("wall", "kiosk")
    assert {Permission.WATCH, Permission.HEAR} == {permission for permission in Permission if kiosk.may(permission)}


def test_an_auditor_sees_all_and_does_nothing_a_guard_reports_and_decides_nothing() -> None:
    may = {role: {each for each in Permission if Person("li", role).may(each)} for role in ("auditor", "guard")}
    looks = {Permission.WATCH, Permission.LOOK}
    assert looks | {Permission.READ_LEDGER, Permission.READ_METRICS, Permission.DISCLOSE} == may["auditor"]
    assert looks | {Permission.RECORD} == may["guard"]
    asks = [ask for kind in every_workflow().values() for ask in kind.asks]
    assert not [ask for ask in asks if "auditor" in ask.ROLES | ask.SECOND_ROLES]
    assert not [ask for ask in asks if "guard" in ask.SECOND_ROLES]


def test_who_audits_sees_what_is_personal_and_a_guard_does_not() -> None:
    book = read_books()["health"]
    assert [True, True, False] == [book.may_see(role) for role in ("auditor", "manager", "guard")]
    assert not [book for book in read_books().values() if book.admits("auditor")]
