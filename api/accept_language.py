"""In which language whoever asks reads: ``lang``, the console's choice, or Accept-Language; else English, as ever."""

from typing import Annotated, Any

import msgspec
from fastapi import Depends, Query, Request

from api.catalogue import LANGUAGES, language
from api.ports import Gateway
from devices.language import Language
from devices.message import Text

LANGUAGE_COOKIE = "keyarea_language"


def callers_language(
    request: Request,
    lang: Annotated[str | None, Query(max_length=10, description="`en` or `zh`; else as Accept-Language says")] = None,
) -> Language:
    """The language of an answer, with the site's time zone."""
    gateway: Gateway = request.app.state.gateway
    return language(code_of(request, lang), gateway.site.time_zone())


CallersLanguage = Annotated[Language, Depends(callers_language)]


def code_of(request: Request, lang: str | None = None) -> str:
    """``en`` or ``zh``."""
    accepted = accepted_languages(request.headers.get("accept-language", ""))
    wanted = (lang or "", request.cookies.get(LANGUAGE_COOKIE, ""), *accepted)
    return next((code for word in wanted if (code := word.lower()[:2]) in LANGUAGES), LANGUAGES[0])


def accepted_languages(header: str) -> list[str]:
    """``zh-CN,zh;q=0.9,en;q=0.8`` in the order in which they are wanted (RFC 9110 12.5.4), without what is wrong."""
    found = []
    for place, part in enumerate(header[:1_000].split(",")):
        name, _, weight = part.partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=")) if weight.strip() else 1.0
        except ValueError:
            continue
        if 0 < quality <= 1:
            found.append((-quality, place, name.strip()))
    return [name for _, _, name in sorted(found)]


def failure(request: Request, text: Text) -> dict[str, Any]:
    """What is wrong, as every error tells it: in the caller's language, with key and parameters beside it."""
    told: dict[str, Any] = {"error": callers_language(request, request.query_params.get("lang")).render(text)}
    if text.key != "plain.words":
        told["message"] = {"key": text.key, "params": msgspec.to_builtins(text.params)}
    return told
