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

_EPILOG = """\
examples:
  keyarea device credentials --gateway --all     the first time: the gateway, every device and converter
  keyarea device credentials smoke-9             a new password for one device (its old one ends)
  keyarea device credentials                     no new password; only the rules, after devices were changed
  keyarea device credentials --all --dynsec /var/lib/mosquitto/dynamic-security.json

Each device gets its id as user name and may speak on its own topics only; devices behind a converter (Zigbee2MQTT ...)
come in with the converter's login, named like the family. The passwords are shown once, here, and kept nowhere but as
hashes in Mosquitto's own file: write them into the devices now. Users that were not made here are left alone.

Mosquitto 2.0.11 throws out who speaks on a topic that is not allowed: switch off what is not needed (Home Assistant
discovery in Zigbee2MQTT and OpenMQTTGateway, unless the site listens to it), or write a rule of your own above ours.
Devices that announce themselves by Home Assistant discovery choose their topics themselves: write their rules yourself.

Then tell Mosquitto to read the files: systemctl reload mosquitto. With --dynsec, stop it before this command and start
it afterwards: the plugin reads its file at its start and writes over it while it runs.
"""


def add_verbs(verbs: Verbs) -> None:
    said = "device_word.credentials"
    parser = add_verb(verbs, "credentials", said, _credentials, _EPILOG)
    parser.add_argument("ids", nargs="*", metavar="ID", help="a new password for these devices (or their converters)")
    parser.add_argument("--all", action="store_true", help="for all that have none yet")
    parser.add_argument(
        "--gateway", action="store_true", help=f"for the gateway itself ({GATEWAY}), if it has none yet"
    )
    parser.add_argument("--renew", action="store_true", help="with --all, --gateway: also for those that have one")
    parser.add_argument("--passwords", type=Path, default=Path("keyarea.passwd"), metavar="FILE", help="(%(default)s)")
    parser.add_argument("--rules", type=Path, default=Path("keyarea.acl"), metavar="FILE", help="(%(default)s)")
    parser.add_argument("--dynsec", type=Path, metavar="FILE", help="the plugin's file, in the place of those two")


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
