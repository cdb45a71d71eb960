"""Photographs and documents that records and workflows refer to by their id."""

import msgspec

from api.client.caller import Caller


class Attachment(msgspec.Struct, frozen=True):
    """One that is stored; ``media_type`` by its content, ``size`` in bytes."""

    id: str
    media_type: str
    size: int
    name: str


class AttachmentCalls:
    """``client.attachments``"""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def upload(self, content: bytes, name: str = "") -> Attachment:
        """A JPEG, PNG, WebP or PDF of at most 10 MB; its ``id`` is what a field takes."""
        sent = self._caller.send("POST", "/api/attachments", content, "application/octet-stream", name=name)
        return msgspec.json.decode(sent.content, type=Attachment)

    def original(self, id_: str) -> bytes:
        """Byte for byte; of a photograph for managers and administrators only."""
        return self._caller.send("GET", "/api/attachments/{id}", None, "", id=id_).content

    def preview(self, id_: str) -> bytes:
        """A photograph as it is shown: a JPEG of at most 1,600 pixels, without its place."""
        return self._caller.send("GET", "/api/attachments/{id}/preview", None, "", id=id_).content
