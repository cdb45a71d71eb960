"""Who may do what."""

from api.auth import ROLES, Permission, Person


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
