"""What keeps an alert that stands from being shouted (ISA-18.2 suppression), and who is told of it."""
