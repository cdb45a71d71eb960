"""A real PostgreSQL server for tests: its own data folder, a free loopback port."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import psycopg

from tests.rim.processes import PATIENCE_S, free_port, is_listening, wait_until


class Server:
    """A PostgreSQL server with its own data folder; as its own account where the tests run as root."""

    def __init__(self) -> None:
        folder, self.port = tempfile.mkdtemp(prefix="keyarea-postgresql-"), free_port()
        self.folder, self._as = Path(folder) / "cluster", []
        if os.getuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(folder, account.pw_uid, account.pw_gid)
            self._as = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
        settings = ("-A", "trust", "-U", "keyarea", "-N", "--no-locale", "-E", "UTF8")
        made = [*self._as, _program("initdb"), "-D", str(self.folder), *settings]
        subprocess.run(made, check=True, capture_output=True, cwd="/")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = ("-h", "127.0.0.1", "-p", str(self.port), "-k", "", "-c", "fsync=off", "-c", "max_connections=30")
        self._process = subprocess.Popen(
            [*self._as, _program("postgres"), "-D", str(self.folder), *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(lambda: is_listening(self.port) and self._answers(), "PostgreSQL answers")

    def kill(self) -> None:
        """At once, as in a power cut."""
        assert self._process is not None
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(PATIENCE_S)

    def create(self, name: str, model: str = "template1") -> str:
        """The address of a new database, a copy of that one."""
        with psycopg.connect(host="127.0.0.1", port=self.port, user="keyarea", dbname="postgres", autocommit=True) as c:
            c.execute(f"CREATE DATABASE {name} TEMPLATE {model}")
        return f"postgresql://keyarea@127.0.0.1:{self.port}/{name}"

    def _answers(self) -> bool:
        try:
            psycopg.connect(host="127.0.0.1", port=self.port, user="keyarea", dbname="postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self.folder.parent)


def _program(name: str) -> str:
    found = shutil.which(name) or next(iter(sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None)
    assert found is not None, "PostgreSQL is not installed: apt-get install postgresql"
    return str(found)
