"""The stretch of stored readings that rules look back over after a start, in time order."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from alerts.engine.priming import windows
from alerts.rule import Rule
from devices.device import Device
from devices.errors import StoreUnavailable
from devices.message import Text
from devices.reading import SECOND, Instant, Reading
from gateway.ports import SeriesStore

_MOST_READINGS = 500_000
_LONGEST: Instant = 10 * SECOND
"""So long a start may wait for it: alarms wait meanwhile."""

NOTHING: Mapping[str, Instant] = {}

log = logging.getLogger("keyarea")


def stretch(
    rules: Sequence[Rule[Any]],
    devices: Sequence[Device],
    series: SeriesStore,
    latest: Mapping[tuple[str, str], Reading],
    now: Callable[[], Instant],
    *,
    listened: Mapping[str, Instant] = NOTHING,
    left_out: Callable[[Text, Instant], None] = lambda _what, _until: None,
) -> Sequence[Reading]:
    """What was stored of each window, before the newest reading of all that is looked back over.

    ``listened``: what workflows look back over, by signal. Short windows first: they are those of alarms. ``received``
    is not kept for long, so it is the reading's time. What cannot be read, or not soon enough, is left out: rules then
    go on with what they remember. ``left_out`` is told what, and until when that may tell.
    """
    wanted = sorted(windows(rules, devices, latest, listened).items(), key=lambda item: (item[1], item[0]))
    begun = now()
    stopped = min(begun, max((latest[name].time for name, _ in wanted), default=begun))
    found: list[Reading] = []
    for place, ((device, signal), span) in enumerate(wanted):
        try:
            is_too_much = len(found) >= _MOST_READINGS or now() - begun > _LONGEST
            points = None if is_too_much else series.range(device, signal, stopped - span, stopped + 1)
        except StoreUnavailable:
            points = None
        if points is None:
            said = Text.of("series_stretch.left_out", count=len(wanted) - place, of=len(wanted))
            log.warning("%s", said)
            left_out(said, begun + wanted[-1][1])
            break
        found += (Reading(device, signal, point.value, point.time, point.time, point.quality) for point in points)
    return sorted(found, key=lambda reading: reading.time)
