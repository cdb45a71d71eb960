"""What people call the kinds of device."""

from api.console.locale import Say
from devices.kinds import KINDS


def kind_name(kind: str, say: Say) -> str:
    """In the language; a kind of one's own is called as it was written."""
    known = KINDS.get(kind)
    if known is None:
        return kind
    return known.name_zh if say.language == "zh" else known.name


def kind_choices(say: Say, *also: str) -> dict[str, str]:
    """For a choice: every kind, and those in use here that are none of ours."""
    own = {kind: kind for kind in also if kind and kind not in KINDS}
    return {"": "–", **{kind: kind_name(kind, say) for kind in KINDS}, **own}
