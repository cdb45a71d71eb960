"""The sender of a site, made of its channels; and the way from the engine's thread to it."""

import secrets
from collections.abc import Callable, Sequence
from functools import partial

from alerts.canary import SINK
from alerts.contact import ways_to
from alerts.moves import Notification, Receipt
from alerts.world import World
from api.catalogue import language
from devices.message import Name, Text
from gateway.clock import Clock
from gateway.foundation import Foundation
from gateway.inbox import Delivery
from gateway.keys import KeyFile
from gateway.notify.apprise_channel import AppriseChannel
from gateway.notify.message import SENT, Carrier, Outcome, Outgoing
from gateway.notify.sender import Addressed, NotificationSender
from gateway.notify.webhook import Webhook
from gateway.notify.writing import Letters
from gateway.site.channel import Channel


def sender_of(foundation: Foundation, keys: KeyFile, is_check: Callable[[Receipt], bool]) -> NotificationSender:
    """The one of that site. ``is_check`` takes what became of the messages of the alarm path's checks, and no other."""
    site, clock, inbox = foundation.site, foundation.clock, foundation.inbox
    letters = Letters(
        Name(site.name, site.name_zh),
        site.web.address(),
        lambda code: language(code or site.language, site.time_zone),
        partial(secrets.token_urlsafe, 32),
    )

    def hand_in(receipt: Receipt) -> None:
        if not is_check(receipt):
            inbox.put(Delivery(receipt))

    own: dict[str, tuple[Channel, Carrier]] = {SINK: (Channel(id=SINK), Sink())}
    return NotificationSender(
        own | {channel.id: (channel, _carrier(channel, keys, clock)) for channel in site.channels},
        foundation.stores.deliveries,
        letters,
        hand_in,
        clock=clock,
        chance=secrets.SystemRandom().random,
    )


class Sink:
    """Leads back to the gateway: all of the way of a message is tried but the service outside."""

    def prepare(self) -> Text | None:
        return None

    def send(self, message: Outgoing) -> Outcome:
        return SENT


def _carrier(channel: Channel, keys: KeyFile, clock: Clock) -> Carrier:
    secret = partial(keys, f"notify/{channel.id}")
    if channel.kind == "webhook":
        return Webhook(channel, secret, clock.now)
    return AppriseChannel(channel, secret)


def hand_over(sender: NotificationSender, world: World, notifications: Sequence[Notification]) -> None:
    """Each with the address of whom it is to; from the engine's thread, whose world it is."""
    sender.take(Addressed(each, _address(world, each)) for each in notifications if each.channel)


def _address(world: World, notification: Notification) -> str:
    person = notification.to[0] if notification.to else ""
    ways = ways_to(world, person) if person else ()
    return next((way.address for way in ways if way.channel == notification.channel), "")
