"""Building, and experiments on builds."""
