"""A hazard from the finding to the end in a browser: rectified with a photograph, verified by somebody else.

And what is no picture, or too much of one, is refused beside its field.
"""

import io
from datetime import UTC, datetime, timedelta

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from alerts.attachment import LARGEST
from gateway.stores.attachment_content import MOST_PIXELS
from tests.rim.browsing import sign_in
from tests.rim.conftest import Running


def picture(form: str, width: int, height: int) -> bytes:
    made = io.BytesIO()
    Image.new("1", (width, height)).save(made, form)
    return made.getvalue()


REFUSED = (
    (
        "plan.svg",
        "image/svg+xml",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        "no JPEG",
    ),
    ("page.html", "text/html", b"<!doctype html><script>alert(1)</script>", "no JPEG"),
    ("page.jpg", "image/jpeg", b"<!doctype html><script>alert(1)</script>", "no JPEG"),
    ("large.jpg", "image/jpeg", b"\xff\xd8\xff\xe0" + bytes(LARGEST), "10 MB"),
    ("wide.png", "image/png", picture("PNG", 10_000, MOST_PIXELS // 10_000 + 1), "50 megapixels"),
)
PHOTO = ("after.jpg", "image/jpeg", picture("JPEG", 80, 60))


def chosen(page: Page, name: str, media_type: str, content: bytes) -> None:
    file = {"name": name, "mimeType": media_type, "buffer": content}
    page.locator("#ask-rectify ka-attachment input[type=file]").set_input_files(file)  # type: ignore[arg-type]


def asked(page: Page, case: str, url: str, ask: str) -> None:
    page.goto(f"{url}/console/workflows/hazard?case={case}&ask={ask}")


def test_a_hazard_is_rectified_with_a_photograph_and_verified_by_somebody_else(
    browser: Browser, running_gateway: Running
) -> None:
    running, url = running_gateway, running_gateway.url
    find = {"area": "store", "place": "aisle 9", "description": "bare cable at the pump"}
    case = running.client("olga").post("/api/workflows/hazard/find", find)["case"]

    mia = sign_in(browser, url, "mia", at="")
    asked(mia, case, url, "assign")
    form = mia.locator("#ask-assign")
    form.locator("[name=responsible]").fill("Tom")
    form.locator("[name=measures]").fill("renew the cable")
    form.locator("[name=interim]").fill("pump switched off")
    form.locator("[name=until]").fill((datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M"))
    form.locator(".ka-main").click()
    expect(mia.locator(".ka-done")).to_be_visible()

    tom = sign_in(browser, url, "tom", width=390, at="")
    asked(tom, case, url, "rectify")
    for name, media_type, content, why in REFUSED:
        chosen(tom, name, media_type, content)
        expect(tom.locator("#ask-rectify ka-attachment .ka-fault")).to_contain_text(why)
        expect(tom.locator("#ask-rectify ka-attachment img")).to_have_count(0)
    chosen(tom, *PHOTO)
    expect(tom.locator("#ask-rectify ka-attachment img")).to_be_visible()
    expect(tom.locator("#ask-rectify ka-attachment .ka-fault")).to_have_text("")
    tom.locator("#ask-rectify .ka-main").click()
    expect(tom.locator("#ask-rectify .ka-fault").first).to_contain_text("needed")
    tom.locator("#ask-rectify [name=done]").fill("cable renewed")
    expect(tom.locator("#ask-rectify ka-attachment img")).to_be_visible()  # what was uploaded stays
    tom.locator("#ask-rectify .ka-main").click()
    expect(tom.locator(".ka-done")).to_be_visible()
    assert not tom.evaluate("document.documentElement.scrollWidth > innerWidth")

    verified_by(tom, case, url)
    expect(tom.locator(".ka-refused")).to_contain_text("somebody else")
    verified_by(mia, case, url)
    expect(mia.locator(".ka-done")).to_be_visible()
    mia.goto(f"{url}/console/hazards")
    hazard = mia.locator("article", has_text="bare cable at the pump")
    expect(hazard.locator("img")).to_be_visible()
    expect(hazard).to_contain_text("cable renewed")
    for page in (mia, tom):
        assert [] == page.strangers  # type: ignore[attr-defined]
        page.context.close()
    cases = {each["id"]: each["content"] for each in running.client("olga").get("/api/workflows/hazard/cases")}
    assert ("verified", "tom", "mia") == tuple(cases[case][name] for name in ("stage", "rectified_by", "verified_by"))


def verified_by(page: Page, case: str, url: str) -> None:
    asked(page, case, url, "verify")
    page.locator("#ask-verify [name=result]").select_option("accepted")
    page.locator("#ask-verify .ka-main").click()
