"""What a session of this repository's own tests needs."""
