"""What a receiving centre is told of alerts, in which order, and until it has confirmed it."""

_OF_A_CENTRE = "centre"
_BAR = "|"


def receipt_of(alert: str, event: str) -> str:
    """How a receipt (alerts/moves.py) names what became of an event of that alert at a centre."""
    return _BAR.join((_OF_A_CENTRE, alert, event))


def alert_of(receipt: str) -> str:
    """The alert that the receipt is about; "" if it is about something else."""
    kind, _, rest = receipt.partition(_BAR)
    return rest.partition(_BAR)[0] if kind == _OF_A_CENTRE else ""


def event_of(receipt: str) -> str:
    """The event of that alert that the receipt is about."""
    return receipt.partition(_BAR)[2].partition(_BAR)[2]
