"""The socket in the data folder: who may ask, who it was, and what hostile bytes do to it."""

import getpass
import json
import stat
from typing import Any

import pytest

from devices.device import Device
from devices.errors import MalformedMessage, NotAllowed, Refused, StoreUnavailable
from devices.orders import Adopt, Commission, Order, Retire
from gateway import local_request
from gateway.local_request import Ask, DeviceState
from tests.rim.conftest import Running
from tests.words import refused

ME = f"os:{getpass.getuser()}"
NEW = Device("local-1", "keyarea", "local-1", "store")


def done(running: Running, order: Order, **how: Any) -> list[tuple[str, str]]:
    """(what was done, by whom)."""
    return [(change.action, change.by) for change in local_request.carry_out(running.data, order, **how)]


def test_only_the_gateways_user_may_open_it(running_gateway: Running) -> None:
    assert 0o600 == stat.S_IMODE((running_gateway.data / "gateway.sock").stat().st_mode)


def test_an_order_is_signed_with_the_user_that_the_kernel_names(running_gateway: Running) -> None:
    """Whatever name stands in it."""
    assert [("adopted", ME)] == done(running_gateway, Adopt(NEW, "olga"))
    state = local_request.ask(running_gateway.data, Ask("device", "local-1"), DeviceState)
    assert (NEW, None) == (state.device, state.last_heard)
    assert [("retired", f"tom ({ME})")] == done(running_gateway, Retire("local-1", ""), claimed="tom")
    history = running_gateway.client().get("/api/devices/local-1/history")
    assert [ME, f"tom ({ME})"] == [change["by"] for change in history]


def test_a_rehearsal_changes_nothing(running_gateway: Running) -> None:
    new = Device("local-2", "keyarea", "local-2", "store")
    assert [("adopted", ME)] == done(running_gateway, Adopt(new, ""), rehearse=True)
    with refused("'local-2' is not installed"):
        local_request.ask(running_gateway.data, Ask("device", "local-2"), DeviceState)
    with refused("rehearsed"):
        done(running_gateway, Commission("smoke-0", ""), rehearse=True)


@pytest.mark.parametrize(
    ("name", "words"),
    [("nobody", "no account 'nobody'"), ("olga", "olga is operator"), ("mia", "manager"), ("os:root", "no account")],
)
def test_on_behalf_of_whom_it_may_not_is_not_done(running_gateway: Running, name: str, words: str) -> None:
    with refused(words, NotAllowed):
        done(running_gateway, Adopt(NEW, ""), claimed=name)


def test_a_refusal_names_every_field(running_gateway: Running) -> None:
    with pytest.raises(Refused) as caught:
        done(running_gateway, Adopt(Device("no good", "keyarea", "x", "cellar"), ""))
    assert {"id", "area"} == {column for _, column, _ in caught.value.faults}


def test_a_command_goes_the_same_way(running_gateway: Running) -> None:
    from alerts.command import Arm, Comment

    local_request.carry_out(running_gateway.data, Arm("store", "armed", ""))
    local_request.carry_out(running_gateway.data, Arm("store", "disarmed", ""), claimed="olga")
    entries = running_gateway.client().get("/api/ledger?book=arming&limit=1000")["entries"]
    assert [ME, f"olga ({ME})"] == [entry["by"] for entry in entries if entry["area"] == "store"][-2:]
    with refused("technician", NotAllowed):
        local_request.carry_out(running_gateway.data, Arm("store", "armed", ""), claimed="tom")
    with refused("longer than 2000"):
        local_request.carry_out(running_gateway.data, Comment("x", "", "y" * 2001))


@pytest.mark.parametrize(
    "question",
    [
        b"",
        b"hello",
        b"[" * 100_000,
        b"\xff\xfe",
        b'{"version": 1, "ask": {"type": "ask", "what": "health"}}',
        b'{"version": 2, "ask": {"type": "ask", "what": "everything"}}',
        b'{"version": 2, "ask": {"type": "carry_out", "item": {"type": "explode"}}}',
        b'{"version": 2, "ask": {"type": "carry_out", "item": {"type": "retire", "device": "\\ud800", "by": ""}}}',
        b" " * (16 * 1024 * 1024 + 1),
    ],
)
def test_what_is_no_question_is_answered_in_words(running_gateway: Running, question: bytes) -> None:
    answer = running_gateway.gateway.ask_locally(question)
    if answer is not None:  # too much is cut off before it was all sent
        assert ("malformed", None) == (answer["problem"], answer["result"])
        assert answer["error"]
    assert running_gateway.gateway.health()


def test_where_no_gateway_runs_it_says_what_to_do(running_gateway: Running) -> None:
    with refused("start one with `keyarea serve`", StoreUnavailable):
        local_request.health(running_gateway.data / "none")


def test_the_next_version_is_told_which_keyarea_to_use(running_gateway: Running) -> None:
    question = {"version": 7, "ask": {"type": "new"}}
    answer = running_gateway.gateway.ask_locally(json.dumps(question).encode())
    assert answer is not None
    assert ("local.other_version", {"ours": 2, "theirs": 7}) == (answer["error"]["key"], answer["error"]["params"])
    assert issubclass(local_request._ERRORS[answer["problem"]], MalformedMessage)  # type: ignore[arg-type]
