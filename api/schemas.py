"""What goes over HTTP: the only pydantic models. Times are ISO 8601 in UTC with milliseconds (``...Z``)."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, Literal

import msgspec
from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints

from alerts.alert import Disposition
from alerts.attachment import Attachment
from devices import message
from devices.reading import Instant


def iso(instant: Instant) -> str:
    """``2026-11-24T08:30:15.000Z``"""
    seconds, rest = divmod(instant, 1_000_000_000)
    return f"{_second(seconds)}.{rest // 1_000_000:03d}Z"


@lru_cache(1024)
def _second(seconds: int) -> str:
    """Whole seconds: in a storm thousands of times in a second fall into one of them."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}"


Time = Annotated[int, PlainSerializer(iso, return_type=str)]
"""Nanoseconds inside, ISO 8601 outside."""

Text = Annotated[str, StringConstraints(max_length=2000)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class In(BaseModel):
    """A request body: nothing but its fields."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Credentials(In):
    """A name and a password."""

    user: Name
    password: Annotated[str, StringConstraints(min_length=1, max_length=1024)]


class NewPassword(In):
    """The old password, and the one from now on."""

    old: Annotated[str, StringConstraints(min_length=1, max_length=1024)]
    new: Annotated[str, StringConstraints(min_length=1, max_length=1024)]


class Note(In):
    """Free words, may be empty."""

    note: Text = ""


class Seen(Note):
    """Free words, and how many occurrences of the alert were shown to whoever acknowledges or silences it.

    What came later is then left as it is: 409, look again. Without it the alert is meant as it stands.
    """

    seen: Annotated[int, Field(ge=1)] | None = None


class CauseOver(In):
    """How somebody knows that a cause is over; ``is_sure``: also where the device would say so itself."""

    note: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    is_sure: bool = False


class Finding(In):
    """How an alert is closed."""

    disposition: Annotated[Disposition, Field(strict=False)]
    note: Text = ""


Cell = Text | int | float | bool | None
Rows = Annotated[list[dict[Name, Cell]], Field(max_length=1000)]


class Record(In):
    """A person's entry for a ledger book; a list is given row by row."""

    area: Annotated[str, StringConstraints(max_length=200)] = ""
    book: Name
    fields: dict[Name, Text | Rows] = Field(max_length=50)

    def texts(self) -> dict[str, str]:
        """The fields as the book reads them: lists as JSON."""
        return {
            name: value if isinstance(value, str) else msgspec.json.encode(value).decode()
            for name, value in self.fields.items()
        }


class Out(BaseModel):
    """A response body."""


class Session(Out):
    """A fresh session: use the token as ``Authorization: Bearer``."""

    token: str
    user: str
    role: str


class Me(Out):
    """Who is signed in."""

    user: str
    role: str


class Done(Out):
    """It is done and stored."""

    done: Literal[True] = True


class Fault(Out):
    """One thing wrong; ``row`` counts from 1 in a list and is 0 elsewhere."""

    row: int
    column: str
    problem: str


class MessageOut(Out):
    """What a text is made of, the same in every language: ``params`` are named in the template of ``key``."""

    key: str
    params: dict[str, Any]

    @classmethod
    def of(cls, text: message.Text) -> "MessageOut":
        return cls(key=text.key, params=msgspec.to_builtins(text.params))

    @classmethod
    def of_said(cls, said: str | message.Text) -> "MessageOut | None":
        """None for a person's words: they are the same in every language."""
        return cls.of(said) if isinstance(said, message.Text) else None


class Failure(Out):
    """Every error: what is wrong and what to do, in the caller's language.

    ``message`` is what ``error`` says, the same in every language. ``faults`` where several things are wrong, each in
    its field.
    """

    error: str
    message: MessageOut | None = None
    faults: list[Fault] = []


class AttachmentOut(Out):
    """One that is stored; ``media_type`` by its content, ``size`` in bytes."""

    id: str
    media_type: str
    size: int
    name: str

    @classmethod
    def of(cls, found: Attachment) -> "AttachmentOut":
        return cls(id=found.id, media_type=found.media_type, size=found.size, name=found.name)


class AreaOut(Out):
    """A key area as it stands."""

    id: str
    name: str
    name_zh: str
    risk: int
    responsible: str
    mode: str
    modes: list[str]
    devices: int
    worst: str
    open_alerts: int
    set_aside: int
