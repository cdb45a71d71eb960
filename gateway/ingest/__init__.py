"""From what arrived to readings: whose turn it is, what is a repeat, which device it is."""
