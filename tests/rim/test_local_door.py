"""The socket in the data folder: who may ask, who it was, and what hostile bytes do to it."""

import getpass
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.client import Client as Program
from api.client import ClientError, DataFolder, NotAllowed, NotRunning, Refused, Who
from tests.rim.conftest import Running, serving
from tests.rim.conftest import site as site_text
from tests.rim.processes import PATIENCE_S, Mosquitto, free_port, wait_until

ME = f"os:{getpass.getuser()}"
NEW = {"id": "local-1", "family": "keyarea", "address": "local-1", "area": "store"}


def program(running: Running, account: str = "", language: str = "en") -> Program:
    return Program(DataFolder(running.data), Who(on_behalf_of=account, language=language))


def test_only_the_gateways_user_may_open_it(running_gateway: Running) -> None:
    assert 0o600 == stat.S_IMODE((running_gateway.data / "gateway.sock").stat().st_mode)


def test_an_order_is_signed_with_the_user_that_the_kernel_names(running_gateway: Running) -> None:
    registration = program(running_gateway).registration
    assert [("adopted", ME)] == [(done.action, done.by) for done in registration.adopt(NEW).changes]
    device = program(running_gateway).devices.show("local-1")
    assert ("local-1", "store", None) == (device.address, device.area, device.last_heard)
    assert [f"tom ({ME})"] == [
        done.by for done in program(running_gateway, "tom").registration.retire("local-1").changes
    ]
    history = running_gateway.client().get("/api/devices/local-1/history")
    assert [ME, f"tom ({ME})"] == [change["by"] for change in history]


def test_a_rehearsal_changes_nothing(running_gateway: Running) -> None:
    new = {**NEW, "id": "local-2", "address": "local-2"}
    done = program(running_gateway).registration.adopt(new, check=True)
    assert [("adopted", ME)] == [(change.action, change.by) for change in done.changes]
    with pytest.raises(Refused, match="'local-2' is not installed"):
        program(running_gateway).devices.show("local-2")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nobody", "no account 'nobody'"),
        ("olga", "the role operator may not"),
        ("mia", "the role manager"),
        ("os:root", "no account"),
    ],
)
def test_on_behalf_of_whom_it_may_not_is_not_done(running_gateway: Running, name: str, words: str) -> None:
    with pytest.raises(NotAllowed, match=words):
        program(running_gateway, name).registration.adopt(NEW)


def test_nobody_signs_for_others_over_tcp(running_gateway: Running) -> None:
    connection = socket.create_connection(("127.0.0.1", running_gateway.port), PATIENCE_S)
    token = running_gateway.client("ada").token
    head = f"GET /api/me HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\nconnection: close\r\n"
    with connection:
        connection.sendall(f"{head}keyarea-on-behalf-of: olga\r\n\r\n".encode())
        assert b" 403 " in connection.recv(65_536).split(b"\r\n")[0]


def test_a_session_goes_before_the_user_of_the_machine(running_gateway: Running) -> None:
    """What a program shows is who it is, and no more."""
    here = program(running_gateway)
    assert (ME, "admin") == (here.session.me().user, here.session.me().role)
    signed_in = here.signed_in("olga", "correct-horse-battery-staple")
    assert ("olga", "operator") == (signed_in.session.me().user, signed_in.session.me().role)
    with pytest.raises(NotAllowed, match="sign in first"):
        Program(DataFolder(running_gateway.data), Who(token="made-up")).session.me()


def test_a_refusal_names_every_field_in_the_callers_language(running_gateway: Running) -> None:
    wrong = {**NEW, "id": "no good", "address": "x", "area": "cellar"}
    with pytest.raises(Refused) as caught:
        program(running_gateway).registration.adopt(wrong)
    assert {"id", "area"} == {fault.column for fault in caught.value.faults}
    with pytest.raises(Refused, match="未安装") as caught:
        program(running_gateway, language="zh").devices.show("none")
    assert ("registration.not_installed", {"id": "none"}) == (caught.value.key, caught.value.params)


def test_a_command_goes_the_same_way(running_gateway: Running) -> None:
    program(running_gateway).areas.set_mode("store", "armed")
    program(running_gateway, "olga").areas.set_mode("store", "disarmed")
    entries = running_gateway.client().get("/api/ledger?book=arming&limit=1000")["entries"]
    assert [ME, f"olga ({ME})"] == [entry["by"] for entry in entries if entry["area"] == "store"][-2:]
    with pytest.raises(NotAllowed, match="technician"):
        program(running_gateway, "tom").areas.set_mode("store", "armed")
    with pytest.raises(Refused, match="2000"):
        program(running_gateway).alerts.comment("x", "y" * 2001)


def test_pages_and_their_sockets_are_not_there(running_gateway: Running) -> None:
    ask = running_gateway.gateway.ask_locally
    for path in ("/", "/console", "/sign-in", "/apix"):
        assert ask(f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode()).startswith(b"HTTP/1.1 404")
    upgrade = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: eA==\r\n"
    assert b"" == ask(f"GET /api/board/live HTTP/1.1\r\nhost: x\r\n{upgrade}\r\n".encode())
    assert running_gateway.gateway.health()


