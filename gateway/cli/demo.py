"""``keyarea demo``: a whole factory on this machine, with nothing to install and nothing to connect."""

import argparse
import asyncio
import logging
import os
import secrets
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Sequence
from importlib.resources import files
from pathlib import Path

from msgspec.structs import replace

from devices.errors import ConfigError
from gateway.terminal import log_to_stderr, told

HELP = "demo_word.help"
EPILOG = "demo_word.epilog"
_PORTS = ("port = 1883", "tcp = 26875", "tcp = 9009", "tcp_port = 5020")
"""What stands in the sample site for the broker, the two doors for panels and the Modbus bus."""
_CHOICE = range(10_000, 30_000)
"""Below those that a system gives to whoever connects (32768 and up on Linux, 49152 elsewhere)."""
_LOOKS = 2_400
"""Twenty a second: a small machine takes two minutes for what a large one does in a second."""
_LINES = {"/dev/ttyUSB0": "serial0", "/dev/ttyUSB1": "serial1"}
"""Serial ports of the sample site, and what they are called in the data folder."""
_STORY = """\
What happens, in three chapters:
  first minute        a smouldering fire in the chemical store; a checkpoint that the guard misses; a probe in the
                      archive falls silent
  then                a forced door in the finance office; a card reader opened at the gate; a break-in that the
                      warehouse's alarm panel tells of
  after three minutes lightning: many alerts at once, so the console says ALERT FLOOD; among them a call point in the
                      dormitory, which stands on top all the same
"""
"""Told to whoever starts the demo; simulators/scenarios/demo_story.toml plays it."""
_PASTS = {"none": 0, "month": 30, "quarter": 91, "year": 365}
"""In days."""
_FASTEST = 100.0
_SINK = "people outside"
_MESSAGES, _KEYS = "messages.txt", "keys.toml"
_OUTSIDE = """
[[channels]]
id = "outside"
name = "people outside (a file of this demo)"
name_zh = "外部人员（演示文件）"
kind = "webhook"
url = "http://127.0.0.1:{port}/"
allow = ["127.0.0.1/32"]

[[channels]]
id = "sms"
name = "SMS (a file of this demo)"
name_zh = "短信（演示文件）"
kind = "webhook"
is_personal = true
url = "http://127.0.0.1:{port}/"
allow = ["127.0.0.1/32"]
"""
"""Nobody is told anything by a demo: what people would be told stands in a file of its folder."""
_SITE_ID = 'id = "qingshan"'
"""The line by which the demo's own site file is known."""
_SIGN_INS = {"operator": "operator", "technician": "technician", "manager": "manager", "admin": "admin"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=Path("demo-data"), help=told("option_words.demo_data"))
    parser.add_argument("--port", type=int, default=8080, help=told("option_words.demo_port"))
    parser.add_argument("--scenario", default="demo_story", help=told("option_words.demo_scenario"))
    parser.add_argument("--past", choices=_PASTS, default="quarter", help=told("option_words.demo_past"))
    parser.add_argument("--speed", type=_speed, default=1.0, help=told("option_words.demo_speed"))


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed <= _FASTEST:
        raise argparse.ArgumentTypeError(f"expected a number above 0 and up to {_FASTEST:g}; found {text!r}")
    return speed


def run(args: argparse.Namespace) -> int:
    from gateway.cli.serve import until_told
    from gateway.stores.folder import FolderLock
    from simulators.scenario import ScenarioError, known

    try:
        known(args.scenario)
    except ScenarioError as error:
        raise ConfigError(str(error)) from error
    log_to_stderr(logging.WARNING)
    for name in ("amqtt", "transitions", "passlib"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    _refuse_another_site(args.data)
    # Before anything is written: a demo or a gateway that runs there would lose its site file and its serial ports.
    FolderLock(args.data, "series.lock").release()
    lock = FolderLock(args.data, "demo.lock")
    try:
        return asyncio.run(until_told(_demo(args)))
    finally:
        lock.release()


def _refuse_another_site(folder: Path) -> None:
    """Raises ConfigError for a folder that holds the site file or the records of a site that is not the demo's."""
    site, records = folder / "site.toml", folder / "records.sqlite"
    is_demo = (folder / "sign-ins.txt").exists()
    if site.exists() and not is_demo:
        is_demo = f"\n{_SITE_ID}\n" in site.read_text(encoding="utf-8", errors="replace")
    if (site.exists() or records.exists()) and not is_demo:
        raise ConfigError(f"the folder {str(folder)!r} holds another site's data; name another one with --data")


async def _demo(args: argparse.Namespace) -> None:
    from gateway.clock import SystemClock
    from gateway.settings import KEYS, Settings
    from gateway.site.load import load
    from gateway.transports import embedded_broker
    from gateway.wiring import Gateway
    from gateway.working_past import make_past
    from simulators import message_sink

    ports = _free_ports((*_PORTS, _SINK))
    site_file = _write_site(args.data, ports, _usable_port(args.port))
    site = load(site_file)
    broker_port = ports["port = 1883"]
    if _PASTS[args.past] and not (args.data / "records.sqlite").exists():
        quiet = replace(site, channels=())  # nobody is told today of what burnt last month
        await make_past(quiet, args.data, _PASTS[args.past], _tell_share)
        print(f"\r{told('demo_word.past_made'):<70}", file=sys.stderr)
    async with asyncio.TaskGroup() as group:
        group.create_task(embedded_broker.run(broker_port), name="embedded broker")
        group.create_task(message_sink.run(ports[_SINK], args.data / _MESSAGES), name="message sink")
        await _until_listening(broker_port)
        simulators = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "simulators", "run", args.scenario, "--site", str(site_file), "--quiet",
            "--broker", f"127.0.0.1:{broker_port}", "--speed", str(args.speed),
            start_new_session=True,
        )  # fmt: skip

        def goes_on() -> None:
            if simulators.returncode is not None:
                raise ConfigError(f"the simulators ended at once with status {simulators.returncode}; they said why")

        try:
            for line in _LINES.values():
                await _until_there(args.data / line, goes_on)
            for bus in site.modbus:
                await _until_listening(bus.tcp_port, goes_on)
            gateway = Gateway(site, args.data, Settings.from_environment({KEYS: _write_keys(args.data)}), SystemClock())
            gateway.stores.installation.note_site(site_file.read_text(encoding="utf-8"), gateway.clock.now())
            _tell(args.data, site.web.port, args.scenario, _sign_ins(args.data, gateway))
            await gateway.run()
        finally:
            if simulators.returncode is None:
                simulators.send_signal(signal.SIGINT)
                await simulators.wait()


