"""A fire that nobody acknowledges reaches people outside: by mail, by a signed webhook, over failures and kills."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.gateway.notify.peers import Mailbox, WebServer, mail_server
from tests.rim.browsing import sign_in
from tests.rim.conftest import Running, serving, site
from tests.rim.processes import Mosquitto, free_port, wait_until

CHANNELS = """
[[channels]]
id = "mail"
name = "e-mail"
name_zh = "邮件"
is_personal = true
allow = ["127.0.0.0/8", "::1/128"]

[[channels]]
id = "hook"
kind = "webhook"
url = "http://127.0.0.1:{web}/alarms"
allow = ["127.0.0.1/32"]
timeout_s = 2

[[workflows.escalation.chains]]
name = "life"
classes = ["fire"]

[[workflows.escalation.chains.steps]]
after_s = 0
people = ["li"]
groups = ["*"]

[[workflows.escalation.chains.steps]]
after_s = 3600
condition = "open"
people = ["wang"]
"""


class Outside:
    """A gateway with two channels, and what is at their other ends."""

    def __init__(self, running: Running, web: WebServer, mailbox: Mailbox) -> None:
        self.running, self.web, self.mailbox = running, web, mailbox

    def fire(self) -> str:
        """A new fire; its alert."""
        before = {alert["id"] for alert in self.running.client().get("/api/alerts?open=true")["alerts"]}
        self.running.readings(self.running.fresh_smoke(), smoke=True)
        new = wait_until(
            lambda: {each["id"] for each in self.running.client().get("/api/alerts?open=true")["alerts"]} - before,
            "an alert",
        )
        return str(min(new))

    def told(self, alert: str) -> dict[str, Any]:
        """The escalation of that alert, as programs see it."""
        cases = self.running.client().get("/api/workflows/escalation/cases")
        return next(case["content"] for case in cases if case["id"] == alert)

    def states(self, alert: str) -> dict[str, str]:
        return {each["channel"]: each["state"] for each in self.told(alert)["told"]}


@pytest.fixture
def outside(broker: Mosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Outside]:
    port, name, web, smtp = free_port(), tmp_path.name, WebServer(), free_port()
    keys = tmp_path / "keys.toml"
    keys.write_text(
        f'"notify/mail" = "mailto://localhost:{smtp}?from=gateway@works.example&to={{to}}"\n'
        '"notify/hook" = "a secret of the site"\n'
    )
    keys.chmod(0o600)
    monkeypatch.setenv("KEYAREA_KEYS", str(keys))
    text = site(broker.port, port, smokes=8, name=name) + CHANNELS.format(web=web.port)
    with mail_server(smtp) as mailbox, serving(tmp_path, text, port, broker, name) as running:
        given = {"person": "li", "channel": "mail", "address": "li@works.example"}
        running.client().post("/api/workflows/contacts/give", given)
        yield Outside(running, web, mailbox)
    web.close()


def test_a_fire_reaches_people_and_their_answer_comes_back(outside: Outside, browser: Browser) -> None:
    """Looking changes nothing, one press answers, and nothing is acknowledged by it."""
    alert = outside.fire()
    post, mail = outside.web.next(), outside.mailbox.next()
    assert (alert, "fire", "store") == tuple(post.said[name] for name in ("alert", "alert_class", "area"))
    wait_until(lambda: {"mail": "sent", "hook": "sent"} == outside.states(alert), "receipts")
    body = mail.get_body(("plain", "html"))
    assert body is not None
    (link,) = re.findall(r"http://\S+/answer/[\w-]+", body.get_content())
    for _ in range(2):
        assert 200 == httpx.get(link).status_code, "a scanner of mails looks, too"
    assert [] == outside.told(alert)["answers"]

    phone = browser.new_context(viewport={"width": 360, "height": 640}, locale="zh-CN")
    page = phone.new_page()
    page.goto(f"{link}?language=zh")
    page.get_by_role("button", name="已收到，正在赶往现场").click()
    expect(page.get_by_role("status")).to_contain_text("所有人都能看到")
    (answer,) = outside.told(alert)["answers"]
    assert ("li", True) == (answer["who"], "尚未确认" in answer["saw"])
    page.goto(link)
    expect(page.get_by_role("button")).to_have_count(0)
    assert 0 <= page.evaluate("document.documentElement.clientWidth - document.documentElement.scrollWidth")
    phone.close()
    assert 1 == len(outside.told(alert)["answers"]), "once"
    assert "unacknowledged" == outside.running.client().get(f"/api/alerts/{alert}")["alert"]["state"]
    assert 403 == httpx.post(link, headers={"Origin": "https://evil.example"}).status_code
    assert 404 == httpx.get(f"{link}x").status_code
    assert link.rpartition("/")[2] not in outside.running.gateway.log_tail()

    control_room = sign_in(browser, outside.running.url, "ada")
    control_room.goto(f"{outside.running.url}/console/alerts/{alert}/panel")
    panel = control_room.locator(".ka-panel-rest")
    for words in (
        "li · mail: taken by the channel",
        "li: received, on my way",
        "group · hook",
        "step 2, if it is still open",
        "wang",
    ):
        expect(panel).to_contain_text(words)

    control_room.goto(f"{outside.running.url}/console/contacts")
    li = control_room.locator("#person-li")
    expect(li).to_contain_text("li@works.example")
    expect(li.locator("dd")).to_have_count(1)
    li.get_by_role("button", name="Send a test message to li by mail").click()
    said = outside.mailbox.next()
    body = said.get_body(("plain", "html"))
    assert body is not None
    assert ("Test site: message", True) == (said["Subject"], "TEST." in body.get_content())
    expect(li.locator("dd").nth(1)).to_contain_text("accepted")
    control_room.context.close()


def test_a_webhook_that_fails_gets_it_when_it_comes_back(outside: Outside) -> None:
    outside.web.answers = [500]
    alert = outside.fire()
    outside.web.next()
    wait_until(lambda: "retrying" == outside.states(alert)["hook"], "it is said that it did not get through")
    outside.web.next()
    wait_until(lambda: "sent" == outside.states(alert)["hook"], "it gets through")
    notes = [step["note"] for step in outside.running.client().get(f"/api/alerts/{alert}")["history"]]
    assert any("did not get through" in note for note in notes)
    assert any("has taken the message" in note for note in notes)


def test_who_is_being_told_when_it_is_killed_is_told_again_and_nobody_else_twice(outside: Outside) -> None:
    outside.web.hang()
    alert = outside.fire()
    first = outside.web.next()
    outside.mailbox.next()
    wait_until(lambda: "sent" == outside.states(alert)["mail"], "the mail is gone")
    outside.running.gateway.kill()
    while not outside.web.posts.empty():  # a slow machine has tried again meanwhile
        outside.web.next()
    outside.web.go_on()
    outside.running.gateway.start()
    again = outside.web.next()
    assert (first.said["id"], False, True) == (again.said["id"], first.said["again"], again.said["again"])
    wait_until(lambda: {"mail": "sent", "hook": "sent"} == outside.states(alert), "receipts")
    assert outside.mailbox.mails.empty()
    assert outside.told(alert)["steps"][1]["people"] == ["wang"], "and the next step stands"
