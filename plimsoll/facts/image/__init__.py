"""Facts about an image, read from its archive."""
