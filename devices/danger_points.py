"""Whether a change takes a point of danger out of service: a fire, gas or hold-up point does not vanish by one hand.

Every road counts: retired, other hardware in its place, moved, described so that it is watched less. What only names
it, puts it on the plan or dates it is not asked about. docs/adr/0159.
"""

from collections.abc import Callable, Iterable

from devices.device import Device
from devices.errors import Refused
from devices.message import Text
from devices.orders import Change
from devices.signals import base_name

_MOST_NAMED = 10
IsDanger = Callable[[Device], bool]
"""Whether a device is a fire, gas or hold-up point, by what it is and by what its rules make of it."""


def taken(change: Change, is_danger: IsDanger) -> Text | None:
    """What of a point of danger the change takes away, None for nothing."""
    old = change.old
    if old is None or not is_danger(old) or change.action in ("reinstated", "commissioned"):
        return None
    return lost(old, change.new if change.action != "retired" else None)


def refuse_list(changes: Iterable[Change], is_danger: IsDanger) -> None:
    """Raises Refused if any takes away what a second person has to consent to: nobody reads ten thousand rows."""
    found = [change.device for change in changes if taken(change, is_danger)]
    more, named = len(found) - _MOST_NAMED, tuple(found[:_MOST_NAMED])
    if more > 0:
        raise Refused(Text.of("danger_points.not_by_list_more", devices=named, more=more))
    if found:
        raise Refused(Text.of("danger_points.not_by_list", devices=named))


def lost(old: Device, new: Device | None) -> Text | None:
    """What is not watched any more as it was; None if all is."""
    if new is None:
        return Text.of("danger_points.retired")
    if (old.family, old.address, old.line) != (new.family, new.address, new.line):
        return Text.of("danger_points.replaced")
    if old.area != new.area:
        return Text.of("danger_points.moved", area=new.area)
    found: list[Text] = []
    if {base_name(signal) for signal in old.signals} - {base_name(signal) for signal in new.signals}:
        found.append(Text.of("danger_points.fewer_signals"))
    if old.kind != new.kind:
        found.append(
            Text.of("danger_points.other_kind", kind=new.kind) if new.kind else Text.of("danger_points.no_kind")
        )
    if old.interval_s is not None and (new.interval_s is None or new.interval_s > old.interval_s):
        found.append(Text.of("danger_points.longer_silence"))
    if old.rename != new.rename:
        found.append(Text.of("danger_points.renamed"))
    if old.tags != new.tags:
        found.append(Text.of("danger_points.other_tags"))
    if old.restores and not new.restores:
        found.append(Text.of("danger_points.no_restore"))
    return Text.of("danger_points.changed", changes=tuple(found)) if found else None
