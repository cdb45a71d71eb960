"""``keyarea bypass``: take devices out of service for work, consent to that as the second person, put them back."""

import argparse

from alerts.kernel.consent import WAITS
from api.client.permits import Bypass
from devices.errors import Refused
from devices.message import Text
from devices.reading import SECOND
from gateway import clock
from gateway.ask_options import span
from gateway.cli_client import client_of
from gateway.cli_output import Verbs, add_order, add_verb, instant, local, print_json, print_table, run_verb, shown
from gateway.terminal import told

HELP = "bypass_word.help"
EPILOG = "bypass_word.epilog"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs: Verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    begin = add_order(verbs, "begin", "option_words.bypass_begin", _begin)
    begin.add_argument("devices", nargs="*", metavar="DEVICE")
    begin.add_argument("--area", default="", help=told("option_words.whole_area"))
    begin.add_argument(
        "--for", dest="span", required=True, type=span, metavar="TIME", help=told("option_words.bypass_for")
    )
    begin.add_argument("--reason", required=True, help=told("option_words.bypass_reason"))
    for name, said, run_it in (
        ("consent", "option_words.bypass_consent", _consent),
        ("decline", "option_words.bypass_decline", _decline),
    ):
        decision = add_order(verbs, name, said, run_it)
        decision.add_argument("device", metavar="DEVICE", help=told("option_words.bypass_device"))
    end = add_order(verbs, "end", "option_words.bypass_end", _end)
    end.add_argument("devices", nargs="+", metavar="DEVICE")
    add_verb(verbs, "list", "option_words.bypass_list", _list)


def run(args: argparse.Namespace) -> int:
    return run_verb(args)


def _begin(args: argparse.Namespace) -> int:
    bypasses, until = client_of(args).bypasses, clock.now() + args.span
    answered = bypasses.begin(args.span // SECOND, args.reason, area=args.area, devices=args.devices)
    what = shown(args.area or ", ".join(args.devices))
    wish = next((wish for wish in bypasses.wishes() if wish.id == answered.case), None) if answered.waits else None
    if wish is not None:
        lapses = local(min(instant(wish.asked or wish.since) + WAITS, instant(wish.until)))
        print(
            f"{what}: asked for, and not bypassed yet: it takes a second person, in the console or with\n"
            f"`keyarea bypass consent {shown(wish.devices[0])}`; the wish lapses at {lapses}"
        )
        return 0
    print(f"{what}: bypassed until {local(until)}; end it with `keyarea bypass end` as soon as the work is done")
    return 0


def _consent(args: argparse.Namespace) -> int:
    wish = _wish_for(args)
    client_of(args).bypasses.consent(wish.id, args.note)
    if wish.order:
        print(f"{shown(wish.reason)}: done; have the place watched in its stead")
        return 0
    print(f"{shown(', '.join(wish.devices))}: bypassed until {local(wish.until)}; have the area watched in their stead")
    return 0


def _decline(args: argparse.Namespace) -> int:
    wish = _wish_for(args)
    client_of(args).bypasses.decline(wish.id, args.note)
    what = ", ".join(wish.devices) or wish.reason
    print(f"{shown(what)}: not {'done' if wish.order else 'bypassed'}")
    return 0


def _wish_for(args: argparse.Namespace) -> Bypass:
    found = next((wish for wish in client_of(args).bypasses.wishes() if args.device in (*wish.devices, wish.id)), None)
    if found is None:
        raise Refused(Text.of("bypass_command.nobody_asked", device=args.device))
    return found


def _end(args: argparse.Namespace) -> int:
    bypasses, wanted = client_of(args).bypasses, set(args.devices)
    found = {bypass.id: wanted & set(bypass.devices) for bypass in bypasses.all() if wanted & set(bypass.devices)}
    strangers = wanted.difference(*found.values())
    if strangers:
        raise Refused(Text.of("bypass_command.not_bypassed", devices=tuple(sorted(strangers))))
    for bypass, devices in found.items():
        bypasses.end(bypass, sorted(devices), args.note)
        print(f"{shown(', '.join(sorted(devices)))}: back in service")
    return 0


def _list(args: argparse.Namespace) -> int:
    bypasses = client_of(args).bypasses
    found = [*bypasses.all(), *bypasses.wishes()]
    if args.json:
        print_json(found)
        return 0
    rows = [(local(b.until), b.area, ", ".join(b.devices) or b.id, _who(b), b.reason) for b in found]
    print_table(("UNTIL", "AREA", "DEVICES", "BY", "REASON"), rows)
    return 0


def _who(bypass: Bypass) -> str:
    if bypass.asked is not None and not bypass.consented_by:
        return f"{bypass.by} (asked; waits for a second person)"
    return f"{bypass.by} + {bypass.consented_by}" if bypass.consented_by else bypass.by
