"""The verbs that change what is installed: adopt, amend, replace, retire, reject, readmit."""

import argparse
from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

import msgspec

from api.client.registration import Ordered, RejectedSender, WaitingSender
from devices.device import SenderKey
from devices.errors import Refused
from devices.message import Text
from gateway.cli_client import client_of
from gateway.cli_output import Verbs, add_order, print_changes, shown
from gateway.terminal import told

Speaker = TypeVar("Speaker", WaitingSender, RejectedSender)

_ADOPT = "option_words.adopt_epilog"
_REPLACE = "option_words.replace_epilog"


def add_verbs(verbs: Verbs) -> None:
    parser = add_order(verbs, "adopt", "device_word.adopt", _adopt, _ADOPT)
    parser.add_argument("address", help=told("option_words.its_address"))
    _add_hardware(parser)
    parser.add_argument("--id", help=told("option_words.place"))
    _add_description(parser)
    for name in ("amend", "describe"):
        said = "device_word.amend" if name == "amend" else "device_word.describe"
        parser = add_order(verbs, name, said, _amend, "option_words.amend_epilog")
        parser.add_argument("id")
        _add_description(parser)
    parser = add_order(verbs, "replace", "device_word.replace", _replace, _REPLACE)
    parser.add_argument("id")
    parser.add_argument("address", help=told("option_words.new_address"))
    _add_hardware(parser)
    parser = add_order(verbs, "retire", "device_word.retire", _retire)
    parser.add_argument("id")
    for name, said, run in (
        ("reject", "device_word.reject", _reject),
        ("readmit", "device_word.readmit", _readmit),
    ):
        parser = add_order(verbs, name, said, run)
        parser.add_argument("address")
        _add_hardware(parser, model=False)


def _add_hardware(parser: argparse.ArgumentParser, *, model: bool = True) -> None:
    parser.add_argument("--family", help=told("option_words.family"))
    parser.add_argument("--line", help=told("option_words.line"))
    if model:
        parser.add_argument("--model", help=told("option_words.model"))


