"""The kernel of workflows: keeps cases, wakes them, asks second persons, passes facts round, guards every alarm."""