def posting(path: str, length: int) -> bytes:
    """The head of a request with so long a body."""
    kind = "connection: close\r\ncontent-type: application/json\r\n"
    return f"POST {path} HTTP/1.1\r\nhost: x\r\n{kind}content-length: {length}\r\n\r\n".encode()


@pytest.mark.parametrize(
    ("question", "status"),
    [
        (b"hello\r\n\r\n", 400),
        (b"\xff\xfe\r\n\r\n", 400),
        (b"GET /api/nothing HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", 404),
        (b"GET / HTTP/1.1\r\n" + b"a: " + b"b" * 100_000, 431),
        (posting("/api/devices", 100_000) + b"[" * 100_000, 413),
        (posting("/api/devices/x/retire", 17) + b'{"note":"\\ud800"}', 422),
    ],
)
def test_what_is_no_question_is_answered_all_the_same(running_gateway: Running, question: bytes, status: int) -> None:
    answer = running_gateway.gateway.ask_locally(question)
    if answer:  # too much is cut off before it was all sent
        assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert running_gateway.gateway.health()


def test_where_no_gateway_runs_it_says_what_to_do(running_gateway: Running) -> None:
    with pytest.raises(NotRunning, match="start one with `keyarea serve`"):
        Program(DataFolder(running_gateway.data / "none")).health.show()


def test_one_user_leaves_room_for_the_next(running_gateway: Running) -> None:
    """Whoever begins a head and never ends it has half of the places, and gives way to who asks."""
    idle = []
    for _ in range(100):
        idle.append(socket.socket(socket.AF_UNIX))
        idle[-1].connect(os.path.relpath(running_gateway.data / "gateway.sock"))
    try:
        wait_until(running_gateway.gateway.health, "an answer")
    finally:
        for each in idle:
            each.close()


# -- other users of the machine ------------------------------------------------------------------------------


@pytest.fixture
def shared(broker: Mosquitto, tmp_path: Path) -> Iterator[Running]:
    """A gateway that knows ``nobody`` of this machine as an operator."""
    if os.getuid() != 0:
        pytest.skip("only root can ask as somebody else")
    web, name = free_port(), tmp_path.name
    text = site_text(broker.port, web, smokes=5, name=name)
    text = text.replace("[web]\n", '[web]\nlocal_users = { nobody = "operator" }\n')
    with serving(tmp_path, text, web, broker, name) as running:
        yield running


ASK = """
import os, socket, sys
os.setgroups([]); os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[3])); os.chdir("/proc/self/fd/" + sys.argv[1])
asking = socket.socket(socket.AF_UNIX)
asking.connect("gateway.sock")
asking.sendall(b"GET /api/me HTTP/1.1\\r\\nhost: x\\r\\nconnection: close\\r\\n" + os.fsencode(sys.argv[4]) + b"\\r\\n")
print(b"".join(iter(lambda: asking.recv(65536), b"")).decode().partition("\\r\\n\\r\\n")[2])
"""


def test_others_come_in_by_their_group_and_are_what_the_site_file_says(shared: Running) -> None:
    assert (0o660, 0o710) == tuple(
        stat.S_IMODE(path.stat().st_mode) for path in (shared.data / "gateway.sock", shared.data)
    )
    folder = os.open(shared.data, os.O_PATH)

    def asked_by(uid: int, gid: int, header: str = "") -> str:
        """What that user of the machine is told; where it may not even connect, why."""
        command = [sys.executable, "-c", ASK, str(folder), str(gid), str(uid), header]
        done = subprocess.run(command, capture_output=True, text=True, check=False, pass_fds=[folder], timeout=100)
        return done.stdout.strip() or done.stderr.strip().splitlines()[-1]

    ours, nobody, daemon = shared.data.stat().st_gid, 65_534, 1
    assert '{"user":"os:nobody","role":"operator"}' == asked_by(nobody, ours)
    assert "signs for itself only" in asked_by(nobody, ours, "keyarea-on-behalf-of: ada\r\n")
    assert "the user daemon of this machine has no role here" in asked_by(daemon, ours)
    assert "PermissionError" in asked_by(nobody, 65_534)
    os.close(folder)


def test_who_is_not_named_may_not_even_ask(running_gateway: Running) -> None:
    if os.getuid() != 0:
        pytest.skip("only root can ask as somebody else")
    folder = os.open(running_gateway.data, os.O_PATH)
    command = [sys.executable, "-c", ASK, str(folder), str(running_gateway.data.stat().st_gid), "65534", ""]
    done = subprocess.run(command, capture_output=True, text=True, check=False, pass_fds=[folder], timeout=100)
    os.close(folder)
    assert "PermissionError" in done.stderr


def test_an_error_of_the_client_is_one_of_a_small_tree() -> None:
    assert {"Refused", "NotAllowed", "NotRunning", "Unreachable"} == {
        kind.__name__ for kind in ClientError.__subclasses__()
    }
