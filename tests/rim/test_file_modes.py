"""Whatever the umask, nobody else on the machine reads what the gateway keeps or what its commands write."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rim.conftest import Running, serving
from tests.rim.conftest import site as site_text
from tests.rim.processes import Mosquitto, free_port, wait_until


@pytest.fixture
def careless(broker: Mosquitto, tmp_path: Path) -> Iterator[Running]:
    """A gateway started where everybody may do everything with new files, on a folder that was open already."""
    web, name = free_port(), tmp_path.name
    before = os.umask(0)
    try:
        folder = tmp_path / "data"
        text = site_text(broker.port, web, smokes=5, name=name)
        with serving(tmp_path, text, web, broker, name) as running:
            running.gateway.stop()
            folder.chmod(0o755)
            for path in folder.rglob("*"):
                path.chmod(0o777 if path.is_dir() else 0o666)
            running.gateway.start()
            yield running
    finally:
        os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    """What is more than its owner's, or no folder of 0700 and no file of 0600."""
    found = []
    for path in (folder, *folder.rglob("*")):
        mode = path.lstat().st_mode
        wanted = 0o700 if stat.S_ISDIR(mode) else 0o600
        if not stat.S_ISLNK(mode) and stat.S_IMODE(mode) != wanted:
            found.append(f"{path.relative_to(folder)} {stat.S_IMODE(mode):o}")
    return found


def test_a_used_data_folder_is_its_owners_alone(careless: Running, tmp_path: Path) -> None:
    """Database, readings, their side files, sockets, and what was there before with wider rights."""
    running, client = careless, careless.client("ada")
    for number in range(5):
        running.readings(f"smoke-{number}", smoke=True, temperature=20.0 + number)
    wait_until(lambda: len(client.get("/api/alerts?open=true")["alerts"]) >= 5, "the alerts")
    names = {path.name for path in running.data.rglob("*")}
    assert {"gateway.sock"} < names
    assert any(name.endswith("-wal") for name in names)
    assert [] == open_to_others(running.data)

    written = tmp_path / "written"
    written.mkdir(mode=0o700)
    data = ("--data", str(running.data))
    for command in (
        ("ledger", "export", str(written / "ledger.jsonl"), *data),
        ("device", "labels", "--output", str(written / "labels.pdf"), *data),
        ("device", "export", "--output", str(written / "devices.csv"), *data),
    ):
        done = running.gateway.keyarea(*command)
        assert done.returncode == 0, (command, done.stderr)
    assert len(list(written.iterdir())) == 3
    assert [] == open_to_others(written)
    running.gateway.stop()
    assert [] == open_to_others(running.data)
