"""``keyarea rules test``: the tests that a file holds, given to the rules of a site file."""

import argparse
from pathlib import Path

from alerts.trial.rule_test import differences
from api.catalogue import language
from devices.errors import ConfigError
from devices.message import Text
from gateway.cli.rules.offline import add_offline_verb, site_in
from gateway.cli_output import Verbs, print_json
from gateway.site.rule_tests import read_tests
from gateway.terminal import spoken, told


def add_verbs(verbs: Verbs) -> None:
    parser = add_offline_verb(verbs, "test", _test)
    parser.add_argument("file", type=Path, metavar="FILE", help=told("rule_words.file"))
    parser.add_argument("--site", type=Path, metavar="SITE.toml", help=told("rule_words.test_site"))


def _test(args: argparse.Namespace) -> int:
    written = read_tests(args.file)
    named = args.site or (Path(written.site) if written.site else None)
    if named is None:
        raise ConfigError('names no site; write site = "site.toml" at its top, or give --site', file=str(args.file))
    site = site_in(named)
    if site is None:
        return 1
    words = language(spoken().code, site.time_zone)
    found: dict[str, list[str]] = {}
    for test, setting in written.tests(site):
        found[test.name] = [words.render(said) for said in differences(test, site.rules, setting)]
    failed = sum(bool(said) for said in found.values())
    if args.json:
        print_json(found)
    else:
        for name, said in found.items():
            print(f"{'FAIL' if said else 'ok  '} {name}")
            for line in said:
                print(f"       {line}")
        print(words.render(Text.of("rule_words.tested", tests=len(found), failed=failed)))
    return 1 if failed else 0
