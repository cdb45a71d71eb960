"""``keyarea rules try``: the rules of a site file over what was stored, beside those that run.

It needs no running gateway, and minds none.
"""

import argparse
import contextlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from alerts.rule import Rule
from alerts.rules_in_force import RULES, RuleInForce, made
from alerts.trial.words import of_alert, of_incident, summary
from api.catalogue import in_words as plain
from api.catalogue import language
from devices.errors import StoreUnavailable
from devices.language import Language
from devices.message import At, Text
from devices.reading import SECOND, Instant
from gateway.cli.rules.offline import add_offline_verb, site_in
from gateway.cli_output import Verbs, print_json
from gateway.clock import SystemClock
from gateway.rule_trial import Trial, speeds, try_rules
from gateway.settings import Settings
from gateway.site.load import load, parse
from gateway.stores.database import Database
from gateway.stores.installation import Installation
from gateway.stores.records_read import RecordsReader
from gateway.terminal import spoken, told

_UNITS = {"min": 60, "h": 3_600, "d": 86_400}
_MOST_SHOWN = 50


def add_verbs(verbs: Verbs) -> None:
    parser = add_offline_verb(verbs, "try", _try)
    parser.add_argument("site", type=Path, metavar="SITE.toml", help=told("rule_words.site"))
    month = 30 * 86_400 * SECOND
    parser.add_argument("--since", type=_span, default=month, metavar="30d", help=told("rule_words.since"))
    parser.add_argument("--until", type=_span, default=0, metavar="0d", help=told("rule_words.until"))
    parser.add_argument("--against", type=Path, metavar="SITE.toml", help=told("rule_words.against"))
    parser.add_argument("--data", type=Path, default=Path("data"), metavar="FOLDER", help=told("command_line.data"))
    parser.add_argument("--processes", type=int, default=2, metavar="N", help=told("rule_words.processes"))


def _span(text: str) -> Instant:
    found = re.fullmatch(r"(\d{1,6})(min|h|d)", text)
    if found is None:
        raise argparse.ArgumentTypeError(told("rule_words.no_span"))
    return int(found[1]) * _UNITS[found[2]] * SECOND


def _try(args: argparse.Namespace) -> int:
    site = site_in(args.site)
    if site is None:
        return 1
    if site.storage.influx is not None:
        raise StoreUnavailable(Text.of("rule_words.influx"))
    clock = SystemClock()
    until = clock.now() - args.until
    with _records(args.data) as database:
        records = RecordsReader(database, site.id)
        running = load(args.against).rules if args.against is not None else _running(records)
        begun = clock.monotonic()
        with _progress(is_shown=not args.json) as on_progress:
            trial = try_rules(
                *(running, site, args.data, records, (until - args.since, until), max(1, args.processes), on_progress)
            )
        took = clock.monotonic() - begun
    measured = dict(speeds(trial.jobs[0], site.rules, clock.monotonic)) if trial.report.readings else {}
    words = language(spoken().code, site.time_zone)
    if args.json:
        print_json({"report": plain(trial.report, words), "summary": [words.render(t) for t in summary(trial.report)],
                    "seconds": took, "readings_per_second": measured})  # fmt: skip
    else:
        _print(trial, words, took, measured)
    return 0


def _print(trial: Trial, words: Language, took: float, measured: dict[str, float]) -> None:
    report = trial.report
    for said in summary(report):
        print(words.render(said))
    if trial.kept_since is not None:
        print(words.render(Text.of("rule_words.kept_since", at=At(trial.kept_since))))
    _listed("rule_words.gained", map(of_alert, report.gained), len(report.gained), words)
    _listed("rule_words.lost", map(of_alert, report.lost), len(report.lost), words)
    _listed("rule_words.incidents", map(of_incident, report.incidents), len(report.incidents), words)
    passes = report.readings * len(trial.jobs[0].sets)
    print(words.render(Text.of("rule_words.speed", rate=round(passes / max(took, 1e-9)), seconds=round(took, 1))))
    for kind, rate in measured.items():
        print(f"  {kind or words.render(Text.of('rule_words.all_kinds')):<16} {rate:>12,.0f}")


def _listed(title: str, lines: Iterator[Text], count: int, words: Language) -> None:
    if not count:
        return
    print(f"\n{words.render(Text.of(title))}")
    for _, said in zip(range(_MOST_SHOWN), lines, strict=False):
        print(f"  {words.render(said)}")
    if count > _MOST_SHOWN:
        print(f"  {words.render(Text.of('rule_words.more', count=count - _MOST_SHOWN))}")


def _records(folder: Path) -> Database:
    address = Settings.from_environment().database_url.reveal()
    return Database(address, upgrade=False) if address else Database.to_look_at(folder)


def _running(records: RecordsReader) -> Sequence[Rule[Any]]:
    """The last approved versions, or those of the site file that a gateway used last. Raises StoreUnavailable."""
    kept = [content for (service, _), content in records.open_cases().items() if service == RULES]
    if kept:
        found = (made(msgspec.json.decode(content, type=RuleInForce).rule) for content in kept)
        return sorted((rule for rule in found if rule is not None), key=lambda rule: rule.name)
    text = Installation(records.documents).newest_site()
    if text is None:
        raise StoreUnavailable(Text.of("rule_words.none_ran"))
    return parse(text, "site.toml").rules


@contextlib.contextmanager
def _progress(*, is_shown: bool) -> Iterator[Any]:
    columns = (TextColumn(told("rule_words.trying")), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not is_shown) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda done: bar.update(task, completed=done)
