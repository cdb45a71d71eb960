"""A state on a topic that somebody named by hand: ``stat/office/FIRE`` with ``ON``, ``shellies/hall/leak`` with ``1``.

Rules, scripts and bridges publish so under the prefix of a family that has no such word itself. A name that says what
the state is of (devices/names.py) is believed, in the words that say yes and no of it; a number without a unit is not.
"""

from devices.errors import MalformedMessage
from devices.names import called
from devices.reading import Value
from devices.words import WORDS_OF, truth, words

_LONGEST = 100
_NEVER = frozenset({"lock", "disabled", "feedback", "manual_mode", "online"})
"""What true means there, nobody says."""
_WORDS = words()


def told_by_topic(name: str, payload: bytes) -> tuple[tuple[str, Value], ...]:
    """The signal that the name is of with its state, nothing where the payload is a word for nothing.

    Raises MalformedMessage: the name says nothing that is known here, or the payload neither yes nor no.
    """
    known = called(name, bool)
    text = payload[: _LONGEST + 1].decode("utf-8", "replace").strip()
    if known is None or known.signal in _NEVER:
        raise MalformedMessage(f"nobody here knows what {name[:60]!r} is")
    if len(text) > _LONGEST or text.startswith(("{", "[")):
        raise MalformedMessage(f"{name[:60]!r} must be a word for yes or no")
    said = truth(text.strip('"'), WORDS_OF.get(known.signal, _WORDS))
    rest = "_".join(word for word in known.rest if word)[:40]
    signal = f"{known.signal}.{rest}" if rest else known.signal
    return () if said is None else ((signal, said is known.upright),)
