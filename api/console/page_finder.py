"""Finds every page: the files of api/console/pages/, each of which ends with ``PAGES = (...)``."""

import importlib
import pkgutil
from functools import cache

import api.console.pages as package
from api.console.web_page import Page


@cache
def pages() -> tuple[Page, ...]:
    """In the order of their links."""
    found: list[Page] = []
    for module_info in pkgutil.iter_modules(package.__path__, "api.console.pages."):
        found += importlib.import_module(module_info.name).PAGES
    return tuple(sorted(found, key=lambda page: (page.place or ("", 0), page.path)))
