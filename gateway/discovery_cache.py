"""What devices announced of themselves, as it stands: without it nobody knows what their messages mean.

That of installed devices is kept in the records store and heard again at a start, before anything else: the broker
keeps only what was announced with ``retain``, and sends it after what it kept for our session. That of others is
remembered, bounded, for the hour in which they are adopted.

At most 5,000 of installed devices, 16 MiB, written before they are acknowledged. An empty announcement takes nothing
from an installed device, or whoever may write there could make a smoke detector deaf: it is heard until it is retired,
or announces the same ``unique_id`` anew anywhere; the attempt is a malformed message with its name. To leave it to
supervision would notice silence after an interval, and smoke is now. A codec says in ``Decoded.stands`` whose words an
announcement explains. Between a start and the retained announcements the kept ones are in force; an announcement names
topics by its announcer's word, so no rules for the broker follow from it.
"""

from collections.abc import Callable, Sequence

import msgspec

from devices.message import Reason, Text

MOST = 5_000
MOST_BYTES = 16 * 1024 * 1024
"""For installed devices, and once more for others."""


class _Announcement(msgspec.Struct, frozen=True):
    family: str
    addresses: tuple[str, ...]
    payload: bytes


class _Shelf:
    """Announcements by topic, the oldest first, in bounds."""

    def __init__(self) -> None:
        self.by_topic: dict[str, _Announcement] = {}
        self._size = 0

    def put(self, topic: str, announcement: _Announcement) -> None:
        self.take(topic)
        self.by_topic[topic] = announcement
        self._size += len(topic) + len(announcement.payload)

    def take(self, topic: str) -> _Announcement | None:
        found = self.by_topic.pop(topic, None)
        if found is not None:
            self._size -= len(topic) + len(found.payload)
        return found

    def is_full(self) -> bool:
        return len(self.by_topic) > MOST or self._size > MOST_BYTES


class DiscoveryCache:
    """``unsaved``: topic -> payload to store, None to forget; the pipeline stores it and then clears it."""

    def __init__(self, is_installed: Callable[[str, str], bool]) -> None:
        """``is_installed`` is asked with family and address."""
        self._is_installed = is_installed
        self._kept, self._others = _Shelf(), _Shelf()
        self.unsaved: dict[str, bytes | None] = {}

    def recall(self, topic: str, payload: bytes) -> None:
        """It is stored already; ``stands`` will say whose it is."""
        self._kept.put(topic, _Announcement("", (), payload))

    def stands(self, family: str, topic: str, addresses: Sequence[str], payload: bytes) -> Reason:
        """It was announced, or means nothing any more (no addresses). Says what cannot be kept, "" if all is well."""
        self._others.take(topic)
        said = _Announcement(family, tuple(addresses), bytes(payload))
        if not any(self._is_installed(family, address) for address in addresses):
            self._forget(topic)
            if addresses:
                self._remember(topic, said)
            return ""
        return self._keep(topic, said)

    def settle(self) -> list[Reason]:
        """Other devices are installed than before. Says what cannot be kept."""
        problems = []
        for topic, said in list(self._kept.by_topic.items()):
            if not self._is_of_installed(said):
                self._forget(topic)
                self._remember(topic, said)
        for topic, said in list(self._others.by_topic.items()):
            if self._is_of_installed(said):
                self._others.take(topic)
                problems.append(self._keep(topic, said))
        return [problem for problem in problems if problem]

    def _is_of_installed(self, said: _Announcement) -> bool:
        return any(self._is_installed(said.family, address) for address in said.addresses)

    def _keep(self, topic: str, said: _Announcement) -> Reason:
        before = self._kept.by_topic.get(topic)
        self._kept.put(topic, said)
        if self._kept.is_full():
            self._forget(topic)
            self._remember(topic, said)
            return Text.of("discovery_cache.full")
        if before is None or before.payload != said.payload:
            self.unsaved[topic] = said.payload
        return ""

    def _forget(self, topic: str) -> None:
        if self._kept.take(topic) is not None:
            self.unsaved[topic] = None

    def _remember(self, topic: str, said: _Announcement) -> None:
        self._others.put(topic, said)
        while self._others.is_full():
            self._others.take(next(iter(self._others.by_topic)))
