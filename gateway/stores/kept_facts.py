"""The newest fact of each device under each topic, where a workflow says that it is to be kept.

Documents of the kind ``fact:`` and the topic; the id is the device's.
"""

from sqlalchemy import Connection

from alerts.effects import Effects
from alerts.facts import Fact
from gateway.stores.documents import Documents, document

FACTS = "fact:"
"""What the kind of each begins with; the topic follows."""


def write(connection: Connection, documents: Documents, effects: Effects) -> None:
    """Make changes durable with the transaction of that connection."""
    documents.put(
        connection,
        [
            document(f"{FACTS}{topic}", device, fact, fact.at)
            for fact in effects.facts
            if fact.is_kept
            for topic in fact.topics
            for device in fact.devices
        ],
    )


def newest(documents: Documents, topic: str) -> dict[str, Fact]:
    """By device. Raises StoreUnavailable."""
    return documents.read(documents.open_of(f"{FACTS}{topic}"), Fact).whole
