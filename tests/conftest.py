"""How every run of the tests behaves: how hard hypothesis tries, and that a skipped test is a failed run."""

import os

import pytest
from hypothesis import HealthCheck, settings

# `fast` is for the loop people live in, `ci` for `make test`: the same examples in each run, so that a test which fails
# has been broken by what was changed. `deep` is for a night, with new examples each time (docs/adr/0137).
_COMMON = {"deadline": None, "print_blob": True, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("fast", max_examples=25, derandomize=True, **_COMMON)
settings.register_profile("ci", max_examples=100, derandomize=True, **_COMMON)
settings.register_profile("deep", max_examples=5000, **_COMMON)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or "ci")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A test that could not run has not passed: a missing part of the machine must never look green."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter.stats.get("skipped") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
