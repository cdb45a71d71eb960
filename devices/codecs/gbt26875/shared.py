"""What all sessions of a line know together, bounded: the newest uploads of each device, and which notes were made."""

from collections import OrderedDict

from devices.codecs.gbt26875.framing import Frame
from devices.reading import SECOND, Instant

_REPEATED_WITHIN = 60 * SECOND
_MOST_REMEMBERED = 4096
_NOTE_AGAIN_AFTER = 3600 * SECOND
_MOST_NOTES = 1024


class Shared:
    """A device that comes back over another connection is still the same device."""

    def __init__(self) -> None:
        self._newest: OrderedDict[tuple[bytes, int], tuple[bytes, Instant]] = OrderedDict()
        self._noted: OrderedDict[tuple[bytes, str], Instant] = OrderedDict()

    def is_repeated(self, frame: Frame, what: bytes, now: Instant) -> bool:
        """Whether the source's last upload of that serial number said the same, within 60 s of its first time.

        Only the last counts: a device whose serial number stands still may say fire, no fire, fire. At 4,096
        numbers the oldest is forgotten; a repeat of that would be reported twice.
        """
        key = (frame.source, frame.serial)
        known = self._newest.get(key)
        if known is not None and known[0] == what and abs(now - known[1]) < _REPEATED_WITHIN:
            return True
        self._newest[key] = (what, now)
        self._newest.move_to_end(key)
        if len(self._newest) > _MOST_REMEMBERED:
            self._newest.popitem(last=False)
        return False

    def is_due(self, source: bytes, kind: str, now: Instant) -> bool:
        """Whether a note of that kind may be made: one an hour for each source, else a device fills the log."""
        key = (source, kind)
        noted = self._noted.get(key)
        if noted is not None and abs(now - noted) < _NOTE_AGAIN_AFTER:
            return False
        self._noted[key] = now
        self._noted.move_to_end(key)
        if len(self._noted) > _MOST_NOTES:
            self._noted.popitem(last=False)
        return True
