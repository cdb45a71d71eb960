"""Attachments: what is taken is what its content says, what is shown is made anew, what nothing names goes."""

import io

import msgspec
import pytest
from PIL import Image

from alerts.attachment import LARGEST, holds_id, ids_in
from alerts.effects import Effects
from alerts.event import Recorded
from devices.reading import SECOND
from gateway.attachment_upkeep import AttachmentUpkeep
from gateway.stores import attachment_content
from gateway.stores.attachments import DAY, Attachments
from gateway.stores.books import read_books
from ledger.books import books_of
from ledger.journal import drafts_of
from tests.gateway.stores.records_examples import NOW
from tests.words import english, refused

PLACE = 0x8825
BOOKS = books_of("""
name = "b"
zh = "册"
[[book]]
id = "finds"
title = "Finds"
zh = "发现"
writers = ["operator"]
keep_years = 1
fields = [{ name = "photo", title = "Photo", zh = "照片", kind = "attachment" }]
""")


def picture(kind="JPEG", size=(40, 20), **more):
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif.get_ifd(PLACE)[2] = (30.0, 15.0, 0.0)
    written = io.BytesIO()
    Image.new("RGB", size, "red").save(written, kind, exif=exif, **more)
    return written.getvalue()


def put(attachments, content, name="hall.jpg"):
    coming = attachments.begin(name)
    try:
        for start in range(0, len(content), 65_536):
            coming.write(content[start : start + 65_536])
        return coming.finish()
    finally:
        coming.close()


@pytest.fixture
def attachments(folder):
    return Attachments(folder)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (picture(), "image/jpeg"),
        (picture("PNG"), "image/png"),
        (picture("WEBP"), "image/webp"),
        (b"%PDF-1.7\n%%EOF", "application/pdf"),
    ],
    ids=["jpeg", "png", "webp", "pdf"],
)
def test_the_content_says_what_it_is(attachments, content, media_type):
    found = put(attachments, content, "../../etc/hall.svg")
    assert (media_type, len(content), "hall.svg") == (found.media_type, found.size, found.name)
    assert found == attachments.find(found.id)
    assert content == attachments.path(found.id, preview=False).read_bytes()
    shown = attachments.path(found.id, preview=True)
    assert (shown is None) == (media_type == "application/pdf")


def test_what_is_shown_knows_no_place_and_the_original_does(attachments):
    found = put(attachments, picture(size=(3_000, 1_500)))
    with Image.open(attachments.path(found.id, preview=False)) as original:
        assert original.getexif().get_ifd(PLACE)
    with Image.open(attachments.path(found.id, preview=True)) as shown:
        assert (1_600, 800, {}) == (*shown.size, dict(shown.getexif()))


BAD = {
    "nothing": (b"", "empty"),
    "a drawing": (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "no JPEG"),
    "a page": (b"<!doctype html><script>alert(1)</script>", "no JPEG"),
    "another picture": (picture("GIF"), "no JPEG"),
    "a page behind blanks": (b"   %PDF-1.4 <html>", "no JPEG"),
    "half a picture": (picture(size=(400, 400), quality=95)[:900], "damaged"),
    "only its beginning": (b"\xff\xd8\xff\xe0", "no JPEG"),
    "too large": (b"%PDF-" + bytes(LARGEST), "at most 10 MB"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_refused_leaves_nothing(attachments, folder, case):
    content, why = BAD[case]
    with refused(why):
        put(attachments, content)
    assert [] == [path for path in folder.rglob("attachments/**/*") if path.is_file()]


def test_more_pixels_than_allowed_are_never_decoded(attachments, monkeypatch):
    monkeypatch.setattr(attachment_content, "MOST_PIXELS", 40 * 20 - 1)
    with refused("at most"):
        put(attachments, picture())


def test_the_same_content_is_one_file_and_a_stranger_is_none(attachments):
    first, again = put(attachments, picture(), "a.jpg"), put(attachments, picture(), "b.jpg")
    assert first == again
    attachments.check([first.id])
    for wrong in ("sha256:" + "0" * 64, "sha256:../../x", ""):
        assert attachments.find(wrong) is None
        assert attachments.path(wrong, preview=False) is None
    with refused("upload it first"):
        attachments.check(["sha256:" + "0" * 64])


def test_what_came_half_is_gone_at_the_next_start(attachments, folder):
    (folder / "attachments" / "incoming" / "half").write_bytes(b"%PDF-")
    Attachments(folder)
    assert [] == list((folder / "attachments" / "incoming").iterdir())


class _Well:
    def look(self):
        return None


def test_what_nothing_names_goes_after_a_day_and_what_an_entry_names_stays(attachments, records):
    named, stray = put(attachments, picture()), put(attachments, picture(size=(9, 9)))
    effects = Effects(recorded=[(Recorded("gate", "finds", "li", {"photo": named.id}), NOW)])
    (entry,) = records.commit(effects, drafts_of(effects, NOW, render=english, books=BOOKS), (), NOW).entries
    assert {"photo"} == entry.commitments.keys()
    assert named.id not in msgspec.json.encode(records.ledger_entries_of([1])[0].commitments).decode()
    upkeep = AttachmentUpkeep(attachments, records, _Well())
    now = attachments.path(stray.id, preview=False).stat().st_mtime_ns + 60 * SECOND
    upkeep.look(now)
    assert attachments.find(stray.id) is not None
    upkeep.look(now + DAY)
    assert (named, None) == (attachments.find(named.id), attachments.find(stray.id))

    values = [(entry.sequence, "photo")]
    ids = upkeep.named_by(values)
    assert {named.id} == ids
    rows = msgspec.json.encode([{"entry": 1, "field": "photo"}]).decode()
    order = {"action": "erased", "values": rows, "reason": "asked for"}
    gone = Effects(recorded=[(Recorded("", "erasures", "olga", order), NOW)])
    records.commit(gone, drafts_of(gone, NOW, render=english, books=read_books()), (), NOW)
    upkeep.remove_unused(ids)
    assert attachments.find(named.id) is None


@pytest.mark.parametrize(
    ("value", "holds"),
    [
        ("sha256:" + "a" * 64, True),
        (({"photo": "sha256:" + "a" * 64, "note": "x"},), True),
        (("a", "sha256:" + "a" * 64), True),
        ("see sha256:" + "a" * 64, False),
        ("sha256:" + "A" * 64, False),
        (({"n": 1},), False),
        (None, False),
    ],
)
def test_a_value_that_is_an_attachment_is_known(value, holds):
    assert holds == holds_id(value)


def test_ids_are_found_in_json_within_json():
    id_ = "sha256:" + "b" * 64
    assert {id_} == ids_in(msgspec.json.encode({"photos": msgspec.json.encode([{"photo": id_}]).decode()}))
