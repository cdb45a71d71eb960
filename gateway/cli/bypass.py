"""``keyarea bypass``: take devices out of service for work, consent to that as the second person, put them back."""

import argparse
import sys

from alerts.bypass import Bypassed
from alerts.command import Bypass, ConsentBypass, DeclineBypass, EndBypass
from alerts.suppression.consent import lapses_at
from devices.errors import Refused
from devices.message import Text
from devices.reading import SECOND, Instant
from gateway import clock
from gateway.cli.device.output import Verbs, add_order, add_verb, local, print_json, print_table, shown
from gateway.local_request import Ask, ask, carry_out
from gateway.terminal import in_words, spoken

HELP = "take devices out of service for work, with a reason and an end"
EPILOG = """\
examples:
  keyarea bypass begin smoke-9 --for 2h --reason "welding in the store"
  keyarea bypass begin --area store --for 8h --reason "painting"
  keyarea bypass consent smoke-9 --by olga      a second person, with another login on this machine
  keyarea bypass decline smoke-9
  keyarea bypass list
  keyarea bypass end smoke-9

Fire and gas detectors take two people: one asks, and nothing is bypassed before another consents, here or in the
console. They are out for 8 h at most, others for a day; it ends by itself. Call points and panic buttons
cannot be bypassed. All is recorded meanwhile, and the control room is told. docs/walk-test.md tells more.

Exit status: 0 done, 1 refused, 2 no gateway answers or it could not be done.
"""
_UNITS = {"s": 1, "min": 60, "m": 60, "h": 3_600, "d": 86_400}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs: Verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    begin = add_order(verbs, "begin", "take devices, or all of an area that may be, out of service", _begin)
    begin.add_argument("devices", nargs="*", metavar="DEVICE")
    begin.add_argument("--area", default="", help="the whole key area instead of devices")
    begin.add_argument("--for", dest="span", required=True, type=span, metavar="TIME", help="such as 30min, 2h")
    begin.add_argument("--reason", required=True, help="what is worked on")
    for name, said, run_it in (
        ("consent", "as a second person agree to what was asked for: it begins", _consent),
        ("decline", "end what was asked for; also for whoever asked", _decline),
    ):
        decision = add_order(verbs, name, said, run_it)
        decision.add_argument("device", metavar="DEVICE", help="one of the devices that it is about")
    end = add_order(verbs, "end", "put devices back into service", _end)
    end.add_argument("devices", nargs="+", metavar="DEVICE")
    add_verb(verbs, "list", "show what is bypassed, by whom, why and until when", _list)


def run(args: argparse.Namespace) -> int:
    return run_verb(args, "bypass")


def run_verb(args: argparse.Namespace, command: str) -> int:
    """1 and the reason if the gateway refuses."""
    try:
        return int(args.run_verb(args))
    except Refused as refusal:
        print(f"keyarea {command} {args.verb}: {in_words(refusal)}", file=sys.stderr)
        return 1


def span(text: str) -> Instant:
    """``90s``, ``30min``, ``2h``, ``1d`` in nanoseconds."""
    number = text.rstrip("abcdefghijklmnopqrstuvwxyz")
    unit = text[len(number) :]
    if not number.isascii() or not number.isdigit() or len(number) > 6 or unit not in _UNITS:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; write for instance 30min or 2h")
    return int(number) * _UNITS[unit] * SECOND


def _begin(args: argparse.Namespace) -> int:
    until = clock.now() + args.span
    carry_out(args.data, Bypass("", args.reason, until, args.area, tuple(args.devices)), claimed=args.by)
    what = shown(args.area or ", ".join(args.devices))
    wishes = ask(args.data, Ask("bypass_wishes"), list[Bypassed])
    wish = next((wish for wish in wishes if wish.until == until), None)
    if wish is not None:
        print(
            f"{what}: asked for, and not bypassed yet: it takes a second person, in the console or with\n"
            f"`keyarea bypass consent {shown(wish.devices[0])}`; the wish lapses at {local(lapses_at(wish))}"
        )
        return 0
    print(f"{what}: bypassed until {local(until)}; end it with `keyarea bypass end` as soon as the work is done")
    return 0


def _consent(args: argparse.Namespace) -> int:
    wish = _wish_for(args)
    carry_out(args.data, ConsentBypass(wish.id, "", args.note), claimed=args.by)
    if wish.order is not None:
        print(f"{shown(spoken().show(wish.reason))}: done; have the place watched in its stead")
        return 0
    print(f"{shown(', '.join(wish.devices))}: bypassed until {local(wish.until)}; have the area watched in their stead")
    return 0


def _decline(args: argparse.Namespace) -> int:
    wish = _wish_for(args)
    carry_out(args.data, DeclineBypass(wish.id, "", args.note), claimed=args.by)
    what = ", ".join(wish.devices) or spoken().show(wish.reason)
    print(f"{shown(what)}: not {'done' if wish.order is not None else 'bypassed'}")
    return 0


def _wish_for(args: argparse.Namespace) -> Bypassed:
    wishes = ask(args.data, Ask("bypass_wishes"), list[Bypassed])
    found = next((wish for wish in wishes if args.device in (*wish.devices, wish.id)), None)
    if found is None:
        raise Refused(Text.of("bypass_command.nobody_asked", device=args.device))
    return found


def _end(args: argparse.Namespace) -> int:
    standing = ask(args.data, Ask("bypasses"), list[Bypassed])
    wanted = set(args.devices)
    found = {bypass.id: wanted & set(bypass.devices) for bypass in standing if wanted & set(bypass.devices)}
    strangers = wanted.difference(*found.values())
    if strangers:
        raise Refused(Text.of("bypass_command.not_bypassed", devices=tuple(sorted(strangers))))
    for bypass, devices in found.items():
        carry_out(args.data, EndBypass(bypass, "", tuple(sorted(devices)), args.note), claimed=args.by)
        print(f"{shown(', '.join(sorted(devices)))}: back in service")
    return 0


def _list(args: argparse.Namespace) -> int:
    standing = ask(args.data, Ask("bypasses"), list[Bypassed])
    wishes = ask(args.data, Ask("bypass_wishes"), list[Bypassed])
    if args.json:
        print_json([*standing, *wishes])
        return 0
    say = spoken().show
    rows = [
        (local(b.until), b.area, ", ".join(b.devices) or b.id, _who(b), say(b.reason)) for b in (*standing, *wishes)
    ]
    print_table(("UNTIL", "AREA", "DEVICES", "BY", "REASON"), rows)
    return 0


def _who(bypass: Bypassed) -> str:
    if bypass.is_wish:
        return f"{bypass.by} (asked; waits for a second person)"
    return f"{bypass.by} + {bypass.consented_by}" if bypass.consented_by else bypass.by
