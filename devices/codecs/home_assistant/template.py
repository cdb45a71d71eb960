"""Value templates: Jinja2 with everything taken out of it that could take long, grow large or reach anything.

A template comes from whoever may write to the broker. It is parsed, compared with a list of what templates of real
devices are made of, and rewritten: a call of a function or method becomes a filter of ours, each of which is bounded;
an attribute is a key of what the message said and nothing else; lists do not hold lists and only short ones are
compared, or twenty lines of doubling would keep the gateway busy for hours. What is not on the list (loops, powers,
regular expressions, the time, other entities' states) is refused with its name, before anything runs. So at run time
there are only as many steps as the template has nodes, on numbers below 1e300 and texts of a few thousand characters.

jinja2's own sandbox keeps a template from Python's insides, not from ``"x" * 10**9`` or ten nested loops; so jinja2
parses, and is allowed in this module and filters.py alone. A parser of our own would refuse what jinja2 reads
(templates are as wild as people); ``value_json.x`` alone misses inverted contacts, ``is_defined`` and splits; a time
limit needs a thread or a signal and still holds the pipeline up. The price: an entity whose template wants more is
refused, with its name, in words; and a template takes milliseconds to compile, once, so one message may hold 64 KiB
of them, and what only looks up a field (most of them) is looked up without jinja2.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import Template, TemplateError, Undefined, UndefinedError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from devices.codecs.home_assistant.filters import (
    FILTERS,
    FUNCTIONS,
    METHODS,
    MOST_NODES,
    bounded,
    comparable,
    divisible,
    format_of,
    is_number,
    joined,
    plain,
    searched,
    text_of,
    there,
)
from devices.errors import MalformedMessage
from devices.message import Text

LONGEST_TEMPLATE = 2_000
LONGEST_RESULT = 4_096
_DEEPEST = 25


_TESTS = {
    *("defined", "undefined", "none", "number", "string", "mapping", "sequence", "boolean", "true", "false", "integer"),
    *("float", "even", "odd", "eq", "ne", "lt", "le", "gt", "ge", "==", "!=", "<", "<=", ">", ">=", "equalto", "in"),
    *("sameas", "greaterthan", "lessthan", "divisibleby", "is_number"),
}
_COMPARING = {
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "equalto",
    "greaterthan",
    "lessthan",
}
_NODES = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem),
    *(nodes.Slice, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
    *(nodes.CondExpr, nodes.If, nodes.Assign, nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod),
    *(nodes.Neg, nodes.Pos, nodes.Concat, nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair, nodes.Call, nodes.Keyword),
)
_GIVEN = {"value", "value_json", "this", "entity_id", "name"}


class _Environment(ImmutableSandboxedEnvironment):
    """Where nothing is found but what the message said."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%"})

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        try:
            if isinstance(obj, dict) or (isinstance(obj, str | list | tuple) and isinstance(argument, int | slice)):
                return obj[argument]
        except (LookupError, TypeError, ValueError):
            pass
        return self.undefined(obj=there(obj), name=argument if isinstance(argument, str) else None)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        left, right = there(left), there(right)
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return joined(left, right)
        if operator == "%" and isinstance(left, str):
            return format_of(left, *(right if isinstance(right, tuple) else (right,)))
        if not isinstance(left, int | float) or not isinstance(right, int | float):
            raise TypeError(f"{operator} wants numbers")
        return bounded(super().call_binop(context, operator, bounded(left), bounded(right)))


_ENVIRONMENT = _Environment(optimized=False, cache_size=0, keep_trailing_newline=False, finalize=lambda value: (
    "" if isinstance(value, Undefined) else text_of(value)
))  # fmt: skip
_ENVIRONMENT.globals.clear()
_ENVIRONMENT.filters = {
    **FILTERS, "joined": joined, "plain": plain, "comparable": comparable, "searched": searched,
    **{f"method_{name}": change for name, change in METHODS.items()}
}  # fmt: skip
_ENVIRONMENT.tests = {name: _ENVIRONMENT.tests[name] for name in _TESTS if name in _ENVIRONMENT.tests}
_ENVIRONMENT.tests |= {
    "is_number": is_number, "divisibleby": divisible,
    "even": lambda value: divisible(value, 2), "odd": lambda value: not divisible(value, 2),
}  # fmt: skip


class _Rewriter(NodeTransformer):
    """Calls and concatenation become filters of ours; what stands in a list, and what is compared, goes through one."""

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 - jinja2 finds it by this name
        self.generic_visit(node)
        return _filter(node.nodes[0], "joined", node.nodes[1:], [], node)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            raise MalformedMessage(Text.of("template.star"))
        called = node.node
        if isinstance(called, nodes.Name) and called.name in FUNCTIONS and node.args:
            return _filter(node.args[0], called.name, node.args[1:], node.kwargs, node)
        if isinstance(called, nodes.Getattr) and called.attr in METHODS:
            return _filter(called.node, f"method_{called.attr}", node.args, node.kwargs, node)
        what = called.name if isinstance(called, nodes.Name) else getattr(called, "attr", "a value")
        raise MalformedMessage(Text.of("template.calls", what=what))

    def visit_List(self, node: nodes.List) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.items = [_part(item) for item in node.items]
        return node

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.items = [_part(item) for item in node.items]
        return node

    def visit_Pair(self, node: nodes.Pair) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.key, node.value = _part(node.key), _part(node.value)
        return node

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        if any(operand.op in ("in", "notin") for operand in node.ops):
            if len(node.ops) > 1:
                raise MalformedMessage(Text.of("template.complicated"))
            node.expr = _through("plain", node.expr)
            node.ops[0].expr = _through("searched", node.ops[0].expr)
            return node
        node.expr = _through("comparable", node.expr)
        for operand in node.ops:
            operand.expr = _through("comparable", operand.expr)
        return node

    def visit_Test(self, node: nodes.Test) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        if node.name == "in":
            node.node = _through("plain", node.node)
            node.args = [_through("searched", one) for one in node.args]
        elif node.name in _COMPARING:
            node.node = _through("comparable", node.node)
            node.args = [_through("comparable", one) for one in node.args]
        return node


