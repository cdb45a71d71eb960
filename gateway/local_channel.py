"""Answers programs on the same machine on a Unix socket in the data folder: ``keyarea status``, ``keyarea device`` ...

Only the gateway's own user (and root) may open the socket; the right to the file is the right to ask. What is done
through it is signed ``os:NAME``, the user that asks as the kernel tells it, or ``li (os:NAME)`` where that user says
on whose behalf: neither can be mistaken for a person who signed in.

No password: it would end in shell histories. The name in ``--by`` must be an account that may sign in and whose role
may do it; alone it would let root sign as anybody. On a machine where all work as one user, the ledger shows that user
and what was claimed.
"""

import asyncio
import contextlib
import os
import pwd
import socket
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec
from msgspec.structs import astuple, replace

from alerts.command import (
    Arm,
    Bypass,
    Command,
    ConsentBypass,
    DeclineBypass,
    EndBypass,
    EndWalkTest,
    StartWalkTest,
)
from api.auth import ROLES, Permission
from api.ports import Gateway
from devices.broker_access import Login
from devices.errors import KeyareaError, MalformedMessage, NotAllowed, Refused, StoreUnavailable
from devices.message import Text
from devices.orders import Change, Commission, Finish, Order
from gateway.label_sheet import Label
from gateway.local_request import LARGEST, NAME, VERSION, Answer, Ask, CarryOut, DeviceState, Problem, Question

_MOST_AT_ONCE = 8
_QUESTION_WITHIN_S = 10.0
_PIECE = 65_536
_LONGEST_TEXT = 2_000
_PROBLEMS: dict[type[KeyareaError], Problem] = {
    Refused: "refused",
    NotAllowed: "not_allowed",
    StoreUnavailable: "unavailable",
    MalformedMessage: "malformed",
}


class Papers(Protocol):
    """What only programs on the gateway's own machine ask of it."""

    def labels(self) -> Sequence[Label]: ...
    def logins(self) -> Sequence[Login]: ...


class _Version(msgspec.Struct):
    version: int = 0


async def serve(folder: Path, gateway: Gateway, papers: Papers) -> None:
    """Answer questions until cancelled."""
    room = asyncio.Semaphore(_MOST_AT_ONCE)

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with room:
            with contextlib.suppress(OSError, TimeoutError):
                content = await asyncio.wait_for(_read(reader), _QUESTION_WITHIN_S)
                writer.write(msgspec.json.encode(await _answer(gateway, papers, content, _asking_user(writer))))
                await asyncio.wait_for(writer.drain(), _QUESTION_WITHIN_S)
            writer.close()

    path = folder / NAME
    server = await asyncio.start_unix_server(converse, sock=_door(path))
    try:
        await server.serve_forever()
    finally:
        path.unlink(missing_ok=True)


def _door(path: Path) -> socket.socket:
    """Nobody can connect before it listens, and by then only the owner may."""
    path.unlink(missing_ok=True)
    door = socket.socket(socket.AF_UNIX)
    door.bind(os.path.relpath(path))
    path.chmod(0o600)
    return door


async def _read(reader: asyncio.StreamReader) -> bytes:
    content = bytearray()
    while len(content) <= LARGEST and (piece := await reader.read(_PIECE)):
        content += piece
    return bytes(content)


async def _answer(gateway: Gateway, papers: Papers, content: bytes, user: str) -> Answer:
    try:
        question = _question(content)
        if isinstance(question, Ask):
            result = await asyncio.to_thread(_look, gateway, papers, question)
        else:
            result = await _carry_out(gateway, question, user)
    except tuple(_PROBLEMS) as error:
        faults = error.faults if isinstance(error, Refused) else ()
        return Answer(problem=_PROBLEMS[type(error)], error=error.text, faults=faults)
    return Answer(msgspec.Raw(msgspec.json.encode(result)))


