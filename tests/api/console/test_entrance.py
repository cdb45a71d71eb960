"""What stands at the door of a page."""

import pytest
from starlette.requests import Request

from api.console import document


@pytest.mark.parametrize("path", ["/", "/areas"])
def test_a_screen_that_met_a_store_without_an_answer_comes_back_by_itself(path: str) -> None:
    """After a restart with nobody at the desk the page loads itself; met by a 503 it would stay so, mute."""
    request = Request({"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b""})
    answer = document.not_now(request)
    assert (503, "5") == (answer.status_code, answer.headers["refresh"])
