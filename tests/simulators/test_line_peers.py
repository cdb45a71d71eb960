"""The far sides of a site's lines: whoever is missing is waited for, and what is somebody else's is left alone."""

import asyncio
import logging
import os
import re
from pathlib import Path

import pytest

from simulators.line_peers import LinePeers
from simulators.runner import Runner
from simulators.scenario import Scenario
from simulators.site import SiteEntry, read_site
from tests.rim.processes import PATIENCE_S, free_port

SITE = """\
[[areas]]
id = "store"

{lines}

[[devices]]
id = "panel"
family = "sia_dc09"
address = "1234"
area = "store"
signals = ["mains"]
line = "panels"

[[devices]]
id = "zone"
family = "sia_dc09"
address = "1234/2.17"
area = "store"
signals = ["smoke", "panic"]
line = "panels"

[[devices]]
id = "reader"
family = "ndjson"
address = "reader"
area = "store"
signals = ["temperature"]
line = "desk"
"""


def site_of(folder: Path, lines: str) -> SiteEntry:
    path = folder / "site.toml"
    path.write_text(SITE.format(lines=lines))
    return read_site(path)


class Receiver:
    """Takes what a panel says and confirms it."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.more, self.is_left = asyncio.Event(), asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while frame := await reader.read(1_000):  # the panel waits for each answer: a frame at a time
            kind, sequence, rest = re.findall(rb'"([A-Z-]+)"(\d{4})L0#1234\[([^\]]*)', frame)[0]
            self.said.append(f"{kind.decode()} {rest.decode()}".rstrip())
            self.more.set()
            body = b'"ACK"' + sequence + b"L0#1234[]"
            writer.write(b"\n" + _sum(body) + b"0%03X" % len(body) + body + b"\r")
        writer.close()
        self.is_left.set()

    async def until(self, *said: str) -> None:
        while not all(word in self.said for word in said):
            self.more.clear()
            await asyncio.wait_for(self.more.wait(), PATIENCE_S)


def _sum(body: bytes) -> bytes:
    crc = 0
    for byte in body:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
    return b"%04X" % crc


def test_a_panel_says_what_begins_and_ends_also_what_nobody_was_there_to_hear(tmp_path: Path) -> None:
    """The receiver comes up after the alarm has begun and ended: it hears both, in their order, once."""
    port = free_port()
    site = site_of(tmp_path, f'[[socket]]\nname = "panels"\nfamily = "sia_dc09"\ntcp = {port}')
    runner = Runner(site, Scenario("none", "", ()), 1)
    panel, zone = runner.devices["panel"], runner.devices["zone"]

    async def story() -> list[str]:
        lines, receiver = LinePeers(), Receiver()
        async with lines.opened(site, list(runner.devices.values())):
            lines.tell(zone, {"smoke": False, "panic": False})
            lines.tell(zone, {"smoke": True, "panic": False})
            lines.tell(zone, {"smoke": True, "panic": True})
            lines.tell(zone, {"smoke": False, "panic": True})
            lines.tell(zone, {"smoke": False, "panic": True})
            lines.tell(panel, {"mains": False})
            server = await asyncio.start_server(receiver.serve, "127.0.0.1", port)
            await receiver.until("ADM-CID #1234|1301 00 000")
            lines.tell(panel, {"mains": False})
            await receiver.until("NULL")
            panel.silent = True
            lines.hush(runner.devices.values())
            lines.tell(zone, {"smoke": True, "panic": True})
            panel.silent = False
            lines.hush(runner.devices.values())
            lines.tell(panel, {"mains": True})
            await receiver.until("ADM-CID #1234|3301 00 000")
        await receiver.is_left.wait()
        server.close()
        return receiver.said

    said = [word for word in asyncio.run(story()) if word != "NULL"]
    events = ["1111 02 017", "1120 02 017", "3111 02 017", "1301 00 000", "3301 00 000"]
    assert [f"ADM-CID #1234|{event}" for event in events] == said


def test_what_is_no_line_of_ours_is_left_alone_and_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A port that is one, a name under /dev, somebody's file: a simulator by hand on a real site takes none of them."""
    kept = tmp_path / "kept"
    kept.write_text("somebody's")

    async def opened(port: str) -> None:
        site = site_of(tmp_path, f'[[serial]]\nname = "desk"\nport = "{port}"')
        runner = Runner(site, Scenario("none", "", ()), 1)
        lines = LinePeers()
        async with lines.opened(site, list(runner.devices.values())):
            lines.tell(runner.devices["reader"], {"temperature": 20.0})

    with caplog.at_level(logging.WARNING):
        for port in (str(kept), "/dev/ttyUSB77", "/dev/null"):
            asyncio.run(opened(port))
            assert f"line desk is left alone: a pseudo terminal can't take the place of {port}" in caplog.text
    assert kept.read_text() == "somebody's"
    assert not os.path.lexists("/dev/ttyUSB77")
    link = tmp_path / "desk"
    link.symlink_to("/dev/pts/987654")  # what a simulator that was killed leaves behind
    asyncio.run(opened(str(link)))
    assert not os.path.lexists(link)