def _add_description(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--area", help=told("option_words.its_area"))
    parser.add_argument("--name", help=told("option_words.name"))
    parser.add_argument("--name-zh", metavar="NAME", help=told("option_words.name_zh"))
    parser.add_argument("--kind", help=told("option_words.kind"))
    parser.add_argument("--signals", type=_words, metavar="A,B", help=told("option_words.signals"))
    parser.add_argument(
        "--interval", dest="interval_s", type=float, metavar="SECONDS", help=told("option_words.interval")
    )
    parser.add_argument("--installed", type=_day, metavar="DAY", help=told("option_words.installed"))
    parser.add_argument(
        "--test-every", dest="test_every_days", type=int, metavar="DAYS", help=told("option_words.test_every")
    )
    parser.add_argument(
        "--calibrate-every",
        dest="calibrate_every_days",
        type=int,
        metavar="DAYS",
        help=told("option_words.calibrate_every"),
    )
    parser.add_argument("--restores", type=_yes_or_no, metavar="yes|no", help=told("option_words.restores"))
    parser.add_argument("--position", type=_position, metavar="X,Y", help=told("option_words.position"))
    parser.add_argument("--rename", type=_pair, action="append", metavar="THEIRS=OURS", help=told("option_words.again"))
    parser.add_argument("--tag", dest="tags", action="append", help=told("option_words.again"))


def _adopt(args: argparse.Namespace) -> int:
    found = _sender(args)
    if found is not None:
        device = msgspec.to_builtins(found.proposed)
    elif args.family and args.id:
        device = {"id": args.id, "family": args.family, "address": args.address, "line": args.line or ""}
    else:
        raise Refused(Text.of("device_command.not_heard", address=args.address))
    device |= {**_said(args, "id", "model"), **_described(args)}
    if not device.get("area"):
        raise Refused(Text.of("device_command.no_area"))
    done = client_of(args).registration.adopt(msgspec.to_builtins(device), args.note)
    return _told_with_remarks(args, done, device["id"])


def _amend(args: argparse.Namespace) -> int:
    client = client_of(args)
    client.devices.show(args.id)
    described = _described(args)
    if not described:
        raise Refused(Text.of("device_command.no_change"))
    done = client.registration.amend(args.id, msgspec.to_builtins(described), args.note)
    return _told_with_remarks(args, done, args.id)


def _replace(args: argparse.Namespace) -> int:
    client, found = client_of(args), _sender(args)
    if found is not None:
        named = (found.family, found.line, args.model or found.guess_model)
    else:
        old = client.devices.show(args.id)
        named = (args.family or old.family, args.line if args.line is not None else old.line, args.model or "")
    hardware = dict(zip(("family", "line", "model"), named, strict=True))
    return _told(args, client.registration.replace(args.id, {**hardware, "address": args.address}, args.note))


def _retire(args: argparse.Namespace) -> int:
    return _told(args, client_of(args).registration.retire(args.id, args.note))


def _reject(args: argparse.Namespace) -> int:
    found = _sender(args)
    if found is None and not args.family:
        raise Refused(Text.of("device_command.not_waiting", address=args.address))
    key = found if found is not None else args
    return _told(args, client_of(args).registration.reject(key.family, args.address, key.line or "", args.note))


def _readmit(args: argparse.Namespace) -> int:
    registration = client_of(args).registration
    key = _one_of(args, [sender for sender in registration.rejected() if _fits(sender, args)])
    if key is None:
        raise Refused(Text.of("device_command.not_rejected", address=args.address))
    return _told(args, registration.readmit(key.family, key.address, key.line, args.note))


def _told_with_remarks(args: argparse.Namespace, done: Ordered, device: str) -> int:
    """It is done, and what is not well with the device all the same is said."""
    _told(args, done)
    for remark in client_of(args).devices.show(device).upkeep.remarks if not args.json else ():
        print(f"note: {shown(remark)}")
    return 0


def _told(args: argparse.Namespace, done: Ordered) -> int:
    if done.waits:
        raise Refused(Text.of("workflow.takes_second"))
    print_changes(done.changes, as_json=args.json)
    return 0


def _sender(args: argparse.Namespace) -> WaitingSender | None:
    """The unknown sender that is meant, None if none such has spoken."""
    waiting = client_of(args).registration.waiting()
    return _one_of(args, [sender for sender in waiting if _fits(sender, args)])


def _fits(sender: WaitingSender | RejectedSender, args: argparse.Namespace) -> bool:
    return sender.address == args.address and args.family in (None, sender.family) and args.line in (None, sender.line)


def _one_of(args: argparse.Namespace, found: Sequence[Speaker]) -> Speaker | None:
    if len(found) > 1:
        these = tuple(str(SenderKey(sender.line, sender.family, sender.address)) for sender in found)
        raise Refused(Text.of("device_command.several", address=args.address, senders=these))
    return found[0] if found else None


def _said(args: argparse.Namespace, *names: str) -> dict[str, Any]:
    return {name: getattr(args, name) for name in names if getattr(args, name) is not None}


def _described(args: argparse.Namespace) -> dict[str, Any]:
    names = ("area", "name", "name_zh", "kind", "signals", "interval_s", "position", "rename", "tags")
    said = _said(args, *names, "installed", "test_every_days", "calibrate_every_days", "restores")
    for name, made in (("rename", dict), ("tags", tuple)):
        if name in said:
            said[name] = made(said[name])
    return said


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _yes_or_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise argparse.ArgumentTypeError(f"expected yes or no; found {text!r}")
    return text == "yes"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a day like 2026-05-01; found {text!r}") from None


def _position(text: str) -> tuple[float, float]:
    across, _, down = text.partition(",")
    try:
        return float(across), float(down)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected two fractions of the plan like 0.2,0.5; found {text!r}") from None


def _pair(text: str) -> tuple[str, str]:
    theirs, equals, ours = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"expected its name and ours like switch=door; found {text!r}")
    return theirs, ours
