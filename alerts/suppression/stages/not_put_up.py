"""A device that was never heard since it was registered is not put up yet: one line tells of all of them.

Its loss is raised, kept and counted as any other, and a rule over several detectors does not count on it. When it has
been heard once, its silence is a loss of its own.
"""

from alerts.suppression.in_force import Candidate, InForce
from alerts.suppression_reason import Suppression, SuppressionReason


def not_put_up(case: Candidate, _standing: InForce) -> Suppression | None:
    """Losses only: nothing that a device says is held back by this."""
    if case.interval_s is None or case.is_heard:
        return None
    return Suppression(SuppressionReason.NOT_PUT_UP, "", case.now)
