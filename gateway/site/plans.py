"""Floor plans: which pictures may be shown, and their bytes."""

from pathlib import Path

MEDIA_TYPES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}
_LARGEST = 16 * 1024 * 1024


def is_picture(plan: str) -> bool:
    """Whether there is such a file, of a kind that browsers show and not too large for them."""
    path = Path(plan)
    return bool(plan) and path.suffix.lower() in MEDIA_TYPES and path.is_file() and path.stat().st_size <= _LARGEST


def picture(plan: str) -> tuple[bytes, str] | None:
    """The bytes and their media type; None if it is not (any more) a picture."""
    if not is_picture(plan):
        return None
    path = Path(plan)
    return path.read_bytes(), MEDIA_TYPES[path.suffix.lower()]
