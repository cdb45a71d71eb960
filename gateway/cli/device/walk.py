"""The verbs of commissioning by walking: commission (and watch), finish."""

import argparse
import sys
import threading
from collections.abc import Iterator

from rich.console import Console
from rich.live import Live
from rich.text import Text as Shown

from api.client.registration import Commissioning
from devices.errors import Refused
from devices.message import Text, plain
from devices.reading import Instant
from gateway import clock
from gateway.cli_client import client_of
from gateway.cli_output import Verbs, add_order, ago, print_json, shown
from gateway.terminal import told

_TICK_S = 1.0
_COMMISSION = "option_words.commission_epilog"


def add_verbs(verbs: Verbs) -> None:
    parser = add_order(verbs, "commission", "device_word.commission", _commission, _COMMISSION)
    parser.add_argument("id")
    parser.add_argument("--watch", action="store_true", help=told("option_words.watch"))
    parser.add_argument("--no-watch", action="store_true", help=told("option_words.no_watch"))
    parser = add_order(verbs, "finish", "device_word.finish", _finish)
    parser.add_argument("id")


def _commission(args: argparse.Namespace) -> int:
    if not args.watch:
        client_of(args).registration.commission(args.id, args.note)
    if args.no_watch:
        if args.json:
            print_json(_state(args))
        else:
            print(f"{shown(args.id)} is being measured; trigger it once, then: keyarea device finish {shown(args.id)}")
        return 0
    try:
        last = _watch(args)
    except KeyboardInterrupt:
        print("\nit is still being measured; look again with --watch", file=sys.stderr)
        return 130
    if last.wanting:
        wanting = tuple(plain(words) for words in last.wanting)
        raise Refused(Text.of("device_command.wanting", wanting=wanting, id=args.id))
    return _finish(args)


def _finish(args: argparse.Namespace) -> int:
    client = client_of(args)
    client.registration.finish(args.id, args.note)
    record = client.devices.history(args.id)[-1]
    if args.json:
        print_json(record)
        return 0
    print(f"{shown(args.id)} is commissioned; the record is in the ledger")
    for name, value in record.measured.items():
        print(f"  {name:<18}  {shown(value)}")
    return 0


def _watch(args: argparse.Namespace) -> Commissioning:
    """How it stands when nothing is wanting any more, or when the time is over."""
    console = Console(stderr=args.json)
    if not console.is_terminal:
        said = ""
        for state, now in _states(args):
            news = _told(state, now).plain.splitlines()[1]
            if news != said and not args.json:
                print(news, flush=True)
            said = news
        return state
    with Live(console=console, auto_refresh=False) as live:
        for state, now in _states(args):
            live.update(_told(state, now), refresh=True)
    return state


def _states(args: argparse.Namespace) -> Iterator[tuple[Commissioning, Instant]]:
    tick = threading.Event()
    while True:
        state = _state(args)
        yield state, clock.now()
        if not state.wanting or not state.left_s:
            return
        tick.wait(_TICK_S)  # the watch on the wall: nothing else happens each second


def _state(args: argparse.Namespace) -> Commissioning:
    running = client_of(args).registration.commissionings()
    found = next((state for state in running if state.device == args.id), None)
    if found is None:
        raise Refused(Text.of("commissioning.not_running", id=args.id[:64]))
    return found


def _told(state: Commissioning, now: Instant) -> Shown:
    minutes, seconds = divmod(int(state.left_s), 60)
    figures = ", ".join(f"{name} {value}" for name, value in state.measured.items())
    heard = f"just spoke, {ago(state.last_heard, now)}" if state.last_heard else "has not spoken yet"
    trigger = f"trigger seen {ago(state.triggered, now)}" if state.triggered else "no trigger seen yet"
    text = Shown()
    text.append(f"{shown(state.device)}  ", "bold").append(heard).append(f"   {minutes}:{seconds:02} left\n", "dim")
    text.append(f"{'[x]' if state.triggered else '[ ]'} {trigger}\n", "green" if state.triggered else "bold yellow")
    text.append(f"{shown(figures)}\n")
    for wanting in state.wanting:
        text.append(f"  wanting: {shown(wanting)}\n", "yellow")
    return text
