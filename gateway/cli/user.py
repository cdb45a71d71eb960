"""``keyarea user``: who may sign in. Passwords are asked for or read from standard input, never from the command."""

import argparse
import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path

from devices.errors import KeyareaError, Refused
from devices.message import Text
from devices.reading import SECOND
from gateway import clock
from gateway.settings import DATA_HELP, Settings
from gateway.stores.account_areas import AccountAreas
from gateway.stores.database import Database
from gateway.stores.documents import Documents
from gateway.stores.registered_people import registered_by_account
from gateway.stores.users import ROLES, Users
from gateway.terminal import in_words, os_account, told

HELP = "user_word.help"
EPILOG = "user_word.epilog"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="add|list|disable|enable|password|role|areas")
    named = {
        "add": "option_words.user_add",
        "disable": "option_words.user_disable",
        "enable": "option_words.user_enable",
        "password": "option_words.user_password",
        "role": "option_words.user_role",
        "areas": "option_words.user_areas",
    }
    _add_data(verbs.add_parser("list", help=told("option_words.user_list")))
    for verb, said in named.items():
        chosen = verbs.add_parser(verb, help=told(said))
        chosen.add_argument("name")
        if verb == "add":
            chosen.add_argument("--role", required=True, choices=ROLES, help=told("option_words.role"))
        if verb == "role":
            chosen.add_argument("role", choices=ROLES)
        if verb == "areas":
            chosen.add_argument("areas", nargs="*", metavar="AREA", help=told("option_words.areas"))
        if verb in ("add", "password"):
            chosen.add_argument("--password-stdin", action="store_true", help=told("option_words.password_stdin"))
        _add_data(chosen)


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, metavar="FOLDER", help=told(DATA_HELP))


def run(args: argparse.Namespace) -> int:
    try:
        with _opened(args) as database:
            documents = Documents(database)
            if args.verb == "enable":
                _refuse_leaver(documents, args.name)
            _do(Users(database), AccountAreas(documents, Users(database)), args)
    except KeyareaError as error:
        print(f"keyarea user: {in_words(error)}", file=sys.stderr)
        return 1
    return 0


def _opened(args: argparse.Namespace) -> Database:
    """A list makes no database; the first account may."""
    address = Settings.from_environment().database_url.reveal()
    if address and args.data is None:
        return Database(address)
    folder = args.data or Path("data")
    return Database.to_look_at(folder) if args.verb == "list" else Database.in_folder(folder)


def _refuse_leaver(documents: Documents, account: str) -> None:
    """The gateway would disable it again within seconds. Raises Refused; the day is that of UTC."""
    person = registered_by_account(documents, [account]).get(account)
    if person is not None and not person.is_here(datetime.fromtimestamp(clock.now() // SECOND, UTC).date()):
        raise Refused(Text.of("user_command.has_left", account=account, person=person.id, left=str(person.left)))


def _do(users: Users, limits: AccountAreas, args: argparse.Namespace) -> None:
    now, by = clock.now(), os_account()
    match args.verb:
        case "list":
            for user in users.all():
                areas = ", ".join(limits.of(user.name))
                since = datetime.fromtimestamp(user.created // SECOND, UTC).date()
                print(
                    f"{user.name:<32}  {user.role:<10}  {'disabled' if user.disabled else 'enabled':<8}  since {since}"
                    + (f"  {areas}" if areas else "")
                )
        case "add":
            users.add(args.name, _password(args.password_stdin), args.role, now, by=by)
            print(f"{args.name} may sign in as {args.role}")
        case "password":
            users.set_password(args.name, _password(args.password_stdin), now, by=by)
            print(f"{args.name} has a new password")
        case "role":
            users.set_role(args.name, args.role, now, by=by)
            print(f"{args.name} is {args.role} now")
        case "areas":
            limits.limit(args.name, args.areas, now, by=by)
            print(f"{args.name} acts in {', '.join(args.areas) or 'every area'}")
        case verb:
            users.set_disabled(args.name, verb == "disable", now, by=by)
            print(f"{args.name} is {verb}d")


def is_at_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty()


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not is_at_terminal():
        raise Refused(Text.of("user_command.no_terminal"))
    try:
        password = getpass.getpass("Password: ")
        again = getpass.getpass("Again: ")
    except EOFError:
        raise Refused(Text.of("user_command.no_password")) from None
    if again != password:
        raise Refused(Text.of("user_command.differ"))
    return password
