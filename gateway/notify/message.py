"""One message on its way out, and what came of an attempt. A channel knows no more of an alert than this."""

from typing import Protocol

import msgspec

from devices.message import Text


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """``title`` and ``body`` in the reader's language. ``link``: where they answer, "" if they cannot.

    ``address``: theirs on the channel, "" for a group. ``fields``: the same for programs. ``is_again``: it may have
    been sent before.
    """

    id: str
    title: str
    body: str
    link: str = ""
    address: str = ""
    is_urgent: bool = False
    is_again: bool = False
    fields: dict[str, str | int | list[str]] = {}


class Outcome(msgspec.Struct, frozen=True):
    """``why`` it failed; where it may not be tried again it is lost for good. ``is_doubtful``: it may have arrived."""

    is_sent: bool
    why: str | Text = ""
    may_retry: bool = True
    is_doubtful: bool = False


SENT = Outcome(is_sent=True)
TOO_SLOW = Outcome(is_sent=False, why=Text.of("notify.too_slow"), is_doubtful=True)


class Carrier(Protocol):
    """A channel. Both from any thread; neither raises for what happens on the way."""

    def prepare(self) -> Text | None:
        """Whatever costs time at the first message; what is wrong already, if anything is."""
        ...

    def send(self, message: Outgoing) -> Outcome:
        """One attempt, which ends by itself within about the time that the site file gives it."""
        ...
