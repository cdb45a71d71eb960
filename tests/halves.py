"""The pure tests in as many plain processes as there are cores, each with a share of the files.

xdist lets every worker collect everything, and does 5 ms of work around each test: on two cores that was half of the
time of `make fast`. Shares are even by what each file took in the run before, and by its size where none was.
"""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

_OPTIONS = ("-q", "-n0", "-p", "no:randomly", "-p", "no:anyio", "-p", "no:doctest", "-m", "not slow")
_COLLECTED, _RUN = 3e-6, 9e-6
"""CPU in seconds for a byte of a test: to collect it, and to run it where that is not known better."""
_MINE, _TOOK = pytest.StashKey[set[Path]](), pytest.StashKey[Counter[str]]()


def shares(files: Iterable[Path], count: int, took: Mapping[str, float]) -> list[set[Path]]:
    """Files in ``count`` shares of about the same cost; ``took``: CPU in seconds by path, as far as it is known."""

    def cost(file: Path) -> float:
        size = file.stat().st_size
        return size * _COLLECTED + took.get(str(file), size * _RUN)

    filled: list[set[Path]] = [set() for _ in range(count)]
    costs = [0.0] * count
    for spent, file in sorted(((cost(file), file) for file in files), reverse=True):
        least = costs.index(min(costs))
        filled[least].add(file)
        costs[least] += spent
    return filled


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--share 1/2``: the first of two."""
    parser.addoption("--share", default="1/1", help="of the files, that share: 1/2 is the first half")


def pytest_configure(config: pytest.Config) -> None:
    """Which files are this process's."""
    number, count = map(int, config.getoption("share").split("/"))
    places = [Path(place.partition("::")[0]).resolve() for place in config.args]
    files = {file for place in places for file in ([place] if place.is_file() else place.rglob("test_*.py"))}
    took: dict[str, float] = {}
    for each in range(1, count + 1):
        took |= config.cache.get(f"halves/{each}", {}) if config.cache else {}
    config.stash[_MINE], config.stash[_TOOK] = shares(files, count, took)[number - 1], Counter()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Files of other shares are not looked into."""
    return True if collection_path.suffix == ".py" and collection_path not in config.stash[_MINE] else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """What each file takes is added up."""
    began = time.process_time()
    found = yield
    item.config.stash[_TOOK][str(item.path)] += time.process_time() - began
    return found


def pytest_sessionfinish(session: pytest.Session) -> None:
    """For the next run; one of chosen tests alone says nothing."""
    config = session.config
    if config.cache and not config.getoption("keyword"):
        config.cache.set(f"halves/{config.getoption('share').partition('/')[0]}", config.stash[_TOOK])


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
