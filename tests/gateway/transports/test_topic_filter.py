"""Topic filters cover what paho's own matcher says they cover."""

from hypothesis import example, given
from hypothesis import strategies as st
from paho.mqtt.client import topic_matches_sub

from gateway.transports.topic_filter import matches

LEVELS = st.sampled_from(["a", "b", "", "$SYS", "ab"])
TOPICS = st.lists(LEVELS, min_size=1, max_size=5).map("/".join)
FILTERS = st.builds(
    lambda levels, tail: "/".join([*levels, *tail]),
    st.lists(LEVELS | st.just("+"), min_size=1, max_size=4),
    st.sampled_from([[], ["#"]]),
) | st.just("#")


@given(topic_filter=FILTERS, topic=TOPICS)
@example(topic_filter="a/#", topic="a")
@example(topic_filter="#", topic="$SYS/broker")
@example(topic_filter="+/x", topic="$SYS/x")
@example(topic_filter="+/+", topic="/a")
def test_a_filter_covers_what_pahos_own_matcher_says(topic_filter: str, topic: str) -> None:
    assert bool(topic_matches_sub(topic_filter, topic)) == matches(topic_filter, topic)