def _part(node: nodes.Expr) -> nodes.Expr:
    """A list that is written out in another is as large as it is written."""
    return node if isinstance(node, nodes.List | nodes.Tuple | nodes.Dict) else _through("plain", node)


def _through(name: str, node: nodes.Expr) -> nodes.Expr:
    return node if isinstance(node, nodes.Const) else _filter(node, name, [], [], node)


def _filter(
    value: nodes.Expr, name: str, args: list[nodes.Expr], kwargs: list[nodes.Keyword], at: nodes.Node
) -> nodes.Filter:
    return nodes.Filter(value, name, args, kwargs, None, None, lineno=at.lineno, environment=_ENVIRONMENT)


def _check(tree: nodes.Template) -> int:
    """How many nodes it has. Raises MalformedMessage for what is not on the list."""
    given = _GIVEN | {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"}
    count = 0
    waiting: list[tuple[nodes.Node, int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        count += 1
        if count > MOST_NODES or depth > _DEEPEST:
            raise MalformedMessage(Text.of("template.complicated"))
        if not isinstance(node, _NODES):
            raise MalformedMessage(Text.of("template.uses", what=type(node).__name__.lower()))
        if isinstance(node, nodes.Filter) and (node.name not in FILTERS or node.node is None):
            raise MalformedMessage(Text.of("template.filter", name=node.name[:40]))
        if isinstance(node, nodes.Filter | nodes.Test) and (node.dyn_args is not None or node.dyn_kwargs is not None):
            raise MalformedMessage(Text.of("template.star"))
        if isinstance(node, nodes.Test) and node.name not in _TESTS:
            raise MalformedMessage(Text.of("template.test", name=node.name[:40]))
        if isinstance(node, nodes.Assign) and not isinstance(node.target, nodes.Name):
            raise MalformedMessage(Text.of("template.several_names"))
        if isinstance(node, nodes.Name) and node.ctx == "load" and node.name not in given | FUNCTIONS:
            raise MalformedMessage(Text.of("template.asks_for", name=node.name[:40]))
        waiting += [(child, depth + 1) for child in node.iter_child_nodes()]
    return count


@lru_cache(maxsize=1024)
def _compiled(source: str) -> tuple[Template, int] | Text:
    """The template and its number of nodes, or why there is none: a refusal is remembered too."""
    try:
        tree = _ENVIRONMENT.parse(source)
        count = _check(tree)
        tree = _Rewriter().visit(tree)
        code = _ENVIRONMENT.compile(tree)
        return Template.from_code(_ENVIRONMENT, code, {}), count
    except MalformedMessage as refusal:
        return refusal.text
    except (TemplateError, SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        return Text.of("template.none", reason=str(error)[:100])


_PLAIN = re.compile(
    r"\{\{-?\s*value_json((?:\.[A-Za-z]\w*|\[(?:'[^'\\]*'|\"[^\"\\]*\")\])+)"
    r"\s*(?:\|\s*is_defined\s*)?-?\}\}"
)
_STEP = re.compile(r"\.(\w+)|\['([^']*)'\]|\[\"([^\"]*)\"\]")


class ValueTemplate:
    """A template that may be used; two of one source are one.

    ``nodes`` is what it costs: the steps of one rendering. ``wants_json``: it makes nothing of a message that is no
    JSON. ``way``: it does nothing but look up a field, as most do; then jinja2 is not asked.
    """

    __slots__ = ("_template", "nodes", "source", "wants_json", "way")

    def __init__(self, source: str) -> None:
        """Raises MalformedMessage for a template that is not allowed, with what is wrong in it."""
        if len(source) > LONGEST_TEMPLATE:
            raise MalformedMessage(Text.of("template.too_long", most=LONGEST_TEMPLATE))
        self.source, self.wants_json, self.nodes = source, "value_json" in source, 1
        self.way: tuple[str, ...] = ()
        self._template: Template | None = None
        plain = _PLAIN.fullmatch(source.strip())
        if plain:
            self.way = tuple(max(step) for step in _STEP.findall(plain[1]))
            return
        found = _compiled(source)
        if isinstance(found, Text):
            raise MalformedMessage(Text.of("template.in_it", problem=found, template=repr(source[:80])))
        self._template, self.nodes = found

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ValueTemplate) and other.source == self.source

    def __hash__(self) -> int:
        return hash(self.source)

    def render(self, variables: Mapping[str, Any]) -> str:
        """Its text without blanks around, empty where the message lacks what it asks for. Raises MalformedMessage."""
        if self._template is None:
            return _looked_up(variables.get("value_json"), self.way)
        try:
            text = self._template.render(variables).strip()
        except UndefinedError:
            return ""
        except MalformedMessage:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a stranger's template does, it is the stranger's fault
            raise MalformedMessage(
                Text.of("template.fails", template=repr(self.source[:60]), error=str(error)[:80])
            ) from None
        if len(text) > LONGEST_RESULT:
            raise MalformedMessage(
                Text.of("template.makes_too_much", template=repr(self.source[:60]), most=LONGEST_RESULT)
            )
        return text


def _looked_up(said: Any, way: tuple[str, ...]) -> str:
    for step in way:
        if not isinstance(said, dict) or step not in said:
            return ""
        said = said[step]
    return text_of(said).strip()
