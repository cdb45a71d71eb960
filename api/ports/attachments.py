"""Photographs and documents that entries, facts and cases refer to by their hash."""

from pathlib import Path
from typing import Protocol

from alerts.attachment import Attachment


class Upload(Protocol):
    """One that is coming in."""

    def write(self, part: bytes) -> None:
        """The next part. Raises Refused beyond 10 MB, StoreUnavailable."""
        ...

    def finish(self) -> Attachment:
        """It is durable. Raises Refused for what is neither photograph nor PDF, StoreUnavailable."""
        ...

    def close(self) -> None:
        """Nothing is left of one that was not finished."""
        ...


class Attachments(Protocol):
    """Those in the data folder."""

    def begin(self, name: str) -> Upload:
        """``name``: as the file is called where it comes from. Raises StoreUnavailable."""
        ...

    def find(self, id_: str) -> Attachment | None: ...

    def path(self, id_: str, *, preview: bool) -> Path | None:
        """Where the content lies; of a preview: if it has one."""
        ...
