"""Facts about building, found out by building."""
