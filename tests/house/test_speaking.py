"""What speaks says texts with keys: no literal sentence, no key that no catalogue has, no parameter left out."""

import ast
import re
from collections.abc import Iterator

import pytest

from api.catalogue import LANGUAGES, language, templates
from devices.language import names_of
from devices.message import Text
from tests.house.places import PACKAGES, ROOT, modules, trees

FOLDERS = ("alerts", "workflows")
"""What speaks by keys alone."""

NOT_YET = frozenset({"alerts/schedule.py"})
"""Files with refusals that are sentences still; whoever gives them keys takes them out here."""

PROGRAMMERS = ("ValueError", "TypeError", "NotImplementedError", "AssertionError")
"""What these say is a fault of a site file or a bug, and no text."""


def sentences(source: str) -> Iterator[str]:
    """Every literal of at least two words; no docstrings, nothing that an exception says to programmers."""
    tree = ast.parse(source)
    passed_over = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):  # a shipped rule, with title_zh and procedure_zh beside, as in a site file
            passed_over |= {
                id(part)
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant) and key.value in ("title", "procedure")
                for part in ast.walk(value)
            }
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in PROGRAMMERS:
            passed_over |= {id(part) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in passed_over or not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if re.search(r"[A-Za-z]{2,}[^A-Za-z]* [^A-Za-z]*[a-z]{2,}", node.value):
            yield node.value


def calls(tree: ast.Module) -> Iterator[tuple[str, set[str]]]:
    """Each key that ``Text.of`` is given as a literal, with the parameters beside it."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="Text"), attr="of"), args=[ast.Constant(value=str(key))]
            ):
                if all(keyword.arg for keyword in node.keywords):
                    yield key, {str(keyword.arg) for keyword in node.keywords}


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_literal_sentence_stands_where_texts_are_said(folder: str) -> None:
    found = {
        f"{name}: {sentence}"
        for path in modules(folder)
        if (name := str(path.relative_to(ROOT))) not in NOT_YET
        for sentence in sentences(path.read_text(encoding="utf-8"))
    }
    assert not found


def test_who_speaks_by_keys_is_taken_off_the_list() -> None:
    assert all(list(sentences((ROOT / name).read_text(encoding="utf-8"))) for name in NOT_YET)


def test_each_text_has_its_template_and_all_its_parameters() -> None:
    known = templates("en")
    every = trees(modules(*PACKAGES), "Text.of(")
    said = [(path.name, key, given) for path, tree in every for key, given in calls(tree)]
    assert said
    assert not {(name, key) for name, key, _ in said if key not in known}
    assert not {(name, key, *sorted(left)) for name, key, given in said if (left := names_of(known[key]) - given)}


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_template_leaves_nothing_to_fill_in(code: str) -> None:
    for key, template in templates(code).items():
        values = dict.fromkeys(names_of(template), "Q7")
        assert not re.search(r"[{}]", language(code).render(Text(key, values)))  # type: ignore[arg-type]


TOLD = ("Refused", "NotAllowed", "NotSignedIn", "StoreUnavailable", "StoreDamaged", "Superseded", "HTTPException")
"""What is raised to be told to a person: on a page, in an answer of the API, on a terminal."""


def told_in_a_sentence(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args) if name in TOLD:
                yield from (
                    ast.unparse(arg) for arg in args if isinstance(arg, ast.JoinedStr | ast.Constant) if is_said(arg)
                )


def not_understood_in_a_sentence(tree: ast.Module) -> Iterator[str]:
    """Why a codec or a transport could not read a message."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="MalformedMessage" | "Decoded") as name, args=args, keywords=keywords):
                said = args if name.id == "MalformedMessage" else []
                said = [*said, *(keyword.value for keyword in keywords if keyword.arg == "malformed")]
                parts = [part for arg in said for part in (arg.values if isinstance(arg, ast.BoolOp) else [arg])]
                yield from (
                    ast.unparse(part)
                    for part in parts
                    if isinstance(part, ast.JoinedStr) or (isinstance(part, ast.Constant) and part.value)
                )


def is_said(arg: ast.expr) -> bool:
    return not isinstance(arg, ast.Constant) or isinstance(arg.value, str)


def test_nobody_is_refused_in_one_language_only() -> None:
    found = {
        (str(path.relative_to(ROOT)), sentence)
        for path, tree in trees(modules(*PACKAGES), *TOLD)
        if str(path.relative_to(ROOT)) not in NOT_YET
        for sentence in told_in_a_sentence(tree)
    }
    assert not found


def test_nobody_says_in_one_language_only_why_a_message_was_not_understood() -> None:
    found = {
        (str(path.relative_to(ROOT)), sentence)
        for path, tree in trees(modules(*PACKAGES), "MalformedMessage(", "malformed=")
        for sentence in not_understood_in_a_sentence(tree)
    }
    assert not found
