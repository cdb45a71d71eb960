"""While a line of the gateway is lost, the losses of the devices on it are its doing; the line's own alert counts them.

When it is back, each device has its own interval to speak again; then its loss is its own. A device that was lost long
before its line stays lost by itself.
"""

from alerts.aside import Aside, AsideReason
from alerts.standing import Case, Standing, line_of
from devices.reading import SECOND, Instant

_BEFORE: Instant = 120 * SECOND
"""A device is missed up to this long before its line is: a broker that is gone may take a minute to be noticed."""


def line_lost(case: Case, standing: Standing) -> Aside | None:
    """Losses only: no fire, no gas, no hold-up is ever held back by a line."""
    if case.interval_s is None:
        return None
    line = line_of(case.device)
    lost, so_far = standing.lost.get(line), case.aside
    if lost is not None:
        return Aside(AsideReason.LINE_LOST, line, case.now) if case.begun >= lost - _BEFORE else None
    if so_far is None or so_far.source != line:
        return None
    back = standing.back.get(line, case.now if so_far.until is None else 0)
    until = so_far.until if so_far.until is not None else back + int(case.interval_s * SECOND)
    return Aside(AsideReason.LINE_LOST, line, case.now, until=until) if case.now < until else None
