"""The shape of the code: files that fit a few screens, and constructors whose arguments one can keep in mind."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.places import PACKAGES, ROOT, modules, trees

LINES, MEDIAN, ARGUMENTS, WIRING, METHODS = 400, 110, 8, 250, 15


def test_most_files_are_short() -> None:
    """Those that only mark a package count for nothing."""
    counted = sorted(length for path in modules(*PACKAGES) if (length := _lines(path)))
    assert counted[len(counted) // 2] < MEDIAN


def test_no_file_is_long() -> None:
    """Nor one of tests, benchmarks or what writes documents."""
    lengths = {path: _lines(path) for path in modules(*PACKAGES, "tests", "benchmarks", "fuzz", "docs")}
    assert {} == {str(path.relative_to(ROOT)): length for path, length in lengths.items() if length > LINES}


@pytest.mark.parametrize("name", ["wiring", "pipeline"])
def test_what_everything_goes_through_is_read_in_one_go(name: str) -> None:
    assert _lines(ROOT / "gateway" / f"{name}.py") < WIRING


def test_wiring_builds_and_closes() -> None:
    """Nothing else: no look at an error, no sentence, no decision but which part there is."""
    tree = ast.parse((ROOT / "gateway" / "wiring.py").read_text(encoding="utf-8"))
    (gateway,) = (node for node in tree.body if isinstance(node, ast.ClassDef))
    methods = [node.name for node in gateway.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert ["__init__", "run", "_add_parts"] == methods
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)]


def test_no_constructor_takes_more_than_one_can_keep_in_mind() -> None:
    """Those that are written out; a struct of plain values has the fields that the thing has."""
    found = [
        f"{path.relative_to(ROOT)}: {name} takes {count}; join what belongs together in a frozen struct"
        for path, tree in trees(modules(*PACKAGES, "benchmarks"), "def __init__(")
        for name, count in constructors(tree)
        if count > ARGUMENTS
    ]
    assert [] == found


def constructors(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Each class with an ``__init__``, and how many arguments that takes beside ``self``."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef):
            continue
        for method in node.body:
            if isinstance(method, ast.FunctionDef) and method.name == "__init__":
                taken = method.args
                yield node.name, len([*taken.posonlyargs, *taken.args, *taken.kwonlyargs]) - 1


def test_no_protocol_asks_for_more_than_one_noun_needs() -> None:
    """What it takes over from another Protocol counts with it."""
    classes = [
        node
        for _, tree in trees(modules(*PACKAGES), "Protocol")
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and "Protocol" in _bases(node)
    ]
    known = {node.name: node for node in classes}
    counted = {(node.name, node.lineno): len(_methods(node.name, {**known, node.name: node})) for node in classes}
    assert counted
    assert {} == {name: count for name, count in counted.items() if count > METHODS}


def _methods(name: str, known: dict[str, ast.ClassDef]) -> set[str]:
    node = known.get(name)
    if node is None:
        return set()
    own = {each.name for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)}
    return own.union(*(_methods(base, known) for base in _bases(node) if base != name))


def _bases(node: ast.ClassDef) -> list[str]:
    """By their last name."""
    plain = (base.value if isinstance(base, ast.Subscript) else base for base in node.bases)
    return [
        base.attr if isinstance(base, ast.Attribute) else base.id
        for base in plain
        if isinstance(base, ast.Name | ast.Attribute)
    ]


def test_the_count_of_arguments_counts_all_of_them() -> None:
    tree = ast.parse("class A:\n class B:\n  def __init__(self, a, /, b, *c, d=1, **e): ...\n def __init__(self): ...")
    assert [("A", 0), ("B", 3)] == list(constructors(tree))


def _lines(path: Path) -> int:
    return path.read_text(encoding="utf-8").count("\n")
