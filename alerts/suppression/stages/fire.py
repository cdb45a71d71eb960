"""While a fire stands in an area, doors that are forced or held open there are information: people are getting out.

Raised, recorded and counted as ever, but not shouted between the alarms of the fire. What was told before the fire
stays as it is (arson begins with a forced door), and so does whatever else intrusion detectors see: only doors open in
an evacuation. The fire stands until somebody resets it; what is open then, or was meanwhile, comes back with its sound.
The price: who forces a door of a burning area is found in the list of what is set aside until then, not heard.
"""

from alerts.suppression.in_force import FIRE, FIRE_YIELDS, Candidate, InForce, Stage
from alerts.suppression_reason import Suppression
from devices.signals import base_name

_OF_DOORS = frozenset({"door", "lock"})


def fire(candidate: Candidate, standing: InForce) -> Suppression | None:
    """Doors only, and only of what is no danger to life."""
    since = standing.fires.get(candidate.device.area)
    if since is None or candidate.alert_class not in FIRE_YIELDS:
        return None
    if not candidate.signals or not _OF_DOORS.issuperset(map(base_name, candidate.signals)):
        return None
    is_ours = candidate.suppression is not None and candidate.suppression.reason == FIRE
    if not is_ours and candidate.breached < since:
        return None
    return Suppression(FIRE, candidate.device.area, candidate.now)


STAGE = Stage(35, fire)
