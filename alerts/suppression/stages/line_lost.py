"""While a line of the gateway is lost, the losses of the devices on it are its doing; the line's own alert counts them.

While it is up again each device has its interval to speak, once over all its ups and downs; then its loss is its own. A
device that was lost long before its line stays lost by itself.
"""

from alerts.suppression.in_force import Candidate, InForce, line_of
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
