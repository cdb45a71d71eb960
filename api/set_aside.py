"""Everything that is set aside now, in one list: what, why, by whom, since when, until when.

One entry for each case of a workflow that holds something back (an alert that is shelved, devices out of service or in
test), one for each reason of the gateway's own (a line that is lost, a fire). Each open alert that is set aside stands
in one of them, and in no more than one.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, TypeAlias

import msgspec

from alerts.alert import Alert
from alerts.case import HeldBack
from alerts.suppression_reason import SuppressionKind
from api.ports import Gateway
from devices.message import Text
from devices.reading import Instant

Kind: TypeAlias = Literal["shelved", "out_of_service", "in_test", "suppressed"]
KINDS: tuple[Kind, ...] = ("shelved", "out_of_service", "in_test", "suppressed")


class SetAside(msgspec.Struct, frozen=True, kw_only=True):
    """``reason``: the name of the workflow, or the word of the stage; ``title``: the same as people read it.

    ``source``: the case, line or area that it follows from. ``held``: alerts that are shelved, by rule and key;
    ``devices``: those that are out of service or tested. ``alerts``: the open ones that are set aside by it. ``why``:
    in the words of whoever asked, or of the gateway. ``until`` None: as long as its reason stands.
    """

    kind: Kind
    reason: str
    title: Text
    source: str
    since: Instant
    until: Instant | None
    area: str = ""
    devices: tuple[str, ...] = ()
    held: tuple[tuple[str, str], ...] = ()
    alerts: tuple[Alert, ...] = ()
    why: Text | str = ""
    by: str = ""
    second: str = ""
    is_case: bool = False


def set_aside(gateway: Gateway) -> list[SetAside]:
    """Shelved first, then what is out of service, tested, suppressed by design; the oldest first."""
    by_source: dict[tuple[str, str], list[Alert]] = {}
    for alert in gateway.alerts.open_alerts():
        if alert.suppression is not None:
            by_source.setdefault((alert.suppression.why, alert.suppression.source), []).append(alert)
    cases = {(held.workflow, held.case): held for held in gateway.workflows.suppressions()}
    found = [_of_case(held, by_source.pop(name, [])) for name, held in cases.items()]
    found += [_by_design(alerts) for alerts in by_source.values()]
    return sorted(found, key=lambda one: (KINDS.index(one.kind), one.since, one.source))


def _of_case(held: HeldBack, alerts: Sequence[Alert]) -> SetAside:
    holds = held.holds
    return SetAside(
        kind="shelved" if holds.alerts else "in_test" if holds.is_test else "out_of_service",
        reason=held.workflow,
        title=Text.of(f"{held.workflow}.title"),
        source=held.case,
        since=held.since,
        until=holds.until,
        area=held.area,
        devices=holds.devices,
        held=holds.alerts,
        alerts=tuple(alerts),
        why=holds.reason or next(_notes(alerts), ""),
        by=held.by,
        second=held.second,
        is_case=True,
    )


def _by_design(alerts: Sequence[Alert]) -> SetAside:
    every = [alert.suppression for alert in alerts if alert.suppression is not None]
    first = every[0]
    ends = [one.until for one in every if one.until is not None]
    areas = {alert.area for alert in alerts}
    is_shelved = first.kind is SuppressionKind.SHELVED
    return SetAside(
        kind="shelved" if is_shelved else "in_test" if first.is_test else str(first.kind),  # type: ignore[arg-type]
        reason=first.why,
        title=first.title,
        source=first.source,
        since=min(one.since for one in every),
        until=max(ends) if len(ends) == len(every) else None,
        area=areas.pop() if len(areas) == 1 else "",
        alerts=tuple(alerts),
        why=next(_notes(alerts), ""),
        by=first.by,
    )


def _notes(alerts: Iterable[Alert]) -> Iterator[Text | str]:
    return (alert.suppression.note for alert in alerts if alert.suppression is not None and alert.suppression.note)
