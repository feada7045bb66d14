"""Running containers, and experiments on them."""
