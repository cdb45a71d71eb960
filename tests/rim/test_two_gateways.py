"""Two gateways on one database server: one owns the records, whoever was stopped is refused and ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from devices.errors import StoreUnavailable
from gateway.stores.database import Database
from gateway.stores.records_read import RecordsReader
from tests.rim.broker_side import kept_for
from tests.rim.conftest import Running, site
from tests.rim.postgresql import Server
from tests.rim.processes import GatewayProcess, Mosquitto, free_port, wait_until
from tests.words import refused

Made = Callable[[str], GatewayProcess]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    found = Server()
    found.start()
    yield found
    found.remove()


@pytest.fixture
def url(server: Server, request: pytest.FixtureRequest) -> str:
    return server.create("db" + str(abs(hash(request.node.name))))


@pytest.fixture
def made(broker: Mosquitto, url: str, tmp_path: Path) -> Iterator[Made]:
    """Gateways of one site and database, each with a folder, a client id and a port of its own; not started."""
    with ExitStack() as stack:

        def make(name: str) -> GatewayProcess:
            folder = tmp_path / name
            folder.mkdir()
            port = free_port()
            text = site(broker.port, port, smokes=2, name=tmp_path.name)
            text = text.replace(f'client_id = "{tmp_path.name}"', f'client_id = "{tmp_path.name}-{name}"')
            gateway = GatewayProcess(folder, text, web_port=port, env={"KEYAREA_DATABASE": url})
            stack.callback(gateway.__exit__)
            return gateway

        yield make


def alerts(url: str) -> list[str]:
    with Database(url, upgrade=False) as database:
        return [f"{alert.rule} {alert.key}" for alert in RecordsReader(database, "test").alerts()]


def test_the_second_ends_with_a_sentence_while_the_first_works_on(
    made: Made, url: str, broker: Mosquitto, tmp_path: Path
) -> None:
    first, second = made("first").start(), made("second").start(wait=False)
    assert second.wait() == 2
    assert f"process {first.pid}, since 20" in second.log_tail()
    assert "stop it, or give this gateway a database of its own" in second.log_tail()
    running = Running(first, broker, tmp_path.name)
    running.readings("smoke-0", smoke=True)
    wait_until(lambda: alerts(url) == ["smoke smoke-0"], "the first records the alarm")
    running.close()


def test_a_start_after_a_kill_waits_for_nobody(made: Made) -> None:
    """Neither in the same data folder, nor in another on the same machine."""
    first, second = made("first").start(), made("second")
    for gateway, following in ((first, first), (first, second), (second, first)):
        killed = gateway.pid
        gateway.kill()
        following.start()
        assert f"(process {killed}, since" in following.log_tail().rpartition("taken over from")[2]
        assert "waiting to see" not in following.log_tail()


def test_one_that_was_stopped_and_goes_on_acknowledges_nothing_and_ends(
    made: Made, url: str, broker: Mosquitto, tmp_path: Path
) -> None:
    first, second = made("first").start(), made("second")
    os.kill(first.pid, signal.SIGSTOP)
    try:
        second.start()  # after ten seconds without a renewal
        running = Running(second, broker, tmp_path.name)
        running.readings("smoke-0", smoke=True)
        running.readings("smoke-1", temperature=21.5)  # nothing follows from this one, so nothing is committed
        wait_until(lambda: alerts(url) == ["smoke smoke-0"], "the second records the alarm")
    finally:
        os.kill(first.pid, signal.SIGCONT)
    taken_over_by = second.pid
    assert first.wait() == 1
    assert f"process {taken_over_by}, since" in first.log_tail()
    assert "has taken over this database while this gateway stood still; it ends" in first.log_tail()
    assert alerts(url) == ["smoke smoke-0"]
    assert kept_for(f"{tmp_path.name}-first", broker) >= {
        f"{tmp_path.name}/smoke-0/readings",
        f"{tmp_path.name}/smoke-1/readings",
    }
    running.close()


def test_a_gateway_that_ends_gives_the_lease_back(made: Made, url: str) -> None:
    first = made("first").start()
    assert first.stop() == 0
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT epoch, renewed FROM owner").fetchall() == [(1, 0)]


def test_tables_are_not_changed_under_a_gateway_that_works_on_them(made: Made, url: str) -> None:
    made("first").start()
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    with refused("stop it and start this one again", StoreUnavailable):
        Database(url)


def test_one_that_is_stopped_inside_a_transaction_keeps_the_lease_from_nobody(
    made: Made, url: str, tmp_path: Path
) -> None:
    """Its connection holds the row; the server ends such a transaction."""
    holding = (
        "import sys, threading; from pathlib import Path; from time import monotonic\n"
        "from gateway.stores.database import Database; from gateway.stores.owner import owned\n"
        "database = Database(sys.argv[1]); owner = owned(database, Path(sys.argv[2]), monotonic)\n"
        "with database.writing(): print('inside', flush=True); threading.Event().wait()\n"
    )
    command = [sys.executable, "-c", holding, url, str(tmp_path / "holder")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "inside\n"
        try:
            assert made("second").start().is_up()
        finally:
            holder.kill()
