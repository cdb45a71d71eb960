"""Real peers for tests and benchmarks: a Mosquitto and a gateway, each a process of its own on a free loopback port."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Generator, Iterator
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Self

from argon2 import PasswordHasher

from gateway.stores.database import Database
from gateway.stores.users import Users

PATIENCE_S = 120.0
"""How long a test waits for what must come: only a machine that does nothing at all is slower than this."""
METRICS_TOKEN = "for-prometheus-alone"
PASSWORD = "correct-horse-battery-staple"
USERS = {"olga": "operator", "tom": "technician", "mia": "manager", "ada": "admin", "kim": "kiosk"}


_PORTS = range(20_000, 32_000)
"""Below those that Linux gives to whoever connects: a port that is free now is not taken by some client's call."""
_PORTS_EACH = 200


def free_port() -> int:
    """A loopback port, TCP and UDP, that nothing listens on, and that no other process of tests is given."""
    return next(port for port in islice(_own_ports(), _PORTS_EACH) if _is_free(port))


@cache
def _own_ports() -> Iterator[int]:
    """In turn those of a block that belongs to this process until it ends."""
    for first in _PORTS[::_PORTS_EACH]:
        claim = socket.socket(socket.AF_UNIX)
        with contextlib.suppress(OSError):
            claim.bind(f"\0keyarea-tests-{first}")
            claim.detach()  # open, and the name taken, as long as the process lives
            return cycle(range(first, first + _PORTS_EACH))
        claim.close()
    raise AssertionError("every block of ports is taken: do sixty runs of the tests go on?")


def _is_free(port: int) -> bool:
    with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        try:
            tcp.bind(("127.0.0.1", port))
            udp.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def wait_until(check: Any, what: str, within_s: float = PATIENCE_S, *, every_s: float = 0) -> Any:
    """The first true value of ``check()``; AssertionError with ``what`` if there is none in time.

    The longer it has waited the less often it asks, from a hundred times a second to twice or thrice: whoever asks
    fifty times takes a quarter of a core from what is waited for. Who measures says ``every_s``.
    """
    began = time.monotonic()
    while not (value := check()):
        waited = time.monotonic() - began
        if waited > within_s:
            raise AssertionError(f"not within {within_s:.0f} s: {what}")
        time.sleep(every_s or min(0.4, max(0.01, waited / 12)))
    return value


