"""Alerts that a case holds back as a whole, by rule and key, whatever devices tell them (shelved: ISA-18.2 11.7)."""

from collections.abc import Sequence

from msgspec.structs import replace

from alerts.alert import Alert
from alerts.kernel.guard import may_shelve
from alerts.rule_instance import RuleInstance
from alerts.rules_in_force import own_name
from alerts.suppression.in_force import InForce
from alerts.suppression_reason import Suppression, SuppressionReason
from devices.reading import Instant, Reading


def shelved(
    instance: RuleInstance, causes: Sequence[Reading], standing: InForce, now: Instant, alert: Alert | None
) -> Suppression | None:
    """By whom and until when; None if no case may hold it back."""
    for workflow, case in standing.cases.shelving(own_name(instance.rule.name), instance.key):
        if may_shelve(case, instance.rule.alert_class, [cause.signal for cause in causes], now):
            found = Suppression(
                *(SuppressionReason.CASE, case.id, now, case.by, case.holds.until, case.holds.reason),
                workflow=workflow,
                is_shelved=True,
            )
            so_far = alert.suppression if alert is not None else None
            return found if so_far is None or not so_far.is_shelved else replace(found, since=so_far.since)
    return None
