"""What alerts switch on."""

from alerts.output_rule import OutputState
from gateway.running import Running


class OutputsView:
    """Implements api.ports.outputs."""

    def __init__(self, running: Running) -> None:
        self._running = running

    def outputs(self) -> list[OutputState]:
        engine = self._running.engine
        return engine.outputs.states() if engine is not None else []
