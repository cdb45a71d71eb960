"""What a workflow holds back: a device that one of its cases holds does not shout, if the case says so."""

from alerts.heard import Pending
from alerts.suppression.in_force import Candidate, InForce, Stage
from alerts.suppression_reason import Suppression, SuppressionReason


def case(candidate: Candidate, standing: InForce) -> Suppression | None:
    """Until the case says, or ends. What no case may hold back is never asked (alerts/kernel/guard.py)."""
    if not standing.cases.holds(candidate.device.id):
        return None
    pending = Pending(
        device=candidate.device,
        alert_class=candidate.alert_class,
        signals=candidate.signals,
        begun=candidate.begun,
        told=candidate.told,
        now=candidate.now,
        so_far=candidate.suppression,
    )
    found = standing.held(pending)
    if found is None:
        return None
    workflow, held_by, hold = found
    return Suppression(
        SuppressionReason.CASE,
        held_by.id,
        candidate.now,
        held_by.by,
        hold.until,
        hold.reason if hold.reason is not None else "",
        workflow=workflow,
        is_test=held_by.holds is not None and held_by.holds.is_test,
    )


STAGE = Stage(30, case)
