"""What is in service at this moment: replaced whenever the pipeline starts anew, read by those who only look.

The pipeline's thread owns the engine; what is asked of it here (when a device was last heard, what an output does) no
event tells. Each such read is one C-level copy of a dict's or a list's items, which CPython does not interrupt.
"""

from collections.abc import Callable, Sequence

from devices.device import Device
from devices.device_service import DeviceService
from devices.errors import StoreUnavailable
from devices.message import Text
from gateway.device_forecast import DeviceForecast
from gateway.ingest.ingest import Ingest
from gateway.own_devices import AREA
from gateway.pipeline import Pipeline
from gateway.ports import EngineReads
from gateway.site.model import Area, Site

_STILL_TURNS_S = 20.0


class Running:
    """Filled by gateway.pipeline_assembly; before the first start there is nothing but the site."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.areas: Sequence[Area] = (*site.areas, AREA)
        self.engine: EngineReads | None = None
        self.ingest: Ingest | None = None
        self.pipeline: Pipeline | None = None
        self.device_service: DeviceService | None = None
        self.forecast: DeviceForecast | None = None

    def devices(self) -> Sequence[Device]:
        """Those installed, the gateway's own among them."""
        return self.ingest.registry.devices() if self.ingest is not None else self.site.devices

    def device(self, device: str) -> Device | None:
        return self.ingest.registry.device(device) if self.ingest is not None else None

    def orders(self) -> DeviceService:
        """Who carries out what technicians order. Raises StoreUnavailable while the gateway starts."""
        if self.device_service is None:
            raise StoreUnavailable(Text.of("commands.is_starting"))
        return self.device_service

    def waits_for_store(self, monotonic: Callable[[], float]) -> bool:
        """Whether the pipeline goes on, and what it decides waits for a store that does not take it."""
        pipeline = self.pipeline
        if pipeline is None or pipeline.committing.store_fault is None:
            return False
        return monotonic() - pipeline.turned_at < _STILL_TURNS_S

    def malformed_total(self) -> float:
        """How many messages could not be understood since the pipeline started."""
        return float(self.ingest.malformed.total) if self.ingest is not None else 0.0

    def passed_over(self) -> dict[str, int]:
        """By family, the messages since the start in which it found nothing to read."""
        return dict(self.ingest.malformed.passed_over) if self.ingest is not None else {}

    def noted_total(self) -> float:
        """How many words of danger nobody understood since the pipeline started."""
        return float(self.ingest.malformed.noted) if self.ingest is not None else 0.0
