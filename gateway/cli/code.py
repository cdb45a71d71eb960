"""``keyarea code``: codes and cards with which accounts arm and disarm. A code is never an argument of the command."""

import argparse
import getpass
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from devices.errors import KeyareaError, Refused
from devices.keypad import UserCode
from devices.message import Text
from devices.reading import SECOND, Instant
from gateway import clock
from gateway.settings import DATA_HELP, Settings
from gateway.stores.database import Database
from gateway.stores.documents import Documents
from gateway.stores.registered_people import codes_in
from gateway.stores.user_codes import UserCodes
from gateway.stores.users import Users
from gateway.terminal import in_words, os_account, told

HELP = "code_word.help"
EPILOG = "code_word.epilog"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="give|make|list|take")
    give = verbs.add_parser("give", help=told("code_word.give"))
    make = verbs.add_parser("make", help=told("code_word.make"))
    for chosen in (give, make):
        chosen.add_argument("name", help=told("code_word.name"))
        chosen.add_argument("--area", action="append", default=[], metavar="AREA", help=told("code_word.area"))
        chosen.add_argument("--hours", type=float, metavar="HOURS", help=told("code_word.hours"))
    give.add_argument("--duress", action="store_true", help=told("code_word.duress"))
    give.add_argument("--card", metavar="CARD", help=told("code_word.card"))
    give.add_argument("--stdin", action="store_true", help=told("code_word.stdin"))
    verbs.add_parser("list", help=told("code_word.list"))
    verbs.add_parser("take", help=told("code_word.take")).add_argument("name", help=told("code_word.name"))
    for verb in verbs.choices.values():
        verb.add_argument("--data", type=Path, metavar="FOLDER", help=told(DATA_HELP))


def run(args: argparse.Namespace) -> int:
    folder = args.data or Path("data")
    address = Settings.from_environment().database_url.reveal()
    try:
        is_there = address and args.data is None
        with Database(address) if is_there else Database.in_folder(folder) as database:
            users = Users(database)
            _do(codes_in(Documents(database), folder, users.role), args, clock.now(), os_account())
    except KeyareaError as error:
        print(f"keyarea code: {in_words(error)}", file=sys.stderr)
        return 1
    return 0


def _do(codes: UserCodes, args: argparse.Namespace, now: Instant, by: str) -> None:
    match args.verb:
        case "give":
            given = UserCode(args.name, "duress" if args.duress else "user", tuple(args.area), _until(args.hours, now))
            codes.give(args.card or _code(args.stdin), given, now, is_card=bool(args.card), by=by)
            print(in_words(Text.of("code_word.given", name=args.name)))
            if args.duress:
                print(in_words(Text.of("code_word.duress_heard")))
        case "make":
            until = _until(args.hours or 24, now)
            print(codes.make(UserCode(args.name, "once", tuple(args.area), until), now, by=by))
        case "list":
            for _, stored in codes.all():
                code = stored.code
                ends = _shown(code.until) if code.until is not None else ""
                print(f"{code.user:<32}  {code.kind:<8}  {', '.join(code.areas) or '*':<24}  {ends}")
        case "take":
            count = codes.take_all(args.name, now, by=by)
            print(in_words(Text.of("code_word.taken", name=args.name, count=count)))


def _until(hours: float | None, now: Instant) -> Instant | None:
    if hours is None:
        return None
    if not 0 < hours <= 24 * 366:
        raise Refused(Text.of("code_word.wrong_hours"))
    return now + int(hours * 3_600) * SECOND


def _shown(at: Instant) -> str:
    return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=at // SECOND):%Y-%m-%d %H:%M} UTC"


def _code(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().strip()
    if not sys.stdin.isatty():
        raise Refused(Text.of("code_word.no_terminal"))
    return getpass.getpass("")
