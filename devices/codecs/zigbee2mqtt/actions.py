"""What a person did at a button, keypad or lock: ``action`` and the fields beside it, a moment and not a state."""

from collections.abc import Mapping
from typing import Any

from devices.keypad import Keyed
from devices.reading import Value

_LONGEST = 100
_EMERGENCIES = frozenset({"sos", "emergency", "panic", "alarm", "emergency_press", "panic_button"})
_ARM_REQUESTS = {
    **dict.fromkeys(("disarm", "disarm_all"), "disarmed"),
    **dict.fromkeys(("arm_all_zones", "arm_away", "arm"), "armed"),
    **dict.fromkeys(("arm_day_zones", "arm_home", "arm_stay", "arm_partial_zones"), "armed_home"),
    **dict.fromkeys(("arm_night_zones", "arm_night"), "armed_night"),
}
_CREDENTIALS_USED = frozenset(
    {"rfid_unlock", "keypad_unlock", "password_unlock", "fingerprint_unlock", "password_open", "finger_open"}
)
_BY_CREDENTIAL = ("keypad", "rfid")
_OPENED = frozenset(
    {"lock_opened", "lock_opened_inside", "lock_opened_outside", "unlocked", "password_open", "finger_open"}
)
_LOCKED = frozenset({"locked", "lock", "reverse_lock"})
_AT_REST = frozenset({"off", "release", "released", "none"})


def happened(state: Mapping[str, Any], thing: str = "") -> list[tuple[str, Value]]:
    """What the message says was done. The code that was typed is a secret and goes no further.

    ``thing`` is what its definition calls the device: whatever is pressed on an emergency button is an emergency.
    """
    action = action_of(state)
    if not action:
        return []
    if action in _EMERGENCIES:
        return [("panic", True)]
    if action == "fire":
        return [("call_point", True)]
    said: list[tuple[str, Value]] = [("action", action[:_LONGEST])]
    if thing == "panic" and action not in _AT_REST:
        said.append(("panic", True))
    if action in _ARM_REQUESTS:
        said.append(("arm_request", _ARM_REQUESTS[action]))
    _, failed, reason = action[:_LONGEST].partition("lock_failure_")
    if failed:
        said.append(("access", f"denied: {reason[:_LONGEST]}"))
    elif action in _CREDENTIALS_USED or (
        action == "unlock" and str(state.get("action_source_name"))[:_LONGEST] in _BY_CREDENTIAL
    ):
        said.append(("access", "granted"))
        user = state.get("action_user")
        if isinstance(user, int) and not isinstance(user, bool) and 0 <= user < 1 << 16:
            said.append(("credential", f"user {user}"))
    return said


def keyed(state: Mapping[str, Any]) -> tuple[Keyed, ...]:
    """The code that was typed with a wish for a mode; nothing where none was, or where it is no wish."""
    code, transaction = state.get("action_code"), state.get("action_transaction")
    action = _ARM_REQUESTS.get(action_of(state))
    if action is None or not isinstance(code, str) or not code:
        return ()
    is_number = isinstance(transaction, int) and not isinstance(transaction, bool)
    return (Keyed(action, code[:_LONGEST], transaction=transaction if is_number else None),)


def action_of(state: Mapping[str, Any]) -> str:
    action = state.get("action") or state.get("click")  # bridges before 1.17 called it so
    return action if isinstance(action, str) and action not in ("null", "none") else ""


def lock_moved(action: str) -> bool | None:
    """Whether the event says that a lock was just opened (True) or locked, None for any other."""
    if action in _OPENED or action == "unlock" or action.endswith("_unlock"):
        return True
    return False if action in _LOCKED or action.endswith("_lock") else None
