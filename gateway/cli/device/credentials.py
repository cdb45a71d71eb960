"""The verb that lets devices in at the broker: credentials."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from devices.broker_access import GATEWAY, Login
from devices.errors import Refused
from devices.message import Text
from gateway import broker_files
from gateway.cli_client import client_of
from gateway.cli_output import Verbs, add_verb, print_json, print_table, shown, write_file
from gateway.terminal import told

_EPILOG = "option_words.credentials_epilog"


def add_verbs(verbs: Verbs) -> None:
    said = "device_word.credentials"
    parser = add_verb(verbs, "credentials", said, _credentials, _EPILOG)
    parser.add_argument("ids", nargs="*", metavar="ID", help=told("option_words.credentials_ids"))
    parser.add_argument("--all", action="store_true", help=told("option_words.credentials_all"))
    parser.add_argument("--gateway", action="store_true", help=told("option_words.credentials_gateway"))
    parser.add_argument("--renew", action="store_true", help=told("option_words.credentials_renew"))
    parser.add_argument(
        "--passwords",
        type=Path,
        default=Path("keyarea.passwd"),
        metavar="FILE",
        help="(%(default)s)",
    )
    parser.add_argument("--rules", type=Path, default=Path("keyarea.acl"), metavar="FILE", help="(%(default)s)")
    parser.add_argument("--dynsec", type=Path, metavar="FILE", help=told("option_words.credentials_dynsec"))


def _credentials(args: argparse.Namespace) -> int:
    found = [msgspec.convert(login, Login, from_attributes=True) for login in client_of(args).devices.logins()]
    _refuse_unknown(args.ids, found)
    old_passwords, old_rules = _content(args.passwords), _content(args.rules)
    if args.dynsec is not None:
        content = _content(args.dynsec)
        users, ours = broker_files.dynamic_users(content)
    else:
        users, ours = broker_files.users_in(old_passwords.decode()), broker_files.ours_in(old_rules.decode())
    strangers = users - ours
    usable = [login for login in found if not login.note and login.user not in strangers]
    passwords = {
        login.user: broker_files.new_password() for login in usable if _is_asked(args, login, login.user in users)
    }
    kept = [login for login in usable if login.user in passwords or login.user in users & ours]
    gone = ours - {login.user for login in kept}
    changed = {user: broker_files.hashed(password) for user, password in passwords.items()}
    if args.dynsec is not None:
        write_file(args.dynsec, broker_files.dynamic_file(content, kept, changed, gone), force=True, mode=0o600)
    else:
        rules = broker_files.access_file(old_rules.decode(), kept)
        write_file(args.rules, rules.encode(), force=True, mode=0o600)
        text = broker_files.password_file(old_passwords.decode(), changed, gone)
        write_file(args.passwords, text.encode(), force=True, mode=0o600)
    _tell(args, found, passwords, gone, strangers)
    if args.dynsec is None and any(line.startswith("pattern ") for line in old_rules.decode().splitlines()):
        print(f"{args.rules} has `pattern` rules, which let users say more than these: take them out", file=sys.stderr)
    return 0


def _refuse_unknown(ids: Sequence[str], found: Sequence[Login]) -> None:
    known = {device for login in found for device in login.devices}
    for device in ids:
        if device not in known:
            raise Refused(Text.of("device_command.not_on_mqtt", id=device))


def _is_asked(args: argparse.Namespace, login: Login, has_one: bool) -> bool:
    if set(args.ids) & set(login.devices):
        return True
    asked = args.gateway if login.user == GATEWAY else args.all
    return bool(asked) and (not has_one or args.renew)


def _tell(
    args: argparse.Namespace,
    found: Sequence[Login],
    passwords: dict[str, str],
    gone: set[str],
    strangers: set[str],
) -> None:
    left = [login for login in found if login.note or login.user in strangers]
    notes = {login.user: login.note or "a user of that name is there and was not made here" for login in left}
    if args.json:
        logins = [
            {"user": login.user, "password": passwords[login.user], "write": login.write, "read": login.read}
            for login in found
            if login.user in passwords
        ]
        print_json({"logins": logins, "gone": sorted(gone), "left_alone": notes})
        return
    if passwords:
        rows = [
            (login.user, passwords[login.user], login.write[0] if len(login.write) else "")
            for login in found
            if login.user in passwords
        ]
        print_table(("USER", "PASSWORD", "SPEAKS ON"), rows)
        print("\nshown once: write them into the devices now", file=sys.stderr)
    for user in sorted(gone):
        print(f"{shown(user)}: shut out, there is no such device any more", file=sys.stderr)
    for user, note in sorted(notes.items()):
        print(f"{shown(user)}: left alone: {note}", file=sys.stderr)
    if GATEWAY in passwords and not args.json:
        print("the gateway: KEYAREA_MQTT_USERNAME and KEYAREA_MQTT_PASSWORD in its environment", file=sys.stderr)
    if args.dynsec is None:
        print(f"{args.rules}, {args.passwords}: written; now: systemctl reload mosquitto", file=sys.stderr)
    else:
        print(f"{args.dynsec}: written; now start Mosquitto", file=sys.stderr)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
