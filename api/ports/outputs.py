"""What alerts switch on."""

from typing import Protocol

from alerts.output_rule import OutputState


class Outputs(Protocol):
    """What alerts switch on."""

    def outputs(self) -> list[OutputState]:
        """What alerts switch on, as it stands."""
        ...
