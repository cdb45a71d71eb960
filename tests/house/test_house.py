"""The house keeps its own rules: what imports cannot say, and what a deny-list would let through."""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import grimp
import pytest

from alerts.kinds import kinds
from devices.families import families
from gateway.cli import command, names
from tests.house import tracked as tracked_files
from tests.house.places import PACKAGES, PURE, ROOT, modules, tracked

ALLOWED = {
    *("msgspec", "typing", "collections", "enum", "dataclasses", "functools", "itertools", "contextlib", "string"),
    *("math", "re", "struct", "bisect", "heapq", "operator", "abc", "types", "binascii", "base64", "zlib", "json"),
    *(
        "hashlib",
        "hmac",
        "datetime",
        "zoneinfo",
        "decimal",
        "fractions",
        "unicodedata",
        "difflib",
        "statistics",
        "ipaddress",
    ),
}
"""What the pure packages may import: values and computations, nothing that waits, asks or writes."""

FINDERS = {
    *("devices.families", "alerts.kinds", "alerts.suppression.stage_finder", "ledger.duties", "ledger.systems"),
    *("api.workflow_finder", "api.console.page_finder"),
}
"""May also use importlib and pkgutil; nothing else may, because such imports are invisible to the linter."""

COMPUTING = {
    ("devices.codecs.sia_dc09.cipher", "cryptography"),
    ("devices.codecs.home_assistant.template", "jinja2"),
    ("devices.codecs.home_assistant.filters", "jinja2"),
    ("ledger.recurrence", "dateutil"),
}
"""Libraries that compute and nothing else, each in modules that say why (docs/adr/0096, template.py, recurrence.py)."""


@cache
def graph() -> grimp.ImportGraph:
    """Who imports whom."""
    return grimp.build_graph(*PACKAGES, include_external_packages=True, cache_dir=None)


def imports_from_outside(*packages: str) -> set[tuple[str, str]]:
    """(importer, imported) where the imported is none of ours."""
    return {
        (module, imported)
        for module in graph().modules
        if module.split(".")[0] in packages
        for imported in graph().find_modules_directly_imported_by(module)
        if imported.split(".")[0] not in PACKAGES
    }


def test_the_pure_middle_imports_only_what_is_on_the_list() -> None:
    finding = {(finder, name) for finder in FINDERS for name in ("importlib", "pkgutil")}
    assert set() == {pair for pair in imports_from_outside(*PURE) - finding - COMPUTING if pair[1] not in ALLOWED}


def test_only_the_finders_import_by_name() -> None:
    """An import in a string goes round every contract."""
    found = {
        importer for importer, name in imports_from_outside(*PACKAGES) if name in ("importlib", "pkgutil", "runpy")
    }
    allowed = {*FINDERS, "gateway.cli"} | {name for name in found if _only_reads_own_files(name)}
    assert set() == found - allowed


def _only_reads_own_files(module: str) -> bool:
    """``importlib.resources`` and ``importlib.metadata`` import nothing."""
    path = ROOT / (module.replace(".", "/") + ".py")
    text = (path if path.exists() else path.with_suffix("") / "__init__.py").read_text(encoding="utf-8")
    return "import_module" not in text and "__import__" not in text and "pkgutil" not in text


@pytest.mark.parametrize("path", modules(*PACKAGES, "benchmarks"), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_what_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if text.strip():
        assert ast.get_docstring(ast.parse(text)), "begin with one sentence that a new colleague would understand"


def test_no_module_is_named_after_nothing() -> None:
    nothing = {"utils", "util", "helpers", "helper", "common", "misc", "base", "core", "tools"}
    assert [] == [path for path in modules(*PACKAGES) if nothing & set(path.stem.split("_"))]
    assert [] == [path for path in modules(*PACKAGES) if path.stem.endswith(("_manager", "_handler"))]


@pytest.mark.parametrize(
    ("folder", "found"),
    [("devices/codecs", families()), ("alerts/rules", kinds()), ("gateway/cli", names())],
    ids=["families", "rule kinds", "commands"],
)
def test_every_extension_file_is_found(folder: str, found: object) -> None:
    """One file, or one package of that name: one family, kind or command."""
    inside = [path.relative_to(ROOT / folder) for path in modules(folder.partition("/")[0]) if _lies_in(path, folder)]
    files = [path.stem if len(path.parts) == 1 else path.parts[0] for path in inside]
    assert sorted(set(files) - {"__init__"}) == sorted(found), folder  # type: ignore[call-overload]


def _lies_in(path: Path, folder: str) -> bool:
    return ROOT / folder in path.parents


@pytest.mark.parametrize("name", names())
def test_a_command_has_the_shape_of_one(name: str) -> None:
    module = command(name)
    assert module.HELP[0].islower()
    assert not module.HELP.endswith(".")
    assert callable(module.add_arguments)
    assert callable(module.run)


def test_a_family_is_called_like_its_file() -> None:
    for name, codec in families().items():
        assert f"devices.codecs.{name}" == type(codec).__module__


def test_what_is_no_python_is_installed_too() -> None:
    """Sample sites, presets, translations and scripts: the wheel carries all that lies in a package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    carried = project["tool"]["setuptools"]["package-data"]
    for path in tracked():
        package, *rest = path.relative_to(ROOT).parts
        if package in PACKAGES and path.suffix != ".py":
            assert any(Path(*rest).match(pattern) for pattern in carried.get(package, ())), path


def test_no_file_holds_secrets_addresses_of_registries_or_paths_of_one_machine() -> None:
    assert [] == list(tracked_files.faults(tracked()))


@pytest.mark.parametrize(
    "line",
    [
        "-----BEGIN PRIVATE " + "KEY-----",
        "token = 'ghp_" + "a" * 30 + "'",
        "https://pypi." + "org/simple",
        "--index-" + "url x",
        'open("/wo' + 'rk/data")',
    ],
)
def test_the_search_for_secrets_finds_them(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracked_files, "ROOT", tmp_path)
    path = tmp_path / "file.py"
    path.write_text(f"one = 1\n{line}\n")
    assert [found for found in tracked_files.faults([path]) if found.startswith("file.py:2: ")]


def test_the_constraints_pin_every_dependency_and_say_nothing_of_where_from() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [] == [line for line in lines if not re.fullmatch(r"[a-z0-9.-]+==[A-Za-z0-9.!+]+", line)]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-peers.txt"])
def test_what_is_installed_must_have_a_hash_that_was_pinned(name: str) -> None:
    text = re.sub(r"^#.*\n", "", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    pins = dict(re.findall(r"^([a-z0-9.-]+)==(\S+) \\$", text, flags=re.MULTILINE))
    assert pins
    assert re.fullmatch(r"(?:[a-z0-9.-]+==\S+(?: \\\n    --hash=sha256:[0-9a-f]{64})+\n)+", text)
    versions = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines())
    ours = {package: version for package, version in pins.items() if package not in ("setuptools", "dc09-spt")}
    assert ours == {package: versions.get(package) for package in ours}


def test_the_lists_of_requirements_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for name, asked in (
        ("requirements.txt", project["dependencies"]),
        ("requirements-dev.txt", [*project["dependencies"], *project["optional-dependencies"]["dev"]]),
    ):
        pinned = set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE))
        assert set() == {re.split(r"[\[>=<]", package)[0].lower() for package in asked} - pinned
