"""``keyarea watch``: on another machine, tell people when a gateway stops, or alarms pass it no more."""

import argparse
import os
import sys
import threading
from datetime import UTC, datetime
from urllib.parse import urlsplit

from devices.errors import ConfigError
from devices.message import Text
from devices.reading import SECOND
from gateway.terminal import in_words, told

HELP = "watch_word.help"
EPILOG = "watch_word.epilog"
WEBHOOK = "KEYAREA_WATCH_WEBHOOK"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", metavar="URL", help=told("watch_word.url"))
    parser.add_argument("--every", type=float, default=5.0, metavar="S", help=told("watch_word.every"))
    parser.add_argument("--after", type=float, default=30.0, metavar="S", help=told("watch_word.after"))
    parser.add_argument("--once", action="store_true", help=told("watch_word.once"))
    parser.add_argument("--bell", action="store_true", help=told("watch_word.bell"))
    parser.add_argument(
        "--webhook", default=os.environ.get(WEBHOOK, ""), metavar="URL", help=told("watch_word.webhook")
    )
    parser.add_argument("--ca-file", default="", metavar="FILE", help=told("watch_word.ca_file"))
    program = told("watch_word.run")
    parser.add_argument("--run", dest="program", nargs=argparse.REMAINDER, default=[], metavar="PROGRAM", help=program)


def run(args: argparse.Namespace) -> int:
    from gateway.clock import SYSTEM
    from gateway.outside_watch import Watched, why_not

    _check(args)
    pause, watched = threading.Event(), Watched(args.after, SYSTEM.monotonic())
    while True:
        reason = why_not(args.url, max(1.0, args.every), args.ca_file)
        turn = watched.heard(is_good=not reason, now=SYSTEM.monotonic())
        if turn is not None:
            _tell(args, turn, reason, SYSTEM.now())
        if watched.is_lost and args.once:
            return 1
        if watched.is_lost and args.bell:
            print("\a", end="", flush=True)
        pause.wait(args.every)


def _check(args: argparse.Namespace) -> None:
    for name in ("url", "webhook"):
        text = getattr(args, name)
        if (text or name == "url") and (urlsplit(text).scheme not in ("http", "https") or not urlsplit(text).hostname):
            raise ConfigError(in_words(Text.of("watch_word.no_address", option=name)))
    if args.every <= 0 or args.after < 0:
        raise ConfigError(in_words(Text.of("watch_word.no_time")))


def _tell(args: argparse.Namespace, turn: str, reason: str, now: int) -> None:
    from gateway.outside_watch import Told, post, run_program

    at = datetime.fromtimestamp(now // SECOND, UTC).isoformat()
    said = in_words(Text.of(f"watch_word.{turn}", url=args.url, reason=_reason(reason)))
    print(f"{at} {said}", flush=True)
    news = Told(gateway=args.url, state="lost" if turn == "lost" else "back", reason=_reason(reason), at=at)
    failed = [run_program(args.program, news)] if args.program else []
    failed += [post(args.webhook, news)] if args.webhook else []
    for why in filter(None, failed):
        print(in_words(Text.of("watch_word.not_told", reason=why)), file=sys.stderr, flush=True)


def _reason(reason: str) -> str:
    return told(f"watch_word.{reason}") if reason in ("alarms_stuck", "not_a_gateway") else reason
