"""The sign-in page: plain HTML that works without scripts."""

import re
from html import escape

from starlette.responses import HTMLResponse

from api.console.locale import Say
from api.console.plain import html, other_language

_FORM = """<form method="post" action="/sign-in">
<h1>keyarea</h1>{problem}
<input type="hidden" name="next" value="{back}">
<label>{user}<input name="user" autocomplete="username" required autofocus maxlength="200"></label>
<label>{password}<input name="password" type="password" autocomplete="current-password" required
  maxlength="1024"></label>
<button>{sign_in}</button>
{switch}
</form>"""


def way_back(path: str) -> str:
    """Where to go after the sign-in: a page of ours, never an address that leads away."""
    return path if re.fullmatch(r"/(?![/\\])[^\x00-\x20\\]{0,400}", path) else "/"


def page(language: str, problem: str = "", status: int = 200, *, back: str = "/") -> HTMLResponse:
    """The page in a language, with a problem (a text's key) if there is one; ``back`` is opened afterwards."""
    say = Say(language)
    form = _FORM.format(
        back=escape(back),
        problem=f'<p role="alert">{escape(say(problem))}</p>' if problem else "",
        user=escape(say("console.user")),
        password=escape(say("console.password")),
        sign_in=escape(say("console.sign_in")),
        switch=other_language(say, "/sign-in", next=back),
    )
    return html(say, form, status)
