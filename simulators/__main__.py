"""``python -m simulators``: devices without hardware."""

import argparse
import asyncio
import sys
from pathlib import Path

from simulators.runner import Runner, run
from simulators.scenario import ScenarioError, load, names
from simulators.site import read_site

_EPILOG = """\
examples:
  python -m simulators run demo_story --site site.toml --broker 127.0.0.1:1883
  python -m simulators run storm --site site.toml --broker 127.0.0.1:1883 --speed 10 --seed 7
  python -m simulators run my_story.toml --site site.toml --serial-link /tmp/line0

The lines of the site are played too: slaves and panels where its tables say, serial lines and card readers as
pseudo terminals under their port's name (none under /dev). The format of a scenario file is in docs/simulators.md.
"""


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m simulators",
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list", help="name the scenarios that come with the product")
    runs = verbs.add_parser(
        "run", help="run a scenario", epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    runs.add_argument("scenario", help=f"one of {', '.join(names())}, or a .toml file")
    runs.add_argument("--site", type=Path, required=True, help="the site file that names the devices")
    runs.add_argument("--broker", default="127.0.0.1:1883", metavar="HOST:PORT")
    runs.add_argument("--speed", type=_speed, default=1.0, help="how much faster than life")
    runs.add_argument("--seed", type=int, default=1, help="the same seed, the same story")
    runs.add_argument("--serial-link", type=Path, help="the first serial line, instead of its port in the site file")
    runs.add_argument("--quiet", action="store_true", help="no progress line")
    args = parser.parse_args()
    if args.verb == "list":
        print("\n".join(names()))
        return 0
    try:
        site = read_site(args.site)
        scenario = load(args.scenario, site)
    except (ScenarioError, OSError) as error:
        print(f"simulators: {error}", file=sys.stderr)
        return 2

    def progress(now: float, said: int) -> None:
        if not args.quiet:
            print(f"\r{scenario.name}: {now:.0f} s, {said} messages ", end="", file=sys.stderr, flush=True)

    host, _, port = args.broker.rpartition(":")
    runner = Runner(site, scenario, args.seed)
    try:
        asyncio.run(run(runner, host, int(port), speed=args.speed, serial_link=args.serial_link, on_progress=progress))
    except KeyboardInterrupt:
        print(file=sys.stderr)
    return 0


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a number above 0; found {text!r}")
    return speed


if __name__ == "__main__":
    sys.exit(main())
