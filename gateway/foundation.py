"""What everything else of a running gateway stands on."""

from pathlib import Path

import msgspec

from gateway.clock import Clock
from gateway.feed import Feed
from gateway.inbox import Inbox
from gateway.metrics import Metrics
from gateway.settings import Settings
from gateway.site.model import Site
from gateway.stores.site_stores import SiteStores, open_stores


class Foundation(msgspec.Struct, frozen=True):
    """The site, what it keeps, the one door in and the one door out."""

    site: Site
    settings: Settings
    clock: Clock
    stores: SiteStores
    inbox: Inbox
    feed: Feed
    metrics: Metrics


def lay(site: Site, folder: Path, settings: Settings, clock: Clock) -> Foundation:
    """Stores first: without them nothing may be taken in. Raises StoreUnavailable."""
    stores = open_stores(site, folder, settings, clock)
    feed = Feed(stores.records.feed_newest(), stores.records.feed_after)
    return Foundation(site, settings, clock, stores, Inbox(), feed, Metrics())
