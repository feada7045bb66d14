"""Rules about an image: its configuration, its layers, its files."""
