"""Who speaks and is not installed, and what nobody understood."""

from api.ports import MalformedSample, QuarantinedSender, RejectedSender
from devices.proposal import propose
from gateway.running import Running


class SendersView:
    """Implements api.ports.senders."""

    def __init__(self, running: Running) -> None:
        self._running = running

    def quarantine(self) -> list[QuarantinedSender]:
        ingest, service = self._running.ingest, self._running.device_service
        if ingest is None:
            return []
        settled = service.installed.places if service is not None else ()
        taken = {*(device.id for device in self._running.devices()), *settled}
        return [
            QuarantinedSender(
                line=sender.line,
                family=sender.family,
                address=sender.address,
                first_heard=sender.first_heard,
                last_heard=sender.last_heard,
                messages=sender.messages,
                live=sender.live,
                heartbeat_s=sender.heartbeat_s,
                guess_model=sender.guess_model,
                guess_kind=sender.guess_kind,
                signals=dict(sender.signals),
                proposed=propose(sender, taken),
                dangers=sender.dangers,
            )
            for sender in ingest.quarantine.senders()
        ]

    def waiting(self) -> int:
        ingest = self._running.ingest
        return len(ingest.quarantine.senders()) if ingest is not None else 0

    def rejected(self) -> list[RejectedSender]:
        ingest = self._running.ingest
        heard = sorted(ingest.quarantine.rejected().items()) if ingest is not None else []
        return [RejectedSender(key.line, key.family, key.address, count) for key, count in heard]

    def malformed(self) -> list[MalformedSample]:
        ingest = self._running.ingest
        return [
            MalformedSample(sample.at, sample.source, sample.address, sample.reason, sample.payload, sample.times)
            for sample in (ingest.malformed.samples() if ingest is not None else ())
        ]

    def passed_over(self) -> dict[str, int]:
        return self._running.passed_over()
