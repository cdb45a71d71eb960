"""Attachments in the data folder, by the hash of their content: ``attachments/ab/ab12....`` and what is known of each.

Beside the content lie ``.json`` (type, size, name) and, of a photograph, ``.preview.jpg``. What is not whole yet has
a name in ``attachments/incoming`` and is taken away at the next start. One that nothing refers to goes a day after
it was last named, or at once if an erasure took its last value away (gateway/attachment_upkeep.py).
"""

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from alerts.attachment import LARGEST, Attachment, is_id
from devices.errors import Refused, StoreUnavailable
from devices.message import Text
from devices.reading import SECOND, Instant
from gateway.stores.attachment_content import take

_FOLDER, _INCOMING = "attachments", "incoming"
_KNOWN, _PREVIEW = ".json", ".preview.jpg"
_LONGEST_NAME = 200


class _Known(msgspec.Struct, frozen=True):
    """The ``.json`` of one."""

    media_type: str
    size: int
    name: str


class Upload:
    """One that is coming in; ``write`` its parts in order, then ``finish``."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, Path(name.replace("\\", "/")).name[:_LONGEST_NAME]
        self._path = folder / _INCOMING / secrets.token_hex(16)
        self._file: BinaryIO = self._path.open("xb")
        self._hash, self._size = hashlib.sha256(), 0

    def write(self, part: bytes) -> None:
        """Raises Refused beyond 10 MB, StoreUnavailable."""
        self._size += len(part)
        if self._size > LARGEST:
            raise Refused(Text.of("attachment.too_large", most=LARGEST // 1_000_000))
        self._hash.update(part)
        with _stored():
            self._file.write(part)

    def finish(self) -> Attachment:
        """It is durable when this returns. Raises Refused for what is no photograph or PDF, StoreUnavailable."""
        digest, preview = self._hash.hexdigest(), self._path.with_suffix(_PREVIEW)
        with _stored():
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        if not self._size:
            raise Refused(Text.of("attachment.empty"))
        known = _Known(take(self._path, preview), self._size, self._name)
        place = _place(self._folder, digest)
        with _stored():
            place.parent.mkdir(mode=0o700, exist_ok=True)
            about = self._path.with_suffix(_KNOWN)
            about.write_bytes(msgspec.json.encode(known))
            if preview.exists():
                preview.replace(place.with_suffix(_PREVIEW))
            if not place.with_suffix(_KNOWN).exists():
                about.replace(place.with_suffix(_KNOWN))
            self._path.replace(place)
            _sync(place.parent)
        return _read(self._folder, f"sha256:{digest}") or Attachment(f"sha256:{digest}", "", self._size, "")

    def close(self) -> None:
        """Nothing of it is left in ``incoming``; harmless after ``finish``."""
        self._file.close()
        for path in (self._path, self._path.with_suffix(_KNOWN), self._path.with_suffix(_PREVIEW)):
            path.unlink(missing_ok=True)


class Attachments:
    """Those of one data folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / _FOLDER
        incoming = self._folder / _INCOMING
        incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in incoming.iterdir():
            left.unlink()

    def begin(self, name: str) -> Upload:
        """Raises StoreUnavailable."""
        with _stored():
            return Upload(self._folder, name)

    def find(self, id_: str) -> Attachment | None:
        """None: it is not there (any more)."""
        return _read(self._folder, id_) if is_id(id_) else None

    def path(self, id_: str, *, preview: bool) -> Path | None:
        """The file of one that is there; of a preview: if it has one."""
        place = _place(self._folder, _digest(id_))
        found = place.with_suffix(_PREVIEW) if preview else place
        return found if is_id(id_) and found.exists() else None

    def check(self, ids: Iterable[str]) -> None:
        """Somebody refers to these: they stay another day. Raises Refused for one that is not there."""
        for id_ in ids:
            try:
                os.utime(_place(self._folder, _digest(id_)))
            except OSError as error:
                raise Refused(Text.of("attachment.not_there", id=id_)) from error

    def older(self, before: Instant) -> Iterator[str]:
        """The ids of those that were last named before."""
        for place in self._folder.glob("??/*"):
            if not place.suffix and place.stat().st_mtime_ns < before:
                yield f"sha256:{place.name}"

    def remove(self, ids: Iterable[str]) -> None:
        """For ever; the content first, so that no crash leaves it without a trace of what it is."""
        for id_ in ids:
            place = _place(self._folder, _digest(id_))
            for path in (place, place.with_suffix(_PREVIEW), place.with_suffix(_KNOWN)):
                path.unlink(missing_ok=True)


DAY: Instant = 86_400 * SECOND


def _digest(id_: str) -> str:
    return id_.removeprefix("sha256:")


def _place(folder: Path, digest: str) -> Path:
    return folder / digest[:2] / digest


def _read(folder: Path, id_: str) -> Attachment | None:
    place = _place(folder, _digest(id_))
    try:
        known = msgspec.json.decode(place.with_suffix(_KNOWN).read_bytes(), type=_Known)
    except (OSError, msgspec.MsgspecError):
        return None
    return Attachment(id_, known.media_type, known.size, known.name) if place.exists() else None


@contextlib.contextmanager
def _stored() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(Text.of("attachment.not_stored", reason=error.strerror or str(error))) from error


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
