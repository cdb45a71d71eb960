"""Where a sign-in leads to."""

import pytest

from api.console.sign_in import page, way_back


@pytest.mark.parametrize(
    ("asked", "opened"),
    [
        ("/console/devices/d-1", "/console/devices/d-1"),
        ("/console/devices/%E7%83%9F", "/console/devices/%E7%83%9F"),
        ("", "/"),
        ("//example.org", "/"),
        ("/\\example.org", "/"),
        ("https://example.org", "/"),
        ("/a\r\nSet-Cookie: x=1", "/"),
        ("/" + "a" * 500, "/"),
    ],
)
def test_a_sign_in_leads_back_to_a_page_of_ours_only(asked: str, opened: str) -> None:
    assert opened == way_back(asked)


def test_the_way_back_is_text_in_the_form() -> None:
    assert "<script>" not in page("en", back=way_back('/"><script>')).body.decode()
