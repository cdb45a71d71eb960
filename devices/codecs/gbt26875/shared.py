"""What all sessions of a line know together, bounded: the newest uploads of each device, and which notes were made."""

from collections import OrderedDict

from devices.payloads.deduplication import Deduplication
from devices.reading import SECOND, Instant

_REPEATED_WITHIN = 60 * SECOND
_MOST_REMEMBERED = 4096
_NOTE_AGAIN_AFTER = 3600 * SECOND
_MOST_NOTES = 1024


class Shared:
    """A device that comes back over another connection is still the same device."""

    def __init__(self) -> None:
        self.uploads = Deduplication(_REPEATED_WITHIN, _MOST_REMEMBERED)
        """The newest of each source and serial number."""
        self._noted: OrderedDict[tuple[bytes, str], Instant] = OrderedDict()
        self._misunderstood: OrderedDict[bytes, None] = OrderedDict()
        self._alarms: OrderedDict[str, bytes] = OrderedDict()
        self._newest: OrderedDict[str, Instant] = OrderedDict()

    def is_new(self, address: str, label: bytes) -> bool:
        """Whether an alarm there of that time label has not been told yet."""
        was = self._alarms.get(address)
        self._alarms[address] = label
        self._alarms.move_to_end(address)
        if len(self._alarms) > _MOST_REMEMBERED:
            self._alarms.popitem(last=False)
        return was != label

    def alarmed(self, source: str, at: Instant) -> None:
        """An alarm of that source."""
        self._newest[source] = max(at, self._newest.get(source, at))
        self._newest.move_to_end(source)
        if len(self._newest) > _MOST_REMEMBERED:
            self._newest.popitem(last=False)

    def newest(self, source: str) -> Instant:
        """When the newest alarm of a source was; 0 if none is known."""
        return self._newest.get(source, 0)

    def misunderstood(self, source: bytes) -> None:
        """Its upload fits no layout."""
        self._misunderstood[source] = None
        if len(self._misunderstood) > _MOST_NOTES:
            self._misunderstood.popitem(last=False)

    def understood(self, source: bytes) -> bool:
        """True if it was misunderstood before."""
        return self._misunderstood.pop(source, self) is None

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
