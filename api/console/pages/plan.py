"""The plan: what the ledger carries out, and where each part of it is looked at. Its parts are pages of their own."""

from api.auth import Permission
from api.console.web_page import Page

PAGES = (
    Page(
        path="/console/plan",
        permission=Permission.LOOK,
        title="plan_page.title",
        template="plan.html",
        place=("main", 47),
    ),
)
