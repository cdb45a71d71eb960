"""Who may do what, and how guessing is slowed down."""

from api.auth import ROLES, Doorman, Permission, Person
from devices.reading import SECOND


def test_every_permission_names_its_roles() -> None:
    assert set(ROLES) == set(Permission)
    assert all("admin" in roles for roles in ROLES.values())
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


def test_guessing_gets_slower_and_a_right_password_forgives() -> None:
    """Five tries are free; then the wait doubles up to five minutes, by name and by address."""
    doorman, keys = Doorman(), ("user li", "address 10.0.0.7")
    waits = []
    for _ in range(20):
        waits.append(doorman.wait_s(keys, SECOND))
        doorman.failed(keys, SECOND)
    assert waits[:6] == [0, 0, 0, 0, 0, 2]
    assert waits[6:9] == [4, 8, 16]
    assert waits[-1] == 300
    assert doorman.wait_s(("user li", "address 10.0.0.8"), SECOND) == 300
    assert doorman.wait_s(("user wang", "address 10.0.0.8"), SECOND) == 0
    assert doorman.wait_s(keys, 400 * SECOND) == 0
    doorman.succeeded(keys)
    assert doorman.wait_s(keys, SECOND) == 0


def test_a_crowd_of_names_does_not_fill_memory() -> None:
    doorman = Doorman()
    for number in range(25_000):
        doorman.failed((f"user {number}",), number)
    assert len(doorman._failures) <= 10_001
