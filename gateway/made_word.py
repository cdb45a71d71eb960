"""A word of the command line for each workflow, made of its asks: ``keyarea hot-work list``, ``... issue``."""

import argparse
from collections.abc import Callable
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import msgspec

from alerts.ask import Ask
from alerts.workflow import Workflow
from api import catalogue
from api.client.workflows import Case
from api.workflow_finder import every_workflow
from devices.errors import Refused
from devices.message import Text
from devices.reading import SECOND
from gateway import ask_options
from gateway.cli_client import client_of
from gateway.cli_output import Verbs, add_verb, local, print_json, print_table, run_verb, shown, write_or_print
from gateway.terminal import in_words, spoken, told

_MOMENT = 10**8 * SECOND
"""A whole number beyond this is a moment: 1973 in nanoseconds."""


class MadeWord:
    """Has the shape of a file in gateway/cli."""

    def __init__(self, word: str, workflow: type[Workflow[Any]]) -> None:
        self._word, self._workflow = word, workflow
        self.HELP = said(f"{workflow.name}.title", word)
        usage = [f"  keyarea {word} list", f"  keyarea {word} show CASE"]
        usage += [f"  keyarea {word} {word_of(tag(ask))}{ask_options.wanted(ask)}" for ask in workflow.asks]
        self.EPILOG = in_words(Text.of("made_word.epilog", usage="\n".join(usage)))

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        verbs: Verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        name = self._workflow.name
        add_verb(verbs, "list", "made_word.list", partial(_list, name))
        add_verb(verbs, "show", "made_word.show", partial(_show, name)).add_argument("case", metavar="CASE")
        if self._workflow.is_listed:
            export = add_verb(verbs, "export", "made_word.export", partial(_export, self._workflow))
            export.add_argument("-o", "--output", type=Path, metavar="FILE", help=told("option_words.output"))
            export.add_argument("--force", action="store_true", help=told("option_words.force"))
        for ask in self._workflow.asks:
            self._add_ask(verbs, ask)

    def _add_ask(self, verbs: Verbs, ask: type[Ask]) -> None:
        name, roles = self._workflow.name, tuple(spoken().show(role, "of role") for role in sorted(ask.ROLES))
        title = said(f"{name}.ask_{tag(ask)}", tag(ask))
        who = Text.of("made_word.roles_two" if ask.SECOND else "made_word.roles", roles=roles)
        parser = add_verb(verbs, word_of(tag(ask)), title, partial(_ask, name, title, ask), f"{in_words(who)}\n")
        parser.add_argument("--by", default="", metavar="NAME", help=told("command_line.by"))
        ask_options.add(parser, name, ask)

    def run(self, args: argparse.Namespace) -> int:
        return run_verb(args)


@cache
def made_words() -> dict[str, MadeWord]:
    """By the word: the workflow's name with hyphens."""
    return {word_of(name): MadeWord(word_of(name), workflow) for name, workflow in every_workflow().items()}


def word_of(name: str) -> str:
    return name.replace("_", "-")


def tag(ask: type[Ask]) -> str:
    return str(ask.__struct_config__.tag)


def said(key: str, otherwise: str) -> str:
    """What a catalogue says, if it does."""
    return spoken().templates.get(key, otherwise)


def _ask(workflow: str, title: str, ask: type[Ask], args: argparse.Namespace) -> int:
    answered = client_of(args).workflows.ask(workflow, tag(ask), ask_options.given(args, ask))
    if args.json:
        print_json(answered)
    else:
        key = "made_word.waits" if answered.waits else "made_word.done"
        print(shown(in_words(Text.of(key, title=title, case=answered.case))))
    return 0


def _list(workflow: str, args: argparse.Namespace) -> int:
    cases = client_of(args).workflows.cases(workflow)
    if args.json:
        print_json(cases)
        return 0
    rows = [(case.id, local(case.opened), case.area, case.by, _summary(workflow, case)) for case in cases]
    titles = told("made_word.titles").split("|")
    print_table(titles, rows)
    return 0


def _show(workflow: str, args: argparse.Namespace) -> int:
    case = next((case for case in client_of(args).workflows.cases(workflow) if case.id == args.case), None)
    if case is None:
        raise Refused(Text.of("made_word.no_case", case=args.case[:64]))
    if args.json:
        print_json(case)
        return 0
    print(shown(case.id))
    for title, value in _fields(workflow, case):
        print(f"  {shown(title)}: {shown(value)}")
    return 0


def _export(kind: type[Workflow[Any]], args: argparse.Namespace) -> int:
    found = client_of(args).workflows.cases(kind.name)
    # cards and the like are masked, so they are left out: whoever takes the list in again changes nothing of them
    kept = [{name: value for name, value in each.content.items() if name not in kind.personal} for each in found]
    whole = [{**own, "id": each.id, "area": each.area} for own, each in zip(kept, found, strict=True)]
    cases = [msgspec.convert(row, kind.case) for row in whole]
    write_or_print(args.output, kind.listed(cases).encode("utf-8-sig", "replace"), force=args.force)
    return 0


def _summary(workflow: str, case: Case) -> str:
    return "; ".join(f"{title} {value}" for title, value in _own(workflow, case, lambda value: not _is_deep(value)))


def _fields(workflow: str, case: Case) -> list[tuple[str, str]]:
    common = {"area": case.area, "by": case.by, "second": case.second, "opened": case.opened}
    held = {"holds": ", ".join(case.holds), "held_until": case.held_until}
    known = [(said(f"made_word.{name}", name), _shown(value)) for name, value in {**common, **held}.items() if value]
    return [*known, *_own(workflow, case, lambda _: True)]


def _own(workflow: str, case: Case, is_meant: Callable[[Any], bool]) -> list[tuple[str, str]]:
    content = catalogue.in_words(case.content, spoken())
    return [
        (said(f"{workflow}.field_{name}", name), _shown(value))
        for name, value in content.items()
        if value not in (None, "", [], {}) and is_meant(value)
    ]


def _is_deep(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(part, dict | list) for part in value))


def _shown(value: Any) -> str:
    if isinstance(value, datetime) or (type(value) is int and value > _MOMENT):
        return local(value)
    if isinstance(value, bool):
        return spoken().show(value)
    if _is_deep(value):
        return msgspec.json.encode(value).decode()
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
