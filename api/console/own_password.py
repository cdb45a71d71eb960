"""One's own password: plain HTML that works without scripts."""

from html import escape

from starlette.responses import HTMLResponse

from api.console.locale import Say
from api.console.plain import html, other_language
from devices.message import Text

_FORM = """<form method="post" action="/password">
<h1>{title}</h1>{problem}<p>{hint}</p>
<label>{old}<input name="old" type="password" autocomplete="current-password" required autofocus
  maxlength="1024"></label>
<label>{new}<input name="new" type="password" autocomplete="new-password" required minlength="10"
  maxlength="256"></label>
<label>{again}<input name="again" type="password" autocomplete="new-password" required maxlength="256"></label>
<button>{change}</button>
<a href="/">{back}</a>
{switch}
</form>"""


def page(language: str, problem: str | Text = "", status: int = 200) -> HTMLResponse:
    """The page in a language; ``problem`` is what the gateway says, or the key of a text of the console."""
    say = Say(language)
    told = say(problem) if isinstance(problem, str) and problem else say.said(problem)
    form = _FORM.format(
        title=escape(say("console.own_password")),
        problem=f'<p role="alert">{escape(told)}</p>' if problem else "",
        hint=escape(say("console.own_password_hint")),
        old=escape(say("console.old_password")),
        new=escape(say("console.new_password")),
        again=escape(say("console.new_again")),
        change=escape(say("console.change")),
        back=escape(say("console.to_start")),
        switch=other_language(say, "/password"),
    )
    return html(say, form, status)
