"""Facts about running containers, found out by experiments on them."""
