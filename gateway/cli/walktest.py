"""``keyarea walktest``: walk through an area, trigger each detector once, see it tick; the report is in the ledger."""

import argparse
import threading

from api.client.permits import WalkTest
from devices.errors import Refused
from devices.message import Text
from devices.reading import SECOND
from devices.walk_test import WINDOW
from gateway import clock
from gateway.ask_options import span
from gateway.cli_client import client_of
from gateway.cli_output import Verbs, add_order, add_verb, ago, local, print_json, print_table, run_verb, shown
from gateway.terminal import told

HELP = "walktest_word.help"
EPILOG = "walktest_word.epilog"
_TICK_S = 0.5
_BELL = "\a"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs: Verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    start = add_order(verbs, "start", "option_words.walktest_start", _start)
    start.add_argument("devices", nargs="*", metavar="DEVICE")
    start.add_argument("--area", default="", help=told("option_words.whole_area"))
    start.add_argument("--for", dest="span", type=span, metavar="TIME", help=told("option_words.walktest_for"))
    start.add_argument("--window", type=span, default=WINDOW, metavar="TIME", help=told("option_words.walktest_window"))
    for name, said, run_it in (
        ("watch", "option_words.walktest_watch", _watch),
        ("list", "option_words.walktest_list", _list),
        ("tested", "option_words.walktest_tested", _tested),
    ):
        verb = add_verb(verbs, name, said, run_it)
        if name == "watch":
            verb.add_argument("test", nargs="?", default="", help=told("option_words.walktest_which"))
    end = add_order(verbs, "end", "option_words.walktest_end", _end)
    end.add_argument("test", nargs="?", default="", help=told("option_words.walktest_which"))


def run(args: argparse.Namespace) -> int:
    return run_verb(args)


def _start(args: argparse.Namespace) -> int:
    walk_tests, for_s = client_of(args).walk_tests, args.span // SECOND if args.span is not None else None
    what = {"area": args.area, "devices": args.devices, "for_s": for_s, "window_s": args.window // SECOND}
    test = walk_tests.show(walk_tests.start(**what, note=args.note).case)
    if args.json:
        print_json(test)
    else:
        print(f"walk test {test.id}: {len(test.devices)} devices until {local(test.until)}; trigger each once")
    return 0


def _watch(args: argparse.Namespace) -> int:
    test, tick, told = _one(args), threading.Event(), 0
    while True:
        for answer in test.answers[told:]:
            left = len(test.devices) - test.answers.index(answer) - 1
            print(f"{_BELL}[x] {shown(answer.device)}  {answer.signal}  {local(answer.at)}  ({left} left)", flush=True)
        told = len(test.answers)
        if test.ended is not None:
            return _report(test, as_json=args.json)
        tick.wait(_TICK_S)
        test = client_of(args).walk_tests.show(test.id)


def _end(args: argparse.Namespace) -> int:
    test = _one(args)
    walk_tests = client_of(args).walk_tests
    walk_tests.end(test.id, args.note)
    return _report(walk_tests.show(test.id), as_json=args.json)


def _report(test: WalkTest, *, as_json: bool) -> int:
    if as_json:
        print_json(test)
    else:
        length = int(((test.ended or test.until) - test.started).total_seconds())
        print(f"walk test {test.id} by {shown(test.by)}: {test.outcome} after {length} s {shown(test.note)}".rstrip())
        rows = [(f"[x] {a.device}", a.signal, local(a.at), f"{a.delay_s:.1f} s") for a in test.answers]
        rows += [(f"[ ] {name}", "", "no answer", "") for name in test.missing]
        print_table(("DEVICE", "SIGNAL", "ANSWERED", "ON ITS WAY"), rows)
        print(f"{len(test.answers)} of {len(test.devices)} answered; the report is in the ledger")
    return 1 if test.missing else 0


def _list(args: argparse.Namespace) -> int:
    found = client_of(args).walk_tests.all()
    tests = (*found.running, *found.past)
    if args.json:
        print_json(tests)
        return 0
    rows = [(t.id, local(t.started), t.area, t.by, t.outcome, f"{len(t.answers)} of {len(t.devices)}") for t in tests]
    print_table(("ID", "STARTED", "AREA", "BY", "OUTCOME", "ANSWERED"), rows)
    return 0


def _tested(args: argparse.Namespace) -> int:
    tested = client_of(args).walk_tests.last_tested()
    if args.json:
        print_json({last.device: last for last in tested})
        return 0
    now = clock.now()
    rows = [(last.device, ago(last.at, now), last.signal, last.by) for last in tested]
    print_table(("DEVICE", "LAST ANSWERED", "SIGNAL", "BY"), rows)
    return 0


def _one(args: argparse.Namespace) -> WalkTest:
    running = client_of(args).walk_tests.all().running
    found = [test for test in running if args.test in ("", test.id)]
    if len(found) != 1:
        ids = tuple(f"{test.id} ({test.area}, {test.by})" for test in running)
        raise Refused(Text.of("walktest_command.which", tests=ids) if ids else Text.of("walktest_command.none"))
    return found[0]
