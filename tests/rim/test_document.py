"""One document: it outlives restarts and broken lines, with all that is half written; what it costs and allows."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from api.catalogue import language, templates
from devices.message import Text
from tests.rim.browsing import drawn_row, sign_in
from tests.rim.conftest import Running, serving, site
from tests.rim.processes import Mosquitto, free_port, wait_until
from tests.rim.test_console_sound import hears
from tests.rim.web_relay import WebRelay

MOVED = (
    "/",
    "/console/workflows",
    "/console/workflows/hot_work",
    *("/console/devices", "/console/devices/smoke-1", "/console/devices/smoke-1/amend", "/console/import"),
    *("/console/waiting", "/console/adopt?family=keyarea&address=stranger&line=", "/console/reject?{stranger}"),
    *("/console/devices/smoke-3/commissioning", "/areas", "/areas/store/plan", "/console/walk-tests", "{walk}"),
    *("/console/patrols", "/console/hazards", "/console/roster", "/console/obligations", "/console/kpi", "/nowhere"),
)


def marked(page: Page) -> str:
    """What tells this document from any that comes after it, as soon as it has begun."""
    page.wait_for_function("window.keyarea")
    return str(page.evaluate("window.keyarea.document"))


def is_right(page: Page, running: Running, device: str) -> None:
    """It shows what happens now, says that it is live, and sounds."""
    running.readings(device, smoke=True)
    expect(page.locator(".ka-alerts tbody tr", has_text=device).first).to_be_visible()
    expect(page.locator("body")).to_have_attribute("data-live", "live")
    hears(page)


def test_it_outlives_a_restart_with_what_is_half_written(browser: Browser, own_gateway: Running) -> None:
    page = sign_in(browser, own_gateway.url, "olga")
    own_gateway.readings("smoke-1", smoke=True)
    row = drawn_row(page, "smoke-1")
    row.click()
    expect(page.locator(".ka-panel")).to_contain_text("Go and look")
    page.keyboard.press("n")
    page.locator("dialog").get_by_label("Note").fill("the guard is on the")
    before = marked(page)
    own_gateway.gateway.kill()
    own_gateway.gateway.start()
    is_right(page, own_gateway, "smoke-2")
    assert before == marked(page)
    expect(page.locator("dialog").get_by_label("Note")).to_have_value("the guard is on the")
    expect(row).to_have_class(re.compile("ka-chosen"))
    page.context.close()


@pytest.mark.parametrize("how", ["cut", "hush"])
def test_it_outlives_a_line_that_breaks(browser: Browser, own_gateway: Running, how: str) -> None:
    """Cut, or fallen silent without a word: it says so itself, and is right again by itself when the line is back."""
    with WebRelay(own_gateway.port) as line:
        page = sign_in(browser, f"http://127.0.0.1:{line.port}", "olga")
        expect(page.locator("#data-age")).to_be_visible()
        expect(page.locator("#quiet")).to_be_visible()
        before = marked(page)
        getattr(line, how)()
        own_gateway.readings("smoke-1", smoke=True)
        expect(page.locator("#late-banner")).to_be_visible()
        expect(page.locator(".ka-alerts tbody tr", has_text="smoke-1")).to_have_count(0)
        line.mend()
        expect(page.locator(".ka-alerts tbody tr", has_text="smoke-1")).to_be_visible()
        is_right(page, own_gateway, "smoke-2")
        assert before == marked(page)
        page.context.close()


def test_eight_tabs_of_one_browser_are_all_live(browser: Browser, own_gateway: Running) -> None:
    """A stream of server-sent events for each would leave the seventh white."""
    first = sign_in(browser, own_gateway.url, "olga")
    tabs = [first, *(first.context.new_page() for _ in range(7))]
    for tab in tabs[1:]:
        tab.goto(own_gateway.url)
    own_gateway.readings("smoke-1", smoke=True)
    for tab in tabs:
        expect(tab.locator(".ka-alerts tbody tr", has_text="smoke-1")).to_be_visible()
    first.context.close()


def test_a_link_to_a_part_of_the_page_leads_there(browser: Browser, running_gateway: Running) -> None:
    """Without the page being brought anew; and from another page, too."""
    page = sign_in(browser, running_gateway.url, "olga")
    page.goto(running_gateway.url + "/console/books")
    brought = list[str]()
    page.on("request", lambda request: brought.append(request.url) if request.url.endswith("/console/books") else None)
    page.evaluate("""() => {
        const shown = document.getElementById("page");
        shown.insertAdjacentHTML("afterbegin", '<a id="way" href="#far">far</a>');
        shown.insertAdjacentHTML("beforeend", '<p style="height: 200vh"></p><p id="far">here</p>');
    }""")
    page.locator("#way").click()
    expect(page.locator("#far")).to_be_in_viewport()
    expect(page).to_have_url(re.compile("#far$"))
    assert [] == brought
    page.context.close()


def test_the_first_load_is_small(browser: Browser, own_gateway: Running) -> None:
    """60 KB at most on the line, all of it: page, modules, styles, words, board. No module over 150 lines."""
    page = sign_in(browser, own_gateway.url, "olga")
    page.context.clear_cookies(name="nothing")
    fresh = browser.new_context(storage_state=page.context.storage_state()).new_page()
    session = fresh.context.new_cdp_session(fresh)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    fresh.goto(own_gateway.url)
    expect(fresh.locator("#quiet")).to_be_visible()
    assert 10 < len(sizes)
    assert 60_000 > sum(sizes), sizes
    fresh.context.close()
    page.context.close()


def test_no_page_has_a_serious_fault_of_access(browser: Browser, broker: Mosquitto, tmp_path: Path) -> None:
    """Half of them in each theme; with an alarm, a device that waits, one commissioned, a walk test that is over."""
    (tmp_path / "store.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40"></svg>')
    web, name = free_port(), tmp_path.name
    text = site(broker.port, web, smokes=5, name=name).replace(
        'id = "store"\n', 'id = "store"\nplan = "store.svg"\n', 1
    )
    with serving(tmp_path, text, web, broker, name) as running:
        walk = walked(running)
        page = sign_in(browser, running.url, "ada")
        themes = [("dark", "light")[place % 2] for place, _ in enumerate(MOVED)]
        for path, theme in [*zip(MOVED, themes, strict=True), ("/", "light"), ("/console/devices", "dark")]:
            page.context.add_cookies([{"name": "keyarea_theme", "value": theme, "url": running.url}])
            page.goto(running.url + path.format(walk=walk, stranger="family=keyarea&address=stranger&line="))
            expect(page.locator("#data-age")).to_have_text(re.compile(r"\d+ s"))
            if path == "/":
                page.locator(".ka-alerts tbody tr").first.click()
                expect(page.locator(".ka-panel")).to_contain_text("Go and look")
            found = Axe().run(page).response["violations"]
            serious = [fault for fault in found if fault["impact"] in ("serious", "critical")]
            faults = [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in serious]
            assert [] == faults, (path, theme)
        how_many_wait_is_told_on_the_next_page_too(page, running.url)
        page.context.close()


def how_many_wait_is_told_on_the_next_page_too(page: Page, url: str) -> None:
    """Which is brought into the same document, and with it a badge of its own."""
    page.goto(f"{url}/console/devices")
    badge, document = page.locator("[data-count=waiting]"), marked(page)
    expect(badge).to_have_text("1")
    page.locator(".ka-pages a[href='/console/walk-tests']").click()
    expect(page).to_have_url(f"{url}/console/walk-tests")
    expect(badge).to_be_visible()
    expect(badge).to_have_text("1")
    assert document == marked(page)


def walked(running: Running) -> str:
    """Where the report of a walk test stands; and something to see on each page."""
    ada = running.client()
    started = ada.post("/api/walk-tests", {"devices": ["smoke-4"]})
    walk = started.get("id") or started["case"]
    running.readings("smoke-4", smoke=True)
    wait_until(lambda: ada.get("/api/walk-tests")["running"][0]["answers"], "smoke-4 has answered")
    running.readings("smoke-4", smoke=False)
    ada.post(f"/api/walk-tests/{walk}/end", {"note": ""})
    running.readings("smoke-1", smoke=True)
    running.readings("smoke-2", temperature=75.0)
    running.readings("stranger", smoke=False)
    ada.post("/api/devices/smoke-3/commission", {"note": ""})
    return f"/console/walk-tests/{walk}"


@pytest.fixture(scope="module")
def speaking(browser: Browser, running_gateway: Running) -> Iterator[dict[str, Page]]:
    pages = {code: sign_in(browser, running_gateway.url, "olga", code) for code in ("en", "zh")}
    yield pages
    for page in pages.values():
        page.context.close()


@pytest.mark.parametrize("code", ["en", "zh"])
def test_the_browser_says_every_text_as_the_server_does(speaking: dict[str, Page], code: str) -> None:
    """Each template of the catalogue, with values for all that it names."""
    page, words = speaking[code], language(code)
    texts = [Text(key, _values(template)) for key, template in templates(code, without="cli").items()]
    said = page.evaluate(
        """async ([module, texts]) => {
            const { render, whole } = await import(module);
            await whole();
            return texts.map((text) => render(text));
        }""",
        [_module(page), [_plain(text) for text in texts]],
    )
    differing = {text.key: (words.render(text), other) for text, other in zip(texts, said, strict=True)}
    assert {} == {key: pair for key, pair in differing.items() if pair[0] != pair[1]}


def _module(page: Page) -> str:
    return str(page.locator("link[rel=modulepreload][href$='/words.js']").get_attribute("href"))


def _values(template: str) -> dict[str, Any]:
    """A number for what is shown as one, else a word."""
    found = re.findall(r"\{(\w+)(?::([^}]*))?\}", template)
    return {name: 3 if re.match(r"plural|#?0?\d*x$|\.\df|g$", spec) else "smoke" for name, spec in found}


def _plain(text: Text) -> dict[str, Any]:
    return {"key": text.key, "params": text.params}
