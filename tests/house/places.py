"""Where the house stands, and which files it has."""

import subprocess
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


def documents() -> str:
    """All that a person can read about the product, in one text."""
    return "\n".join(
        path.read_text(encoding="utf-8")
        for path in tracked()
        if path.suffix == ".md"
        and path.relative_to(ROOT).parts[0] in ("README.md", "docs", "deploy", "CONTRIBUTING.md")
    )
