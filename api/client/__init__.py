"""A small client of the API, for the command line and for programs of others; it needs nothing of a gateway.

    from pathlib import Path
    from api.client import Address, Client, DataFolder, Refused, Who

    here = Client(DataFolder(Path("/var/lib/keyarea")))            # known by the user of the machine
    there = Client(Address("https://keyarea.works.example"))
    there = there.signed_in("li", password)                        # or Client(address, Who(token=...))
    for alert in there.alerts.all():
        there.alerts.acknowledge(alert.id, "on my way")
    for event in there.stream():                                   # goes on after a cut, from its last position
        print(event.position, event.kind, event.data)

Calls block; make one client for each thread. Errors: api.client.errors.
"""

from api.client.caller import Who
from api.client.client import Client
from api.client.errors import ClientError, Fault, NotAllowed, NotRunning, Refused, Unreachable
from api.client.follow import Stream, StreamEvent
from api.client.places import Address, DataFolder, Place

__all__ = [
    "Address",
    "Client",
    "ClientError",
    "DataFolder",
    "Fault",
    "NotAllowed",
    "NotRunning",
    "Place",
    "Refused",
    "Stream",
    "StreamEvent",
    "Unreachable",
    "Who",
]
