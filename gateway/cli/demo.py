"""``keyarea demo``: a whole factory on this machine, with nothing to install and nothing to connect."""

import argparse
import asyncio
import logging
import os
import secrets
import signal
import socket
import sys
from importlib.resources import files
from pathlib import Path

HELP = "run a sample factory with simulated devices, broker and console in one go"
EPILOG = """\
examples:
  keyarea demo                          the story with a fire, a forced door, a missed checkpoint, a lost sensor
  keyarea demo --scenario quiet_day     nothing but an ordinary day
  keyarea demo --data /tmp/try --port 8090

The data folder keeps everything; a second start goes on where the first ended. The broker inside the process is
for trying only: it can lose messages, so in service use Mosquitto (see deploy/).
"""
_SIGN_INS = {"operator": "operator", "technician": "technician", "manager": "manager", "admin": "admin"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=Path("demo-data"), help="data folder (default: ./demo-data)")
    parser.add_argument("--port", type=int, default=8080, help="console and API (default 8080)")
    parser.add_argument("--scenario", default="demo_story", help="what happens (python -m simulators list)")
    parser.add_argument("--speed", type=float, default=1.0, help="how much faster than life")


def run(args: argparse.Namespace) -> int:
    from gateway.cli.serve import until_told

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for name in ("amqtt", "transitions", "passlib"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    args.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    return asyncio.run(until_told(_demo(args)))


async def _demo(args: argparse.Namespace) -> None:
    from gateway.clock import SystemClock
    from gateway.settings import Settings
    from gateway.site.load import load
    from gateway.transports import embedded_broker
    from gateway.wiring import Gateway

    broker_port = _free_port()
    site_file = _write_site(args.data, broker_port, _usable_port(args.port))
    site = load(site_file)
    async with asyncio.TaskGroup() as group:
        group.create_task(embedded_broker.run(broker_port), name="embedded broker")
        await _until_listening(broker_port)
        simulators = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "simulators", "run", args.scenario, "--site", str(site_file), "--quiet",
            "--broker", f"127.0.0.1:{broker_port}", "--speed", str(args.speed),
            "--serial-link", str(args.data / "serial0"),
            start_new_session=True,
        )  # fmt: skip
        try:
            await _until_there(args.data / "serial0")
            gateway = Gateway(site, args.data, Settings.from_environment({}), SystemClock())
            _tell(args.data, site.web.port, _sign_ins(args.data, gateway))
            await gateway.run()
        finally:
            if simulators.returncode is None:
                simulators.send_signal(signal.SIGINT)
                await simulators.wait()


def _write_site(folder: Path, broker_port: int, web_port: int) -> Path:
    """The sample site with this run's ports and the absolute path of its serial line."""
    text = files("gateway.site.sample").joinpath("factory.toml").read_text(encoding="utf-8")
    text = text.replace("port = 1883", f"port = {broker_port}").replace("port = 8080", f"port = {web_port}")
    text = text.replace('port = "/dev/ttyUSB0"', f'port = "{(folder / "serial0").absolute()}"')
    path = folder / "site.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _sign_ins(folder: Path, gateway: "object") -> dict[str, str]:
    """Name -> password of the demo's accounts: made at the first start, kept where only the owner may read."""
    path = folder / "sign-ins.txt"
    users, now = gateway.users, gateway.clock.now()  # type: ignore[attr-defined]
    if path.exists():
        return dict(line.split() for line in path.read_text().splitlines() if line.strip())
    made = {name: secrets.token_urlsafe(9) for name in _SIGN_INS}
    known = {user.name for user in users.all()}
    for name, role in _SIGN_INS.items():
        if name in known:
            users.set_password(name, made[name], now)
        else:
            users.add(name, made[name], role, now)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as kept:
        kept.writelines(f"{name} {password}\n" for name, password in made.items())
    return made


def _tell(folder: Path, port: int, sign_ins: dict[str, str]) -> None:
    print(f"\nkeyarea demo: open http://127.0.0.1:{port}/ and sign in as")
    for name, password in sign_ins.items():
        print(f"  {name:<11} {password}")
    print(
        "\nWithin a minute: a smouldering fire and a call point in the chemical store, a forced door in the finance\n"
        "office, a checkpoint that the guard misses, and a probe in the archive that falls silent.\n"
        f"From another terminal: keyarea status --data {folder}; keyarea ledger verify --data {folder}\n"
        "Ctrl-C stops; the data stays.",
        flush=True,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _usable_port(wanted: int) -> int:
    """The wanted port, or a free one if somebody else has it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            free = _free_port()
            print(f"port {wanted} is in use; taking {free}", file=sys.stderr)
            return free
    return wanted


async def _until_listening(port: int) -> None:
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise TimeoutError("the embedded broker does not listen")


async def _until_there(path: Path) -> None:
    for _ in range(200):
        if await asyncio.to_thread(path.exists):
            return
        await asyncio.sleep(0.05)
