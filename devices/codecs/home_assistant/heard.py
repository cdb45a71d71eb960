"""One message on an announced topic, as its templates see it: as text, as JSON, and with a budget for all of them.

Many entities may speak on one topic, each with a template of its own, and whoever may announce may announce hundreds.
What one message may cost is counted in nodes of templates: time itself is not known here. Real templates take about
half a microsecond a node, those made to be slow thirty, so a message costs at most some 0.1 s.

One message has 4,000 nodes to spend, one announcement 2,000 to compile, all entities together 100,000. Where more
than 16 entities hang on a topic, the installed are asked first, and of each the signals that are danger; what is left
out is a malformed message with the number. A time limit was rejected (the same message would mean different things on
a slow day), as was interpreting the tree step by step (a second template language to keep true). 290 templates that
compare lists on one topic took 47 ms with the budget, 585 ms without. The price: a device with hundreds of costly
templates on one topic loses the least dangerous of them each time; ``MOST_WORK`` is the number to raise.
"""

import contextlib
from typing import Any

import msgspec

from devices.codecs.home_assistant.announcement import Availability, Available
from devices.codecs.home_assistant.filters import MOST_NODES
from devices.codecs.home_assistant.meaning import one_of
from devices.codecs.home_assistant.template import ValueTemplate
from devices.errors import MalformedMessage
from devices.message import Text
from devices.payloads.json_payload import json_of

MOST_WORK = 4_000
FEW = MOST_WORK // MOST_NODES
"""So many templates never cost too much, whatever they are."""


class Heard:
    """A payload; ``left_out`` counts the templates that were not asked because those before them had cost enough."""

    def __init__(self, topic: str, payload: bytes) -> None:
        self.topic, self._payload = topic, payload
        self._said: Any = None
        self._is_json: bool | None = None
        self._text: str | None = None
        self._variables: dict[str, Any] | None = None
        self._budget = MOST_WORK
        self._there: dict[Available, bool | None] = {}
        self.left_out = 0

    def text(self) -> str:
        if self._text is None:
            try:
                self._text = self._payload.decode().strip()
            except UnicodeDecodeError:
                raise MalformedMessage(Text.of("home_assistant.not_utf8")) from None
        return self._text

    def rendered(self, template: ValueTemplate | None) -> str:
        """What a template, if there is one, makes of it; empty where that is nothing. Raises MalformedMessage."""
        if template is None:
            return self.text()
        if template.nodes > self._budget:
            self.left_out += 1
            return ""
        self._budget -= template.nodes
        if self._variables is None:
            self._variables = {"value": self.text(), **({"value_json": self._said} if self._has_json() else {})}
        text = template.render(self._variables)
        if not text and template.wants_json and not self._is_json:
            raise MalformedMessage(Text.of("home_assistant.wants_json"))
        return text

    def is_there(self, each: Available) -> bool | None:
        """Whether what hangs on it can be reached; asked once, however many devices hang on it."""
        if each not in self._there:
            word = self.rendered(each.template)
            said = one_of(word, each.yes, each.no) if word else None
            if word and said is None:
                raise MalformedMessage(
                    Text.of(
                        "home_assistant.availability",
                        word=repr(word[:40]),
                        yes=repr(each.yes[:40]),
                        no=repr(each.no[:40]),
                    )
                )
            self._there[each] = said
        return self._there[each]

    def takes_back(self, availability: Availability) -> bool:
        """Whether this very message says that it has no value for whom that availability is."""
        own = [each for each in availability.topics if each.topic == self.topic and each.template is not None]
        return False in [self.is_there(each) for each in own]

    def object(self) -> dict[str, Any]:
        """The JSON object that it is, empty if it is none."""
        return self._said if self._has_json() and isinstance(self._said, dict) else {}

    def _has_json(self) -> bool:
        if self._is_json is None:
            self._is_json = False
            with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                self._said, self._is_json = json_of(self._payload), True
        return self._is_json


def verdict(availability: Availability, known: dict[Available, bool], latest: bool) -> bool | None:
    """Whether it can be reached; None while a word that would decide it is still missing."""
    words = [known.get(each) for each in availability.topics]
    match availability.mode:
        case "all":
            return False if False in words else None if None in words else True
        case "any":
            return True if True in words else None if None in words else False
    return latest
