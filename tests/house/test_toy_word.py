"""A workflow has a word of the command line by its own files alone, in both languages."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.places import PACKAGES, ROOT, modules, tracked

KEYS = '''"""Keys: who has one."""

from collections.abc import Mapping
from typing import Literal

from alerts.workflow import Ask, Case, Config, Heard, Moves, Workflow, World
from devices.reading import Instant


class KeyCase(Case, frozen=True, kw_only=True):
    """Out of its box."""


class Take(Ask, tag="take_out", frozen=True, kw_only=True):
    """Take keys."""

    ROLES = frozenset({"technician"})
    SECOND = True

    holder: str
    how_many: int
    box: Literal["north", "south"]
    doors: tuple[str, ...] = ()
    weight_kg: float | None = None
    is_spare: bool = False
    data: str = ""


class Keys(Workflow[KeyCase]):
    """Keys."""

    name, book, case, config_type = "key_box", "keys", KeyCase, Config
    asks = (Take,)

    def step(self, event: Heard, cases: Mapping[str, KeyCase], world: World, now: Instant) -> Moves:
        return Moves()


WORKFLOW = Keys
'''
SAID = {
    "en": '[key_box]\ntitle = "Key box"\nask_take_out = "Take keys out"\nfield_holder = "who takes them"\n',
    "zh": '[key_box]\ntitle = "钥匙箱"\nask_take_out = "领用钥匙"\nfield_holder = "领用人"\n',
}
USE = """
import argparse, json, sys
from gateway import cli
from gateway.ask_options import given
from gateway.made_word import made_words
import workflows.key_box as module
parser = cli.build_parser(["key-box"])
args = parser.parse_args(sys.argv[1:])
print(json.dumps([args.data.name, args.by, given(args, module.Take)]))
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the product with one workflow more."""
    folder = tmp_path_factory.mktemp("house")
    for path in [*modules(*PACKAGES), *(path for path in tracked() if path.suffix == ".toml")]:
        copy = folder / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    (folder / "workflows" / "key_box.py").write_text(KEYS)
    for code, text in SAID.items():
        (folder / "workflows" / f"key_box.{code}.toml").write_text(text, encoding="utf-8")
    return folder


def keyarea(house: Path, *words: str, language: str = "en_GB.UTF-8", script: str = "") -> tuple[int, str]:
    """Exit status and what was said."""
    what = ["-c", f"import sys; sys.path.insert(0, {str(house)!r})\n{script}"] if script else ["-m", "gateway"]
    env = {**os.environ, "LC_ALL": language, "PYTHONPATH": str(house), "PYTHONUTF8": "1", "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, *what, *words], cwd=house, env=env, capture_output=True, text=True, check=False, timeout=100
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en_GB.UTF-8", ("Key box", "Take keys out", "who takes them", "technician", "second person", "options:")),
        ("zh_CN.UTF-8", ("钥匙箱", "领用钥匙", "领用人", "技术员", "第二人", "选项")),
    ],
)
def test_its_help_teaches(house: Path, language: str, said: tuple[str, ...]) -> None:
    words = [("--help",), ("key-box", "--help"), ("key-box", "take-out", "--help")]
    told = [keyarea(house, *each, language=language) for each in words]
    assert [0, 0, 0] == [status for status, _ in told]
    text = "".join(text for _, text in told)
    assert [] == [words for words in said if words not in text]
    assert "--how-many NUMBER" in text
    assert "{north,south}" in text


def test_its_fields_are_typed_by_its_struct(house: Path) -> None:
    words = ["key-box", "take-out", "--holder", "li", "--how-many", "2", "--box", "north", "--doors", "a", "b"]
    more = ["--weight-kg", "1.5", "--is-spare", "--its-data", "x", "--by", "tom", "--note", "n", "--data", "there"]
    status, said = keyarea(house, *words, *more, script=USE)
    fields = (
        '{"holder": "li", "how_many": 2, "box": "north", "doors": ["a", "b"], "weight_kg": 1.5, '
        '"is_spare": true, "data": "x", "note": "n"}'
    )
    assert (0, f'["there", "tom", {fields}]\n') == (status, _in_order(said))
    for wrong, why in (
        (["--how-many", "many"], "invalid int value"),
        (["--box", "west"], "invalid choice"),
        ([], "required"),
    ):
        status, said = keyarea(house, "key-box", "take-out", "--holder", "li", *wrong, script=USE)
        assert (2, True) == (status, why in said)


def _in_order(said: str) -> str:
    """The fields as the struct has them, the common ones behind."""
    import json

    folder, by, fields = json.loads(said)
    names = ("holder", "how_many", "box", "doors", "weight_kg", "is_spare", "data", "note")
    return json.dumps([folder, by, {name: fields[name] for name in names if name in fields}]) + "\n"


def test_without_a_gateway_it_says_what_to_do(house: Path, tmp_path: Path) -> None:
    status, said = keyarea(house, "key-box", "list", "--data", str(tmp_path))
    assert (2, True) == (status, "start one with `keyarea serve`" in said)
