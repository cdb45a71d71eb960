"""``keyarea alert``: what is open, one with its history, and what an operator does with alerts."""

import argparse

from alerts.alert import FINDINGS
from api.client.alerts import Alert
from gateway.cli_client import client_of
from gateway.cli_output import Verbs, add_order, add_verb, local, print_json, print_table, run_verb, shown
from gateway.terminal import spoken, told

HELP = "alert_command.help"
EPILOG = "alert_command.epilog"
_FINDINGS = tuple(one.value for one in FINDINGS)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs: Verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    listed = add_verb(verbs, "list", "alert_command.list", _list)
    listed.add_argument("--area", help=told("alert_command.area"))
    listed.add_argument("--all", action="store_true", help=told("alert_command.all"))
    listed.add_argument("--last", type=int, default=200, metavar="N", help=told("alert_command.last"))
    add_verb(verbs, "show", "alert_command.show", _show).add_argument("alert", metavar="ALERT")
    add_verb(verbs, "aside", "alert_command.aside", _aside)
    for name, run_it in (("acknowledge", _acknowledge), ("silence", _silence)):
        seen = add_order(verbs, name, f"alert_command.{name}", run_it)
        seen.add_argument("alert", metavar="ALERT")
        seen.add_argument("--seen", type=int, metavar="TIMES", help=told("alert_command.seen"))
    for name, run_it in (("reset", _reset), ("comment", _comment)):
        add_order(verbs, name, f"alert_command.{name}", run_it).add_argument("alert", metavar="ALERT")
    ended = add_order(verbs, "end-cause", "alert_command.end_cause", _end_cause)
    ended.add_argument("alert", metavar="ALERT")
    ended.add_argument("--sure", action="store_true", help=told("alert_command.sure"))
    closed = add_order(verbs, "close", "alert_command.close", _close)
    closed.add_argument("alert", metavar="ALERT")
    closed.add_argument("--finding", required=True, choices=_FINDINGS, help=told("alert_command.finding"))


def run(args: argparse.Namespace) -> int:
    return run_verb(args)


def _list(args: argparse.Namespace) -> int:
    alerts = client_of(args).alerts.all(open_only=not args.all, area=args.area, limit=max(1, min(1_000, args.last)))
    if args.json:
        print_json(alerts)
        return 0
    rows = [
        (
            alert.id,
            local(alert.raised),
            alert.area,
            alert.key,
            alert.alert_class,
            _state(alert),
            str(alert.occurrences),
            alert.text,
        )
        for alert in alerts
    ]
    print_table(told("alert_command.titles").split("|"), rows)
    return 0


def _state(alert: Alert) -> str:
    aside = f" ({alert.aside.reason})" if alert.aside is not None else ""
    return f"{spoken().show(alert.state, 'of alert_state')}{aside}"


def _show(args: argparse.Namespace) -> int:
    found = client_of(args).alerts.show(args.alert)
    if args.json:
        print_json(found)
        return 0
    alert = found.alert
    print(shown(f"{alert.id}  {alert.text}"))
    print(
        shown(f"{alert.area}  {alert.key}  {alert.alert_class} {alert.priority}  {_state(alert)}  ×{alert.occurrences}")
    )
    print("\n".join(f"  {shown(line)}" for line in alert.procedure.splitlines()))
    for step in found.history:
        print(f"  {local(step.at)}  {shown(' '.join(word for word in (step.action, step.by, step.note) if word))}")
    return 0


def _aside(args: argparse.Namespace) -> int:
    found = client_of(args).alerts.set_aside()
    if args.json:
        print_json(found)
        return 0
    rows = []
    for one in found:
        what = ", ".join(one.devices or tuple(f"{each.rule} {each.key}" for each in one.rules)) or one.source
        by = " + ".join(name for name in (one.by, one.second) if name)
        until = local(one.until) if one.until is not None else ""
        rows.append((one.title, what, one.area, one.why, by, local(one.since), until, str(len(one.alerts))))
    print_table(told("alert_command.aside_titles").split("|"), rows)
    return 0


def _acknowledge(args: argparse.Namespace) -> int:
    client_of(args).alerts.acknowledge(args.alert, args.note, seen=args.seen)
    return _done(args, "alert_command.acknowledged")


def _silence(args: argparse.Namespace) -> int:
    client_of(args).alerts.silence(args.alert, args.note, seen=args.seen)
    return _done(args, "alert_command.silenced")


def _reset(args: argparse.Namespace) -> int:
    client_of(args).alerts.reset(args.alert, args.note)
    return _done(args, "alert_command.was_reset")


def _end_cause(args: argparse.Namespace) -> int:
    client_of(args).alerts.end_cause(args.alert, args.note, is_sure=args.sure)
    return _done(args, "alert_command.cause_over")


def _close(args: argparse.Namespace) -> int:
    client_of(args).alerts.close(args.alert, args.finding, args.note)
    return _done(args, "alert_command.closed")


def _comment(args: argparse.Namespace) -> int:
    client_of(args).alerts.comment(args.alert, args.note)
    return _done(args, "alert_command.noted")


def _done(args: argparse.Namespace, key: str) -> int:
    if args.json:
        print_json({"done": True})
    else:
        print(f"{shown(args.alert)}: {told(key)}")
    return 0
