"""What a call can end with. The sentence is in the caller's language and says what to do.

ClientError
 +- Refused       the state of things does not allow it, or something that was sent is wrong: ``faults`` says what
 +- NotAllowed    who asks has no right to it, or has not signed in
 +- NotRunning    no gateway listens there
 +- Unreachable   one does, and there was no answer, or it could not answer: ``retry_after_s`` says when to try again
"""

from typing import Any

import msgspec


class Fault(msgspec.Struct, frozen=True):
    """One thing wrong; ``row`` counts from 1 in a list and is 0 elsewhere."""

    row: int
    column: str
    problem: str


class ClientError(Exception):
    """The root; never raised itself. ``key`` and ``params`` say the same in every language ("" if there are none)."""

    def __init__(self, sentence: str, key: str = "", params: dict[str, Any] | None = None) -> None:
        super().__init__(sentence)
        self.key, self.params = key, params or {}


class Refused(ClientError):
    """It was not done, and will not be as things stand."""

    faults: tuple[Fault, ...] = ()


class NotAllowed(ClientError):
    """Somebody else may, or nobody."""


class NotRunning(ClientError):
    """Start one, or say where it is."""


class Unreachable(ClientError):
    """Whether it was done is not known, unless it was only a question."""

    retry_after_s: int = 0
