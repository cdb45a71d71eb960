"""What no workflow may hold back, whatever it says: call points, and danger to life with one person behind it.

EN 54-2 and GB 50394-2007 5.2.2 let nobody disable a call for help by hand; IEC 62443-3-3 SR 2.1 asks for dual approval.
The one exception is a person's own trigger of a device in a walk test: of that device, that quantity, for a while.
"""

from collections.abc import Iterable

from alerts.alert import AlertClass
from alerts.case import Case, Window
from alerts.heard import Pending
from devices.detector_trigger import calls_by_hand, is_same_quantity
from devices.people import people
from devices.reading import SECOND, Instant

LONGEST_WINDOW: Instant = 180 * SECOND
"""A window is open no longer, and what was told in it is held back no longer."""
_DEADLY = frozenset({AlertClass.FIRE, AlertClass.HOLD_UP, AlertClass.GAS})


def may_hold(case: Case, pending: Pending) -> bool:
    """Whether the case may be asked about this part of an alert at all."""
    holds = case.holds
    if holds is None or not case.is_open or pending.now >= holds.until or case.origin != "real":
        return False
    is_by_hand = any(calls_by_hand(signal) for signal in pending.signals)
    if not is_by_hand and (pending.alert_class not in _DEADLY or is_by_two(case)):
        return True
    return any(_explains(window, pending) for window in holds.windows)


def may_shelve(case: Case, alert_class: AlertClass, signals: Iterable[str], now: Instant) -> bool:
    """Whether the case may hold an alert back as a whole: never a call for help, fire and gas with two people."""
    holds = case.holds
    if holds is None or not case.is_open or now >= holds.until or case.origin != "real":
        return False
    if alert_class is AlertClass.HOLD_UP or any(map(calls_by_hand, signals)):
        return False
    return alert_class not in _DEADLY or is_by_two(case)


def is_by_two(case: Case) -> bool:
    """Whether two people stand behind it."""
    return bool(case.second) and not people(case.by) & people(case.second)


def _explains(window: Window, pending: Pending) -> bool:
    if window.device != pending.device.id:
        return False
    is_told_in_it = window.since <= pending.told < min(window.until, window.since + LONGEST_WINDOW)
    is_now = pending.now < pending.told + LONGEST_WINDOW
    return is_told_in_it and is_now and all(is_same_quantity(window.signal, signal) for signal in pending.signals)
