"""Messages that could not be understood: counted, and the newest kept for the technician to see.

What was said again counts at its first entry, which moves to the front: a device that says one unknown word each minute
is one line, and pushes nobody out. What speaks of a danger (devices/payloads/not_understood.py) has room of its own.

Why a message was not understood is a ``Reason`` (devices/message.py): a Text, or a str for words of the device's own,
the same in every language; what a library says is quoted. Catalogues stand beside the codec, inside it for a package,
in devices/payloads for what codecs share. What a device wrote is a parameter, bounded here in length, number and
depth; what is said again is known by key and parameters. A Text is built where something is refused, never for a
message that is understood. Rendering in the codec was rejected (it knows no reader), as was a table of reason codes
(a hundred numbers far from what they say).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from operator import attrgetter

import msgspec

from devices.message import NO_WORDS, Param, Part, Reason, StoredText, Text, plain, read_sentence
from devices.payloads.not_understood import Note
from devices.reading import Instant
from devices.typed_codes import excerpt_without, text_without, typed_in

_KEPT = 200
_KEPT_CALM = 100
_EXCERPT = 200
_MOST_REASONS = 200
_MOST_PARTS = 12
_DEEPEST = 4
_LARGEST = 2**53

_Entry = tuple[str, str, str]


class Sample(msgspec.Struct, frozen=True):
    """One of them. ``at`` is when it was said last, ``times`` how often so far; ``payload`` is its beginning.

    A ``reason`` that is a sentence is read as one: it says the same in every language.
    """

    at: Instant
    source: str
    address: str
    reason: StoredText
    payload: bytes
    times: int = 1

    def __post_init__(self) -> None:
        read_sentence(self, "reason")


class MalformedLog:
    """Bounded in every direction: hostile senders fill counters, never memory.

    ``total`` counts messages that were refused in whole or part, ``noted`` words of danger that nobody understood, and
    ``passed_over`` by family those in which it found neither.
    """

    def __init__(self) -> None:
        self._refused: dict[_Entry, Sample] = {}
        self._dangers: dict[_Entry, Sample] = {}
        self._calm: dict[_Entry, Sample] = {}
        """Each in the order of their newest words."""
        self.counts: Counter[tuple[str, str]] = Counter()
        self.total = 0
        self.noted = 0
        self.passed_over: Counter[str] = Counter()

    def add(self, source: str, address: str, reason: Reason, payload: bytes, at: Instant) -> None:
        typed = typed_in(address, payload)
        reason = text_without(bounded(reason), typed)
        payload = excerpt_without(address, payload, typed, _EXCERPT)
        self._count(source, reason)
        self._keep(self._refused, _KEPT, Sample(at, source, address, reason, payload))
        self.total += 1  # last: who sees it counted finds it

    def note(self, source: str, address: str, notes: Iterable[Note], payload: bytes, at: Instant) -> None:
        """Words of danger in a message that was understood otherwise, or said nothing else.

        Calm ones are one line for all the devices that say them, and count only there.
        """
        typed, excerpt = None, b""
        for note in notes:
            if typed is None:
                typed = typed_in(address, payload)
                excerpt = excerpt_without(address, payload, typed, _EXCERPT)
            reason = text_without(bounded(note.text), typed)
            if note.is_calm:
                self._keep(self._calm, _KEPT_CALM, Sample(at, source, address, reason, excerpt), by_address=False)
                continue
            self._count(source, reason)
            self._keep(self._dangers, _KEPT, Sample(at, source, address, reason, excerpt))
            self.noted += 1

    def samples(self) -> Sequence[Sample]:
        """The newest first."""
        kept = (*self._calm.values(), *self._refused.values(), *self._dangers.values())
        return sorted(kept, key=attrgetter("at"))[::-1]

    def _count(self, source: str, reason: Text) -> None:
        key = (source, _name(reason))
        if key not in self.counts and len(self.counts) >= _MOST_REASONS:
            key = (source, "other reasons")
        self.counts[key] += 1

    @staticmethod
    def _keep(kept: dict[_Entry, Sample], most: int, sample: Sample, *, by_address: bool = True) -> None:
        address = sample.address[:_EXCERPT]
        key = (sample.source, address if by_address else "", _name(sample.reason))
        before = kept.pop(key, None)
        times = before.times + 1 if before is not None else 1
        if len(kept) >= most:
            del kept[next(iter(kept))]
        kept[key] = Sample(sample.at, sample.source, address, sample.reason, sample.payload, times)


def bounded(reason: Reason) -> Text:
    """What is kept of a reason: whatever devices wrote into it is short, and can be written as JSON."""
    return plain(_short(reason)) if isinstance(reason, str) else _bounded(reason, _DEEPEST)


def _name(reason: Text) -> str:
    """Two that read alike are one."""
    return (str(reason.params.get("words", "")) if reason.key == "plain.words" else str(reason))[: 2 * _EXCERPT]


def _bounded(text: Text, left: int) -> Text:
    if not left:
        return NO_WORDS
    return Text(text.key, {name: _param(value, left) for name, value in text.params.items()})


def _param(value: Param, left: int) -> Param:
    return tuple(_part(one, left) for one in value[:_MOST_PARTS]) if isinstance(value, tuple) else _part(value, left)


def _part(value: Part, left: int) -> Part:
    match value:
        case Text():
            return _bounded(value, left - 1)
        case str():
            return _short(value)
        case bool():
            return value
        case int() | float():
            return value if abs(value) < _LARGEST else hex(value)[:_EXCERPT] if isinstance(value, int) else str(value)
    return value


def _short(words: str) -> str:
    return words[:_EXCERPT].encode("utf-8", "replace").decode()