def _question(content: bytes) -> Ask | CarryOut:
    if len(content) > LARGEST:
        raise MalformedMessage(Text.of("local.too_large", most_mib=LARGEST >> 20))
    try:
        version = msgspec.json.decode(content, type=_Version).version
        if version != VERSION:
            raise MalformedMessage(Text.of("local.other_version", ours=VERSION, theirs=version))
        return msgspec.json.decode(content, type=Question).ask
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedMessage(Text.of("local.no_question", reason=str(error))) from None


def _look(gateway: Gateway, papers: Papers, question: Ask) -> Any:
    match question.what:
        case "health":
            return gateway.health.health()
        case "devices":
            now = gateway.site.now()
            return [
                DeviceState(device, now, gateway.devices.last_heard(device.id)) for device in gateway.devices.devices()
            ]
        case "device":
            found = next((device for device in gateway.devices.devices() if device.id == question.device), None)
            if found is None:
                raise Refused(Text.of("registration.not_installed", id=question.device[:64]))
            latest = tuple(gateway.readings.latest(found.id))
            heard, upkeep = gateway.devices.last_heard(found.id), gateway.devices.upkeep(found.id)
            return DeviceState(found, gateway.site.now(), heard, latest, upkeep)
        case "history":
            return gateway.devices.device_history(question.device)
        case "waiting":
            return gateway.senders.quarantine()
        case "rejected":
            return gateway.senders.rejected()
        case "malformed":
            return gateway.senders.malformed()
        case "commissionings":
            return gateway.registration.commissionings()
        case "labels":
            return papers.labels()
        case "logins":
            return papers.logins()
        case "bypasses":
            return gateway.bypasses.bypasses()
        case "bypass_wishes":
            return gateway.bypasses.bypass_wishes()
        case "walk_tests":
            return gateway.walk_tests.walk_tests()
        case "past_walk_tests":
            return gateway.walk_tests.past_walk_tests()
        case "walk_test":
            found_test = gateway.walk_tests.walk_test(question.device[:64])
            if found_test is None:
                raise Refused(Text.of("local.no_walk_test", id=question.device[:64]))
            return found_test
        case "last_tested":
            return gateway.walk_tests.last_tested()


async def _carry_out(gateway: Gateway, question: CarryOut, user: str) -> list[Change]:
    by = await asyncio.to_thread(_signature, gateway, question, user)
    item = replace(question.item, by=by)
    if not isinstance(item, Order):
        if any(len(text) > _LONGEST_TEXT for text in astuple(item) if isinstance(text, str)):
            raise Refused(Text.of("local.long_text", most=_LONGEST_TEXT))
        if question.rehearse:
            raise Refused(Text.of("local.no_rehearsal"))
        await gateway.commands.submit(item)
        return []
    changes: list[Change] = []
    if not isinstance(item, Commission | Finish):
        changes = await asyncio.to_thread(gateway.registration.rehearse, item)
    elif question.rehearse:
        raise Refused(Text.of("local.no_rehearsal"))
    if not question.rehearse:
        await gateway.registration.order(item)
    return changes


def _signature(gateway: Gateway, question: CarryOut, user: str) -> str:
    """Who does it. Raises NotAllowed for a name that may not."""
    name = question.claimed
    if not name:
        return f"os:{user}"
    role = gateway.accounts.role(name)
    if role is None:
        raise NotAllowed(Text.of("local.no_account", name=name[:64]))
    needed = _permission(question.item)
    if role not in ROLES[needed]:
        raise NotAllowed(Text.of("local.not_yours", name=name, role=role, needed=str(needed)))
    return f"{name} (os:{user})"


def _permission(item: Order | Command) -> Permission:
    if isinstance(item, Order):
        return Permission.SERVE_DEVICES
    match item:
        case Arm():
            return Permission.ARM
        case Bypass() | EndBypass():
            return Permission.BYPASS
        case ConsentBypass() | DeclineBypass():
            return Permission.CONSENT
        case StartWalkTest() | EndWalkTest():
            return Permission.WALK_TEST
        case _:
            return Permission.HANDLE_ALERTS


def _asking_user(writer: asyncio.StreamWriter) -> str:
    """The name of the user at the other end, as the kernel knows it."""
    peer = writer.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, uid, _ = struct.unpack("3i", peer)
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
