"""Whoever asks for a page, with the few nouns of a gateway that a view looks at."""

from types import SimpleNamespace
from typing import Any, cast

from api.auth import Person
from api.console.locale import Say
from api.console.web_page import Asked


def asked(role: str = "admin", language: str = "en", name: str = "li", **nouns: Any) -> Asked:
    """``nouns``: what the gateway has beside a site in Shanghai and names that are ids."""
    gateway = {
        "site": SimpleNamespace(time_zone=lambda: "Asia/Shanghai", now=lambda: 0, site_name=lambda language: "Works"),
        "areas": SimpleNamespace(area_name=lambda area, language: area.title(), areas=list),
        "devices": SimpleNamespace(device_name=lambda device, language: device, devices=list),
        **nouns,
    }
    request: Any = SimpleNamespace(headers={}, query_params={}, path_params={})
    board: Any = SimpleNamespace()
    return Asked(request, Person(name, role), cast("Any", SimpleNamespace(**gateway)), Say(language), board)
