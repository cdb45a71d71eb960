"""An unknown sender as a card, and as the query of a page's address."""

from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec

from api.console.kinds import kind_name
from api.console.locale import Say
from api.console.signals import signal_label, value_label
from api.ports import QuarantinedSender
from devices.device import SenderKey
from devices.reading import SECOND, Instant

_SIGNALS_SHOWN = 8
_JUST: Instant = 10 * SECOND


class Card(msgspec.Struct, frozen=True):
    """A sender, ready to draw. ``key``: its address, as the query of a page; ``heard``: in microseconds."""

    key: str
    is_danger: bool
    is_just: bool
    heard: int
    guess: str
    address: str
    said: list[str]
    rhythm: str


def card(sender: QuarantinedSender, now: Instant, say: Say, most: int = _SIGNALS_SHOWN) -> Card:
    """What is known of it; dangers stand first among what it said, of which ``most`` are shown."""
    rhythm = say("waiting.messages", count=sender.messages)
    if sender.heartbeat_s is not None:
        rhythm += say("waiting.heartbeat", age=say.age(sender.heartbeat_s))
    elif not sender.live:
        rhythm += say("waiting.kept")
    said = sorted(sender.signals.items(), key=lambda one: one[0] not in sender.dangers)
    more = [f"+{len(said) - most}"] if len(said) > most else []
    guess = (kind_name(sender.guess_kind, say) or say("waiting.unknown"), sender.guess_model)
    return Card(
        key=query_of(SenderKey(sender.line, sender.family, sender.address)),
        is_danger=bool(sender.dangers),
        is_just=now - sender.last_heard < _JUST,
        heard=sender.last_heard // 1_000,
        guess=" · ".join(filter(None, guess)),
        address=" · ".join(filter(None, (sender.family, sender.line, sender.address))),
        said=[f"{signal_label(name, say)} {value_label(name, value, say)}" for name, value in said[:most]] + more,
        rhythm=rhythm,
    )


def query_of(key: SenderKey) -> str:
    return urlencode({"line": key.line, "family": key.family, "address": key.address})


def key_of(query: Mapping[str, str]) -> SenderKey:
    """The sender that an address is about."""
    return SenderKey(*(query.get(part, "") for part in ("line", "family", "address")))
