"""A bypassed device does not shout. A call for help by hand does all the same (GB 50394-2007 5.2.2; EN 54-2).

So does a fire or gas alarm of a device that was bypassed by one person alone, whatever was known of it then.
"""

from alerts.alert import AlertClass
from alerts.suppression.consent import TAKES_TWO
from alerts.suppression.in_force import Candidate, InForce
from alerts.suppression_reason import Suppression, SuppressionReason
from devices.detector_trigger import calls_by_hand


def bypass(case: Candidate, standing: InForce) -> Suppression | None:
    """Until the bypass ends."""
    found = standing.bypasses.get(case.device.id)
    if found is None or case.alert_class is AlertClass.HOLD_UP or any(calls_by_hand(name) for name in case.signals):
        return None
    if case.alert_class in TAKES_TWO and not found.consented_by:
        return None
    reason = found.reason if isinstance(found.reason, str) else ""
    return Suppression(SuppressionReason.BYPASS, found.id, case.now, found.by, found.until, reason)
