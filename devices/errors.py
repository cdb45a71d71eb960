"""Our exception tree: one root and its leaves, each raised in one room and caught in one other.

KeyareaError
 +- MalformedMessage   a peer sent what its family does not allow; counted and kept, never leaves the pipeline
 +- ConfigError        the site file or the environment is wrong; names file, line and what was expected
 +- Refused            a person's command that cannot be carried out now (HTTP 409)
 +- NotAllowed         a person, or a device, asked for what it has no right to (HTTP 403)
 +- LineLost           a transport lost its line; the runtime retries
 +- StoreUnavailable   a store cannot be written or read; the runtime retries
     +- StoreDamaged   what it holds is damaged; waiting does not help
     +- Superseded     another gateway owns the records now; this one ends
 +- StartAnew          the program must begin from what is stored: the machine's clock was set
 +- ChainBroken        the ledger's chain does not verify; names the first entry that does not fit
"""

from collections.abc import Sequence
from typing import TypeAlias

from devices.message import Text, plain

Fault: TypeAlias = tuple[int, str, Text]
"""(row, column, problem); rows count from 1 in a list, and are 0 elsewhere."""


class KeyareaError(Exception):
    """The root; never raised itself. What it says names what to do next."""

    def __init__(self, reason: str | Text = "") -> None:
        super().__init__(reason)

    @property
    def text(self) -> Text:
        """What is said to people, in any language (devices/message.py)."""
        reason = self.args[0] if self.args else ""
        return reason if isinstance(reason, Text) else plain(str(self))


class MalformedMessage(KeyareaError):
    """A message that its family does not allow: wrong syntax, type, range, or speaker.

    Why is a Text (devices/message.py), read by the technician in any language; ``str`` of it is for tests and logs.
    """


class ConfigError(KeyareaError):
    """One fault in the site file or the settings."""

    def __init__(self, problem: str, *, file: str = "", line: int | None = None) -> None:
        self.problem, self.file, self.line = problem, file, line
        where = f"{file}:{line}: " if file and line else f"{file}: " if file else ""
        super().__init__(where + problem)


class Refused(KeyareaError):
    """A command that the state of things does not allow.

    ``faults`` are (row, column, problem), where more than one thing is wrong and each has its field.
    """

    def __init__(self, reason: str | Text, faults: Sequence[Fault] = ()) -> None:
        self.faults = tuple(faults)
        super().__init__(reason)


class NotAllowed(KeyareaError):
    """A command or message that its sender has no right to."""


class LineLost(KeyareaError):
    """A transport has lost its line."""


class StoreUnavailable(KeyareaError):
    """A store could not be reached or written (server down, disk full)."""


class StoreDamaged(StoreUnavailable):
    """A store is there, and what it holds is damaged."""


class Superseded(StoreUnavailable):
    """Another gateway has taken over the records; nothing of ours may be written or acknowledged any more."""


class StartAnew(KeyareaError):
    """What runs can't go on; a start from what is stored can."""


class ChainBroken(KeyareaError):
    """The first ledger entry that does not fit its chain."""

    def __init__(self, sequence: int, reason: str) -> None:
        self.sequence, self.reason = sequence, reason
        super().__init__(f"entry {sequence}: {reason}")
