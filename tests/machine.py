"""What the tests need of the machine beside Python: says what is missing, and what brings it, before any test runs.

Debian packages are named, so that one command brings what is missing. make was chosen because a machine with git and
Python has it: just, tox, nox and uv must be installed first, and a test that is skipped because its program is missing
makes a green run that has tested nothing.
"""

import shutil
import subprocess
import sys
from pathlib import Path

PROGRAMS = {
    "mosquitto": "mosquitto",
    "mosquitto_passwd": "mosquitto",
    "chromium-headless-shell": "chromium-headless-shell",
    "socat": "socat",
    "victoria-metrics": "victoria-metrics",
    "initdb": "postgresql",
    "setpriv": "util-linux",
    "openssl": "openssl",
    "systemd-analyze": "systemd",
    "fc-list": "fontconfig",
}
"""Program -> Debian package."""

_INSTEAD = {"chromium-headless-shell": "chromium"}
"""What does as well, where it is there: the whole browser, which takes longer."""

_ALSO_IN = ("/usr/sbin", "/usr/local/sbin", *(str(path) for path in Path("/usr/lib/postgresql").glob("*/bin")))


def missing() -> dict[str, str]:
    """What is not there -> the Debian package that brings it."""
    lacking = {
        name: package
        for name, package in PROGRAMS.items()
        if not _is_there(name) and not (name in _INSTEAD and _is_there(_INSTEAD[name]))
    }
    if "fc-list" not in lacking and not _has_chinese_font():
        lacking["a Chinese font"] = "fonts-noto-cjk"
    return lacking


def _is_there(program: str) -> bool:
    return any(shutil.which(program, path=path) for path in (None, *_ALSO_IN))


def _has_chinese_font() -> bool:
    listed = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, check=False, timeout=60)
    return bool(listed.stdout.strip())


def main() -> int:
    lacking = missing()
    if not lacking:
        return 0
    print("The tests run against real programs, and this machine lacks:", file=sys.stderr)
    for what, package in lacking.items():
        print(f"  {what:<18} (Debian package {package})", file=sys.stderr)
    print(f"\n  apt-get install {' '.join(sorted(set(lacking.values())))}", file=sys.stderr)
    print("\n`make fast` runs the tests that need none of them.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