def is_listening(port: int) -> bool:
    """Whether something accepts connections on that loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Mosquitto:
    """Debian's Mosquitto with persistence in ``folder``; ``kill`` and ``start`` again keep port and sessions."""

    def __init__(self, folder: Path, *, inflight: int = 10_000, extra: str = "", anonymous: bool = True) -> None:
        self.port = free_port()
        self._config = folder / "mosquitto.conf"
        self._config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous {str(anonymous).lower()}\n"
            f"max_inflight_messages {inflight}\nmax_queued_messages 0\nset_tcp_nodelay true\nuser {_me()}\n{extra}\n"
        )
        self.state = folder / "mosquitto.db"
        """What it writes down, if it is told to in ``extra``."""
        self.log = folder / "mosquitto.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [_mosquitto(), "-c", str(self._config)], stdout=log, stderr=subprocess.STDOUT
            )
        wait_until(self._is_up, "Mosquitto listens")
        return self

    def _is_up(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text(errors="replace")[-4000:]
        return is_listening(self.port)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE_S)
            self._process = None

    def save(self) -> None:
        """It writes down its state, as it does by itself now and then."""
        assert self._process is not None
        self.state.unlink(missing_ok=True)
        self._process.send_signal(signal.SIGUSR1)
        wait_until(self.state.exists, "Mosquitto has written its state")  # under another name until it is whole

    def kill(self) -> None:
        """SIGKILL: what it had not written is gone."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(PATIENCE_S)
        self._process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def _me() -> str:
    import pwd

    return pwd.getpwuid(os.getuid()).pw_name


def _mosquitto() -> str:
    for path in ("/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto"):
        if Path(path).exists():
            return path
    raise AssertionError("Mosquitto is not installed: apt-get install mosquitto")


def _lines_of(site: str) -> set[str]:
    """The names of the lines in a site file."""
    tables = tomllib.loads(site)
    named = {line["name"] for kind in ("serial", "socket", "modbus", "osdp") for line in tables.get(kind, ())}
    return named | ({"mqtt"} & tables.keys())


@cache
def _fresh_records() -> dict[str, bytes]:
    """A data folder that has accounts and nothing else: names and contents.

    Their hashes say how to check them, and say so cheaply: tests sign in a thousand times.
    """
    with tempfile.TemporaryDirectory() as folder:
        with Database.in_folder(Path(folder)) as database:
            users = Users(database)
            users._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
            for name, role in USERS.items():
                users.add(name, PASSWORD, role, time.time_ns())
        return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def from_nothing(words: list[str], env: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    """``keyarea`` with these words, as anybody starts it."""
    with log.open("ab") as file:
        return subprocess.Popen(
            [sys.executable, "-m", "gateway", *words], stdout=file, stderr=subprocess.STDOUT, env=env
        )


def performed_from_nothing(
    words: list[str], env: dict[str, str], stdin: str, within_s: float
) -> subprocess.CompletedProcess[str]:
    """``keyarea`` with these words to its end, as anybody runs it."""
    command = [sys.executable, "-m", "gateway", *words]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, env=env, timeout=within_s, check=False)


class GatewayProcess:
    """``keyarea serve`` on a site file in ``folder``; ``kill`` is SIGKILL, ``stop`` is SIGTERM."""

    spawn: Callable[[list[str], dict[str, str], Path], Any] = staticmethod(from_nothing)
    perform: Callable[[list[str], dict[str, str], str, float], subprocess.CompletedProcess[str]] = staticmethod(
        performed_from_nothing
    )
    """How it begins, and how commands do: the tests of this folder put tests.rim.forked here, benchmarks start from
    nothing."""

    def __init__(
        self, folder: Path, site: str, *, web_port: int, env: dict[str, str] | None = None, fresh: bool = False
    ) -> None:
        """``fresh``: the interpreter starts from nothing, whatever the others do."""
        if fresh:
            self.spawn, self.perform = from_nothing, performed_from_nothing
        self.folder, self.port = folder, web_port
        self.site_file = folder / "site.toml"
        self.site_file.write_text(site, encoding="utf-8")
        self.data = folder / "data"
        self.url = f"http://127.0.0.1:{web_port}"
        self._lines = _lines_of(site)
        self._env = {**os.environ, "KEYAREA_METRICS_TOKEN": METRICS_TOKEN, **(env or {})}
        self._log = folder / "gateway.log"
        self._process: Any = None

    def keyarea(self, *args: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a ``keyarea`` command to its end."""
        return self.perform(list(args), self._env, stdin, PATIENCE_S)

    def add_users(self) -> None:
        """Somebody of each role, straight into the store: a process for each would cost more than many a test."""
        self.data.mkdir(mode=0o700)
        for name, content in _fresh_records().items():
            (self.data / name).write_bytes(content)
            (self.data / name).chmod(0o600)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self, *, wait: bool = True) -> Self:
        words = ["serve", "--config", str(self.site_file), "--data", str(self.data)]
        self._process = self.spawn(words, self._env, self._log)
        if wait:
            try:
                wait_until(self.is_up, "the gateway is up")
            except AssertionError as error:
                error.add_note(self.log_tail())
                raise
        return self

    def is_up(self) -> bool:
        """Whether it answers and each of its lines is up. AssertionError if it has ended."""
        health = self.health() if self.answers() else None
        return health is not None and dict.fromkeys(self._lines, "up") == health["lines"]

    def answers(self) -> bool:
        """Whether it can be asked, here and over HTTP. AssertionError if it has ended."""
        assert self._process is not None
        assert self._process.poll() is None, f"it ended with {self._process.returncode}:\n{self.log_tail()}"
        return self.health() is not None and is_listening(self.port)

    def health(self) -> dict[str, Any] | None:
        """What ``keyarea status`` asks for; None while nobody answers."""
        answer = self.ask_locally(b"GET /api/health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        head, _, body = answer.partition(b"\r\n\r\n")
        return json.loads(body) if head.startswith(b"HTTP/1.1 200") else None

    def ask_locally(self, question: bytes) -> bytes:
        """All that the socket in the data folder answers to these bytes; nothing if nobody does."""
        answer = b""
        with socket.socket(socket.AF_UNIX) as asking, contextlib.suppress(OSError):
            asking.settimeout(PATIENCE_S)
            asking.connect(os.path.relpath(self.data / "gateway.sock"))
            with contextlib.suppress(BrokenPipeError):
                asking.sendall(question)
            while piece := asking.recv(65536):
                answer += piece
        return answer

    def log_tail(self) -> str:
        return self._log.read_text(errors="replace")[-4000:] if self._log.exists() else ""

    def kill(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(PATIENCE_S)
        self._process = None

    def freeze(self, for_s: float) -> None:
        """It stands still, as on a machine that has no time for it, and goes on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        time.sleep(for_s)
        self._process.send_signal(signal.SIGCONT)

    def wait(self, within_s: float = PATIENCE_S) -> int:
        """The exit status of a gateway that ends by itself. subprocess.TimeoutExpired if it does not in time."""
        assert self._process is not None
        code = self._process.wait(within_s)
        self._process = None
        return code

    def stop(self, within_s: float = PATIENCE_S) -> int:
        """SIGTERM; the exit status. subprocess.TimeoutExpired if it does not end in time."""
        if self._process is None:
            return 0
        self._process.terminate()
        code = self._process.wait(within_s)
        self._process = None
        return code

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.stop()
        if self._process is not None:
            self._process.kill()
            self._process.wait(PATIENCE_S)


def _is_not_stored_yet(status: int, answer: Any) -> bool:
    """A person is answered within five seconds, and on a machine that does much else a commit takes longer."""
    return status == 503 and answer["message"]["key"] == "commands.not_stored_yet"


class Client:
    """A signed-in program at the gateway's API."""

    def __init__(self, port: int, user: str = "ada", password: str = PASSWORD, *, stays: bool = False) -> None:
        """``stays``: it signs in anew if the gateway knows the session no more."""
        self._stays = stays
        self._port, self._account = port, {"user": user, "password": password}
        self.token = ""
        answer = self.post("/api/session", self._account)
        self.token = answer["token"]

    def get(self, path: str) -> Any:
        return self._ask("GET", path)

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return self._ask("POST", path, body or {})

    def try_post(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        """The status, and what was answered, whatever it is."""
        return self._answer("POST", path, body)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        deadline = time.monotonic() + PATIENCE_S
        status, answer = self._answer(method, path, body)
        while _is_not_stored_yet(status, answer) and time.monotonic() < deadline:
            status, answer = self._answer(method, path, body)
        assert status < 300, f"{method} {path}: {status} {answer}"
        return answer

    def _answer(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        status, answer = self._once(method, path, body)
        if status == 401 and self.token and self._stays:
            signed_in, session = self._once("POST", "/api/session", self._account)
            if signed_in < 300:
                self.token = session["token"]
                status, answer = self._once(method, path, body)
        return status, answer

    def _once(self, method: str, path: str, body: dict[str, Any] | None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_S)
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response.status, json.loads(text) if text else None

    def events(
        self, after: int | None = None, last_event_id: int | None = None, language: str = "en"
    ) -> Generator[tuple[float, str, dict[str, Any]], None, None]:
        """(monotonic time of arrival, kind, data) of each event of the live stream."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_S)
        path = f"/api/stream?lang={language}" + (f"&after={after}" if after is not None else "")
        headers = {"Authorization": f"Bearer {self.token}"}
        if last_event_id is not None:
            headers["Last-Event-ID"] = str(last_event_id)
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        assert response.status == 200, response.read()
        kind, data = "message", ""
        try:
            while line := response.readline():
                text = line.decode().rstrip("\r\n")
                if text.startswith("event:"):
                    kind = text[6:].strip()
                elif text.startswith("data:"):
                    data += text[5:].strip()
                elif not text:
                    if data:
                        yield time.monotonic(), kind, json.loads(data)
                    kind, data = "message", ""
        finally:
            response.close()
            connection.close()
