"""What people were shown of an alert, and must therefore see the end of."""

from alerts.alert import Alert, AlertClass, State
from alerts.lifecycle import MANNERS, Manner
from alerts.suppression.danger import DEADLY

_STAYS_SHOWN = DEADLY | {AlertClass.INTRUSION}
_UNSEEN = (State.UNACKNOWLEDGED, State.RETURNED)


def stays_shown(alert: Alert) -> bool:
    """A danger that people were shown and nobody has acknowledged is not taken off their list by anybody else."""
    return alert.alert_class in _STAYS_SHOWN and alert.suppression is None and alert.state in _UNSEEN


def was_shown(alert: Alert) -> bool:
    """Whether it was in the open before, and a person has to deal with it in the end."""
    suppression = alert.suppression
    is_shown = suppression is not None and suppression.since > alert.raised
    return is_shown and MANNERS[alert.alert_class] is not Manner.SELF_CLOSING
