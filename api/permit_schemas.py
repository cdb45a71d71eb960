"""Bypasses and walk tests over HTTP."""

from typing import Annotated

from pydantic import Field, StringConstraints

from alerts.bypass import Bypassed
from alerts.effects import BypassChanged, WalkTestChanged
from api.schemas import In, MessageOut, Name, Out, Text, Time
from devices.language import Language
from devices.reading import SECOND
from devices.walk_test import LONGEST_WINDOW, SHORTEST_WINDOW, WINDOW, Answer, Tested, WalkTest

_MOST_DEVICES = 1_000


class BypassIn(In):
    """Take devices, or all of an area that may be, out of service for so many seconds."""

    area: Annotated[str, StringConstraints(max_length=200)] = ""
    devices: list[Name] = Field(default=[], max_length=_MOST_DEVICES)
    reason: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    for_s: Annotated[int, Field(ge=1, le=86_400)]


class EndBypassIn(In):
    """Put back these devices of a bypass, or all of them if none is named."""

    devices: list[Name] = Field(default=[], max_length=_MOST_DEVICES)
    note: Text = ""


class WalkTestIn(In):
    """Walk through an area, or past these devices."""

    area: Annotated[str, StringConstraints(max_length=200)] = ""
    devices: list[Name] = Field(default=[], max_length=_MOST_DEVICES)
    for_s: Annotated[int | None, Field(ge=60, le=28_800)] = None
    window_s: Annotated[int, Field(ge=SHORTEST_WINDOW // SECOND, le=LONGEST_WINDOW // SECOND)] = WINDOW // SECOND
    note: Text = ""


class BypassOut(Out):
    """A bypass as it stands, or the wish for one: then ``asked`` is given and ``consented_by`` is empty.

    ``order``: the ask that waits for a second person (``retire``, ``replace``, ``amend``, ``reject`` ...); empty for a
    bypass. ``reason_message``: what ``reason`` says, where the gateway says it.
    """

    id: str
    area: str
    devices: list[str]
    by: str
    reason: str
    reason_message: MessageOut | None
    since: Time
    until: Time
    reminded: Time | None
    asked: Time | None
    consented_by: str
    order: str

    @classmethod
    def of(cls, bypass: Bypassed, language: Language) -> "BypassOut":
        made = ("devices", "reason", "reason_message")
        fields = {name: getattr(bypass, name) for name in cls.model_fields if name not in made}
        return cls(
            devices=list(bypass.devices),
            reason=language.show(bypass.reason),
            reason_message=MessageOut.of_said(bypass.reason),
            **fields,
        )


class AnswerOut(Out):
    """The first live trigger of a device in a test; ``delay_s``: how long it was on its way.

    ``clear``: since when it is down again; null while it is up, and for what a figure told.
    """

    device: str
    signal: str
    at: Time
    delay_s: float
    clear: Time | None

    @classmethod
    def of(cls, answer: Answer) -> "AnswerOut":
        fields = {name: getattr(answer, name) for name in ("device", "signal", "at", "clear")}
        return cls(delay_s=answer.delay / SECOND, **fields)


class WalkTestOut(Out):
    """A walk test as it stands, or its report: who answered, and who did not.

    ``note_message``: what ``note`` says, where it is the gateway's and no person's.
    """

    id: str
    area: str
    devices: list[str]
    by: str
    started: Time
    until: Time
    window_s: int
    outcome: str
    ended: Time | None
    ended_by: str
    note: str
    note_message: MessageOut | None
    answers: list[AnswerOut]
    missing: list[str]

    @classmethod
    def of(cls, test: WalkTest, language: Language) -> "WalkTestOut":
        made = ("devices", "answers", "missing", "window_s", "note", "note_message")
        fields = {name: getattr(test, name) for name in cls.model_fields if name not in made}
        answers = [AnswerOut.of(answer) for answer in test.answers]
        return cls(
            devices=list(test.devices),
            answers=answers,
            missing=list(test.missing),
            window_s=test.window // SECOND,
            note=language.show(test.note),
            note_message=MessageOut.of_said(test.note),
            **fields,
        )


class WalkTests(Out):
    """Those that run, and the newest that have ended."""

    running: list[WalkTestOut]
    past: list[WalkTestOut]


class TestedOut(AnswerOut):
    """When a device answered last in a walk test, in which, and who walked."""

    test: str
    by: str

    @classmethod
    def at_last(cls, tested: Tested) -> "TestedOut":
        return cls(**dict(AnswerOut.of(tested.answer)), test=tested.test, by=tested.by)


class BypassChangedOut(Out):
    """One step: asked, declined, lapsed, consented, begun, reminded, ended; ``devices`` are those that it is about.

    ``note_message``: what ``note`` says, where it is the gateway's and no person's.
    """

    action: str
    at: Time
    by: str
    note: str
    note_message: MessageOut | None
    devices: list[str]
    bypass: BypassOut

    @classmethod
    def of(cls, change: BypassChanged, language: Language) -> "BypassChangedOut":
        return cls(
            action=change.action,
            at=change.at,
            by=change.by,
            note=language.show(change.note),
            note_message=MessageOut.of_said(change.note),
            devices=list(change.devices),
            bypass=BypassOut.of(change.bypass, language),
        )


class WalkTestChangedOut(Out):
    """One step of a walk test: started, answered, reminded or ended; ``answer`` is what has just ticked."""

    test: str
    area: str
    action: str
    at: Time
    until: Time
    outcome: str
    answered: int
    of_all: int
    by: str
    note: str
    note_message: MessageOut | None
    answer: AnswerOut | None

    @classmethod
    def of(cls, change: WalkTestChanged, language: Language) -> "WalkTestChangedOut":
        names = ("test", "area", "action", "at", "until", "outcome", "answered", "by")
        fields = {name: getattr(change, name) for name in names}
        answer = AnswerOut.of(change.answer) if change.answer is not None else None
        note, message = language.show(change.note), MessageOut.of_said(change.note)
        return cls(answer=answer, of_all=change.of, note=note, note_message=message, **fields)
