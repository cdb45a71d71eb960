"""Beginning a walk test: who walks where, for how long, and what speaks against it."""

from collections.abc import Collection, Mapping, Sequence

from alerts.alert import Alert, State
from alerts.bypass import check_words, choose, made_id, united
from alerts.command import StartWalkTest
from alerts.suppression.in_force import DEADLY
from devices.detector_trigger import is_worked_by_hand
from devices.device import Device
from devices.errors import Refused
from devices.message import Text
from devices.reading import SECOND, Instant
from devices.walk_test import DEFAULT, LONGEST, LONGEST_WINDOW, SHORTEST_WINDOW, WalkTest

_MOST_RUNNING = 50
_MOST_DEVICES = 1_000
_NAMED = 20


def begin(
    command: StartWalkTest,
    devices: Mapping[str, Device],
    running: Mapping[str, WalkTest],
    bypassed: Collection[str],
    open_alerts: Sequence[Alert],
    now: Instant,
) -> WalkTest:
    """The test that was asked for; ``running`` by device. Raises Refused with all that speaks against it.

    Of a whole area all are in it that can be: what is worked by hand only where it is named, so that a call point
    pressed meanwhile is believed.
    """
    check_words(command.by, command.note)
    if len({test.id for test in running.values()}) >= _MOST_RUNNING:
        raise Refused(Text.of("walking.most_running", most=_MOST_RUNNING))
    chosen = choose(command.area, command.devices, devices)
    if not command.devices:
        out = {*running, *bypassed}
        chosen = [device for device in chosen if not is_worked_by_hand(device) and device.id not in out]
    faults = [Text.of("walking.runs", device=d.id, by=running[d.id].by) for d in chosen if d.id in running]
    faults += [Text.of("walking.bypassed", device=d.id) for d in chosen if d.id in bypassed]
    if not chosen:
        faults.append(Text.of("walking.nothing_left", area=command.area))
    if len(chosen) > _MOST_DEVICES:
        faults.append(Text.of("walking.too_many", count=len(chosen), most=_MOST_DEVICES))
    until = command.until if command.until is not None else now + DEFAULT
    if not now < until <= now + LONGEST:
        faults.append(Text.of("walking.longest", hours=LONGEST // (3_600 * SECOND)))
    if not SHORTEST_WINDOW <= command.window <= LONGEST_WINDOW:
        least, most = SHORTEST_WINDOW // SECOND, LONGEST_WINDOW // SECOND
        faults.append(Text.of("walking.window", least=least, most=most))
    areas = {device.area for device in chosen}
    standing = [alert for alert in open_alerts if alert.area in areas and _is_danger(alert)]
    if faults:
        raise Refused(united(faults))
    if standing:
        alerts = (Text.of("walking.alert_stands", area=alert.area, alert=alert.text) for alert in standing[:_NAMED])
        raise Refused(Text.of("walking.alerts_stand", alerts=tuple(alerts)))
    ids = tuple(device.id for device in chosen)
    return WalkTest(
        id=made_id("walk_test", command.by, now, ids),
        area=areas.pop() if len(areas) == 1 else "",
        devices=ids,
        by=command.by,
        started=now,
        until=until,
        note=command.note.strip(),
        window=command.window,
        up=frozenset(place for place in command.up if place[0] in ids),
    )


def _is_danger(alert: Alert) -> bool:
    return (
        alert.alert_class in DEADLY
        and alert.suppression is None
        and alert.state in (State.UNACKNOWLEDGED, State.RETURNED)
    )
