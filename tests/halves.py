"""The pure tests in as many plain processes as there are cores, each with a share of the files.

xdist lets every worker collect everything, and does 5 ms of work around each test: on two cores that was half of the
time of `make fast`. Shares are even by size of the files, the heaviest first.
"""

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

_OPTIONS = ("-q", "-n0", "-p", "no:randomly", "-p", "no:anyio", "-p", "no:doctest", "-m", "not slow")


def shares(files: Iterable[Path], count: int) -> list[set[Path]]:
    """Files in ``count`` shares of about the same bytes, always the same."""
    filled: list[set[Path]] = [set() for _ in range(count)]
    sizes = [0] * count
    for size, file in sorted(((file.stat().st_size, file) for file in files), reverse=True):
        least = sizes.index(min(sizes))
        filled[least].add(file)
        sizes[least] += size
    return filled


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--share 1/2``: the first of two."""
    parser.addoption("--share", default="1/1", help="of the files, that share: 1/2 is the first half")


def pytest_configure(config: pytest.Config) -> None:
    """Which files are this process's."""
    number, count = map(int, config.getoption("share").split("/"))
    places = [Path(place.partition("::")[0]).resolve() for place in config.args]
    files = {file for place in places for file in ([place] if place.is_file() else place.rglob("test_*.py"))}
    config.stash[_MINE] = shares(files, count)[number - 1]


_MINE = pytest.StashKey[set[Path]]()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Files of other shares are not looked into."""
    return True if collection_path.suffix == ".py" and collection_path not in config.stash[_MINE] else None


def main(arguments: list[str]) -> int:
    """The worst exit status of all; what each printed, one behind the other. A share may be without any test."""
    count = os.cpu_count() or 1
    command = [sys.executable, "-m", "pytest", "-p", __spec__.name, *_OPTIONS, *arguments]
    runs = [
        subprocess.Popen([*command, f"--share={number}/{count}"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for number in range(1, count + 1)
    ]
    for run in runs:
        sys.stdout.buffer.write(run.communicate()[0])
        sys.stdout.flush()
    statuses = {run.returncode for run in runs}
    return max(statuses - {pytest.ExitCode.NO_TESTS_COLLECTED} or statuses)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
