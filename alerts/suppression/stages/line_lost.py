"""While a line of the gateway is lost, the losses of the devices on it are its doing; the line's own alert counts them.

While it is up again each device has its interval to speak, once over all its ups and downs; then its loss is its own. A
device that was lost long before its line stays lost by itself.

A pulled cable is else a hundred alerts that say one thing. The line's alert counts them anew at most every 10 s. Not
to supervise these devices was rejected (nobody could say how many are missing, and a restart would forget), as was
one alert for all without their own (no history for each). What is left of a device's interval stands in ``left_s``
while the line is down: the interval anew at each up would never tell of a dead device behind a flapping line. The
price: a device that dies while its line is lost is told one interval after the line is back, and behind one that is
up for seconds an hour after days, while the line's alert stands. What is silent behind a panel (its codec says
``answers_for_parts``) is heard as long as its panel is not lost, and lost and back with it.
"""

from alerts.suppression.in_force import Candidate, InForce, Stage, line_of
from alerts.suppression_reason import Suppression, SuppressionReason
from devices.reading import SECOND, Instant

_BEFORE: Instant = 120 * SECOND
"""A device is missed up to this long before its line is: a broker that is gone may take a minute to be noticed."""


def line_lost(case: Candidate, standing: InForce) -> Suppression | None:
    """Losses only: no fire, no gas, no hold-up is ever held back by a line."""
    if case.interval_s is None:
        return None
    line = line_of(case.device)
    so_far = case.suppression if case.suppression is not None and case.suppression.source == line else None
    lost = standing.lost.get(line)
    if lost is not None:
        if so_far is None:
            return Suppression(SuppressionReason.LINE_LOST, line, case.now) if case.begun >= lost - _BEFORE else None
        if so_far.until is None:
            return so_far
        left_s = (so_far.until - case.now) / SECOND
        return Suppression(SuppressionReason.LINE_LOST, line, case.now, left_s=left_s) if left_s > 0 else None
    if so_far is None:
        return None
    until = so_far.until
    if until is None:
        left_s = case.interval_s if so_far.left_s is None else so_far.left_s
        until = standing.back.get(line, case.now) + int(left_s * SECOND)
    return Suppression(SuppressionReason.LINE_LOST, line, case.now, until=until) if case.now < until else None


STAGE = Stage(40, line_lost)
