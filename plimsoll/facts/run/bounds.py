"""What rules say of a container and experiments go by, without all that experiments need."""

ENDS_WITHIN = 5.0
"""Seconds that a container may take to end: `docker stop` kills after twice as many."""
