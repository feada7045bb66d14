"""Rules about a container: what it does when it is started, asked, confined, frozen, stopped."""
