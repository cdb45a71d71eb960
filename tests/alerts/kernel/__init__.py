"""The kernel of workflows, seen through the engine."""
