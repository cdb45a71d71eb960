"""In which language a caller is answered."""

from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from starlette.requests import Request

from alerts.alert import Alert, AlertClass, AlertEvent, State
from alerts.lifecycle import Action
from api.accept_language import accepted_languages, code_of, failure
from api.catalogue import language
from api.ports import Published
from api.stream import as_shown
from devices.message import Name, Text

ALERT = Alert(
    id="a1", rule="lost", rule_version="v1", area="store", key="sd-1", alert_class=AlertClass.FAULT, priority=3,
    text=Text.of("alert.titled", title=Name("Lost", "失联"), text=Text.of("supervision.silent", seconds=15)),
    state=State.UNACKNOWLEDGED, raised=0, changed=0, causes=(),
    procedure=Text.of("alert.procedure", words=Name("Visit it.", "到现场查看。")),
)  # fmt: skip


def asked(**headers: str) -> Request:
    known = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": known})


@pytest.mark.parametrize(
    ("request_", "lang", "code"),
    [
        (asked(), None, "en"),
        (asked(accept_language="zh-CN,zh;q=0.9,en;q=0.8"), None, "zh"),
        (asked(accept_language="de,en;q=0.5,zh;q=0.7"), None, "zh"),
        (asked(accept_language="fr"), None, "en"),
        (asked(accept_language="zh", cookie="keyarea_language=en"), None, "en"),
        (asked(accept_language="zh"), "en", "en"),
        (asked(), "zh-CN", "zh"),
        (asked(), "xx", "en"),
    ],
    ids=range(8),
)
def test_the_language_is_asked_for_by_name_by_cookie_or_by_header(request_: Request, lang: str, code: str) -> None:
    assert code == code_of(request_, lang)


def test_a_refusal_is_told_in_the_language_that_was_asked_for_by_name() -> None:
    site = SimpleNamespace(time_zone=lambda: "UTC")
    app = SimpleNamespace(state=SimpleNamespace(gateway=SimpleNamespace(site=site)))
    request = Request({"type": "http", "headers": [], "query_string": b"lang=zh", "app": app})
    refusal = Text.of("workflow.cannot", workflow="keys")
    assert language("zh").render(refusal) == failure(request, refusal)["error"]


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("", [""]),
        ("en;q=0.1, zh ;q=0.9", ["zh", "en"]),
        ("zh;q=0, en", ["en"]),
        ("zh;q=much,en;q=2,fr;level=1", []),
        ("," * 5_000 + "zh", [""] * 1_001),
    ],
)
def test_a_header_is_read_as_far_as_it_is_right(header: str, names: list[str]) -> None:
    assert names == accepted_languages(header)


@pytest.mark.parametrize(
    ("code", "text", "procedure", "note"),
    [
        ("en", "Lost: no word for 15 s", "Visit it.", "it was over while it was set aside"),
        ("zh", "失联：已 15 秒无通信", "到现场查看。", "搁置期间已结束"),
    ],
)
def test_an_event_is_told_in_the_listeners_language(code: str, text: str, procedure: str, note: str) -> None:
    event = AlertEvent(ALERT, Action.LAPSED, 1, note=Text.of("suppressor.over"))
    shown: dict[str, Any] = as_shown(Published(1, "alert", event), language(code)).model_dump(mode="json")
    assert (text, procedure, note) == (shown["alert"]["text"], shown["alert"]["procedure"], shown["note"])
    message = shown["alert"]["message"]
    assert ALERT.text == msgspec.convert({"type": "text", **message}, Text)
    assert {"title", "text"} == message["params"].keys()