def _tell_share(share: float) -> None:
    if sys.stderr.isatty():
        print(f"\r{told('demo_word.past')} [{'#' * int(30 * share):<30}] {share:4.0%}", end="", file=sys.stderr)


def _write_site(folder: Path, ports: dict[str, int], web_port: int) -> Path:
    """The sample site with this run's ports and the absolute paths of its serial lines."""
    text = files("gateway.site.sample").joinpath("factory.toml").read_text(encoding="utf-8")
    for written, port in {**ports, "port = 8080": web_port}.items():
        text = text.replace(f"\n{written}\n", f"\n{written.partition(' ')[0]} = {port}\n")
    for device, name in _LINES.items():
        text = text.replace(f'port = "{device}"', f'port = "{(folder / name).absolute()}"')
    path = folder / "site.toml"
    path.write_text(text + _OUTSIDE.format(port=ports[_SINK]), encoding="utf-8")
    return path


def _write_keys(folder: Path) -> str:
    """What messages to the outside are signed with."""
    return _write_private(
        folder / _KEYS, "".join(f'"notify/{name}" = "{secrets.token_hex(16)}"\n' for name in ("outside", "sms"))
    )


def _write_private(path: Path, text: str) -> str:
    """A file that only its owner may read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as kept:
        kept.write(text)
    return str(path)


def _sign_ins(folder: Path, gateway: "object") -> dict[str, str]:
    """Name -> password of the demo's accounts: made at the first start, kept where only the owner may read."""
    path = folder / "sign-ins.txt"
    users, now = gateway.stores.users, gateway.clock.now()  # type: ignore[attr-defined]
    if path.exists():
        return dict(line.split() for line in path.read_text().splitlines() if line.strip())
    made = {name: secrets.token_urlsafe(9) for name in _SIGN_INS}
    known = {user.name for user in users.all()}
    for name, role in _SIGN_INS.items():
        if name in known:
            users.set_password(name, made[name], now)
        else:
            users.add(name, made[name], role, now)
    _write_private(path, "".join(f"{name} {password}\n" for name, password in made.items()))
    return made


def _tell(folder: Path, port: int, scenario: str, sign_ins: dict[str, str]) -> None:
    print(f"\nkeyarea demo: open http://127.0.0.1:{port}/ and sign in as")
    for name, password in sign_ins.items():
        print(f"  {name:<11} {password}")
    print(
        f"\n{_STORY if scenario == 'demo_story' else f'Story: {scenario}.'}\n"
        f"What people outside would be told stands in {folder / _MESSAGES}; nothing leaves this machine.\n"
        f"From another terminal: keyarea status --data {folder}; keyarea ledger verify --data {folder}\n"
        "Ctrl-C stops; the data stays.",
        flush=True,
    )


def _free_ports(wanted: Sequence[str]) -> dict[str, int]:
    """A port for each that nobody listens on, no two the same, and none that the system may give to a client now."""
    free = (port for port in secrets.SystemRandom().sample(_CHOICE, len(_CHOICE)) if _is_free(port))
    return dict(zip(wanted, free, strict=False))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _usable_port(wanted: int) -> int:
    """The wanted port, or a free one if somebody else has it."""
    if _is_free(wanted):
        return wanted
    free = _free_ports([""])[""]
    print(f"port {wanted} is in use; taking {free}", file=sys.stderr)
    return free


async def _until_listening(port: int, goes_on: Callable[[], None] = lambda: None) -> None:
    async def is_so() -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return False
        writer.close()
        return True

    await _until(is_so, f"nothing listens on port {port}", goes_on)


async def _until_there(path: Path, goes_on: Callable[[], None]) -> None:
    await _until(lambda: asyncio.to_thread(path.exists), f"there is no {path}", goes_on)


async def _until(is_so: Callable[[], Awaitable[bool]], what_if_not: str, goes_on: Callable[[], None]) -> None:
    """Raises TimeoutError, and what ``goes_on`` raises when there is no use in waiting any longer."""
    for _ in range(_LOOKS):
        if await is_so():
            return
        goes_on()
        await asyncio.sleep(0.05)
    raise TimeoutError(what_if_not)
