"""What programs on the same machine ask of the running gateway through a Unix socket, and how they ask.

One connection is one question: a JSON document and the end of the sending side, then one document as the answer.
Whoever may write to the socket (gateway/local_channel.py) may ask; there is no password.
"""

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from alerts.command import Command
from api.ports import Health, UpkeepView
from devices.device import Device
from devices.errors import KeyareaError, MalformedMessage, NotAllowed, Refused, StoreUnavailable
from devices.message import Text, plain
from devices.orders import Change, Order
from devices.reading import Instant, Reading

NAME = "gateway.sock"
VERSION = 2
LARGEST = 16 * 1024 * 1024
"""Bytes of a question, and of an answer."""
_TIMEOUT_S = 120
"""A list of ten thousand devices takes its time."""

T = TypeVar("T")


class Ask(msgspec.Struct, frozen=True, tag="ask"):
    """Something to look at. ``device`` is the id for ``device``, ``history`` and ``walk_test``."""

    what: Literal[
        "health",
        "devices",
        "device",
        "history",
        "waiting",
        "rejected",
        "malformed",
        "commissionings",
        "labels",
        "logins",
        "bypasses",
        "bypass_wishes",
        "walk_tests",
        "past_walk_tests",
        "walk_test",
        "last_tested",
    ]
    device: str = ""


class CarryOut(msgspec.Struct, frozen=True, tag="carry_out"):
    """An order or a command. Its ``by`` is filled in by the gateway: the user that asks, or ``claimed`` through it.

    The answer are the changes that an order makes; ``rehearse`` only tells them.
    """

    item: Order | Command
    claimed: str = ""
    rehearse: bool = False


class Question(msgspec.Struct, frozen=True):
    """What goes in."""

    ask: Ask | CarryOut
    version: int = VERSION


Problem = Literal["", "refused", "not_allowed", "unavailable", "malformed"]


class Answer(msgspec.Struct, frozen=True):
    """What comes back: a result, or what is wrong (``faults``: row, column, problem)."""

    result: msgspec.Raw = msgspec.Raw(b"null")
    problem: Problem = ""
    error: Text | None = None
    faults: tuple[tuple[int, str, Text], ...] = ()


class DeviceState(msgspec.Struct, frozen=True):
    """An installed device, when it was last heard, and for one alone its newest readings and its upkeep."""

    device: Device
    now: Instant
    last_heard: Instant | None
    latest: tuple[Reading, ...] = ()
    upkeep: UpkeepView | None = None


_ERRORS: dict[Problem, Callable[[Text], KeyareaError]] = {
    "not_allowed": NotAllowed,
    "unavailable": StoreUnavailable,
    "malformed": MalformedMessage,
}


def ask(folder: Path, question: Ask | CarryOut, shape: type[T]) -> T:
    """What the gateway that runs on this data folder answers. Raises what it raised; StoreUnavailable if none does."""
    content = msgspec.json.encode(Question(question))
    if len(content) > LARGEST:
        raise Refused(Text.of("local.cut_in_two", most_mib=LARGEST >> 20))
    try:
        answer = msgspec.json.decode(_exchange(folder, content), type=Answer)
    except msgspec.MsgspecError:
        raise StoreUnavailable(Text.of("local.another_way", folder=str(folder))) from None
    if answer.problem:
        error = answer.error or plain(answer.problem)
        raise Refused(error, answer.faults) if answer.problem == "refused" else _ERRORS[answer.problem](error)
    return msgspec.json.decode(answer.result, type=shape)


def health(folder: Path) -> Health:
    return ask(folder, Ask("health"), Health)


def carry_out(folder: Path, item: Order | Command, *, claimed: str = "", rehearse: bool = False) -> list[Change]:
    """Have it done; what an order changed. Raises like ``ask``."""
    return ask(folder, CarryOut(item, claimed, rehearse), list[Change])


def _exchange(folder: Path, content: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(_TIMEOUT_S)
        try:
            asking.connect(os.path.relpath(folder / NAME))
            asking.sendall(content)
            asking.shutdown(socket.SHUT_WR)
            answer = bytearray()
            while len(answer) <= LARGEST and (piece := asking.recv(65_536)):
                answer += piece
        except PermissionError as error:
            raise NotAllowed(Text.of("local.another_user", folder=str(folder))) from error
        except OSError as error:
            raise StoreUnavailable(
                Text.of("local.nobody_answers", folder=str(folder), reason=error.strerror or str(error))
            ) from error
    return bytes(answer)
