"""A device that was never heard since it was registered is not put up yet: one line tells of all of them.

Its loss is raised, kept and counted as any other, and a rule over several detectors does not count on it. When it has
been heard once, its silence is a loss of its own.

A site file of ten devices of which none hangs yet was nine losses and an alert flood before anything was watched. The
line counts them anew at most every 10 s. No supervision before the first word was rejected: a pair would wait for a
partner that is not there, and nobody would be told of a device under a wrong address. The price: such a device shows
as a name in that line; one whose readings were all deleted by retention counts as never heard after a restart.
"""

from alerts.suppression.in_force import Candidate, InForce, Stage
from alerts.suppression_reason import Suppression, SuppressionReason


def not_put_up(case: Candidate, _standing: InForce) -> Suppression | None:
    """Losses only: nothing that a device says is held back by this."""
    if case.interval_s is None or case.is_heard:
        return None
    return Suppression(SuppressionReason.NOT_PUT_UP, "", case.now)


STAGE = Stage(50, not_put_up)
