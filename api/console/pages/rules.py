"""The rules at work, area by area: which version, since when, by whom, and what is missing; and a page of each kind."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.exceptions import HTTPException

from alerts.kinds import kinds
from alerts.rule import Rule
from api.asks import ask_at, every_workflow
from api.auth import Permission
from api.console.forms import choice_word, title_of
from api.console.web_page import Asked, Page
from api.rule_views import RuleView, rule_views, suggested
from devices.message import Name

_AT, _PROPOSE = "/console/rules", "rules/propose"
_TABLE = "rule_parameters"


class _Row(msgspec.Struct, frozen=True):
    """One rule, ready to draw. ``change``: where it is proposed otherwise, "" for whoever may not."""

    title: str
    name: str
    kind: str
    kind_path: str
    alert_class: str
    priority: int
    version: str
    number: int
    since: str
    by: str
    is_other: bool
    change: str


class _Missing(msgspec.Struct, frozen=True):
    """What no rule watches; ``propose``: where the ready rule is proposed."""

    text: str
    clause: str
    propose: str


class _Group(msgspec.Struct, frozen=True):
    """The rules of one area, of the whole site, or of the gateway itself."""

    title: str
    rows: list[_Row]
    missing: list[_Missing]


class _Parameter(msgspec.Struct, frozen=True):
    """``default`` "" : it must be given, or is left out."""

    label: str
    name: str
    default: str


def _show(asked: Asked) -> Mapping[str, Any]:
    wanted = asked.query.get("area", "")
    areas = {area.id: Name(area.name, area.name_zh) for area in asked.gateway.areas.areas()}
    if wanted and wanted not in areas:
        raise HTTPException(404)
    views, path = rule_views(asked.gateway), _propose_path(asked)
    missing: dict[str, list[_Missing]] = {}
    for each in suggested(asked.gateway, wanted):
        said = _Missing(asked.say.said(each.text), asked.say.said(each.clause), _filled(path, each.rule))
        missing.setdefault(each.area, []).append(said)
    groups = []
    for area, name in areas.items():
        if area == wanted or not wanted:
            its = [
                view for view in views if area in view.rule.areas or (wanted and view.number and not view.rule.areas)
            ]
            groups.append(_group(asked, asked.say.words.show(name), its, missing.get(area, []), path))
    if not wanted:
        rest = [view for view in views if not any(area in areas for area in view.rule.areas)]
        own = [view for view in rest if not view.number and not view.is_other]
        whole = [view for view in rest if view.number or view.is_other]
        groups.append(_group(asked, asked.say.any("rules_page.whole_site"), whole, [], path))
        groups.append(_group(asked, asked.say.any("rules_page.own"), own, [], ""))
    return {
        "groups": [group for group in groups if group.rows or group.missing],
        "is_bare": not any(view.number or view.is_other for view in views),
        "kinds": _kinds(asked),
        "path": path,
    }


def _group(asked: Asked, title: str, views: Sequence[RuleView], missing: list[_Missing], path: str) -> _Group:
    return _Group(title, [_row(asked, view, path) for view in views], missing)


def _row(asked: Asked, view: RuleView, path: str) -> _Row:
    rule, say = view.rule, asked.say
    tag = str(rule.__struct_config__.tag)
    title = rule.title_zh if say.language == "zh" else rule.title
    return _Row(
        title=title or rule.title or rule.name,
        name=rule.name,
        kind=say.known(f"{tag}.title") or "",  # one that a site cannot write has no name: its title says it
        kind_path=f"{_AT}/kinds/{tag}" if tag in kinds() else "",
        alert_class=choice_word("alert_class", rule.alert_class.value, _TABLE, say),
        priority=rule.priority,
        version=view.version,
        number=view.number,
        since=asked.moment(view.since) if view.since is not None else "",
        by=" + ".join(name for name in (view.by, view.second) if name) or say.any("rules_page.site_file"),
        is_other=view.is_other,
        change=_filled(path, rule) if view.number and path else "",
    )


def _propose_path(asked: Asked) -> str:
    """Where a rule is proposed, "" for whoever may not."""
    ask = ask_at(_PROPOSE)
    if ask is None or asked.person.role not in ask.ROLES:
        return ""
    found = next(name for name, kind in every_workflow().items() if ask in kind.asks)
    return f"/console/workflows/{found}?{urlencode({'ask': str(ask.__struct_config__.tag)})}"


def _filled(path: str, rule: Rule[Any]) -> str:
    """The form of that proposal, filled in with a rule."""
    if not path:
        return ""
    given: list[tuple[str, str]] = [("rule._sent", "yes")]
    plain = msgspec.json.decode(msgspec.json.encode(rule))
    for name, value in plain.items():
        match value:
            case None | "":
                continue
            case bool():
                given += [(f"rule.{name}", "yes" if value else "no")] if value or name == "silent" else []
            case list() if all(isinstance(each, str | int | float) for each in value):
                given += [(f"rule.{name}", str(each)) for each in value]
            case dict() | list() if value:
                given.append((f"rule.{name}", msgspec.json.encode(value).decode()))
            case str() | int() | float():
                given.append((f"rule.{name}", str(value)))
    return f"{path}&{urlencode(given)}"


def _kinds(asked: Asked) -> list[tuple[str, str]]:
    """(title, path)"""
    return sorted((asked.say.known(f"{tag}.title") or tag, f"{_AT}/kinds/{tag}") for tag in kinds())


def _show_kind(asked: Asked) -> Mapping[str, Any]:
    tag, say = asked.wanted["kind"], asked.say
    kind = kinds().get(tag)
    if kind is None:
        raise HTTPException(404)
    own = [field for field in msgspec.structs.fields(kind) if field.name not in Rule.__struct_fields__]
    shared = [field for field in msgspec.structs.fields(kind) if field.name in Rule.__struct_fields__]
    path = _propose_path(asked)
    return {
        "title": say.known(f"{tag}.title") or tag,
        "tag": tag,
        "protects": say.known(f"{tag}.protects"),
        "its_own": [_parameter(asked, tag, field) for field in own],
        "shared": [_parameter(asked, tag, field) for field in shared],
        "at_work": [_row(asked, view, path) for view in rule_views(asked.gateway) if type(view.rule) is kind],
        "propose": f"{path}&{urlencode({'rule.kind': tag})}" if path else "",
    }


def _parameter(asked: Asked, tag: str, field: msgspec.structs.FieldInfo) -> _Parameter:
    default = field.default_factory() if field.default_factory is not msgspec.NODEFAULT else field.default
    say = asked.say
    if default is msgspec.NODEFAULT:
        shown = say.any("rules_page.needed")
    elif default is None or default == "" or (not default and not isinstance(default, bool | int | float)):
        shown = ""
    elif isinstance(default, bool):
        shown = say.any("form.yes" if default else "form.no")
    elif isinstance(default, tuple | list):
        shown = ", ".join(map(str, default))
    else:
        shown = choice_word(field.name, str(default), _TABLE, say)
    return _Parameter(title_of(field.name, tag, say, _TABLE), field.name, shown)


PAGES = (
    Page(
        path=_AT,
        permission=Permission.LOOK,
        title="rules_page.title",
        template="rules.html",
        place=("main", 45),
        show=_show,
    ),
    Page(
        path=f"{_AT}/kinds/{{kind}}",
        permission=Permission.LOOK,
        title="rules_page.title",
        template="rule_kind.html",
        under=_AT,
        show=_show_kind,
    ),
)
