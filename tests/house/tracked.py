"""What no file of the repository may hold: secrets, download addresses, paths of one machine, half a merge or line.

Run as ``python -m tests.house.tracked FILE...`` before a commit; the tests run it over everything.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.house.places import ROOT, tracked

_LARGEST = 1024 * 1024
_TEXT = frozenset(
    {".py", ".toml", ".md", ".txt", ".yml", ".yaml", ".conf", ".service", ".html", ".css", ".js", ".json", ".sh"}
)

# Written in pieces, so that this file does not hold what it looks for.
_HOSTS = r"(?:pypi|pythonhosted|npmjs|crates)\." + r"(?:org|io)"
_OPTIONS = r"--(?:extra-)?index-" + r"url|--find-" + r"links"
_FORBIDDEN = {
    "a private key": re.compile("-----BEGIN [A-Z ]*PRIVATE " + "KEY-----"),
    "a token": re.compile(r"\b(?:ghp_|github_pat_|xox[bp]-|AKIA)[A-Za-z0-9_]{16,}"),
    "a package index": re.compile(f"{_HOSTS}|{_OPTIONS}"),
    "half a merge": re.compile("^[<>]{7} "),
    "a path of one machine": re.compile(r"(?<![\w.])/(?:work|root|home/\w+)" + r"/\w|/opt/" + r"wheels"),
}


def faults(paths: Iterable[Path]) -> Iterator[str]:
    """What is wrong with those files, as ``file:line: problem``."""
    for path in paths:
        name = path.relative_to(ROOT)
        content = path.read_bytes()
        if len(content) > _LARGEST:
            yield f"{name}: larger than {_LARGEST >> 20} MiB; the repository is for sources"
        if path.suffix not in _TEXT and path.name not in ("Makefile", "run", "LICENSE", ".gitignore"):
            continue
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            yield f"{name}: is not UTF-8"
            continue
        if text and not text.endswith("\n"):
            yield f"{name}: the last line has no end"
        if "\r" in text:
            yield f"{name}: carriage returns"
        for number, line in enumerate(text.split("\n"), 1):
            yield from (f"{name}:{number}: {what}" for what, sign in _FORBIDDEN.items() if sign.search(line))


def main() -> int:
    """The faults of the files named on the command line, or of all."""
    found = list(faults([Path(name).resolve() for name in sys.argv[1:]] or tracked()))
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
