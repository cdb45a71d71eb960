"""How long an acknowledgement counts: whoever said that they had seen it must go on to do something about it.

Fire, gas and hold-up: a few minutes while the cause stands and no step of the response was taken; intrusion a little
longer, whether the cause stands or not (motion is over in seconds). Whatever else is open ends with the shift in which
it was acknowledged, and so do those whose first steps were taken: the next shift sees for itself. The times are the
project's own (docs/adr/0263-acknowledgements-expire.md), and a site may set others. A step is whatever a person or a
workflow notes on the alert, a reset, the end of a cause by a person's word: lifecycle.py keeps it in ``responded``.
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

    Unless a step of the response was taken meanwhile (a note on the alert, a guard who arrived, a reset). Whatever is
    still open when the shift ends is unacknowledged as well, whatever was done before.

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
_OF_STANDING = {AlertClass.FIRE: "fire_min", AlertClass.GAS: "gas_min", AlertClass.HOLD_UP: "hold_up_min"}


def expires_at(alert: Alert, times: AcknowledgementTimes, calendar: Calendar) -> Instant | None:
    """When its acknowledgement counts no more; None while nobody has acknowledged it, or it is set aside."""
    given = alert.acknowledged
    if alert.state is not State.ACKNOWLEDGED or given is None or alert.suppression is not None:
        return None
    ends = shift_end(calendar, given)
    wanted = _minutes(alert, times)
    if wanted is not None:
        return min(ends, given + int(wanted * _MINUTE))
    is_other = alert.alert_class not in _OF_STANDING and alert.alert_class is not AlertClass.INTRUSION
    return given + int(times.other_min * _MINUTE) if is_other and times.other_min else ends


def _minutes(alert: Alert, times: AcknowledgementTimes) -> float | None:
    """For how long nobody need have done anything; None: until the shift ends, or what is said of all others."""
    if alert.responded is not None:
        return None
    if alert.alert_class is AlertClass.INTRUSION:
        return times.intrusion_min
    field = _OF_STANDING.get(alert.alert_class)
    minutes_: float | None = getattr(times, field) if field is not None and alert.active else None
    return minutes_


def shift_end(calendar: Calendar, after: Instant) -> Instant:
    """When the shift ends that is on then; of a site without shifts, so long after as a shift lasts."""
    ends = (calendar.next_at(minutes(shift.end) % _DAY_MIN, after) for shift in calendar.shifts)
    return min(ends, default=after + _A_SHIFT)
