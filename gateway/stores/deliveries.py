"""What became of each message to people outside, and the links by which they answer: known over every restart.

That an attempt begins is durable before it begins, so that after a kill nobody wonders whether somebody was told. Of a
link only the SHA-256 of its token is kept.
"""

from collections.abc import Collection, Mapping
from hashlib import sha256
from typing import Literal

import msgspec

from api.ports.answer_links import AnswerLink
from api.ports.messages import LastMessage
from devices.message import Text
from devices.reading import SECOND, Instant
from gateway.stores.documents import Documents, document

KIND, LINK_KIND = "delivery", "answer_link"
KEPT: Instant = 7 * 86_400 * SECOND
_MOST, _MOST_LOOKED_AT = 20_000, 2_000


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """``waiting`` for an attempt at ``at``, ``sending`` since, ``sent`` or ``failed`` then. ``first``: asked for then.

    ``target``: the channel, and who is told there. ``is_doubtful``: an attempt may have arrived.
    """

    state: Literal["waiting", "sending", "sent", "failed"]
    at: Instant
    first: Instant
    attempts: int = 0
    target: str = ""
    why: str | Text = ""
    is_doubtful: bool = False

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done about it."""
        return self.state in ("waiting", "sending")


class Deliveries:
    """Documents of two kinds. Each method may raise StoreUnavailable."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def known(self) -> dict[str, Delivery]:
        """By the id of the notification: all that is open, and what was settled of late."""
        found = [*self._documents.open_of(KIND), *self._documents.ended(KIND, _MOST)]
        return self._documents.read(found, Delivery).whole

    def newest(self, without: Collection[str] = frozenset()) -> dict[tuple[str, str], LastMessage]:
        """The last message to each target (api.ports.messages); the id of one about an alert has that of the alert."""
        found = [*self._documents.open_of(KIND), *self._documents.ended(KIND, _MOST_LOOKED_AT)]
        whole = self._documents.read(found, Delivery).whole
        told = sorted(
            (each for id_, each in whole.items() if not any(part in without for part in id_.split("."))),
            key=lambda each: each.first,
        )
        return {_parted(each.target): LastMessage(each.state, each.at, each.why) for each in told}

    def keep(self, deliveries: Mapping[str, Delivery], links: Mapping[str, AnswerLink] | None = None) -> None:
        """All of it or nothing; ``links`` by their tokens."""
        rows = [document(KIND, id_, each, each.first, is_open=each.is_open) for id_, each in deliveries.items()]
        rows += [document(LINK_KIND, _name(token), link, link.expires) for token, link in (links or {}).items()]
        with self._documents.database.writing() as connection:
            self._documents.put(connection, rows)

    def forget(self, now: Instant) -> set[str]:
        """What was asked for long ago, and links that are over; returns the ids of the former."""
        old = [id_ for id_, each in self.known().items() if each.first < now - KEPT]
        links = [each.id for each in self._documents.open_of(LINK_KIND) if each.since < now - KEPT]
        if old or links:
            with self._documents.database.writing() as connection:
                self._documents.forget(connection, KIND, old)
                self._documents.forget(connection, LINK_KIND, links)
        return set(old)

    def link(self, token: str) -> AnswerLink | None:
        """The link of that token."""
        return self._documents.read_one(self._documents.one(LINK_KIND, _name(token)), AnswerLink)


def _parted(target: str) -> tuple[str, str]:
    channel, _, who = target.partition(" ")
    return channel, who


def _name(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()
