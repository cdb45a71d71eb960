"""The systems of the plan on a running gateway: overview, one of them on a phone, the API and the terminal."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from gateway.cli import main
from tests.rim.browsing import sign_in
from tests.rim.conftest import serving, site
from tests.rim.processes import Mosquitto, free_port

PLAN = '\n[workflows.obligations]\nplan = "safe_enterprise"\n'


def test_what_an_inspector_asks_for(
    browser: Browser, broker: Mosquitto, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    web, name = free_port(), tmp_path.name
    with serving(tmp_path, site(broker.port, web, smokes=1, name=name) + PLAN, web, broker, name) as running:
        client = running.client("mia")
        states = {one["id"]: one["state"] for one in client.get("/api/systems")}
        assert ("wanting", "") == (states["b5"], states["others"])
        page = sign_in(browser, running.url, "mia", "zh", width=390, at="/console/systems")
        expect(page.locator(".ka-system-row")).to_have_count(16)
        page.locator(".ka-system-row", has_text="消防安全制度").click()
        expect(page.locator("h1")).to_contain_text("B5")
        expect(page.locator(".ka-case", has_text="制度文件").locator(".ka-chip")).to_have_text("✕ 无制度文件")
        expect(page.locator(".ka-case", has_text="检查时首先查看").locator(".ka-system-missing")).not_to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert [] == page.strangers  # type: ignore[attr-defined]
        page.context.close()

        assert 0 == main(["system", "list", "--data", str(running.data)])
        assert "Fire safety" in capsys.readouterr().out
        assert 0 == main(["system", "show", "b5", "--data", str(running.data)])
        assert "fire_test" in capsys.readouterr().out
        assert 1 == main(["system", "show", "b99", "--data", str(running.data)])
        assert "b99" in capsys.readouterr().err
