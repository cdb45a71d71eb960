"""What became of the last message to each target, but for those about alerts that must not be seen."""

import pytest

from gateway.stores.deliveries import Deliveries, Delivery
from gateway.stores.documents import Documents

SMS = ("sms", "li")


@pytest.mark.parametrize(
    ("without", "at"), [((), 9), ({"b1"}, 9), ({"a1"}, 5), ({"a1", "c1"}, 2), ({"a1", "c1", "d1"}, None)]
)
def test_the_last_message_to_a_target(open_database, without, at):
    deliveries = Deliveries(Documents(open_database()))
    sent = {"go.a1.0.sms": 9, "c1.1.1.sms.li": 5, "d1.1.1.sms.li": 2}
    deliveries.keep({id_: Delivery(state="sent", at=when, first=when, target="sms li") for id_, when in sent.items()})
    found = deliveries.newest(without).get(SMS)
    assert at == (found.at if found is not None else None)
