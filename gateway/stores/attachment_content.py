"""What an uploaded file is, by its content and never by its name; and what is shown of it.

A photograph is decoded whole once: what cannot be is refused, and what is shown is a smaller JPEG made anew, without
the place and the camera that the original may tell of. The original stays byte for byte, since it is evidence.
"""

import struct
import zlib
from pathlib import Path
from threading import Lock
from typing import Literal

from PIL import Image, ImageOps

from devices.errors import Refused
from devices.message import Text

MOST_PIXELS = 50_000_000
_PREVIEW_PIXELS = 1_600
_PDF = b"%PDF-"
_one_at_a_time = Lock()
"""Fifty megapixels take 200 MB while they are decoded."""
MediaType = Literal["image/jpeg", "image/png", "image/webp", "application/pdf"]
_IMAGES: dict[str, MediaType] = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_DAMAGED = (OSError, ValueError, SyntaxError, EOFError, TypeError, IndexError, struct.error, zlib.error)
"""What Pillow raises over a file that is not what it begins as."""


def take(file: Path, preview: Path) -> MediaType:
    """The media type of the file; writes the preview of a photograph. Raises Refused for anything else.

    Nothing is decoded before the header has said that it is at most 50 megapixels.
    """
    with file.open("rb") as opened:
        if opened.read(len(_PDF)) == _PDF:
            return "application/pdf"
    with _one_at_a_time:
        return _photograph(file, preview)


def _photograph(file: Path, preview: Path) -> MediaType:
    try:
        image = Image.open(file, formats=tuple(_IMAGES))
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except _DAMAGED as error:
        raise Refused(Text.of("attachment.no_such_kind")) from error
    with image:
        if image.width * image.height > MOST_PIXELS:
            raise _too_many_pixels()
        media_type = _IMAGES[image.format or ""]
        try:
            _write_preview(image, preview)
        except _DAMAGED as error:
            raise Refused(Text.of("attachment.damaged")) from error
    return media_type


def _too_many_pixels() -> Refused:
    return Refused(Text.of("attachment.too_many_pixels", most=MOST_PIXELS // 1_000_000))


def _write_preview(image: Image.Image, preview: Path) -> None:
    image.draft("RGB", (_PREVIEW_PIXELS, _PREVIEW_PIXELS))  # a JPEG is decoded no larger than is needed
    image.load()
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((_PREVIEW_PIXELS, _PREVIEW_PIXELS))
    plain = Image.new("RGB", upright.size, "white")  # what was transparent, on white
    shown = upright.convert("RGBA")
    plain.paste(shown, mask=shown)
    plain.save(preview, "JPEG", quality=80)
