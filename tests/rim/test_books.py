"""A fire patrol with a photograph, written on a phone, signed by another account, and printed without the frame."""

import io

from PIL import Image
from playwright.sync_api import Browser, Route, expect

from tests.rim.browsing import sign_in
from tests.rim.conftest import Running

DRAWING = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def photograph() -> bytes:
    written, exif = io.BytesIO(), Image.Exif()
    exif.get_ifd(0x8825)[2] = (30.0, 15.0, 0.0)
    Image.new("RGB", (64, 48), "red").save(written, "JPEG", exif=exif)
    return written.getvalue()


def test_an_entry_with_a_photograph_is_written_signed_and_printed(running_gateway: Running, browser: Browser) -> None:
    page = sign_in(browser, running_gateway.url, "olga", width=390, at="")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/attachment.js", hold)
    with page.expect_request("**/attachment.js"):
        page.goto(f"{running_gateway.url}/console/books/fire_patrol", wait_until="commit")
    upload = page.locator("ka-attachment[name='photos.0.photo'] input[type=file]")
    upload.set_input_files({"name": "hall.jpg", "mimeType": "image/jpeg", "buffer": DRAWING})
    held.pop().continue_()  # chosen before the field could hear of it, as on a slow line
    expect(page.locator("ka-attachment .ka-fault").first).to_contain_text("no JPEG")
    upload.set_input_files({"name": "hall.svg", "mimeType": "image/svg+xml", "buffer": photograph()})
    expect(page.locator("ka-attachment img")).to_be_visible()
    expect(page.locator("ka-attachment li button")).to_have_text("Remove")
    page.fill("input[name=place]", "Hall 3")
    page.click("#entry button.ka-main")
    expect(page.locator("#entry .ka-fault").first).to_contain_text("is required")
    page.fill("input[name=patrolled]", "2026-01-30T20:10")
    page.select_option("select[name='items.0.item']", "exits")
    page.select_option("select[name='items.0.result']", "abnormal")
    page.click("#entry button.ka-main")
    expect(page.locator(".ka-done")).to_be_visible()
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")

    olga, mia = running_gateway.client("olga"), running_gateway.client("mia")
    written = olga.get("/api/ledger?book=fire_patrol")["entries"][-1]
    (photo,) = written["fields"]["photos"]
    assert ({"photos"}, "olga") == (written["commitments"].keys(), written["by"])
    original = f"{running_gateway.url}/api/attachments/{photo['photo']}"
    assert [403, 200] == [page.request.get(address).status for address in (original, f"{original}/preview")]
    address = f"/api/records/{written['sequence']}/signatures"
    assert 409 == olga.try_post(address, {"signer": "patroller"})[0]
    mia.post(address, {"signer": "supervisor", "hash": written["hash"]})
    (wants,) = [one for one in mia.get("/api/records/unsigned") if one["entry"] == written["sequence"]]
    assert ["patroller"] == wants["wanting"]

    page.goto(f"{running_gateway.url}/console/books/fire_patrol/print")
    expect(page.locator(".ka-sheet tbody tr").last).to_contain_text("mia")
    expect(page.locator(".ka-sheet footer")).to_contain_text("Ledger up to")
    page.emulate_media(media="print")
    expect(page.locator(".ka-head")).to_be_hidden()
