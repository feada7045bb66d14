"""The widgets API: Flask on PostgreSQL."""
