"""The sign-in page: plain HTML that works without scripts."""

import re
from html import escape
from urllib.parse import urlencode

from api.console.locale import Say

_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>keyarea</title><style>
body {{ background: #14171a; color: #e6e8ea; font-family: system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif;
  display: grid; place-items: center; min-height: 100vh; margin: 0; }}
form {{ background: #23282d; padding: 2rem 2.5rem; border-radius: .5rem; display: grid; gap: .9rem;
  min-width: 18rem; }}
h1 {{ margin: 0 0 .5rem; font-size: 1.5rem; }} label {{ display: grid; gap: .3rem; }}
input {{ font: inherit; padding: .55rem; border-radius: .3rem; border: 1px solid #5a646e; background: #14171a;
  color: inherit; }}
button {{ font: inherit; font-weight: 600; padding: .6rem; border: 0; border-radius: .3rem; background: #3d6db5;
  color: #fff; cursor: pointer; }}
p {{ margin: 0; color: #ffb300; }} a {{ color: #9cc3ff; font-size: .9rem; }}
</style></head><body><form method="post" action="/sign-in">
<h1>keyarea</h1>{problem}
<input type="hidden" name="next" value="{back}">
<label>{user}<input name="user" autocomplete="username" required autofocus maxlength="200"></label>
<label>{password}<input name="password" type="password" autocomplete="current-password" required
  maxlength="1024"></label>
<button>{sign_in}</button>
<a href="{again}" onclick="document.cookie=
  'keyarea_language={other}; path=/; max-age=31536000; samesite=strict'">{switch}</a>
</form></body></html>"""


def way_back(path: str) -> str:
    """Where to go after the sign-in: a page of ours, never an address that leads away."""
    return path if re.fullmatch(r"/(?![/\\])[^\x00-\x20\\]{0,400}", path) else "/"


def page(language: str, problem: str = "", *, back: str = "/") -> str:
    """The page in a language, with a problem (a text's key) if there is one; ``back`` is opened afterwards."""
    say = Say(language)
    return _PAGE.format(
        language="zh-CN" if say.language == "zh" else "en",
        back=escape(back),
        again=escape("/sign-in?" + urlencode({"next": back})),
        problem=f'<p role="alert">{escape(say(problem))}</p>' if problem else "",
        user=escape(say("console.user")),
        password=escape(say("console.password")),
        sign_in=escape(say("console.sign_in")),
        other="zh" if say.language == "en" else "en",
        switch=escape(say("console.language")),
    )
