"""A state on a topic that somebody named by hand: ``stat/office/FIRE`` with ``ON``, ``shellies/hall/leak`` with ``1``.

Rules, scripts and bridges publish so under the prefix of a family that has no such word itself. A name that says what
the state is of (devices/payloads/signal_aliases.py) is believed, in the words that say yes and no of it; a number
without a unit is not.
"""

import re

from devices.errors import MalformedMessage
from devices.message import Text
from devices.payloads.boolean_words import WORDS_OF, truth, words
from devices.payloads.json_payload import object_of
from devices.payloads.signal_aliases import called, normal
from devices.reading import Value
from devices.signals import DANGERS

_LONGEST = 100
_NEVER = frozenset({"lock", "disabled", "feedback", "manual_mode", "online"})
"""What true means there, nobody says."""
_WORDS = words()
_NUMBERED = re.compile(r"([A-Za-z])(\d{1,2})$")
_STATES = ("state", "value", "status")


def told_by_topic(name: str, payload: bytes) -> tuple[tuple[str, Value], ...]:
    """The signal that the name is of with its state, nothing where the payload is a word for nothing.

    Raises MalformedMessage: the name says nothing that is known here, or the payload neither yes nor no.
    """
    known = called(_NUMBERED.sub(r"\1_\2", name), bool)
    text = _state_in(payload)
    if known is None or known.signal in _NEVER or is_heating(known.signal, name):
        raise MalformedMessage(Text.of("named_topic.unknown", name=repr(name[:60])))
    if len(text) > _LONGEST or text.startswith(("{", "[")):
        raise MalformedMessage(Text.of("named_topic.no_word", name=repr(name[:60])))
    cause = called(text, bool) if known.signal == "alarm" else None
    if cause is not None and cause.upright and cause.signal in DANGERS:
        return ((cause.signal, True),)
    said = truth(text, WORDS_OF.get(known.signal, _WORDS))
    rest = "_".join(word for word in known.rest if word and word != "1")[:40]
    signal = f"{known.signal}.{rest}" if rest else known.signal
    return () if said is None else ((signal, said is known.upright),)


def is_heating(signal: str, name: str) -> bool:
    """Whether what is called heat may as well be a heater at work: its alarm is called one, or detected."""
    return signal == "heat" and {"alarm", "detected", "detector", "overheat"}.isdisjoint(normal(name).split("_"))


def _state_in(payload: bytes) -> str:
    """The word, also where it stands alone in a JSON object: ``{"state": "ON"}``."""
    text = payload[: _LONGEST + 1].decode("utf-8", "replace").strip()
    if text.startswith("{") and len(text) <= _LONGEST:
        said = object_of(text)
        found = [said[name] for name in _STATES if name in said]
        if len(said) == len(found) == 1 and not isinstance(found[0], dict | list):
            return {True: "true", False: "false", None: "null"}.get(found[0], str(found[0]))
    return text.strip('"')
