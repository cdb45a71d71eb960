"""A plain table of the console."""

from nicegui import ui

from api.console.page import Visit

_TIME, _PROSE = "white-space: nowrap", "min-width: 14rem"
_STYLES = dict.fromkeys(("at", "raised", "closed"), _TIME) | dict.fromkeys(
    ("what", "content", "problem", "reason", "payload"), _PROSE
)
"""A time is read in one line; what is prose has room, on a phone by moving the table sideways."""


def table(visit: Visit, columns: list[tuple[str, str]]) -> ui.table:
    """A plain table; every cell is text."""
    made = ui.table(
        columns=[
            {
                "name": name,
                "label": visit.say(key),
                "field": name,
                "align": "left",
                "sortable": True,
                "style": _STYLES.get(name, ""),
            }
            for name, key in columns
        ],
        rows=[],
        row_key="id",
        pagination=100,
    )
    made.props["no-data-label"] = visit.say("review.none")
    made.props["rows-per-page-label"] = visit.say("review.per_page")
    made.props(':pagination-label="(first, last, all) => `${first}–${last} / ${all}`"')
    return made.classes("w-full ka-table").props("flat dense")
