"""Documents that fail the build: they name what exists, and all that exists is in them."""

import importlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import msgspec
import pytest

from alerts.case import Case
from alerts.kinds import kinds
from alerts.rule import Rule
from alerts.workflow import Config, Workflow
from devices.device import Device
from devices.families import families
from gateway.cli import names
from gateway.metrics import Metrics
from gateway.settings import VARIABLES
from gateway.site import model
from gateway.site.load import parse
from tests.house.places import PACKAGES, ROOT, documents, modules, tracked

SITE_FILE = (ROOT / "docs" / "site-file.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


MARKDOWN = [path for path in tracked() if path.suffix == ".md"]
_PLACES = rf"(?<![\w/<-])((?:{'|'.join((*PACKAGES, 'tests', 'benchmarks', 'docs', 'deploy'))})/[\w./-]*\w/?)"


def named_paths(text: str) -> list[str]:
    """The files and folders of this repository that a text names; those of the worked example are to be made."""
    return [path for path in re.findall(_PLACES, text) if not re.search(r"acme|weak_battery", path)]


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_path_that_a_document_names_exists(path: Path) -> None:
    assert [] == [name for name in named_paths(path.read_text(encoding="utf-8")) if not (ROOT / name).exists()]


def test_the_architecture_names_files_that_one_can_go_and_look_at() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert len(named_paths(text)) > 10


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_between_documents_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    assert [] == [link for link in local if not (path.parent / link).exists()]


@pytest.mark.parametrize("name", names())
def test_every_command_is_in_the_readme_or_in_its_own_document(name: str) -> None:
    read = [(ROOT / path).read_text(encoding="utf-8") for path in ("README.md", "docs/command-line.md")]
    assert any(f"keyarea {name}" in text for text in read)


@pytest.mark.parametrize("word", re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
def test_every_make_word_is_in_contributing(word: str) -> None:
    assert word in {"help", "lint"} or f"make {word}" in CONTRIBUTING


@pytest.mark.parametrize(
    "name", [*families(), *kinds(), *VARIABLES, *(metric.name for metric in Metrics().registry.collect())]
)
def test_every_family_kind_variable_and_metric_is_in_the_documents(name: str) -> None:
    assert re.search(rf"\b{re.escape(name)}", documents())


@pytest.mark.parametrize("generator", sorted((ROOT / "docs").glob("generate_*.py")), ids=lambda path: path.stem)
def test_what_is_written_from_the_code_is_up_to_date(generator: Path) -> None:
    command = [sys.executable, str(generator), "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    assert 0 == done.returncode, f"run `make docs`: {done.stdout}{done.stderr}"


def test_every_key_of_the_site_file_is_in_its_document() -> None:
    tables = (
        model.Site,
        model.Area,
        model.Schedule,
        model.Mqtt,
        model.SerialLine,
        model.SocketLine,
        model.ModbusLine,
        model.OsdpLine,
        model.Influx,
        model.Storage,
        model.Web,
    )
    shapes: list[type[msgspec.Struct]] = [*tables, Device, Rule, *kinds().values()]
    keys = {field.name for shape in shapes for field in msgspec.structs.fields(shape)}
    assert [] == sorted(key for key in keys if not re.search(rf"[`\[.{{ ]{key}[`\]. ]", SITE_FILE))


def test_every_default_in_the_site_files_document_is_the_products() -> None:
    """Rows like ``| `port` | | 8080 | ...`` against the structs, table by table."""
    sections = dict(
        re.findall(r"^##? ?.*?(`\[+[\w.]+\]+`|Top level).*?\n(.*?)(?=^## |\Z)", SITE_FILE, re.MULTILINE | re.DOTALL)
    )
    shapes = {
        "[[areas]]": model.Area,
        "[[schedules]]": model.Schedule,
        "[[serial]]": model.SerialLine,
        "[[socket]]": model.SocketLine,
        "[[modbus]]": model.ModbusLine,
        "[[osdp]]": model.OsdpLine,
        "[[devices]]": Device,
    }
    for title, shape in shapes.items():
        rows = re.findall(r"^\| `(\w+)` \| (\w*) ?\| ([^|]*) \|", sections[f"`{title}`"], re.MULTILINE)
        fields = {field.name: field for field in msgspec.structs.fields(shape)}
        assert rows
        for key, needed, default in rows:
            field = fields[key]
            assert ("yes" if field.required else "") == needed, (title, key)
            if not field.required and default.strip() not in ("none", ""):
                written = tomllib.loads(f"value = {default.strip().strip('`')}")["value"]
                value = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
                assert (list(value) if isinstance(value, tuple) else value) == written, (title, key)


class _KeyConfig(Config, frozen=True, kw_only=True):
    """``hours``: for how long"""

    hours: int = 8


class _Keys(Workflow[Case]):
    """Keys."""

    name, book, case, config_type = "keys", "keys", Case, _KeyConfig


def test_the_own_table_of_a_workflow_comes_into_that_document_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    generator = importlib.import_module("generate_site_file")
    (table,) = generator.workflow_tables({"keys": _Keys})
    said = generator.section(table)
    assert said.startswith("## `[workflows.keys]`: Keys")
    assert "| `hours` | | `8` | whole number | | for how long |" in said


def test_the_smallest_site_in_its_document_is_good() -> None:
    example = re.search(r"```toml\n(.*?)```", SITE_FILE, re.DOTALL)
    assert example is not None
    assert parse(example.group(1), "site-file.md").rules


RECORDS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
INDEX = (ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")
_STATUS = r"binding|detail|superseded by \d{4}"


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_of_a_choice_says_what_it_cost_and_how_to_undo_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8").lower()
    assert re.fullmatch(r"\d{4}-[a-z0-9-]+", path.stem)
    assert [] == [part for part in ("situation", "choice", "rejected", "price", "undo") if part not in text]
    assert text.count("\n") <= 40


def test_the_index_lists_each_record_as_it_names_itself() -> None:
    listed = re.findall(rf"^- \[(\d{{4}})\]\((\1-[^)]+)\): (.+): ({_STATUS})$", INDEX, re.MULTILINE)
    assert sorted(path.name for path in RECORDS) == sorted(name for _, name, _, _ in listed)
    for number, name, title, status in listed:
        begins = f"# ADR {number}: {title}\n\n- **Status**: {status}\n"
        assert (ROOT / "docs" / "adr" / name).read_text(encoding="utf-8").startswith(begins)


def test_no_number_of_a_record_is_given_twice() -> None:
    """Those that were folded into a file are in the index with that file, and mean nothing else."""
    folded = re.findall(r"^- (\d{4}(?:, \d{4})*): `([^`]+)`$", INDEX, re.MULTILINE)
    numbers = [number for row, _ in folded for number in row.split(", ")] + [path.name[:4] for path in RECORDS]
    assert sorted(set(numbers)) == sorted(numbers)
    assert [] == [place for _, place in folded if not (ROOT / place).exists()]


def test_no_file_names_a_record_that_is_not_there() -> None:
    kept = {path.name[:4] for path in RECORDS}
    named = {
        (str(path.relative_to(ROOT)), number)
        for path in tracked()
        if path.suffix in {".py", ".md", ".toml", ".js"} and path.name != "CHANGELOG.md"
        for number in re.findall(r"(?:adr/|ADR )(\d{4})", path.read_text(encoding="utf-8"))
    }
    assert set() == {(where, number) for where, number in named if number not in kept}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the packages."""
    for path in modules(*PACKAGES):
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    return tmp_path


def run(house: Path, script: str) -> str:
    """What a script prints in that copy."""
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(house)!r})\n{script}"]
    done = subprocess.run(command, cwd=house, capture_output=True, text=True, check=False, timeout=600)
    assert 0 == done.returncode, done.stderr
    return done.stdout


PERFORM = """
import json
from devices.codec import Message
from devices.errors import MalformedMessage
from devices.families import families
from gateway.site.load import parse
site = parse(open("site.toml").read(), "site.toml")
def understood(case):
    try:
        decoded = families()["acme"].open("acme").decode(Message("mqtt", case["topic"], case["payload"].encode(), 0))
    except MalformedMessage:
        return "refused"
    return {"reports": [{"address": report.address, "values": dict(report.values)} for report in decoded.reports]}
cases = {name: understood(case) for name, case in json.load(open("cases.json")).items()}
print(json.dumps([cases, type(site.rules[-1]).__name__]))
"""


def test_a_first_codec_and_a_first_rule_kind_work_as_contributing_says(house: Path) -> None:
    """By adding files only."""
    files = dict(re.findall(r"`([\w./]+)`:\n\n```\w+\n(.*?)```", CONTRIBUTING, re.DOTALL))
    recorded = {name: text for name, text in files.items() if name.startswith("tests/")}
    modules_added = {name: text for name, text in files.items() if not name.startswith("tests/")}
    catalogues = [f"alerts/rules/weak_battery.{code}.toml" for code in ("en", "zh")]
    assert ["devices/codecs/acme.py", "alerts/rules/weak_battery.py", *catalogues] == list(modules_added)
    assert ["tests/devices/codecs/acme.toml"] == list(recorded)
    for name, text in modules_added.items():
        assert not (house / name).exists()
        (house / name).write_text(text, encoding="utf-8")
    cases = tomllib.loads(next(iter(recorded.values())))
    (house / "cases.json").write_text(json.dumps(cases), encoding="utf-8")
    site = re.search(r"```toml\n(.*?)```", SITE_FILE, re.DOTALL)
    rule = re.findall(r"```toml\n(\[\[rules\]\].*?)```", CONTRIBUTING, re.DOTALL)[-1]
    assert site is not None
    wired = site.group(1).replace('"temperature"]', '"temperature", "battery"]').replace('"keyarea"', '"acme"')
    (house / "site.toml").write_text(wired + rule, encoding="utf-8")
    expected = {name: case.get("expected", "refused") for name, case in cases.items()}
    assert [expected, "WeakBatteryRule"] == json.loads(run(house, PERFORM))


WITHOUT = """
import gateway.cli, gateway.wiring
from alerts.kinds import kinds
from devices.families import families
print([*families(), *kinds()])
"""


@pytest.mark.parametrize("victim", ["devices/codecs/chirpstack.py", "alerts/rules/patrol.py"])
def test_nothing_else_breaks_when_an_extension_is_deleted(house: Path, victim: str) -> None:
    (house / victim).unlink()
    said = run(house, WITHOUT)
    assert Path(victim).stem not in said
    assert "keyarea" in said
    assert "state" in said
