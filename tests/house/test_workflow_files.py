"""A workflow is added by new files only, and taken away by deleting them."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from api.workflow_finder import workflows
from tests.house.places import PACKAGES, ROOT, modules, tracked

TOY = '''"""Keys: who has one."""

from collections.abc import Mapping

from alerts.workflow import Ask, Case, Config, Heard, Moves, Workflow, World
from alerts.facts import Fact
from devices.message import Text
from devices.reading import Instant


class KeyCase(Case, frozen=True, kw_only=True):
    """Out of its box."""


class KeyConfig(Config, frozen=True, kw_only=True):
    """``hours``: for how long."""

    hours: int = 8


class Take(Ask, tag="take", frozen=True, kw_only=True):
    """Take a key."""


class Keys(Workflow[KeyCase]):
    """Keys."""

    name, book, case = "keys", "keys", KeyCase
    asks = (Take,)
    config_type = KeyConfig

    def step(self, event: Heard, cases: Mapping[str, KeyCase], world: World, now: Instant) -> Moves:
        case = KeyCase(id=event.id, by=event.by)
        fact = Fact(workflow="keys", case=case.id, step="taken", at=now, text=Text.of("keys.taken", by=event.by))
        return Moves(cases=(case,), facts=(fact,))


WORKFLOW = Keys
'''
BOOK = """\
name = "keys"
zh = "钥匙"

[[book]]
id = "keys"
title = "Keys"
zh = "钥匙台账"
writers = ["gateway"]
keep_years = 1
fields = [{ name = "case", title = "Case", zh = "事项编号" }]
"""
USE = """
import json
from alerts.engine.engine import Engine
from api.catalogue import language
from gateway.site.load import parse
from gateway.stores.books import read_books
from gateway.workflow_parts import kernel_of
from ledger.journal import drafts_of
from api.routes.workflows import router
from workflows import keys as module
site = parse('id = "a"\\nname = "A"\\n[workflows.keys]\\nhours = 3\\n', "site.toml")
kernel = kernel_of(site, {})
engine = Engine(rules=[], devices=[], area_modes={}, schedules={}, kernel=kernel)
effects = engine.step([module.Take(by="li", role="operator")], 10**18)
drafts = [drafts_of(effects, 10**18, render=language(code).show, books=read_books()) for code in ("en", "zh")]
told = [kernel.workflows["keys"].config.hours, [d[-1].fields["text"] for d in drafts], drafts[0][-1].book]
print(json.dumps([*told, sorted(route.path for route in router.routes if "/keys" in route.path)]))
"""


def test_a_workflow_is_its_own_files_and_nothing_else(tmp_path: Path) -> None:
    for path in [*modules(*PACKAGES), *(path for path in tracked() if path.suffix == ".toml")]:
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    (tmp_path / "workflows" / "keys.py").write_text(TOY)
    (tmp_path / "workflows" / "keys.en.toml").write_text('[keys]\ntaken = "{by} has taken a key"\n')
    (tmp_path / "workflows" / "keys.zh.toml").write_text('[keys]\ntaken = "{by} 领用钥匙"\n')
    (tmp_path / "workflows" / "keys.book.toml").write_text(BOOK)
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{USE}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=100)
    assert 0 == done.returncode, done.stderr
    *told, routes = json.loads(done.stdout)
    assert [3, ["li has taken a key", "li 领用钥匙"], "keys"] == told
    assert ["/api/workflows/keys/cases", "/api/workflows/keys/take"] == routes


@pytest.mark.parametrize("name", workflows())
def test_nobody_compares_with_the_name_of_a_workflow(name: str) -> None:
    """A workflow that others know by name is no file of its own."""
    known = {
        str(path.relative_to(ROOT))
        for path in modules(*PACKAGES)
        if f'== "{name}"' in path.read_text(encoding="utf-8") and "workflows" not in path.parts
    }
    assert set() == known
