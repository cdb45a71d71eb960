"""A device in a walk test does not shout for being triggered; a danger only for as long as a test explains it.

What began before the test, and what a device says of itself (that it is lost, at fault, low on battery) is no test
alarm. docs/adr/0106 says when a real alarm breaks in.
"""

from alerts.suppression.in_force import DEADLY, Candidate, InForce
from alerts.suppression_reason import Suppression, SuppressionReason
from devices.detector_trigger import is_same_quantity
from devices.kinds import watched
from devices.signals import base_name

_BY_THE_PERSON = frozenset({"tamper", "test", "fire"})


def walk_test(case: Candidate, standing: InForce) -> Suppression | None:
    """Until the test ends; fire, gas and hold-up until the window of that device is over."""
    test, device = standing.tests.get(case.device.id), case.device
    if test is None or case.interval_s is not None or case.begun < test.started:
        return None
    triggered = watched(device.kind, device.signals) | _BY_THE_PERSON
    if not any(base_name(signal) in triggered for signal in case.signals):
        return None
    until = test.until
    if case.alert_class in DEADLY:
        answer = test.answer_of(device.id)
        if answer is None:  # found in alarm, not triggered: a restart in the middle of a fire
            return None
        if not all(is_same_quantity(answer.signal, signal) for signal in case.signals):  # test gas is not hot
            return None
        until = test.explains_until(answer, case.told)
        if case.now >= until:
            return None
        so_far = case.suppression
        if so_far is not None and so_far.source == test.id and case.now < (so_far.until or 0) < until:
            until = so_far.until or until  # looked at anew when that is due, and not before
    note = test.note if isinstance(test.note, str) else ""
    return Suppression(SuppressionReason.WALK_TEST, test.id, case.now, test.by, until, note)
