"""Copies of the house, in which a toy is added by new files and taken away again by deleting them."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.house.places import PACKAGES, ROOT, tracked


def copied(folder: Path, *besides: str) -> Path:
    """The packages with their catalogues, the documents and what writes them, and the tests below ``besides``."""
    for path in tracked():
        place = path.relative_to(ROOT)
        is_product = place.parts[0] in PACKAGES
        is_document = place.parts[0] == "docs" and "images" not in place.parts
        is_shared = place.parent == Path("tests") or str(place) in ("pyproject.toml", "CONTRIBUTING.md")
        if is_product or is_document or is_shared or str(place).startswith(besides):
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, folder / place)
            _copy_compiled(path, folder / place)
    return folder


def _copy_compiled(path: Path, copy: Path) -> None:
    """What Python has compiled of that file is right for a copy of the same age, too: it takes seconds."""
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        (copy.parent / "__pycache__").mkdir(exist_ok=True)
        shutil.copy2(compiled, copy.parent / "__pycache__")


def surroundings(house: Path) -> dict[str, str]:
    """The environment in which Python imports from that copy, and compiles it once.

    What hypothesis has read in our modules it need not read again in their copies.
    """
    own = {"PYTHONPATH": str(house), "PYTHONDONTWRITEBYTECODE": "", "HYPOTHESIS_PROFILE": "fast"}
    own["HYPOTHESIS_STORAGE_DIRECTORY"] = str(ROOT / ".hypothesis")
    return {**os.environ, **own}


def run(house: Path, *arguments: str) -> str:
    """What Python prints in that copy."""
    command = [sys.executable, *arguments]
    done = subprocess.run(
        command, cwd=house, env=surroundings(house), capture_output=True, text=True, check=False, timeout=300
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    return done.stdout


def proven(house: Path, *arguments: str) -> str:
    """What pytest says in that copy."""
    return run(house, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", *arguments)


def contents(house: Path) -> dict[str, str]:
    """The digest of every file of the copy, without what Python and hypothesis keep for themselves."""
    files = {path.relative_to(house): path for path in house.rglob("*") if path.is_file()}
    kept = {".hypothesis", "__pycache__"}
    digests = {place: hashlib.sha256(path.read_bytes()).hexdigest() for place, path in files.items()}
    return {str(place): digest for place, digest in digests.items() if not kept & set(place.parts)}


def add(house: Path, files: Mapping[str, str]) -> None:
    """New files only."""
    for name, text in files.items():
        assert not (house / name).exists()
        (house / name).write_text(text, encoding="utf-8")


def take_away(house: Path, files: Mapping[str, str]) -> None:
    for name in files:
        (house / name).unlink()
