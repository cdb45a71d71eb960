"""Which topics an MQTT topic filter covers."""

import re
from functools import lru_cache


def matches(topic_filter: str, topic: str) -> bool:
    """Whether an MQTT topic filter covers a topic (MQTT 3.1.1, 4.7).

    Asked of every filter for each topic that is new, so it is quick: paho's own builds a tree each time, and a flood of
    invented topics would hold up the pipeline.
    """
    return _pattern(topic_filter).fullmatch(topic) is not None


@lru_cache(maxsize=20_000)
def _pattern(topic_filter: str) -> re.Pattern[str]:
    """A wildcard in front does not cover the broker's own topics, which begin with ``$``."""
    levels = topic_filter.split("/")
    is_open = levels[-1] == "#"
    text = "/".join("[^/]*" if level == "+" else re.escape(level) for level in (levels[:-1] if is_open else levels))
    if is_open:
        text = f"{text}(?:/.*)?" if len(levels) > 1 else ".*"
    return re.compile((r"(?!\$)" if levels[0] in ("+", "#") else "") + text, re.DOTALL)
