"""How long an acknowledgement counts: whoever said that they had seen it must go on to do something about it.

Fire, gas and hold-up: a few minutes while the cause stands and no step of the response was taken; intrusion a little
longer, whether the cause stands or not (motion is over in seconds). Once a step was taken, a response goes on: its
acknowledgement lasts until something happens anew. All others, and a danger that is over and that nobody did anything
about, end with the shift in which they were acknowledged: the next one sees for itself. Unless a signed handover named
it: then the next shift knows of it, and it lasts until theirs ends. The times are the project's own (docs/adr/0263,
docs/adr/0293), and a site may set others. A step is whatever a person notes on the alert, or a workflow in their name,
a reset, the end of a cause by a person's word: lifecycle.py keeps it in ``responded``.
"""

import msgspec

from alerts.alert import Alert, AlertClass, State
from alerts.calendar import Calendar
from alerts.schedule import minutes
from devices.reading import SECOND, Instant

_MINUTE: Instant = 60 * SECOND
_A_SHIFT: Instant = 8 * 3_600 * SECOND
_DAY_MIN = 1_440


class AcknowledgementTimes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """After so long an alert that was acknowledged is unacknowledged again, with its sound.

    Of fire, gas, hold-up and intrusion: unless a step of the response was taken meanwhile (a note on the alert, a guard
    who arrived, a reset). Of all others: unless the next shift was told of it by a signed handover.

    ``fire_min``: a fire whose cause stands, in minutes; at most 30
    ``gas_min``: gas, likewise
    ``hold_up_min``: a call for help, likewise
    ``intrusion_min``: an intrusion, whether its cause stands or not; at most 240
    ``other_min``: of all other classes; 0: until the shift ends (``[[shifts]]``; without these 8 h)
    """

    fire_min: float = 5
    gas_min: float = 5
    hold_up_min: float = 5
    intrusion_min: float = 15
    other_min: float = 0


LONGEST_MIN = {"fire_min": 30, "gas_min": 30, "hold_up_min": 30, "intrusion_min": 240, "other_min": _DAY_MIN}
_OF_DANGER = {
    AlertClass.FIRE: "fire_min",
    AlertClass.GAS: "gas_min",
    AlertClass.HOLD_UP: "hold_up_min",
    AlertClass.INTRUSION: "intrusion_min",
}


def expires_at(alert: Alert, times: AcknowledgementTimes, calendar: Calendar) -> Instant | None:
    """When its acknowledgement counts no more; None while nobody has acknowledged it, or it is set aside."""
    given = alert.acknowledged
    if alert.state is not State.ACKNOWLEDGED or given is None or alert.suppression is not None:
        return None
    field = _OF_DANGER.get(alert.alert_class)
    if field is None:
        return given + int(times.other_min * _MINUTE) if times.other_min else _end_of_shift(alert, given, calendar)
    if alert.responded is not None:
        return None
    if alert.active or alert.alert_class is AlertClass.INTRUSION:
        return given + int(getattr(times, field) * _MINUTE)
    return _end_of_shift(alert, given, calendar)


def _end_of_shift(alert: Alert, given: Instant, calendar: Calendar) -> Instant:
    """Of the shift in which it was acknowledged, or of the one that was told of it."""
    return max(shift_end(calendar, given), alert.known_until or 0)


def shift_end(calendar: Calendar, after: Instant) -> Instant:
    """When the shift ends that is on then; of a site without shifts, so long after as a shift lasts."""
    ends = (calendar.next_at(minutes(shift.end) % _DAY_MIN, after) for shift in calendar.shifts)
    return min(ends, default=after + _A_SHIFT)
