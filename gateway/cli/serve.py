"""``keyarea serve``: run the gateway for a site."""

import argparse
import asyncio
import gc
import logging
import os
import signal
import sys
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

from devices.errors import KeyareaError, StartAnew, StoreUnavailable
from gateway.terminal import in_words, log_to_stderr, told

HELP = "serve_word.help"
EPILOG = "serve_word.epilog"


_SWITCH_S = 0.001
"""So long may the pipeline's thread keep the interpreter while pages and streams wait for it to tell of an alarm.

Python's own 5 ms are more than all the rest of an alarm's way to the live stream.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, required=True, metavar="SITE.toml", help=told("option_words.site"))
    parser.add_argument("--data", type=Path, help=told("option_words.serve_data"))
    parser.add_argument("--verbose", action="store_true", help=told("option_words.verbose"))


def run(args: argparse.Namespace) -> int:
    gc.disable()  # what is imported and built is no garbage: to look for some in it is a quarter of a start
    # Imported late: the console's libraries take a second, and `keyarea --help` need not wait for them.
    from gateway.clock import SystemClock
    from gateway.settings import Settings
    from gateway.site.load import load
    from gateway.wiring import Gateway

    log_to_stderr(logging.DEBUG if args.verbose else logging.INFO)
    site = load(args.config)
    folder = args.data or args.config.parent / site.storage.folder
    gateway = Gateway(site, folder, Settings.from_environment(), SystemClock())
    gc.enable()
    # Alerts name the version of their rule; the text that it stood in is kept with them.
    try:
        gateway.stores.installation.note_site(args.config.read_text(encoding="utf-8"), gateway.clock.now())
    except StoreUnavailable as error:  # a gateway that can record nothing must show alarms all the same
        logging.getLogger("keyarea").warning("the site file's version is not recorded: %s", error)
    if not gateway.stores.users.all():
        print("nobody can sign in yet: make an account with `keyarea user add NAME --role admin`", file=sys.stderr)
    scheme = "https" if site.web.cert_file else "http"
    print(f"{site.name}: console and API on {scheme}://{site.web.host}:{site.web.port}/", file=sys.stderr)
    try:
        sys.setswitchinterval(_SWITCH_S)
        return asyncio.run(until_told(gateway.run()))
    except StartAnew as reason:
        print(f"keyarea serve: {in_words(reason)}", file=sys.stderr, flush=True)
    # Everything is closed; the same process with the same arguments begins from what is stored.
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - it is what runs already
    raise AssertionError("nothing comes after execv")


async def until_told(work: Coroutine[Any, Any, None]) -> int:
    """Run a coroutine until SIGTERM or SIGINT; 0 if told to stop, 1 if it gave up.

    What it could not do is raised as itself: the caller tells it in one sentence.
    """
    from devices.errors import Superseded
    from gateway.supervisor import GivenUp

    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        return 0
    except ExceptionGroup as group:
        given_up, others = group.split((GivenUp, Superseded))
        if others is not None:
            said, bugs = others.split((KeyareaError, OSError))
            raise (others if bugs is not None or said is None else next(_leaves(said))) from group
        print(*(given_up.exceptions if given_up else ()), sep="\n", file=sys.stderr)
        return 1
    return 0


def _leaves(group: BaseExceptionGroup[Exception]) -> Iterator[Exception]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error
