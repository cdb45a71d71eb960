"""How every run of the tests behaves: how hard hypothesis tries, what a test may cost, and that a skip is a failure.

Rows of a table are one test (tests/rows.py), what costs more than 0.2 s is marked ``slow``, Python keeps what it
compiled (Makefile), and `make fast` splits files and not tests (tests/halves.py). `make test` forks six workers
(tests/workers.py) on two cores, because the rim waits for processes. With browsers they need 3 GB. A skip
fails everywhere and not only in CI: else the machine of who changes the code tests less than he thinks.
"""

import gc
import os
import time
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rows import joined, rows_of
from tests.workers import pytest_cmdline_main, pytest_runtestloop, workers_of

__all__ = ["pytest_cmdline_main", "pytest_runtestloop"]

gc.disable()  # until everything is collected: nothing of that is garbage
# `fast` is for the loop people live in, `ci` for `make test`: the same examples in each run, so that a test which fails
# has been broken by what was changed. `deep` is for a night and before a release, with new examples each time.
_COMMON = {"deadline": None, "print_blob": True, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("fast", max_examples=5, derandomize=True, **_COMMON)
settings.register_profile("ci", max_examples=25, derandomize=True, **_COMMON)
settings.register_profile("deep", max_examples=5000, **_COMMON)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or "ci")


PURE = ("tests/devices/", "tests/alerts/", "tests/ledger/", "tests/workflows/", "tests/gateway/site/")
"""What `make fast` runs: tests of what needs nothing but Python."""
WARNED_S, FAILED_S = 0.2, 0.6
"""CPU of a pure test that is not marked slow. Three times as much, on any machine, is no accident: the one exception
to "no test asserts a time". A property may take ten times as much where it is given ten times the examples, and a table
of rows a twentieth for each."""
_COST = "cost of an unmarked test"
_RIM = "tests/rim/"


def allowance(item: pytest.Item) -> float:
    """By how much the limits are stretched: rows of a table, or examples of a property, in those of the fast profile.

    0 is no limit.
    """
    if not item.nodeid.startswith(PURE) or item.get_closest_marker("slow"):
        return 0
    examples = settings.get_profile("fast").max_examples
    is_property = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
    return max(1.0, settings().max_examples / examples) if is_property else max(1.0, rows_of(item) / 4)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """A pure test that costs is marked slow, or made cheaper: the loop that people live in stays under ten seconds."""
    began = time.process_time()
    yield
    used, stretch = time.process_time() - began, allowance(item)
    if stretch and used > FAILED_S * stretch:
        pytest.fail(f"{used:.1f} s of CPU: mark it slow (it is left out of `make fast`), or make it cheaper")
    if stretch and used > WARNED_S * stretch:
        item.user_properties.append((_COST, used))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the tests that are on their way to be too slow."""
    for report in terminalreporter.stats.get("passed", ()):
        for used in (value for name, value in report.user_properties if name == _COST):
            terminalreporter.write_line(f"slow, and not marked so: {used:.2f} s of CPU, {report.nodeid}")


def in_shares(tests: Sequence[str], workers: int) -> list[str]:
    """A share for each worker, one behind the other, as worksteal hands them out.

    Each begins with its part of what waits for processes and browsers, whole files of it, so that a file's gateway or
    browser is started once; the small ones behind it fill the gaps at the end, and are what others steal first.
    """
    files: dict[str, list[str]] = {}
    for test in tests:
        if test.startswith(_RIM):
            files.setdefault(test.partition("::")[0], []).append(test)
    rest = [test for test in tests if not test.startswith(_RIM)]
    ordered: list[str] = []
    for worker in range(workers):
        share = [test for name in list(files)[worker::workers] for test in files[name]]
        end = len(tests) * (worker + 1) // workers if worker + 1 < workers else len(tests)
        room = max(0, end - len(ordered) - len(share))
        ordered += [*share, *rest[:room]]
        del rest[:room]
    return [*ordered, *rest]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Rows of a table are one test, and what waits begins first, in every worker."""
    items[:] = joined(items)
    workers = workers_of(config) or 1
    place = {test: number for number, test in enumerate(in_shares([item.nodeid for item in items], workers))}
    items.sort(key=lambda item: place[item.nodeid])


def pytest_collection_finish() -> None:
    """What is made once for all tests is not paid by the first of them, and not looked at again by each collection.

    Hypothesis reads all our modules for values worth trying: two seconds where no run has kept them yet.
    """

    @settings(max_examples=1, database=None)
    @given(st.one_of(st.text(), st.integers(), st.floats(), st.binary()))
    def first(_: object) -> None:
        """Nothing."""

    first()
    gc.enable()
    gc.freeze()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A test that could not run has not passed: a missing part of the machine must never look green."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter.stats.get("skipped") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
