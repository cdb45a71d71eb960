"""Each import contract fails when it is broken: all are broken at once in a copy of the house."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.places import PACKAGES, ROOT, modules

# contract -> (module that breaks it, what it says)
BREACHES = {
    "house": ("alerts/schedule.py", "import ledger.entry"),
    "gateway": ("gateway/clock.py", "import gateway.pipeline"),
    "pure": ("alerts/rules/threshold.py", "import time"),
    "codecs-independent": ("devices/codecs/keyarea.py", "import devices.codecs.tasmota"),
    "rules-independent": ("alerts/rules/state.py", "import alerts.rules.threshold"),
    "stages-independent": ("alerts/suppression/stages/case.py", "import alerts.suppression.stages.line_lost"),
    "codecs-protected": ("gateway/wiring.py", "import devices.codecs.keyarea"),
    "rules-protected": ("alerts/engine/engine.py", "import alerts.rules.state"),
    "stages-protected": ("alerts/engine/engine.py", "import alerts.suppression.stages.line_lost"),
    "workflows-found": ("gateway/site/checks.py", "import workflows"),
    "workflows-independent": ("workflows/arming.py", "import workflows.hot_work"),
    "workflow-finder": ("gateway/feed.py", "import api.workflow_finder"),
    "pages-independent": ("api/console/pages/coverage.py", "import api.console.pages.control_room"),
    "pages-found": ("gateway/upkeep.py", "import api.console.pages.coverage"),
    "engine-room": ("gateway/views/devices.py", "import alerts.engine.engine"),
    "kernel-room": ("alerts/kernel/guard.py", "import alerts.suppression.suppressor"),
    "client-room": ("api/client/alerts.py", "import alerts.alert"),
    "paho-room": ("gateway/pipeline.py", "import paho.mqtt.client"),
    "serial-room": ("gateway/pipeline.py", "import serial"),
    "modbus-room": ("gateway/pipeline.py", "import pymodbus.client"),
    "osdp-room": ("gateway/pipeline.py", "import osdp_sys"),
    "influx-room": ("gateway/pipeline.py", "import influxdb_client"),
    "pillow-room": ("gateway/stores/series_sqlite.py", "import PIL"),
    "sql-room": ("gateway/views/alerts.py", "import sqlalchemy"),
    "web-room": ("gateway/feed.py", "import pydantic"),
    "oracle": ("simulators/__init__.py", "import devices.families"),
    "acyclic": ("devices/device.py", "import devices.device_directory"),
}


def _lint(house: Path) -> str:
    program = Path(sys.executable).with_name("lint-imports")
    command = [str(program), "--no-logo", "--no-cache"]
    done = subprocess.run(command, cwd=house, capture_output=True, text=True, check=False, timeout=600)
    return done.stdout + done.stderr


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the packages and their rules."""
    for path in modules(*PACKAGES):
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_fails_when_it_is_broken(house: Path) -> None:
    for file, breach in BREACHES.values():
        with (house / file).open("a", encoding="utf-8") as module:
            module.write(f"\n{breach}\n")
    contracts = tomllib.loads((house / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    said = _lint(house)
    assert {contract["id"] for contract in contracts} == BREACHES.keys()
    kept = [c["id"] for c in contracts if not re.search(rf"^{re.escape(c['name'])} BROKEN", said, re.MULTILINE)]
    assert [] == kept, said


def test_a_module_that_does_not_know_its_room_does_not_pass(house: Path) -> None:
    (house / "gateway" / "stray.py").write_text('"""A module of no room."""\n')
    assert "gateway.stray" in _lint(house)


ASKING = "import time\n\n\ndef f() -> float:\n    return time.monotonic()\n"
NOW = "from datetime import UTC, datetime\n\n\ndef f() -> datetime:\n    return datetime.now(UTC)\n"


@pytest.mark.parametrize("text", [ASKING, NOW])
@pytest.mark.parametrize(
    ("file", "may"), [("gateway/pipeline.py", False), ("api/app.py", False), ("gateway/clock.py", True)]
)
def test_only_the_clock_asks_the_time(text: str, file: str, *, may: bool) -> None:
    program = Path(sys.executable).with_name("ruff")
    command = [str(program), "check", "--select", "TID251", "--stdin-filename", file, "-"]
    done = subprocess.run(command, cwd=ROOT, input=text, capture_output=True, text=True, check=False, timeout=600)
    assert may == (done.returncode == 0), done.stdout
