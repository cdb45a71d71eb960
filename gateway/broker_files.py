"""Mosquitto's files: passwords as mosquitto_passwd writes them, access rules, and both for its dynamic security plugin.

Each takes a file as it stands and returns it anew. What others wrote there stays; a user that is there and was not
made here is never touched.

A broker without rules lets any device speak for any other. The user name is the device's id, and what it may say comes
from its family (``device_topics``); passwords are 20 random letters, shown once and kept as PBKDF2-SHA512 with 1,000
rounds, enough for 100 bits, so that a thousand devices may come back at once. Mosquitto 2.0.11 throws out a client that
speaks where it may not, even at QoS 0 (measured): rules name all that a stock device says. Home Assistant discovery
picks its topics itself and gets no rules. Commands on the plugin's control topic would need the administrator's
password and send ours in clear; with ``pattern`` rules (%u) a replaced device would need a new user name.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from devices.broker_access import Login
from devices.errors import Refused
from devices.message import Text

_BEGIN = "# -- keyarea: written by `keyarea device credentials`; write rules of your own above this line --"
_END = "# -- keyarea: end --"
_BLOCK = re.compile(rf"{re.escape(_BEGIN)}\n(.*?){re.escape(_END)}\n?", re.DOTALL)
_ROLE = "keyarea-device-"
_ITERATIONS = 1_000
"""Few, since the passwords are chance (100 bits) and the broker's one thread must let a thousand devices in at once."""
_SALT_BYTES = 12
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_PASSWORD_LETTERS = 20


class Hashed(msgspec.Struct, frozen=True):
    """A password as it is kept: PBKDF2 with SHA-512."""

    salt: bytes
    digest: bytes
    iterations: int = _ITERATIONS


def new_password() -> str:
    """About 99 bits of chance, in letters that can be told apart on paper."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_PASSWORD_LETTERS))


def hashed(password: str) -> Hashed:
    salt = secrets.token_bytes(_SALT_BYTES)
    return Hashed(salt, hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS))


# -- password file and access rules ----------------------------------------------------------------------------


def users_in(passwords: str) -> set[str]:
    """The users of a password file."""
    return {line.partition(":")[0] for line in passwords.splitlines() if ":" in line and not line.startswith("#")}


def ours_in(rules: str) -> set[str]:
    """The users of an access file that were made here."""
    blocks = "".join(_BLOCK.findall(rules))
    return set(re.findall(r"^user (.+)$", blocks, re.MULTILINE))


def password_file(text: str, changed: Mapping[str, Hashed], gone: set[str]) -> str:
    """With new passwords, and without the users that are gone."""
    drop = {*changed, *gone}
    kept = [line for line in text.splitlines() if line.partition(":")[0] not in drop]
    new = [
        f"{user}:$7${word.iterations}${_b64(word.salt)}${_b64(word.digest)}" for user, word in sorted(changed.items())
    ]
    return "".join(f"{line}\n" for line in [*kept, *new])


def access_file(text: str, logins: Sequence[Login]) -> str:
    """With the rules of these logins at its end, in the place of those of last time."""
    rest = _BLOCK.sub("", text)
    if _BEGIN in rest or _END in rest:
        raise Refused(Text.of("broker_files.cut_part"))
    lines = [_BEGIN]
    for login in logins:
        both = [topic for topic in login.write if topic in login.read]
        lines += ["", f"user {login.user}"]
        lines += [f"topic readwrite {topic}" for topic in both]
        lines += [f"topic write {topic}" for topic in login.write if topic not in both]
        lines += [f"topic read {topic}" for topic in login.read if topic not in both]
    head = f"{rest.rstrip()}\n\n" if rest.strip() else ""
    return head + "\n".join([*lines, "", _END]) + "\n"


# -- dynamic security ------------------------------------------------------------------------------------------


def dynamic_users(content: bytes) -> tuple[set[str], set[str]]:
    """All users of a dynamic security file, and those that were made here."""
    clients = _dynamic(content).get("clients", [])
    return (
        {client["username"] for client in clients},
        {client["username"] for client in clients if _role_of(client["username"]) in _roles(client)},
    )


def dynamic_file(content: bytes, logins: Sequence[Login], changed: Mapping[str, Hashed], gone: set[str]) -> bytes:
    """With the clients and roles of these logins; those of clients that are gone are taken out."""
    tree = _dynamic(content)
    before = {client["username"]: client for client in tree.get("clients", [])}
    ours = {login.user for login in logins} | gone
    clients = [client for name, client in before.items() if name not in ours]
    roles = [role for role in tree.get("roles", []) if role["rolename"] not in {_role_of(user) for user in ours}]
    for login in logins:
        client = dict(before.get(login.user, {"username": login.user, "textname": "made by keyarea"}))
        client["roles"] = [{"rolename": _role_of(login.user)}]
        word = changed.get(login.user)
        if word is not None:
            client |= {"password": _b64(word.digest), "salt": _b64(word.salt), "iterations": word.iterations}
        clients.append(client)
        rules = [("publishClientSend", topic) for topic in login.write]
        rules += [(kind, topic) for topic in login.read for kind in ("publishClientReceive", "subscribePattern")]
        acls = [{"acltype": kind, "topic": topic, "priority": 0, "allow": True} for kind, topic in rules]
        roles.append({"rolename": _role_of(login.user), "acls": acls})
    tree |= {"clients": clients, "roles": roles}
    return msgspec.json.format(msgspec.json.encode(tree), indent=2) + b"\n"


def _dynamic(content: bytes) -> dict[str, Any]:
    if not content.strip():
        shut = {"publishClientSend": False, "publishClientReceive": False, "subscribe": False, "unsubscribe": True}
        return {"defaultACLAccess": shut, "clients": [], "groups": [], "roles": []}
    try:
        tree: dict[str, Any] = msgspec.json.decode(content, type=dict[str, Any])
        if all(isinstance(tree.get(key, []), list) for key in ("clients", "roles")):
            _ = (
                [client["username"] for client in tree.get("clients", [])],
                [r["rolename"] for r in tree.get("roles", [])],
            )
            return tree
    except (msgspec.MsgspecError, KeyError, TypeError):
        pass
    raise Refused(Text.of("broker_files.no_dynamic_security"))


def _role_of(user: str) -> str:
    return _ROLE + user


def _roles(client: dict[str, Any]) -> set[str]:
    return {role.get("rolename", "") for role in client.get("roles", [])}


def _b64(content: bytes) -> str:
    return base64.b64encode(content).decode()
