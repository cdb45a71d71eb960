"""Where the house stands, and which files it has."""

import ast
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PURE = ("devices", "alerts", "ledger", "workflows")
PACKAGES = ("gateway", "api", *PURE, "simulators")


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that git keeps, and new ones it would keep."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return tuple(path for name in sorted(set(listed.split("\0"))) if name and (path := ROOT / name).is_file())


def modules(*folders: str) -> list[Path]:
    """The Python files of those top-level folders."""
    return [path for path in tracked() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in folders]


def trees(paths: Iterable[Path], *words: str) -> Iterator[tuple[Path, ast.Module]]:
    """Those of them that hold one of these words, parsed: to parse all of the house costs four seconds each time."""
    for path in paths:
        text = path.read_text(encoding="utf-8")
        if any(word in text for word in words):
            yield path, ast.parse(text)


def documents() -> str:
    """All that a person can read about the product, in one text."""
    return "\n".join(
        path.read_text(encoding="utf-8")
        for path in tracked()
        if path.suffix == ".md"
        and path.relative_to(ROOT).parts[0] in ("README.md", "docs", "deploy", "CONTRIBUTING.md")
    )
