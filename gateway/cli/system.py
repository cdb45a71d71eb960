"""``keyarea system``: the systems of the plan, what of each is behind, and what an inspector asks for first."""

import argparse

from api.client.systems import PlanSystem
from devices.errors import Refused
from devices.message import Text
from gateway.cli_client import client_of
from gateway.cli_output import Verbs, add_verb, print_json, print_table, run_verb
from gateway.terminal import told

HELP = "system_command.help"
EPILOG = "system_command.epilog"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs: Verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    add_verb(verbs, "list", "system_command.list", _list)
    show = add_verb(verbs, "show", "system_command.show", _show)
    show.add_argument("system", metavar="SYSTEM", help=told("system_command.system"))


def run(args: argparse.Namespace) -> int:
    return run_verb(args)


def _list(args: argparse.Namespace) -> int:
    found = client_of(args).systems.all()
    if args.json:
        print_json(found)
        return 0
    print_table(told("system_command.titles").split("|"), [_row(one) for one in found])
    return 0


def _row(one: PlanSystem) -> tuple[str, ...]:
    state = told(f"system_state.{one.state}") if one.state else ""
    document = told(f"document_state.{one.document_state}") if one.document_state else ""
    works = f"{one.working} / {one.devices}" if one.devices else ""
    return one.id, one.title, state, document, str(one.behind), works, str(one.alerts), str(one.hazards)


def _show(args: argparse.Namespace) -> int:
    every = client_of(args).systems.all()
    one = next((each for each in every if each.id == args.system), None)
    if one is None:
        known = ", ".join(each.id for each in every)
        raise Refused(Text.of("system_command.no_system", system=args.system, known=known))
    if args.json:
        print_json(one)
        return 0
    first = [(told(f"evidence_state.{each.state}"), each.title, each.at or "") for each in one.first]
    print_table(told("system_command.first_titles").split("|"), first)
    print()
    books = [(each.id, str(each.entry or ""), each.at or "", str(each.unsigned or "")) for each in one.books]
    print_table(told("system_command.book_titles").split("|"), books)
    return 0
