"""What an attachment is to everybody but its store: a photograph or a document, named by the hash of its content.

Entries, facts and cases hold its id and nothing else of it (docs/attachments.md). A field of an ask or a case that is
an ``AttachmentId``, or a tuple of them, is drawn as a form's upload (api/console/forms.py).
"""

import re
from collections.abc import Iterable
from typing import Annotated, Any

import msgspec

_ID = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)

LARGEST = 10_000_000
"""Bytes of one."""

AttachmentId = Annotated[str, msgspec.Meta(pattern=r"^(sha256:[0-9a-f]{64})?$", extra={"form": "attachment"})]
"""``sha256:`` and the 64 hexadecimal digits of its content's SHA-256 (a digest as OCI writes it); "": none."""


class Attachment(msgspec.Struct, frozen=True):
    """One that is stored. ``media_type`` by its content; ``size`` in bytes; ``name`` as it was first uploaded."""

    id: str
    media_type: str
    size: int
    name: str


def is_id(text: str) -> bool:
    """Whether that is the id of an attachment, stored or not."""
    return _ID.fullmatch(text) is not None


def ids_in(content: bytes | str) -> frozenset[str]:
    """The ids that stand anywhere in what was encoded as JSON."""
    text = content.decode(errors="replace") if isinstance(content, bytes) else content
    return frozenset(_ID.findall(text)) if "sha256:" in text else frozenset()


def holds_id(value: Any) -> bool:
    """Whether the value of a field is an id, or a list with one in it."""
    match value:
        case str():
            return is_id(value)
        case dict():
            return any(holds_id(cell) for cell in value.values())
        case tuple() | list():
            return any(holds_id(item) for item in value)
    return False


def is_attachment(annotations: Iterable[Any]) -> bool:
    """Whether these parts of an ``Annotated`` say that the field is an attachment's id."""
    return any(
        isinstance(each, msgspec.Meta) and (each.extra or {}).get("form") == "attachment" for each in annotations
    )
