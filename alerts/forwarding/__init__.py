"""What a receiving centre is told of alerts, in which order, and until it has confirmed it."""
