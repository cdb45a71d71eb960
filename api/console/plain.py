"""Pages that are plain HTML: sign-in, own password, what may not be seen, what is not there. They run no script."""

from html import escape
from urllib.parse import urlencode

from starlette.responses import HTMLResponse

from api.console.locale import LANGUAGES, Say
from api.guard import ASSETS, policy

_PAGE = """<!doctype html>
<html lang="{language}"{theme}><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>keyarea</title><link rel="stylesheet" href="{style}"></head><body>{body}</body></html>"""
_STYLE = f"{ASSETS}/newest/plain.css"
"""Under no version: such a page may be from before an upgrade."""
_POLICY = policy("style-src 'self'", "img-src 'self'", "form-action 'self'", "base-uri 'none'")
HEADERS = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}


def html(say: Say, body: str, status: int = 200, *, is_readers: bool = False) -> HTMLResponse:
    """A whole page around ``body``, which is HTML: whatever came from outside must be escaped in it.

    ``is_readers``: light or dark as their own machine is; else dark as the console is.
    """
    language, theme = "zh-CN" if say.language == "zh" else "en", ' data-theme="readers"' if is_readers else ""
    return HTMLResponse(_PAGE.format(language=language, theme=theme, style=_STYLE, body=body), status, HEADERS)


def told(say: Say, title: str, text: str, status: int, *, way: str = "/", to: str = "console.to_start") -> HTMLResponse:
    """A page that says one thing and shows one way on. The texts are keys."""
    body = (
        f"<main><h1>{escape(say(title))}</h1><p>{escape(say(text))}</p>"
        f'<p><a href="{escape(way)}">{escape(say(to))}</a></p></main>'
    )
    return html(say, body, status)


def other_language(say: Say, path: str, **query: str) -> str:
    """A link to the same page in the other language (HTML)."""
    other = next(language for language in LANGUAGES if language != say.language)
    address = f"{path}?{urlencode({**query, 'language': other})}"
    return f'<a href="{escape(address)}">{escape(say("console.language"))}</a>'
