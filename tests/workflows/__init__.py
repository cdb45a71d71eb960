"""Workflows, each seen through the engine."""
